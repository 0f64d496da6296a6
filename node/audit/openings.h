// Kept messages opened for auditors: what passed between two agencies is shown to an auditor of the own State once an
// officer of the agency has agreed to just this, and both are logged.
#pragma once

#include "absl/status/statusor.h"
#include "certs/principal.h"
#include "node/exchange/approvals.h"
#include "node/exchange/door.h"
#include "node/exchange/message_store.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::audit {

// Thread-safe.
class Openings {
 public:
  // Both outlive the openings.
  Openings(const exchange::DoorParts& parts, const exchange::Approvals& approvals)
      : parts_(parts), approvals_(approvals) {}

  // The message with its payload, and the entry OPENED. Errors, by reason: WRONG_STATE for an auditor of another State;
  // INVALID_FIELD; MESSAGE_UNKNOWN; ERASED_ALREADY if its payload is gone; APPROVAL_REQUIRED, with the request's hash
  // for the officer, until one who is not the auditor has agreed; what he agreed to is used up then.
  absl::StatusOr<v1::OpenMessageResponse> Open(const certs::Principal& auditor,
                                               const v1::OpenMessageRequest& request) const;

 private:
  absl::StatusOr<exchange::KeptRow> Find(const v1::OpenMessageRequest& request) const;

  const exchange::DoorParts& parts_;
  const exchange::Approvals& approvals_;
};

}  // namespace tamga::audit
