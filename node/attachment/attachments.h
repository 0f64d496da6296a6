// Attachments of readmission cases: taken from the own agency's callers and from partners, looked at, kept, sent and
// shown. What bytes are is believed nobody: they count once they have been read back, hashed, and found to be of the
// size, type and hash that their manifest says, and the virus scanner, where there is one, has passed them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/attachment/attachment_store.h"
#include "node/attachment/case_lookup.h"
#include "node/attachment/scanner.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/base/rng.h"
#include "node/exchange/asking.h"
#include "node/exchange/call.h"
#include "node/exchange/use_check.h"
#include "tamga/v1/attachment_service.pb.h"

namespace tamga::attachment {

// Attachments of one side of a case, and how many of them may be unfinished at once.
inline constexpr size_t kMostOfSide = 64;
inline constexpr size_t kMostUnfinishedOfSide = 8;
// How long an unfinished upload may lie still.
inline constexpr absl::Duration kUnfinishedLife = absl::Hours(24 * 7);

struct AttachmentLimits {
  uint64_t max_bytes = 209'715'200;                   // of one attachment
  uint64_t max_unfinished_bytes = uint64_t{2} << 30;  // announced, of own callers and of each partner
};

// All references outlive what is made of them.
struct AttachmentParts {
  std::string own_agency;
  store::ExchangeDb& database;
  store::Records& records;
  store::EffectWriter& writer;
  exchange::Asking& door;
  exchange::UseCheck& uses;
  const CaseLookup& cases;
  const Scanner* scanner;  // null: nobody looks for malicious content
  const Clock& clock;
  Rng& rng;
  // Bytes that the disk of the databases has room for.
  std::function<uint64_t()> free_bytes;
  AttachmentLimits limits;
};

class Attachments;

// The bytes of one attachment as they come in on one stream. Used by one thread at a time. Two streams of the same
// attachment do no harm: whichever stores a block second is ended (Aborted, VERSION_CONFLICT).
class Reception {
 public:
  Reception(Attachments& attachments, StoredFile file, StoredOpen open);

  // Takes bytes that begin at `offset`. OUT_OF_ORDER (Aborted, with "offset" among its particulars) unless these are
  // the next. TOO_LARGE or TYPE_MISMATCH (InvalidArgument): the bytes are removed. DISK_FULL (ResourceExhausted): the
  // same, as far as the disk lets them be.
  absl::Status Take(uint64_t offset, absl::string_view data);

  // No more bytes come. If all are there they are looked at: HASH_MISMATCH (InvalidArgument), TYPE_MISMATCH or INFECTED
  // (FailedPrecondition) remove them; after SCANNER_UNAVAILABLE (Unavailable) it can be finished by another stream
  // that brings nothing. May take as long as the scanner does. Gives the attachment as it stands then.
  absl::StatusOr<v1::Attachment> Finish();

  // From where on bytes are wanted, if the stream ended now; the size, once all were found good.
  uint64_t offset() const;

 private:
  absl::Status Store(std::string block);
  absl::StatusOr<v1::Attachment> Look();

  Attachments& attachments_;
  StoredFile file_;
  StoredOpen open_;
  const AttachmentKey key_;
  std::string buffer_;  // less than a block
};

// Bytes of an attachment that is held. Used by one thread at a time.
class Download {
 public:
  Download(const AttachmentStore& store, AttachmentKey bytes, v1::Attachment attachment, uint64_t offset)
      : store_(store), bytes_(std::move(bytes)), attachment_(std::move(attachment)), offset_(offset) {}

  // The next piece; false if there is none. ATTACHMENT_ERASED (NotFound) if the bytes went meanwhile.
  absl::StatusOr<bool> Next(uint64_t* offset, std::string* data);
  const v1::Attachment& attachment() const { return attachment_; }

 private:
  const AttachmentStore& store_;
  const AttachmentKey bytes_;
  const v1::Attachment attachment_;
  uint64_t offset_;
  std::string block_;
  std::optional<uint32_t> block_number_;
};

// Thread-safe. The first part is for the own agency's callers (attachments.cc), the second for partners' nodes and the
// door (attachment_exchange.cc).
class Attachments final : public exchange::OperationHandler {
 public:
  explicit Attachments(AttachmentParts parts);

  // Where an upload has to go on. INVALID_FIELD; CASE_UNKNOWN; CASE_CLOSED (FailedPrecondition); and as CheckAllowed.
  absl::StatusOr<v1::QueryUploadResponse> Query(const exchange::Call& call,
                                                const v1::QueryUploadRequest& request) const;
  // Begins an upload, or goes on with one of the same manifest. Errors as of Query; TOO_MANY_ATTACHMENTS or DISK_FULL
  // (ResourceExhausted) where there is no room for another.
  absl::StatusOr<std::unique_ptr<Reception>> Upload(const exchange::Call& call, const v1::CallContext& context,
                                                    const v1::AttachmentManifest& manifest);
  // Has an attachment sent to the other side of its case. Once is enough: a repeated call tells how far it is. A
  // refusal, by an own treaty or by the partner, is returned as error with its reason. ATTACHMENT_UNKNOWN;
  // NOT_YOUR_ATTACHMENT, UNFINISHED, CASE_CLOSED or CASE_ON_HOLD (FailedPrecondition).
  absl::StatusOr<v1::SendAttachmentResponse> Send(const exchange::Call& call, const v1::SendAttachmentRequest& request);
  // The bytes, from the request's offset on. A partner's needs a context: errors as of exchange::UseCheck.
  // ATTACHMENT_UNKNOWN; UNFINISHED (FailedPrecondition); ATTACHMENT_ERASED (NotFound).
  absl::StatusOr<std::unique_ptr<Download>> Get(const exchange::Call& call, const v1::GetAttachmentRequest& request);
  absl::StatusOr<v1::ListAttachmentsResponse> List(const v1::ListAttachmentsRequest& request) const;

  // Bytes of an attachment that the node of `partner` offered. NotServed() unless it did; NOT_OFFERED
  // (FailedPrecondition) if another exchange than the piece's was answered last; CASE_CLOSED (FailedPrecondition).
  absl::StatusOr<std::unique_ptr<Reception>> Transfer(const std::string& partner, const v1::AttachmentChunk& first);
  absl::StatusOr<exchange::Answer> HandleRequest(const exchange::Incoming& request) override;
  absl::StatusOr<store::Effects> HandleSettled(const exchange::Settled& settled) override;
  // That under which the case began.
  absl::Time LawAsOf(const v1::MessageHeader& header, const std::string& body) const override;
  // Whatever came by the exchange is deleted: manifest and bytes.
  absl::StatusOr<store::Effects> HandleErasure(const exchange::Erasure& erasure) override;

  // OK if what belongs to the case may leave. CASE_UNKNOWN; CASE_CLOSED or CASE_ON_HOLD (FailedPrecondition).
  absl::Status CheckSendable(const std::string& case_id) const;
  // Offers the manifest of an attachment that is being sent once more. OK if it left, or waits in the outbox.
  absl::Status OfferAgain(const std::string& partner, const StoredSending& sending);
  // An attempt to send failed, or a byte got through: stores what `change` makes of what is stored of it, unless it has
  // changed since `sending` was loaded.
  void NoteSending(const std::string& partner, const StoredSending& sending,
                   const std::function<void(v1::SendingAttachment*)>& change) const;
  // The partner will not take it, for this reason.
  void GiveUpSending(const std::string& partner, const StoredSending& sending, const std::string& reason) const;

  // Erases unfinished attachments that have lain still for kUnfinishedLife.
  absl::Status DropForgotten();
  // Erases all attachments of cases that are erased themselves, or gone.
  absl::Status EraseEnded();

  const AttachmentStore& store() const { return store_; }
  const std::string& own_agency() const { return parts_.own_agency; }

 private:
  friend class Reception;

  // What is known of an upload of this manifest.
  struct Known {
    std::optional<StoredFile> file;
    std::optional<StoredOpen> open;
  };

  absl::Status CheckUpload(const v1::CallContext& context, const v1::AttachmentManifest& manifest) const;
  absl::StatusOr<CaseTerms> FindOpenCase(const std::string& case_id) const;
  // The own attachment of the case with these bytes and this kind.
  absl::StatusOr<Known> FindUpload(const v1::AttachmentManifest& manifest) const;
  // OK if the case may have one more of `agency`, whether its bytes are here already or not.
  static absl::Status CheckCount(const std::string& agency, const std::vector<StoredFile>& of_case);
  // The same, and if there is room for its bytes.
  absl::Status CheckRoom(const std::string& agency, const v1::AttachmentManifest& manifest) const;
  // The file and what is open of a new attachment, not yet stored.
  std::pair<StoredFile, StoredOpen> NewAttachment(const std::string& agency, const v1::AttachmentManifest& manifest,
                                                  const std::optional<store::Origin>& origin) const;
  absl::StatusOr<exchange::Answer> AnswerKnown(const StoredFile& file, const v1::AttachmentManifest& manifest,
                                               const CaseTerms& terms, const exchange::Incoming& request) const;
  absl::StatusOr<exchange::Answer> TakeNew(const v1::AttachmentManifest& manifest, const CaseTerms& terms,
                                           const exchange::Incoming& request);
  exchange::Outgoing QuestionOf(const v1::AttachmentManifest& manifest, const v1::SendingAttachment& sending,
                                const std::string& partner, const certs::Principal& caller) const;
  absl::Duration BackoffOf(const StoredSending& sending) const;
  store::Effects Refused(const std::string& partner, const StoredSending& sending, StoredFile file,
                         const std::string& reason) const;
  // The bytes are not what the manifest says, or must not be kept. They go; of a partner's attachment it stays that
  // they did. Gives `why`.
  absl::Status Reject(const StoredFile& file, const StoredOpen& open, const absl::Status& why) const;
  absl::Status EraseOne(const StoredFile& file);
  absl::Status EraseCase(const std::string& case_id);
  // As callers see it.
  absl::StatusOr<v1::Attachment> ViewOf(const StoredFile& file) const;

  const AttachmentParts parts_;
  const AttachmentStore store_;
  // Held while something new is begun, so that two calls do not take the same room.
  Mutex beginning_;
};

}  // namespace tamga::attachment
