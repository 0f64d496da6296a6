#include "adapters/tourism_agency/htcds_json.h"

#include "adapters/country_codes.h"
#include "adapters/json_record.h"
#include "adapters/partial_date.h"
#include "adapters/record_limits.h"
#include "adapters/tourism_agency/htcds_picklists.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::adapters {
namespace {

absl::Status CheckRequired(absl::string_view field, absl::string_view value) {
  return value.empty() ? InvalidField(field, "is required") : absl::OkStatus();
}

absl::Status CheckDate(absl::string_view field, absl::string_view value) {
  if (value.empty()) return absl::OkStatus();
  const auto date = ReadPartialDate(field, value);
  if (!date.ok() || date->day() == 0) return InvalidField(field, "must be a day that exists, as YYYY-MM-DD");
  return CheckPartialDate(field, *date);
}

absl::Status CheckState(absl::string_view field, absl::string_view code) {
  if (code.empty() || IsStateCode(code)) return absl::OkStatus();
  return InvalidField(field, "must be an ISO 3166 alpha-3 code, such as KAZ");
}

}  // namespace

absl::StatusOr<v1::TraffickingCase> ReadHtcdsCase(absl::string_view json) {
  v1::TraffickingCase trafficking_case;
  RETURN_IF_ERROR(ReadJson(json, trafficking_case));
  RETURN_IF_ERROR(CheckHtcdsCase(trafficking_case));
  return trafficking_case;
}

absl::Status CheckHtcdsCase(const v1::TraffickingCase& trafficking_case) {
  RETURN_IF_ERROR(CheckRecordLimits(trafficking_case));
  RETURN_IF_ERROR(CheckRequired("cas_Status", trafficking_case.status()));
  RETURN_IF_ERROR(CheckRequired("vic_TraffickingStatus", trafficking_case.exploitation().trafficking_status()));
  RETURN_IF_ERROR(CheckDate("prs_Birthdate", trafficking_case.victim().birthdate()));
  for (const std::string& code : trafficking_case.victim().citizenship()) {
    if (code.empty()) return InvalidField("prs_Citizenship", "holds an empty value; remove it");
    RETURN_IF_ERROR(CheckState("prs_Citizenship", code));
  }
  for (const v1::TraffickingEvent& event : trafficking_case.events()) {
    RETURN_IF_ERROR(CheckRequired("hte_Type", event.type()));
    RETURN_IF_ERROR(CheckDate("hte_Date", event.date()));
    RETURN_IF_ERROR(CheckState("hte_Country", event.country()));
  }
  return CheckPicklists(trafficking_case);
}

}  // namespace tamga::adapters
