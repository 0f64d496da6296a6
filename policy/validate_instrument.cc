#include <optional>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "policy/bundle.h"
#include "policy/day.h"
#include "policy/validate.h"
#include "policy/validate_forms.h"
#include "policy/validate_parts.h"

namespace tamga::policy {
namespace {

constexpr uint32_t kFirstYear = 1990;
constexpr uint32_t kLastYear = 2200;

void CheckReference(const v1::DocumentReference& document, const Place& place, Findings* findings) {
  CheckDocumentId(document.id(), place.Field("id"), findings);
  CheckSha256(document.sha256(), place.Field("sha256"), findings);
}

void CheckArticleNumbers(const Strings& numbers, const std::string& field, const Place& parent, Findings* findings) {
  std::set<std::string> seen;
  for (int i = 0; i < numbers.size(); ++i) {
    CheckArticleNumber(numbers.Get(i), parent.Element(field, i), findings);
    CheckUnique(&seen, numbers.Get(i), parent.Element(field, i), findings);
  }
}

void CheckOther(const std::string& state, const std::string& own, const Place& place, Findings* findings) {
  CheckState(state, place, findings);
  if (state == own) findings->Add(place, "must be another State than the one that acts");
}

void CheckNumber(uint32_t number, const Place& place, Findings* findings) {
  if (number == 0) findings->Add(place, "is required; name the act's number in the State's register");
}

void CheckRatify(const v1::Ratify& act, const Place& place, Findings* findings) {
  CheckReference(act.document(), place.Field("document"), findings);
  if (!act.in_force_from().empty()) CheckDay(act.in_force_from(), place.Field("in_force_from"), findings);
  if (!act.rendering_sha256().empty()) CheckSha256(act.rendering_sha256(), place.Field("rendering_sha256"), findings);
}

void CheckReserve(const v1::Reserve& act, const Place& place, Findings* findings) {
  CheckRuleId(act.id(), place.Field("id"), findings);
  CheckDocumentId(act.treaty_id(), place.Field("treaty_id"), findings);
  CheckArticleNumbers(act.excluded_articles(), "excluded_articles", place, findings);
  const v1::Narrowing& rules = act.narrowing();
  if (act.excluded_articles_size() + rules.prohibitions_size() + rules.ceilings_size() + rules.duties_size() == 0) {
    findings->Add(place.Field("id"), "reserves nothing; write excluded_articles, narrowing or both");
  }
  Known known;
  known.is_any_article = true;
  known.is_any_side = true;
  CheckNarrowing(rules, known, place.Field("narrowing"), findings);
}

void CheckObject(const v1::Instrument& instrument, const Place& place, Findings* findings) {
  const v1::Object& act = instrument.object();
  CheckOther(act.to_state(), instrument.state(), place.Field("to_state"), findings);
  CheckDocumentId(act.treaty_id(), place.Field("treaty_id"), findings);
  CheckRuleId(act.reservation_id(), place.Field("reservation_id"), findings);
}

void CheckSuspend(const v1::Instrument& instrument, const Place& place, Findings* findings) {
  const v1::Suspend& act = instrument.suspend();
  CheckDocumentId(act.treaty_id(), place.Field("treaty_id"), findings);
  std::set<std::string> seen;
  for (int i = 0; i < act.towards_size(); ++i) {
    CheckOther(act.towards(i), instrument.state(), place.Element("towards", i), findings);
    CheckUnique(&seen, act.towards(i), place.Element("towards", i), findings);
  }
  CheckArticleNumbers(act.articles(), "articles", place, findings);
  if (act.until().empty()) return;
  CheckDay(act.until(), place.Field("until"), findings);
  const std::optional<absl::Time> from = ParseDay(instrument.effective_on());
  const std::optional<absl::Time> until = ParseDay(act.until());
  if (from.has_value() && until.has_value() && *until <= *from) {
    findings->Add(place.Field("until"), "must be later than effective_on");
  }
}

void CheckChangeKeys(const v1::Instrument& instrument, const Place& place, Findings* findings) {
  const v1::TreatyOffice& office = instrument.change_keys().office();
  const Place field = place.Field("office");
  ValidateTreatyOffice(office, field, findings);
  if (office.state() != instrument.state()) {
    findings->Add(field.Field("state"), "must be the State that acts");
  }
}

void CheckChangeAuthorities(const v1::Instrument& instrument, const Place& place, Findings* findings) {
  const v1::ChangeAuthorities& act = instrument.change_authorities();
  CheckDocumentId(act.treaty_id(), place.Field("treaty_id"), findings);
  CheckAgencies(act.agencies(), instrument.state(), place, findings);
}

void CheckCalendarDays(const Strings& days, const std::string& field, bool is_weekend, uint32_t year,
                       const Place& parent, Findings* findings) {
  std::set<std::string> seen;
  for (int i = 0; i < days.size(); ++i) {
    const Place place = parent.Element(field, i);
    CheckDay(days.Get(i), place, findings);
    CheckUnique(&seen, days.Get(i), place, findings);
    const std::optional<absl::Time> start = ParseDay(days.Get(i));
    if (!start.has_value()) continue;
    const absl::CivilDay day = absl::ToCivilDay(*start, absl::UTCTimeZone());
    if (day.year() != static_cast<absl::civil_year_t>(year)) {
      findings->Add(place, absl::StrCat("must be in the year ", year));
    }
    const absl::Weekday weekday = absl::GetWeekday(day);
    if ((weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday) != is_weekend) {
      findings->Add(place, is_weekend ? "is no Saturday or Sunday, so it is a working day anyway; leave it out"
                                      : "is a Saturday or Sunday, so it is a day off anyway; leave it out");
    }
  }
}

void CheckCalendar(const v1::SetCalendar& act, const Place& place, Findings* findings) {
  if (act.year() < kFirstYear || act.year() > kLastYear) {
    findings->Add(place.Field("year"), absl::StrCat("must be from ", kFirstYear, " to ", kLastYear));
  }
  CheckCalendarDays(act.holidays(), "holidays", /*is_weekend=*/false, act.year(), place, findings);
  CheckCalendarDays(act.working_weekend_days(), "working_weekend_days", /*is_weekend=*/true, act.year(), place,
                    findings);
}

void CheckAct(const v1::Instrument& instrument, const Place& root, Findings* findings) {
  switch (instrument.act_case()) {
    case v1::Instrument::kSign:
      return CheckReference(instrument.sign().document(), root.Field("sign").Field("document"), findings);
    case v1::Instrument::kRatify:
      return CheckRatify(instrument.ratify(), root.Field("ratify"), findings);
    case v1::Instrument::kReserve:
      return CheckReserve(instrument.reserve(), root.Field("reserve"), findings);
    case v1::Instrument::kObject:
      return CheckObject(instrument, root.Field("object"), findings);
    case v1::Instrument::kWithdraw:
      return CheckNumber(instrument.withdraw().number(), root.Field("withdraw").Field("number"), findings);
    case v1::Instrument::kSuspend:
      return CheckSuspend(instrument, root.Field("suspend"), findings);
    case v1::Instrument::kResume:
      return CheckNumber(instrument.resume().number(), root.Field("resume").Field("number"), findings);
    case v1::Instrument::kDenounce:
      return CheckDocumentId(instrument.denounce().treaty_id(), root.Field("denounce").Field("treaty_id"), findings);
    case v1::Instrument::kChangeKeys:
      return CheckChangeKeys(instrument, root.Field("change_keys"), findings);
    case v1::Instrument::kChangeAuthorities:
      return CheckChangeAuthorities(instrument, root.Field("change_authorities"), findings);
    case v1::Instrument::kSetCalendar:
      return CheckCalendar(instrument.set_calendar(), root.Field("set_calendar"), findings);
    case v1::Instrument::kAdopt:
      return CheckReference(instrument.adopt().overlay(), root.Field("adopt").Field("overlay"), findings);
    case v1::Instrument::kChangeRoots:
      return CheckChangeRoots(instrument, root.Field("change_roots"), findings);
    case v1::Instrument::ACT_NOT_SET:
      findings->Add(root.Field("state"), "does nothing; write one act, such as ratify { ... }");
  }
}

}  // namespace

void ValidateInstrument(const v1::Instrument& instrument, const Place& root, Findings* findings) {
  CheckState(instrument.state(), root.Field("state"), findings);
  CheckDay(instrument.effective_on(), root.Field("effective_on"), findings);
  CheckWritten(instrument.citation(), root.Field("citation"), findings);
  CheckAct(instrument, root, findings);
}

}  // namespace tamga::policy
