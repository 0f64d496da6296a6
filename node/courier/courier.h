// Messages of the own node carried as files where there is no line, and those of partners taken in. Both sides of every
// exchange go through the doors, as on a line; a bundle's seal takes the place of the connection's certificate.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "certs/x25519.h"
#include "node/base/mutex.h"
#include "node/courier/bundle_format.h"
#include "node/courier/spool.h"
#include "node/exchange/answering_door.h"
#include "node/exchange/asking_door.h"
#include "node/exchange/door.h"
#include "tamga/v1/courier_service.pb.h"

namespace tamga::courier {

// What it works with; all references outlive it.
struct CourierParts {
  exchange::DoorParts& door;
  exchange::AskingDoor& asking;
  exchange::AnsweringDoor& answering;
  std::optional<certs::X25519Key> key;              // opens what comes; none: nothing can be taken
  std::map<std::string, std::string> partner_keys;  // public, 32 bytes, by agency
  std::string folder;                               // for spools; is there
};

// A bundle that was made.
struct MadeBundle {
  v1::BundleSummary summary;
  std::shared_ptr<const Spool> content;
};

// Thread-safe.
class Courier {
 public:
  explicit Courier(CourierParts parts) : parts_(std::move(parts)) {}

  // A bundle of the requests that wait for the partner, in their order. InvalidArgument for what is no agency; NotFound
  // (UNKNOWN_PARTNER, or BUNDLE_EMPTY if nothing can be carried), FailedPrecondition (BUNDLE_NO_KEY) if the partner's
  // key is not configured; Unavailable if nothing may be exchanged with it now, or sealed.
  absl::StatusOr<MadeBundle> ExportRequests(const std::string& partner);

  // Room for a bundle that comes. Errors of the disk.
  absl::StatusOr<std::shared_ptr<Spool>> MakeRoom() const { return Spool::Create(parts_.folder); }

  // Takes the bundle: nothing is done unless it is whole, good, from a partner and for this node. Errors as of
  // BundleReader and ItemOpener; PermissionDenied: BUNDLE_NOT_FOR_US, BUNDLE_UNKNOWN_PARTNER; InvalidArgument:
  // BUNDLE_FROM_THE_FUTURE, BUNDLE_EXPIRED; FailedPrecondition: BUNDLE_NO_KEY; Unavailable: BUNDLE_BUSY while another
  // is taken, or nothing may be exchanged with the partner now. An error after that (a full disk, an unavailable seal)
  // leaves done what was done; the same bundle then goes on where it ended.
  absl::StatusOr<v1::ImportBundleResponse> Import(const Spool& bundle);

  // A bundle of replies that Import made, by its UUID; NotFound (BUNDLE_UNKNOWN) for any but the last 8.
  absl::StatusOr<MadeBundle> FindReplies(const std::string& bundle_id) const;

 private:
  absl::StatusOr<const std::string*> KeyOf(const std::string& partner) const;
  absl::StatusOr<std::unique_ptr<BundleWriter>> Begin(v1::CourierKind kind, const std::string& partner,
                                                      const std::string& answers, Spool& spool) const;
  absl::StatusOr<MadeBundle> End(BundleWriter& writer, std::shared_ptr<const Spool> spool, uint32_t left_out) const;
  // Says in the outbox that the partner may have these.
  void MarkCarried(const std::vector<store::OutboxRow>& rows) const;

  absl::Status CheckHead(const v1::CourierBundle& head) const;
  absl::Status CheckWhole(const Spool& bundle) const;
  absl::StatusOr<v1::ImportBundleResponse> Take(const Spool& bundle);
  absl::Status AnswerRequests(BundleReader& reader, ItemOpener& opener, v1::ImportBundleResponse* response);
  absl::Status TakeReplies(BundleReader& reader, ItemOpener& opener, v1::ImportBundleResponse* response);
  absl::Status TakeReply(const std::string& partner, v1::CourierItem item, v1::ImportBundleResponse* response);

  const CourierParts parts_;
  mutable Mutex mutex_;
  bool importing_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<MadeBundle> replies_ ABSL_GUARDED_BY(mutex_);  // oldest first
};

}  // namespace tamga::courier
