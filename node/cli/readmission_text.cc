// Readmission cases as an officer reads them.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "node/base/clock.h"
#include "node/cli/display_text.h"
#include "node/cli/enum_name.h"
#include "node/cli/exchange_text.h"
#include "node/cli/readmission_parts.h"
#include "node/cli/record_text.h"

namespace tamga::cli {
namespace {

absl::TimeZone ZoneNamed(const std::string& name) {
  absl::TimeZone zone;
  return !name.empty() && absl::LoadTimeZone(name, &zone) ? zone : absl::UTCTimeZone();
}

// That of the first clock which names one.
absl::TimeZone ZoneOf(const v1::ReadmissionCase& record) {
  for (const v1::RunningClock& clock : record.clocks()) {
    if (!clock.time_zone().empty()) return ZoneNamed(clock.time_zone());
  }
  return absl::UTCTimeZone();
}

std::string TimeText(const google::protobuf::Timestamp& time, const absl::TimeZone& zone) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", FromProto(time), zone);
}

std::string DueText(const v1::RunningClock& clock) {
  return absl::FormatTime("%Y-%m-%d %H:%M (UTC%Ez)", FromProto(clock.due_at()), ZoneNamed(clock.time_zone()));
}

// "3 d 4 h", "4 h 5 min", "late by 2 d 0 h".
std::string TimeLeftText(absl::Time due, absl::Time now) {
  const int64_t minutes = absl::ToInt64Minutes(due > now ? due - now : now - due);
  constexpr int64_t kMinutesADay = 24 * 60;
  const std::string length = minutes >= kMinutesADay
                                 ? absl::StrCat(minutes / kMinutesADay, " d ", minutes % kMinutesADay / 60, " h")
                                 : absl::StrCat(minutes / 60, " h ", minutes % 60, " min");
  return due > now ? length : absl::StrCat("late by ", length);
}

std::string DocumentText(const v1::TravelDocument& document) {
  return absl::StrCat(document.kind(), " ", document.number(), " of ", document.issuing_state());
}

std::string PlanText(const v1::TransferPlan& plan) {
  std::string text = absl::StrCat("on ", plan.day(), " at ", plan.crossing_point(), " by ", plan.means());
  if (plan.escorts_size() > 0) absl::StrAppend(&text, ", escorts: ", plan.escorts_size());
  if (!plan.care().empty()) absl::StrAppend(&text, ", care: ", plan.care());
  return text;
}

std::string HandOverText(const v1::HandOverRecord& record, const absl::TimeZone& zone) {
  std::string text = absl::StrCat("on ", TimeText(record.at(), zone), " at ", record.crossing_point(), ", officer ",
                                  record.officer_number());
  if (record.handed_along_size() > 0) absl::StrAppend(&text, ", with: ", absl::StrJoin(record.handed_along(), ", "));
  return text;
}

template <typename Enum>
void AddCode(Enum code, std::vector<std::string>* parts) {
  if (static_cast<int>(code) != 0) parts->push_back(ShortEnumName(code));
}

// What the step says beyond its kind.
void AddParticulars(const v1::ReadmissionStep& step, const absl::TimeZone& zone, std::vector<std::string>* parts) {
  AddCode(step.incomplete_code(), parts);
  AddCode(step.withdrawal_code(), parts);
  AddCode(step.hold_code(), parts);
  if (step.has_interview()) {
    parts->push_back(absl::StrCat("held on ", step.interview().held_on()));
    AddCode(step.interview().result(), parts);
  }
  if (step.has_travel_document()) parts->push_back(DocumentText(step.travel_document()));
  if (step.has_transfer()) parts->push_back(PlanText(step.transfer()));
  if (step.has_hand_over()) parts->push_back(HandOverText(step.hand_over(), zone));
  if (!step.until().empty()) parts->push_back(absl::StrCat("until ", step.until()));
  if (!step.file_number().empty()) parts->push_back(absl::StrCat("their file ", step.file_number()));
}

std::string EventText(const v1::ReadmissionEvent& event, const absl::TimeZone& zone) {
  std::vector<std::string> parts;
  if (event.overtaken()) parts.push_back("OVERTAKEN, without effect");
  if (event.has_noticed_at()) parts.push_back(absl::StrCat("noticed late, ", TimeText(event.noticed_at(), zone)));
  AddCode(event.refusal_code(), &parts);
  AddParticulars(event.step(), zone, &parts);
  if (!event.reasons().empty()) parts.push_back(event.reasons());
  return absl::StrJoin(parts, "; ");
}

Table Timeline(const v1::ReadmissionCase& record, const absl::TimeZone& zone) {
  Table table({"TIME", "STEP", "STATE", "BY", "ARTICLES", "EXCHANGE", "LOG", "DELIVERY", "WHAT"});
  for (const v1::ReadmissionEvent& event : record.history()) {
    table.AddRow({TimeText(event.at(), zone), ShortEnumName(event.kind()), ShortEnumName(event.state()), event.actor(),
                  ArticlesText(event.articles()), event.exchange_id().empty() ? "-" : event.exchange_id(),
                  event.has_log() ? absl::StrCat("#", event.log().index()) : "-", ShortEnumName(event.delivery()),
                  EventText(event, zone)});
  }
  return table;
}

std::string PossibleText(const v1::ReadmissionCase& record) {
  std::vector<std::string> names;
  for (const int kind : record.possible_steps()) {
    const std::string name = StepCommandOf(static_cast<v1::ReadmissionStepKind>(kind));
    if (!name.empty()) names.push_back(name);
  }
  return names.empty() ? "nothing" : absl::StrJoin(names, ", ");
}

std::string PersonText(const v1::ReadmissionApplication& application) {
  std::vector<std::string> names;
  for (const v1::PersonName& name : application.names()) {
    std::vector<std::string> parts;
    for (const std::string* part : {&name.surname(), &name.given_names(), &name.patronymic(), &name.full_name()}) {
      if (!part->empty()) parts.push_back(*part);
    }
    names.push_back(absl::StrJoin(parts, " "));
  }
  return absl::StrJoin(names, " / ");
}

std::string AgencyText(const std::string& agency, const std::string& file_number) {
  return file_number.empty() ? agency : absl::StrCat(agency, ", file ", file_number);
}

std::string Heading(const v1::ReadmissionCase& record, const absl::TimeZone& zone) {
  std::string text;
  const auto line = [&text](absl::string_view name, const std::string& value) {
    if (!value.empty()) absl::StrAppendFormat(&text, "%-12s %s\n", name, DisplayText(value));
  };
  line("Case", record.case_id());
  line("State", record.state() == v1::READMISSION_STATE_ON_HOLD
                    ? absl::StrCat("ON_HOLD, in ", ShortEnumName(record.held_state()))
                    : ShortEnumName(record.state()));
  line("From", AgencyText(record.requesting_agency(), record.application().requesting_file_number()));
  line("To", AgencyText(record.requested_agency(), record.requested_file_number()));
  line("Treaty", record.treaty_version() == 0
                     ? record.treaty_id()
                     : absl::StrCat(record.treaty_id(), ", version ", record.treaty_version()));
  line("Procedure", ShortEnumName(record.procedure()));
  line("Person", PersonText(record.application()));
  line("Times", absl::StrCat("of ", zone.name()));
  if (record.has_diverged_at()) {
    line("DIVERGED", absl::StrCat("since ", TimeText(record.diverged_at(), zone),
                                  ": the partner holds another history of this case; compare the logs with "
                                  "`tamga audit reconcile`"));
  }
  return text;
}

}  // namespace

Table ClockTable(const google::protobuf::RepeatedPtrField<v1::RunningClock>& clocks, absl::Time now) {
  Table table({"CLOCK", "PASSES", "LEFT", "ON THE SIDE OF", "ARTICLES", "AFTER THAT"});
  for (const v1::RunningClock& clock : clocks) {
    table.AddRow({clock.limit_id(), DueText(clock), TimeLeftText(FromProto(clock.due_at()), now), clock.agency(),
                  ArticlesText(clock.articles()), clock.on_expiry()});
  }
  return table;
}

std::string CaseOverview(const v1::ReadmissionCase& record, absl::Time now) {
  const absl::TimeZone zone = ZoneOf(record);
  std::string text = Heading(record, zone);
  for (const Table& table : {ClockTable(record.clocks(), now), Timeline(record, zone)}) {
    if (!table.empty()) absl::StrAppend(&text, "\n", table.Text(Style::kPlain));
  }
  absl::StrAppend(&text, "\nNow possible: ", PossibleText(record), "\n");
  return text;
}

std::string WholeCaseText(const v1::ReadmissionCase& record, absl::Time now) {
  std::string text;
  if (record.has_application()) absl::StrAppend(&text, RecordText(record.application()), "\n");
  absl::StrAppend(&text, CaseOverview(record, now));
  return text;
}

std::string NextDueText(const v1::ReadmissionCase& record) {
  return record.clocks().empty() ? "-" : DueText(record.clocks(0));
}

Table ReadmissionCaseTable(const v1::ListReadmissionCasesResponse& response) {
  Table table({"CASE", "STATE", "FROM", "TO", "TREATY", "CLOCK", "PASSES", "ON THE SIDE OF"});
  for (const v1::ReadmissionCase& record : response.cases()) {
    const v1::RunningClock clock = record.clocks().empty() ? v1::RunningClock() : record.clocks(0);
    table.AddRow({record.case_id(), ShortEnumName(record.state()), record.requesting_agency(),
                  record.requested_agency(), record.treaty_id(), record.clocks().empty() ? "-" : clock.limit_id(),
                  NextDueText(record), record.clocks().empty() ? "-" : clock.agency()});
  }
  return table;
}

}  // namespace tamga::cli
