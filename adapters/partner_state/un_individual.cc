#include "adapters/partner_state/un_individual.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "adapters/country_codes.h"
#include "adapters/partial_date.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::adapters {
namespace {

constexpr absl::string_view kIssuer = "UN/security-council";
constexpr absl::string_view kAction = "Sanctions list: verify identity, follow national law, inform the issuer";
constexpr absl::string_view kOriginalScript = "(original script:";

std::vector<const XmlElement*> ChildrenOf(const XmlElement& element, absl::string_view name) {
  std::vector<const XmlElement*> found;
  for (const XmlElement& child : element.children) {
    if (child.name == name) found.push_back(&child);
  }
  return found;
}

// The texts of <name><VALUE>...</VALUE>...</name>.
std::vector<std::string> ValuesOf(const XmlElement& individual, absl::string_view name) {
  std::vector<std::string> values;
  for (const XmlElement* list : ChildrenOf(individual, name)) {
    for (const XmlElement* value : ChildrenOf(*list, "VALUE")) {
      if (std::string text = value->OneLine(); !text.empty()) values.push_back(std::move(text));
    }
  }
  return values;
}

void AddFullName(absl::string_view name, v1::Alert& alert) {
  name = absl::StripAsciiWhitespace(name);
  if (!name.empty()) alert.add_names()->set_full_name(std::string(name));
}

void AddRemark(absl::string_view label, absl::string_view text, v1::Alert& alert) {
  if (text.empty()) return;
  std::string& remarks = *alert.mutable_remarks();
  absl::StrAppend(&remarks, remarks.empty() ? "" : " | ", label, label.empty() ? "" : ": ", text);
}

// The list gives one to four parts without saying which is the family name. The last one takes its place: it is that
// in most traditions of the list, and matching does not depend on the order.
void AddListedName(const XmlElement& individual, v1::Alert& alert) {
  std::vector<std::string> parts;
  for (const char* part : {"FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"}) {
    if (std::string text = individual.Text(part); !text.empty()) parts.push_back(std::move(text));
  }
  if (parts.size() < 2) {
    for (const std::string& part : parts) AddFullName(part, alert);
  } else {
    v1::PersonName& name = *alert.add_names();
    name.set_surname(parts.back());
    parts.pop_back();
    name.set_given_names(absl::StrJoin(parts, " "));
  }
  AddFullName(individual.Text("NAME_ORIGINAL_SCRIPT"), alert);
}

// "Amir Khazmat (original script: Амир Хазмат)" is two names.
void AddAlias(absl::string_view alias, v1::Alert& alert) {
  const size_t note = alias.find(kOriginalScript);
  AddFullName(alias.substr(0, note), alert);
  if (note == absl::string_view::npos) return;
  const absl::string_view original = alias.substr(note + kOriginalScript.size());
  AddFullName(original.substr(0, original.find(')')), alert);
}

absl::StatusOr<v1::PartialDate> ReadYear(absl::string_view field, const std::string& text) {
  v1::PartialDate date;
  uint32_t year = 0;
  if (!absl::SimpleAtoi(text, &year)) return InvalidField(field, "must be a year");
  date.set_year(year);
  RETURN_IF_ERROR(CheckPartialDate(field, date));
  return date;
}

absl::Status AddAliases(const XmlElement& individual, v1::Alert& alert) {
  std::vector<std::string> low;
  for (const XmlElement* alias : ChildrenOf(individual, "INDIVIDUAL_ALIAS")) {
    const std::string name = alias->Text("ALIAS_NAME");
    if (name.empty()) continue;
    AddAlias(name, alert);
    if (alias->Text("QUALITY") == "Low") low.push_back(name);
    if (const std::string born = alias->Text("DATE_OF_BIRTH"); !born.empty()) {
      ASSIGN_OR_RETURN(*alert.add_born_on()->mutable_date(), ReadPartialDate("DATE_OF_BIRTH", born));
    }
  }
  AddRemark("Low-quality aliases", absl::StrJoin(low, "; "), alert);
  return absl::OkStatus();
}

absl::Status AddBirthDates(const XmlElement& individual, v1::Alert& alert) {
  for (const XmlElement* listed : ChildrenOf(individual, "INDIVIDUAL_DATE_OF_BIRTH")) {
    v1::BirthDate birth;
    const std::string day = listed->Text("DATE"), year = listed->Text("YEAR"), from = listed->Text("FROM_YEAR");
    if (!day.empty()) {
      ASSIGN_OR_RETURN(*birth.mutable_date(), ReadPartialDate("DATE", day));
    } else if (!year.empty()) {
      ASSIGN_OR_RETURN(*birth.mutable_date(), ReadYear("YEAR", year));
    } else if (!from.empty()) {
      ASSIGN_OR_RETURN(*birth.mutable_date(), ReadYear("FROM_YEAR", from));
      ASSIGN_OR_RETURN(const v1::PartialDate until, ReadYear("TO_YEAR", listed->Text("TO_YEAR")));
      if (until.year() < birth.date().year()) return InvalidField("TO_YEAR", "must not be before FROM_YEAR");
      birth.set_until_year(until.year());
    }
    birth.set_approximate(listed->Text("TYPE_OF_DATE") == "APPROXIMATELY");
    if (birth.has_date()) *alert.add_born_on() = birth;
    AddRemark("Date of birth", listed->Text("NOTE"), alert);
  }
  return absl::OkStatus();
}

void AddBirthPlaces(const XmlElement& individual, v1::Alert& alert) {
  for (const XmlElement* place : ChildrenOf(individual, "INDIVIDUAL_PLACE_OF_BIRTH")) {
    std::vector<std::string> parts;
    for (const char* part : {"STREET", "CITY", "STATE_PROVINCE", "COUNTRY", "NOTE"}) {
      if (std::string text = place->Text(part); !text.empty()) parts.push_back(std::move(text));
    }
    if (!parts.empty()) alert.add_born_at(absl::StrJoin(parts, ", "));
  }
}

// Some numbers carry their kind: "Russian foreign travel passport number 514448632".
void SetNumber(const std::string& listed, v1::TravelDocument& document) {
  constexpr absl::string_view kWord = " number ";
  absl::string_view number = listed;
  if (const size_t word = number.rfind(kWord); word != absl::string_view::npos) {
    document.set_kind(std::string(number.substr(0, word)));
    number.remove_prefix(word + kWord.size());
  }
  document.set_number(absl::StrReplaceAll(number, {{" ", ""}}));
}

absl::Status AddDocuments(const XmlElement& individual, v1::Alert& alert) {
  for (const XmlElement* listed : ChildrenOf(individual, "INDIVIDUAL_DOCUMENT")) {
    AddRemark("Document", listed->Text("NOTE"), alert);
    const std::string number = listed->Text("NUMBER");
    if (number.empty()) continue;
    v1::TravelDocument& document = *alert.add_documents();
    const std::string kind = listed->Text("TYPE_OF_DOCUMENT");
    document.set_kind(kind.empty() ? listed->Text("TYPE_OF_DOCUMENT2") : kind);
    SetNumber(number, document);
    const std::string issuing = listed->Text("ISSUING_COUNTRY");
    const std::string country = issuing.empty() ? listed->Text("COUNTRY_OF_ISSUE") : issuing;
    document.set_issuing_state(StateCodeOfName(country));
    document.set_issuing_authority(document.issuing_state().empty() ? country : listed->Text("CITY_OF_ISSUE"));
    if (const std::string issued = listed->Text("DATE_OF_ISSUE"); !issued.empty()) {
      ASSIGN_OR_RETURN(*document.mutable_issued_on(), ReadPartialDate("DATE_OF_ISSUE", issued));
    }
  }
  return absl::OkStatus();
}

// The day of listing is an xs:date, and some carry an offset from UTC ("2015-07-01-04:00"). It names a day in New York,
// not an instant, so the offset is left off.
absl::Status SetListedAt(const XmlElement& individual, v1::Alert& alert) {
  constexpr size_t kDayLength = 10, kOffsetLength = 6;
  std::string listed = individual.Text("LISTED_ON");
  if (listed.empty()) return absl::OkStatus();
  if (listed.size() == kDayLength + kOffsetLength && (listed[kDayLength] == '-' || listed[kDayLength] == '+')) {
    listed.resize(kDayLength);
  }
  ASSIGN_OR_RETURN(const v1::PartialDate date, ReadPartialDate("LISTED_ON", listed));
  if (date.day() == 0) return InvalidField("LISTED_ON", "must be a day, as YYYY-MM-DD");
  const absl::CivilDay day(date.year(), date.month(), date.day());
  *alert.mutable_listed_at() = ToProto(absl::FromCivil(day, absl::UTCTimeZone()));
  return absl::OkStatus();
}

}  // namespace

std::string UnReference(const XmlElement& record) {
  const std::string reference = record.Text("REFERENCE_NUMBER");
  return reference.empty() ? record.Text("DATAID") : reference;
}

absl::StatusOr<v1::Alert> ToAlert(const XmlElement& individual) {
  v1::Alert alert;
  alert.set_alert_id(UnReference(individual));
  if (alert.alert_id().empty()) return InvalidField("REFERENCE_NUMBER", "is required");
  alert.set_issuer(std::string(kIssuer));
  alert.set_category(v1::ALERT_CATEGORY_SANCTION);
  alert.set_action(std::string(kAction));
  alert.set_legal_basis(absl::StrCat("UN Security Council ", individual.Text("UN_LIST_TYPE"), " ", alert.alert_id()));
  AddListedName(individual, alert);
  AddRemark("", individual.Text("COMMENTS1"), alert);
  AddRemark("Title", absl::StrJoin(ValuesOf(individual, "TITLE"), "; "), alert);
  AddRemark("Designation", absl::StrJoin(ValuesOf(individual, "DESIGNATION"), "; "), alert);
  RETURN_IF_ERROR(AddBirthDates(individual, alert));
  RETURN_IF_ERROR(AddAliases(individual, alert));
  if (alert.names().empty()) return InvalidField("FIRST_NAME", "no part of the name and no alias is given");
  AddBirthPlaces(individual, alert);
  for (std::string& nationality : ValuesOf(individual, "NATIONALITY")) {
    alert.add_nationalities(std::move(nationality));
  }
  RETURN_IF_ERROR(AddDocuments(individual, alert));
  const std::string gender = individual.Text("GENDER");
  alert.set_sex(gender == "Male" ? "M" : gender == "Female" ? "F" : "");
  RETURN_IF_ERROR(SetListedAt(individual, alert));
  return alert;
}

}  // namespace tamga::adapters
