#include "adapters/border_service/mrz.h"

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "adapters/border_service/mrz_check_digit.h"
#include "adapters/border_service/mrz_checks.h"
#include "adapters/border_service/mrz_date.h"
#include "adapters/border_service/mrz_number.h"
#include "node/base/status_macros.h"

namespace tamga::adapters {
namespace {

// Without the fillers at both ends; those inside become single spaces.
std::string WithoutFillers(absl::string_view text) {
  return absl::StrJoin(absl::StrSplit(text, '<', absl::SkipEmpty()), " ");
}

}  // namespace

absl::StatusOr<MrzDocument> ReadMrz(const std::vector<std::string>& lines, absl::CivilDay today) {
  ASSIGN_OR_RETURN(const MrzLayout* layout, FindMrzLayout(lines));
  const MrzNumber number = FindMrzNumber(*layout, lines);
  const absl::string_view names = MrzText(lines, layout->names);
  const size_t separator = names.find("<<");
  const std::string sex = WithoutFillers(MrzText(lines, layout->sex));

  MrzDocument document;
  document.format = layout->format;
  document.document_code = WithoutFillers(MrzText(lines, kMrzDocumentCode));
  document.issuer = WithoutFillers(MrzText(lines, kMrzIssuer));
  document.surname = WithoutFillers(names.substr(0, separator));
  if (separator != absl::string_view::npos) document.given_names = WithoutFillers(names.substr(separator));
  document.number = number.value;
  document.nationality = WithoutFillers(MrzText(lines, layout->nationality));
  document.born_on = ReadMrzBirth(MrzText(lines, layout->birth), today).value_or(v1::PartialDate());
  if (sex == "F" || sex == "M") document.sex = sex;
  document.expires_on = ReadMrzExpiry(MrzText(lines, layout->expiry), today).value_or(v1::PartialDate());
  document.optional_data = WithoutFillers(MrzText(lines, number.optional));
  document.second_optional_data = WithoutFillers(MrzText(lines, layout->second_optional));
  document.checks = CheckMrz(*layout, lines, today);
  return document;
}

v1::TravellerQuery ToTravellerQuery(const MrzDocument& document) {
  v1::TravellerQuery query;
  query.set_surname(document.surname);
  query.set_given_names(document.given_names);
  *query.mutable_born_on() = document.born_on;
  query.set_sex(document.sex);
  query.set_nationality(document.nationality);
  query.set_document_number(document.number);
  query.set_document_issuer(document.issuer);
  return query;
}

}  // namespace tamga::adapters
