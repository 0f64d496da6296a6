#include "node/trafficking/request_checks.h"

#include "absl/strings/str_cat.h"
#include "adapters/record_limits.h"
#include "adapters/tourism_agency/htcds_picklists.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/domain/record_id.h"
#include "node/exchange/call_context.h"

namespace tamga::trafficking {
namespace {

// Well within the 768 KiB that a message may carry.
constexpr size_t kMaxCaseBytes = 256 << 10;

absl::Status CheckContents(const v1::TraffickingCase& record) {
  if (record.ByteSizeLong() > kMaxCaseBytes) {
    return InvalidField("case", absl::StrCat("has ", record.ByteSizeLong(), " bytes; at most ", kMaxCaseBytes,
                                             " are allowed: shorten the texts"));
  }
  RETURN_IF_ERROR(adapters::CheckRecordLimits(record));
  return adapters::CheckPicklists(record);
}

}  // namespace

absl::Status CheckCase(const v1::TraffickingCase& record) {
  if (!record.case_id().empty()) RETURN_IF_ERROR(domain::CheckRecordId("case.case_id", record.case_id()));
  if (record.status().empty()) return InvalidField("cas_Status", "is required");
  if (record.exploitation().trafficking_status().empty()) return InvalidField("vic_TraffickingStatus", "is required");
  for (const v1::TraffickingEvent& event : record.events()) {
    if (event.type().empty()) return InvalidField("hte_Type", "is required in each event");
  }
  return CheckContents(record);
}

absl::Status CheckHandOver(const v1::HandOverTraffickingCaseRequest& request) {
  RETURN_IF_ERROR(exchange::CheckContext(request.context()));
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", request.case_id()));
  RETURN_IF_ERROR(CheckAgency("to_agency", request.to_agency()));
  if (request.kind() != v1::REFERRAL_KIND_REFERRED && request.kind() != v1::REFERRAL_KIND_SHARED) {
    return InvalidField("kind", "must be REFERRED or SHARED");
  }
  if (request.kind() == v1::REFERRAL_KIND_REFERRED && request.reason().empty()) {
    return InvalidField("reason", "is required with REFERRED: say why the case is handed over");
  }
  v1::TraffickingHandover handover;
  handover.set_reason(request.reason());
  RETURN_IF_ERROR(adapters::CheckRecordLimits(handover));
  return adapters::CheckPicklists(handover);
}

absl::Status CheckRetrieve(const v1::RetrieveTraffickingCaseRequest& request) {
  RETURN_IF_ERROR(exchange::CheckContext(request.context()));
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", request.case_id()));
  return CheckAgency("from_agency", request.from_agency());
}

absl::Status CheckReceivedCase(const v1::TraffickingCase& record) {
  RETURN_IF_ERROR(domain::CheckRecordId("case.case_id", record.case_id()));
  return CheckContents(record);
}

}  // namespace tamga::trafficking
