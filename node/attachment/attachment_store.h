// Attachments as a node keeps them: what they are, and their bytes in blocks, each a record of its own. So the vault
// seals each block under a key of its own, an upload takes the memory of one block however large it is, and what is
// erased is gone block by block with its keys.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/clock.h"
#include "node/store/effects.h"
#include "node/store/exchange_db.h"
#include "node/store/records.h"
#include "tamga/v1/attachment.pb.h"

namespace tamga::attachment {

// Bytes of a block; the last one of an attachment may have fewer.
inline constexpr uint64_t kBlockBytes = 1u << 20;

// Kinds of the records, all in clear (blind_index.h).
inline constexpr char kAttachmentKind[] = "attachment";       // AttachmentFile; "CASE/ATTACHMENT"
inline constexpr char kOpenKind[] = "attachment-open";        // OpenAttachment; the same id
inline constexpr char kBlockKind[] = "attachment-block";      // bytes; "CASE/ATTACHMENT/000017"
inline constexpr char kSendingKind[] = "attachment-sending";  // SendingAttachment; "PARTNER|ATTACHMENT"

struct AttachmentKey {
  std::string case_id;
  std::string attachment_id;
};

AttachmentKey KeyOf(const v1::AttachmentManifest& manifest);

// A message as it is stored.
template <typename Message>
struct Stored {
  Message value;
  int64_t version = 0;  // 0: not stored yet
  std::optional<store::Origin> origin;
};

using StoredFile = Stored<v1::AttachmentFile>;
using StoredOpen = Stored<v1::OpenAttachment>;
using StoredSending = Stored<v1::SendingAttachment>;

// Thread-safe. Reads at once; changes are effects. All references outlive it.
class AttachmentStore {
 public:
  AttachmentStore(store::ExchangeDb& database, store::Records& records, store::EffectWriter& writer, const Clock& clock)
      : database_(database), records_(records), writer_(writer), clock_(clock) {}

  // ATTACHMENT_UNKNOWN (NotFound) if there is none.
  absl::StatusOr<StoredFile> Load(const AttachmentKey& key) const;
  // Those of a case, oldest first.
  absl::StatusOr<std::vector<StoredFile>> OfCase(const std::string& case_id) const;
  // The next case with attachments, in the order of their ids; nothing after the last.
  absl::StatusOr<std::optional<std::string>> CaseAfter(const std::string& case_id) const;
  // Nothing if no bytes are missing.
  absl::StatusOr<std::optional<StoredOpen>> LoadOpen(const AttachmentKey& key) const;
  // All of them, in no particular order, until `visit` fails.
  absl::Status VisitOpen(const std::function<absl::Status(const AttachmentKey&, const StoredOpen&)>& visit) const;
  // Nothing if it is not being sent.
  absl::StatusOr<std::optional<StoredSending>> LoadSending(absl::string_view partner,
                                                           absl::string_view attachment_id) const;
  // Up to `limit` that are being sent to the partner, the one begun first first, from that after `attachment_id` on.
  absl::StatusOr<std::vector<StoredSending>> SendingTo(const std::string& partner, size_t limit,
                                                       absl::string_view attachment_id = "") const;
  // The block of this number, from 0; NotFound if it is not stored, or was erased.
  absl::StatusOr<std::string> Block(const AttachmentKey& key, uint32_t number) const;

  // Stores the value as the successor of the version that it was loaded as; committing fails with Aborted
  // (VERSION_CONFLICT) if it was changed meanwhile. Without an origin a record keeps the one that it has.
  store::Effects Put(const StoredFile& file) const;
  store::Effects Put(const AttachmentKey& key, const StoredOpen& open) const;
  store::Effects Put(absl::string_view partner, const StoredSending& sending) const;
  store::Effects PutBlock(const AttachmentKey& key, uint32_t number, std::string bytes,
                          const std::optional<store::Origin>& origin) const;
  // The same for deleting it.
  store::Effects Delete(const StoredFile& file) const;
  store::Effects DeleteOpen(const AttachmentKey& key, const StoredOpen& open) const;
  store::Effects DeleteSending(absl::string_view partner, const StoredSending& sending) const;
  // Blocks 0 to `count` - 1, all of which are stored.
  store::Effects DeleteBlocks(const AttachmentKey& key, uint32_t count) const;

  // Commits what no exchange caused. DISK_FULL (ResourceExhausted) if the disk takes no more: nothing of it is kept.
  absl::Status Commit(store::Effects effects) const;

 private:
  store::ExchangeDb& database_;
  store::Records& records_;
  store::EffectWriter& writer_;
  const Clock& clock_;
};

// Blocks of so many bytes.
uint32_t BlocksOf(uint64_t size);

// ResourceExhausted, reason DISK_FULL.
absl::Status DiskFull();

}  // namespace tamga::attachment
