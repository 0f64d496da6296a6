// Limits of time, and how cases of readmission are worked under a treaty.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "policy/validate_forms.h"
#include "policy/validate_parts.h"

namespace tamga::policy {
namespace {

constexpr uint32_t kLongestAmount = 1'000;
constexpr uint32_t kLongestMonths = 1'200;
constexpr uint64_t kLargestAttachment = 209'715'200;
constexpr size_t kLongestZone = 64;
constexpr size_t kLongestName = 100;

// From which events a clock may run, and what may follow when it has passed. Anything else would have no meaning.
struct ClockRule {
  v1::CaseClock clock;
  std::vector<v1::ClockStart> starts;
  std::vector<v1::OnExpiry> outcomes;
};

const std::vector<ClockRule>& ClockRules() {
  static const auto& rules = *new std::vector<ClockRule>{
      {v1::CASE_CLOCK_SUBMISSION, {v1::CLOCK_START_KNOWLEDGE}, {v1::ON_EXPIRY_LATE, v1::ON_EXPIRY_BAR}},
      {v1::CASE_CLOCK_REPLY,
       {v1::CLOCK_START_RECEIPT},
       {v1::ON_EXPIRY_LATE, v1::ON_EXPIRY_DEEMED_ACCEPTED, v1::ON_EXPIRY_FALL_BACK}},
      {v1::CASE_CLOCK_EXTENDED_REPLY, {v1::CLOCK_START_RECEIPT}, {v1::ON_EXPIRY_LATE, v1::ON_EXPIRY_DEEMED_ACCEPTED}},
      {v1::CASE_CLOCK_TRAVEL_DOCUMENT,
       {v1::CLOCK_START_TRAVEL_DOCUMENT_ASKED},
       {v1::ON_EXPIRY_LATE, v1::ON_EXPIRY_STANDARD_DOCUMENT}},
      {v1::CASE_CLOCK_TRANSFER, {v1::CLOCK_START_REPLY}, {v1::ON_EXPIRY_LATE, v1::ON_EXPIRY_LAPSE}},
      {v1::CASE_CLOCK_ERROR_CLAIM, {v1::CLOCK_START_HAND_OVER}, {v1::ON_EXPIRY_LATE, v1::ON_EXPIRY_BAR}},
      {v1::CASE_CLOCK_TRANSIT_REPLY, {v1::CLOCK_START_RECEIPT}, {v1::ON_EXPIRY_LATE, v1::ON_EXPIRY_DEEMED_ACCEPTED}},
      {v1::CASE_CLOCK_TRANSIT_CONSENT, {v1::CLOCK_START_REPLY}, {v1::ON_EXPIRY_LATE, v1::ON_EXPIRY_LAPSE}},
      {v1::CASE_CLOCK_CLOSING, {v1::CLOCK_START_END}, {v1::ON_EXPIRY_CLOSE}},
  };
  return rules;
}
static_assert(v1::CaseClock_ARRAYSIZE == 10, "every clock but UNSPECIFIED has its rule");

// "Asia/Almaty" or "UTC". Nothing else reaches the library that reads the zones, which would open any file by its name,
// and for which "localtime" is what this machine happens to keep.
bool IsZoneName(absl::string_view name) {
  if (name == "UTC") return true;
  if (name.size() > kLongestZone || !absl::StrContains(name, '/')) return false;
  for (const absl::string_view part : absl::StrSplit(name, '/')) {
    if (part.empty() || !absl::ascii_isupper(static_cast<unsigned char>(part[0]))) return false;
    const bool is_plain = std::all_of(part.begin(), part.end(), [](char c) {
      return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '+';
    });
    if (!is_plain) return false;
  }
  return true;
}

void CheckZone(const v1::TimeLimit& limit, const Place& place, Findings* findings) {
  if (limit.unit() == v1::TIME_UNIT_HOURS) {
    if (!limit.time_zone().empty()) findings->Add(place, "does not go with hours; leave it out");
    return;
  }
  absl::TimeZone zone;
  if (!IsZoneName(limit.time_zone()) || !absl::LoadTimeZone(limit.time_zone(), &zone)) {
    findings->Add(place, "must be a time zone of the IANA database, such as Asia/Almaty");
  }
}

template <typename Enum>
std::string Names(const std::vector<Enum>& values, const std::string& (*name)(Enum)) {
  return absl::StrJoin(values, ", ", [&](std::string* out, Enum value) { absl::StrAppend(out, name(value)); });
}

template <typename Enum>
bool Has(const std::vector<Enum>& values, Enum value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

void CheckClock(const v1::TimeLimit& limit, const Place& place, Findings* findings) {
  const auto rule = std::find_if(ClockRules().begin(), ClockRules().end(),
                                 [&](const ClockRule& candidate) { return candidate.clock == limit.clock(); });
  if (rule == ClockRules().end()) {
    findings->Add(place.Field("clock"), "must be a known value other than UNSPECIFIED");
    return;
  }
  if (!Has(rule->starts, limit.start())) {
    findings->Add(place.Field("start"), absl::StrCat("must be one of these with the clock: ",
                                                     Names(rule->starts, &v1::ClockStart_Name<v1::ClockStart>)));
  }
  if (!Has(rule->outcomes, limit.on_expiry())) {
    findings->Add(place.Field("on_expiry"), absl::StrCat("must be one of these with the clock: ",
                                                         Names(rule->outcomes, &v1::OnExpiry_Name<v1::OnExpiry>)));
  } else if (limit.on_expiry() == v1::ON_EXPIRY_FALL_BACK &&
             limit.procedure() != v1::READMISSION_PROCEDURE_ACCELERATED) {
    findings->Add(place.Field("on_expiry"), "falls back from the accelerated procedure only; name it, or use another");
  }
}

void CheckHolidays(const v1::TimeLimit& limit, const Place& place, Findings* findings) {
  if (limit.unit() == v1::TIME_UNIT_WORKING_DAYS) {
    CheckEnum(limit.holidays_of(), v1::CalendarSide_IsValid, place, findings);
  } else if (limit.holidays_of() != v1::CALENDAR_SIDE_UNSPECIFIED) {
    findings->Add(place, "belongs with TIME_UNIT_WORKING_DAYS only; leave it out");
  }
}

void CheckLimit(const v1::TimeLimit& limit, const Known& known, const Place& place, std::set<std::string>* ids,
                Findings* findings) {
  CheckRuleId(limit.id(), place.Field("id"), findings);
  CheckUnique(ids, limit.id(), place.Field("id"), findings);
  CheckCites(limit.cites(), known, place, place.Field("id"), findings);
  CheckClock(limit, place, findings);
  if (!v1::ReadmissionProcedure_IsValid(limit.procedure())) {
    findings->Add(place.Field("procedure"), "must be a known value, or be left out");
  }
  if (limit.amount() == 0 || limit.amount() > kLongestAmount) {
    findings->Add(place.Field("amount"), absl::StrCat("must be from 1 to ", kLongestAmount));
  }
  CheckEnum(limit.unit(), v1::TimeUnit_IsValid, place.Field("unit"), findings);
  CheckHolidays(limit, place.Field("holidays_of"), findings);
  CheckZone(limit, place.Field("time_zone"), findings);
  if (limit.unit() == v1::TIME_UNIT_HOURS && limit.first_day_counts()) {
    findings->Add(place.Field("first_day_counts"), "does not go with hours; leave it out");
  }
}

using ClockAndProcedure = std::set<std::pair<int, int>>;

// Whether a case of the normal procedure has the limit.
bool HasNormal(const ClockAndProcedure& limits, v1::CaseClock clock) {
  return limits.count({clock, v1::READMISSION_PROCEDURE_UNSPECIFIED}) +
             limits.count({clock, v1::READMISSION_PROCEDURE_NORMAL}) >
         0;
}

ClockAndProcedure CheckLimits(const v1::Treaty& treaty, const Known& known, const Place& root, Findings* findings) {
  std::set<std::string> ids;
  ClockAndProcedure limits;
  for (int i = 0; i < treaty.time_limits_size(); ++i) {
    const v1::TimeLimit& limit = treaty.time_limits(i);
    const Place place = root.Element("time_limits", i);
    CheckLimit(limit, known, place, &ids, findings);
    CheckUnique(&limits, std::pair<int, int>(limit.clock(), limit.procedure()), place.Field("clock"), findings);
  }
  for (int i = 0; i < treaty.time_limits_size(); ++i) {
    const v1::TimeLimit& limit = treaty.time_limits(i);
    if (limit.on_expiry() == v1::ON_EXPIRY_FALL_BACK && !HasNormal(limits, limit.clock())) {
      findings->Add(root.Element("time_limits", i).Field("on_expiry"),
                    "has nothing to fall back to; write the clock's limit of the normal procedure as well");
    }
  }
  return limits;
}

// UNSPECIFIED for what the clock or the own node does, which crosses no border.
v1::Operation OperationOf(v1::ReadmissionStepKind kind) {
  switch (kind) {
    case v1::READMISSION_STEP_KIND_NOTIFY:
      return v1::OPERATION_READMISSION_NOTIFY;
    case v1::READMISSION_STEP_KIND_SUBMIT:
      return v1::OPERATION_READMISSION_SUBMIT;
    case v1::READMISSION_STEP_KIND_ACCEPT:
    case v1::READMISSION_STEP_KIND_REFUSE:
      return v1::OPERATION_READMISSION_REPLY;
    case v1::READMISSION_STEP_KIND_RETURN_INCOMPLETE:
    case v1::READMISSION_STEP_KIND_RESUBMIT:
    case v1::READMISSION_STEP_KIND_VERIFY:
    case v1::READMISSION_STEP_KIND_ASK_INTERVIEW:
    case v1::READMISSION_STEP_KIND_REPORT_INTERVIEW:
    case v1::READMISSION_STEP_KIND_EXTEND:
    case v1::READMISSION_STEP_KIND_WITHDRAW:
    case v1::READMISSION_STEP_KIND_HOLD:
    case v1::READMISSION_STEP_KIND_RELEASE:
      return v1::OPERATION_READMISSION_STEP;
    case v1::READMISSION_STEP_KIND_ASK_TRAVEL_DOCUMENT:
    case v1::READMISSION_STEP_KIND_ISSUE_TRAVEL_DOCUMENT:
      return v1::OPERATION_READMISSION_TRAVEL_DOCUMENT;
    case v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER:
    case v1::READMISSION_STEP_KIND_AGREE_TRANSFER:
    case v1::READMISSION_STEP_KIND_EXTEND_TRANSFER:
    case v1::READMISSION_STEP_KIND_HAND_OVER:
    case v1::READMISSION_STEP_KIND_TAKE_OVER:
    case v1::READMISSION_STEP_KIND_CLAIM_ERROR:
    case v1::READMISSION_STEP_KIND_TAKE_BACK:
      return v1::OPERATION_READMISSION_TRANSFER;
    default:
      return v1::OPERATION_UNSPECIFIED;
  }
}

bool IsOfReadmission(int operation) {
  return operation >= v1::OPERATION_READMISSION_SUBMIT && operation <= v1::OPERATION_READMISSION_TRANSIT_STEP;
}

std::set<int> GrantedOperations(const v1::Treaty& treaty) {
  std::set<int> operations;
  for (const v1::Grant& grant : treaty.grants()) {
    const auto& listed = grant.scope().operations();
    std::copy_if(listed.begin(), listed.end(), std::inserter(operations, operations.end()), IsOfReadmission);
  }
  return operations;
}

// What the terms of a treaty may rely on.
struct Ground {
  const Known& known;
  const ClockAndProcedure& limits;
  const std::set<int>& granted;
};

void CheckStep(v1::ReadmissionStepKind kind, const Ground& ground, const Place& place, Findings* findings) {
  const v1::Operation operation = OperationOf(kind);
  if (operation != v1::OPERATION_UNSPECIFIED && ground.granted.count(operation) == 0) {
    findings->Add(place, absl::StrCat("is carried by no grant; write one of ", v1::Operation_Name(operation),
                                      ", or leave the step out"));
  }
  if (kind == v1::READMISSION_STEP_KIND_ACCEPT && !HasNormal(ground.limits, v1::CASE_CLOCK_REPLY)) {
    findings->Add(place, "has no time to be taken in; write a limit of CASE_CLOCK_REPLY");
  }
  if (kind == v1::READMISSION_STEP_KIND_EXTEND && !HasNormal(ground.limits, v1::CASE_CLOCK_EXTENDED_REPLY)) {
    findings->Add(place, "extends to no time; write a limit of CASE_CLOCK_EXTENDED_REPLY");
  }
}

void CheckSteps(const v1::ReadmissionTerms& terms, const Ground& ground, const Place& root, Findings* findings) {
  std::set<int> seen;
  for (int i = 0; i < terms.steps_size(); ++i) {
    const v1::StepRule& rule = terms.steps(i);
    const Place place = root.Element("steps", i);
    if (rule.kinds().empty()) findings->Add(place, "has no kinds; name the steps");
    CheckCites(rule.cites(), ground.known, place, place, findings);
    for (int j = 0; j < rule.kinds_size(); ++j) {
      const Place kind = place.Element("kinds", j);
      CheckEnum(rule.kinds(j), v1::ReadmissionStepKind_IsValid, kind, findings);
      CheckUnique(&seen, static_cast<int>(rule.kinds(j)), kind, findings);
      CheckStep(rule.kinds(j), ground, kind, findings);
    }
  }
}

void CheckCategories(const v1::ReadmissionTerms& terms, const Known& known, const Place& root, Findings* findings) {
  if (terms.categories().empty()) findings->Add(root, "has no categories; name the groups of persons taken back");
  std::set<int> seen;
  for (int i = 0; i < terms.categories_size(); ++i) {
    const v1::CategoryRule& rule = terms.categories(i);
    const Place place = root.Element("categories", i);
    CheckEnum(rule.category(), v1::PersonCategory_IsValid, place.Field("category"), findings);
    CheckUnique(&seen, static_cast<int>(rule.category()), place.Field("category"), findings);
    CheckCites(rule.cites(), known, place, place.Field("category"), findings);
  }
}

// A word of the text that a case is to repeat.
void CheckName(const std::string& name, const Place& place, Findings* findings) {
  CheckWritten(name, place, findings);
  if (name.size() > kLongestName) {
    findings->Add(place, absl::StrCat("must be at most ", kLongestName, " bytes"));
  }
}

void CheckEvidence(const v1::ReadmissionTerms& terms, const Known& known, const Place& root, Findings* findings) {
  if (terms.evidence().empty()) findings->Add(root, "has no evidence; name what counts as evidence of which tier");
  std::map<int, std::set<std::string>> seen;
  for (int i = 0; i < terms.evidence_size(); ++i) {
    const v1::EvidenceRule& rule = terms.evidence(i);
    const Place place = root.Element("evidence", i);
    CheckEnum(rule.tier(), v1::EvidenceTier_IsValid, place.Field("tier"), findings);
    CheckCites(rule.cites(), known, place, place.Field("tier"), findings);
    if (rule.kinds().empty()) findings->Add(place.Field("tier"), "has no kinds; name them, or leave the rule out");
    for (int j = 0; j < rule.kinds_size(); ++j) {
      CheckName(rule.kinds(j), place.Element("kinds", j), findings);
      CheckUnique(&seen[rule.tier()], rule.kinds(j), place.Element("kinds", j), findings);
    }
  }
}

// One of the two names of a media type, as RFC 6838 restricts them, in lower case so that it is written in one way.
bool IsMediaName(absl::string_view name) {
  return !name.empty() && name.size() <= 127 && absl::ascii_isalnum(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return absl::ascii_islower(byte) || absl::ascii_isdigit(byte) || absl::StrContains("!#$&-^_.+", c);
         });
}

bool IsMediaType(absl::string_view type) {
  const std::vector<absl::string_view> names = absl::StrSplit(type, '/');
  return names.size() == 2 && IsMediaName(names[0]) && IsMediaName(names[1]);
}

void CheckAttachments(const v1::ReadmissionTerms& terms, const Ground& ground, const Place& root, Findings* findings) {
  if (!terms.attachments().empty() && ground.granted.count(v1::OPERATION_READMISSION_ATTACH) == 0) {
    findings->Add(root.Element("attachments", 0),
                  "is carried by no grant; write one of OPERATION_READMISSION_ATTACH, or leave attachments out");
  }
  std::set<int> seen;
  for (int i = 0; i < terms.attachments_size(); ++i) {
    const v1::AttachmentRule& rule = terms.attachments(i);
    const Place place = root.Element("attachments", i);
    CheckEnum(rule.kind(), v1::AttachmentKind_IsValid, place.Field("kind"), findings);
    CheckUnique(&seen, static_cast<int>(rule.kind()), place.Field("kind"), findings);
    CheckCites(rule.cites(), ground.known, place, place.Field("kind"), findings);
    if (rule.max_bytes() == 0 || rule.max_bytes() > kLargestAttachment) {
      findings->Add(place.Field("max_bytes"), absl::StrCat("must be from 1 to ", kLargestAttachment));
    }
    if (rule.media_types().empty()) findings->Add(place.Field("kind"), "has no media_types; name those allowed");
    std::set<std::string> types;
    for (int j = 0; j < rule.media_types_size(); ++j) {
      const Place type = place.Element("media_types", j);
      if (!IsMediaType(rule.media_types(j))) {
        findings->Add(type, "must be a media type in lower case, such as image/jpeg");
      }
      CheckUnique(&types, rule.media_types(j), type, findings);
    }
  }
}

void CheckRest(const v1::ReadmissionTerms& terms, const Place& root, Findings* findings) {
  std::set<std::string> points;
  for (int i = 0; i < terms.crossing_points_size(); ++i) {
    const Place place = root.Element("crossing_points", i);
    CheckName(terms.crossing_points(i), place, findings);
    CheckUnique(&points, terms.crossing_points(i), place, findings);
  }
  CheckEnums(terms.languages(), "languages", v1::Language_IsValid, root, findings);
  if (terms.expired_proof_months() > kLongestMonths) {
    findings->Add(root.Field("expired_proof_months"), absl::StrCat("must be at most ", kLongestMonths));
  }
}

}  // namespace

void CheckReadmission(const v1::Treaty& treaty, const Known& known, const Place& root, Findings* findings) {
  const std::set<int> granted = GrantedOperations(treaty);
  const ClockAndProcedure limits = CheckLimits(treaty, known, root, findings);
  const Place place = root.Field("readmission");
  if (granted.empty()) {
    constexpr char kIdle[] = "belongs with a grant of an operation of readmission only; leave it out";
    if (treaty.has_readmission()) findings->Add(place, kIdle);
    if (!treaty.time_limits().empty()) findings->Add(root.Element("time_limits", 0), kIdle);
    return;
  }
  if (!treaty.has_readmission()) {
    findings->Add(place, "is required where a grant serves an operation of readmission; write its terms");
    return;
  }
  const v1::ReadmissionTerms& terms = treaty.readmission();
  const Ground ground{known, limits, granted};
  CheckSteps(terms, ground, place, findings);
  CheckCategories(terms, known, place, findings);
  CheckEvidence(terms, known, place, findings);
  CheckAttachments(terms, ground, place, findings);
  CheckRest(terms, place, findings);
}

}  // namespace tamga::policy
