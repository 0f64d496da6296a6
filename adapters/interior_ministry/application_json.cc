#include "adapters/interior_ministry/application_json.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/country_codes.h"
#include "adapters/json_record.h"
#include "adapters/partial_date.h"
#include "adapters/record_limits.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::adapters {
namespace {

constexpr absl::string_view kUnknownIssuer = "must be an ISO 3166 alpha-3 or ICAO 9303 code, such as KAZ or XXA";
constexpr size_t kSha256Bytes = 32;

std::string Element(absl::string_view list, int index) { return absl::StrCat(list, "[", index, "]"); }

bool IsBlank(const v1::PersonName& name) {
  return name.surname().empty() && name.given_names().empty() && name.full_name().empty();
}

absl::Status CheckIdentity(const v1::ReadmissionApplication& application) {
  if (application.category() == v1::PERSON_CATEGORY_UNSPECIFIED ||
      !v1::PersonCategory_IsValid(application.category())) {
    return InvalidField("category", "must be one of the person categories");
  }
  if (application.names().empty()) return InvalidField("names", "must hold at least one name now in use");
  for (int i = 0; i < application.names_size(); ++i) {
    if (IsBlank(application.names(i))) {
      return InvalidField(Element("names", i), "must have a surname, given names or a full name");
    }
  }
  if (!application.has_born_on()) return InvalidField("born_on", "is required; unknown parts are 0");
  RETURN_IF_ERROR(CheckPartialDate("born_on", application.born_on()));
  if (application.sex() != "F" && application.sex() != "M" && application.sex() != "X") {
    return InvalidField("sex", "must be F, M or X");
  }
  if (application.nationalities().empty()) return InvalidField("nationalities", "must hold at least one code");
  for (int i = 0; i < application.nationalities_size(); ++i) {
    if (!IsIssuerCode(application.nationalities(i))) {
      return InvalidField(Element("nationalities", i), kUnknownIssuer);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckDocument(const std::string& path, const v1::TravelDocument& document) {
  if (document.kind().empty()) return InvalidField(path + ".kind", "is required, such as \"passport\"");
  if (!document.issuing_state().empty() && !IsIssuerCode(document.issuing_state())) {
    return InvalidField(path + ".issuing_state", kUnknownIssuer);
  }
  RETURN_IF_ERROR(CheckPartialDate(path + ".issued_on", document.issued_on()));
  return CheckPartialDate(path + ".expires_on", document.expires_on());
}

absl::Status CheckEvidence(const std::string& path, const v1::Evidence& evidence) {
  if (evidence.tier() == v1::EVIDENCE_TIER_UNSPECIFIED || !v1::EvidenceTier_IsValid(evidence.tier())) {
    return InvalidField(path + ".tier", "must be one of the evidence tiers");
  }
  if (evidence.kind().empty()) return InvalidField(path + ".kind", "is required, such as \"birth certificate\"");
  if (!evidence.copy_sha256().empty() && evidence.copy_sha256().size() != kSha256Bytes) {
    return InvalidField(path + ".copy_sha256",
                        "must be the 32 bytes of a SHA-256 (in JSON, base64), or empty where there is no copy");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ReadmissionApplication> ReadApplication(absl::string_view json) {
  v1::ReadmissionApplication application;
  RETURN_IF_ERROR(ReadJson(json, application));
  RETURN_IF_ERROR(CheckApplication(application));
  return application;
}

absl::Status CheckApplication(const v1::ReadmissionApplication& application) {
  RETURN_IF_ERROR(CheckRecordLimits(application));
  RETURN_IF_ERROR(CheckIdentity(application));
  for (int i = 0; i < application.documents_size(); ++i) {
    RETURN_IF_ERROR(CheckDocument(Element("documents", i), application.documents(i)));
  }
  for (int i = 0; i < application.evidence_size(); ++i) {
    RETURN_IF_ERROR(CheckEvidence(Element("evidence", i), application.evidence(i)));
  }
  return absl::OkStatus();
}

}  // namespace tamga::adapters
