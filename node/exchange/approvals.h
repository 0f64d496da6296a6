// Four eyes: requests that wait for officers other than the asker, and what those agreed to. Each is a record in the
// vault, under a hash that binds it to exactly one request.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/principal.h"
#include "node/exchange/door.h"
#include "node/store/records.h"
#include "tamga/v1/approval_service.pb.h"

namespace tamga::exchange {

// How long a request waits, and what was agreed to counts: a working day and the night after it. What was right
// yesterday may not be so today.
inline constexpr absl::Duration kApprovalLife = absl::Hours(24);
// No partner is to fill the list that officers read.
inline constexpr size_t kMostWaitingOfPartner = 100;

// Whether the decision would permit if more officers agreed.
bool NeedsApproval(const policy::Decision& decision);

// One request and who agreed to it.
struct Approval {
  v1::PendingApproval request;
  int64_t version = 0;  // of the record that stands under the request's hash; 0: there is none
  bool waits = false;   // it is that record; otherwise nobody has asked yet, or what was asked has lapsed
  // Whether the other State's auditors may learn that officers had to agree: a fact may have called for them.
  bool may_be_told = false;

  uint32_t given() const { return static_cast<uint32_t>(request.approved_by_size()); }
};

struct ApprovalPage {
  std::vector<v1::PendingApproval> approvals;
  std::string next_page_token;  // empty on the last page
};

// Thread-safe. For the doors: effects, to be committed with the entry that explains them; where the record changed
// meanwhile, the commit fails with Aborted (APPROVALS_CHANGED), and the door is to look again. For officers: the rest.
class Approvals {
 public:
  // `parts` outlives this.
  explicit Approvals(const DoorParts& parts);

  // What officers agreed to of the request that `header` puts and `decision` would permit. `content` is what of it is
  // not in the header; the same for the same request put again.
  absl::StatusOr<Approval> Find(const v1::MessageHeader& header, const policy::Decision& decision,
                                absl::string_view content) const;
  // Makes the request wait, unless it does, or as many of its partner wait as this node keeps.
  store::Effects Keep(const Approval& approval) const;
  // The request leaves, or is answered: what was agreed to is used up.
  store::Effects UseUp(const Approval& approval) const;

  // Requests that wait, the ones that lapse first in front. INVALID_FIELD for a foreign page token.
  absl::StatusOr<ApprovalPage> List(size_t page_size, absl::string_view page_token) const;
  // `officer` agrees: the entry APPROVED and the record's new version, in one commit. Errors, by reason: INVALID_FIELD;
  // APPROVAL_UNKNOWN if no such request waits; SECOND_PERSON_REQUIRED for whoever asks, himself or through a system;
  // ALREADY_APPROVED if this officer agreed before.
  absl::StatusOr<v1::ApproveRequestResponse> Approve(const certs::Principal& officer,
                                                     const std::string& request_sha256) const;
  // Removes what has lapsed.
  absl::Status RemoveLapsed() const;

 private:
  absl::StatusOr<Approval> Load(absl::string_view request_sha256) const;
  store::Effects Put(const Approval& approval) const;
  bool IsFull(const std::string& agency) const;
  v1::LogEntry EntryOf(const v1::PendingApproval& request, const certs::Principal& officer) const;

  const DoorParts& parts_;
  mutable store::Records records_;
};

// What the own caller is told of a request that waits: who has to do what.
absl::Status ApprovalRequired(const policy::Decision& decision, const Approval& approval);

// Whether a commit failed because approvals changed meanwhile.
bool ApprovalsChanged(const absl::Status& status);

}  // namespace tamga::exchange
