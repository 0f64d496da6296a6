#include "node/exchange/call_context.h"

#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"

namespace tamga::exchange {

absl::Status CheckContext(const v1::CallContext& context) {
  if (context.purpose() == v1::PURPOSE_UNSPECIFIED || !v1::Purpose_IsValid(context.purpose())) {
    return InvalidField("context.purpose", "is required: say why this is asked");
  }
  RETURN_IF_ERROR(CheckReference("context.case_reference", context.case_reference()));
  if (!context.officer().empty()) RETURN_IF_ERROR(CheckReference("context.officer", context.officer()));
  if (!context.treaty_id().empty()) RETURN_IF_ERROR(CheckReference("context.treaty_id", context.treaty_id()));
  if (!context.idempotency_key().empty()) {
    RETURN_IF_ERROR(CheckReference("context.idempotency_key", context.idempotency_key()));
  }
  if (!v1::EmergencyGround_IsValid(context.emergency_ground())) {
    return InvalidField("context.emergency_ground", "must be a ground of this version, or left out");
  }
  return absl::OkStatus();
}

}  // namespace tamga::exchange
