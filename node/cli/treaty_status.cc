// tamga treaty status and instruments: what is in force for whom, and the acts from which that follows.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/display_text.h"
#include "node/cli/output.h"
#include "node/cli/time_argument.h"
#include "node/cli/treaty_files.h"
#include "node/cli/treaty_parts.h"

namespace tamga::cli {
namespace {

struct StatusArguments {
  std::string treaties;
  std::string at;
};

std::string DayOf(absl::Time time) {
  if (time == absl::InfinitePast()) return "";
  return absl::FormatCivilTime(absl::ToCivilDay(time, absl::UTCTimeZone()));
}

absl::string_view NameOf(policy::StandingStatus status) {
  switch (status) {
    case policy::StandingStatus::kNothing:
      return "nothing";
    case policy::StandingStatus::kSigned:
      return "signed";
    case policy::StandingStatus::kRatified:
      return "ratified";
    case policy::StandingStatus::kInForce:
      return "in force";
    case policy::StandingStatus::kSuspended:
      return "suspended";
    case policy::StandingStatus::kExpired:
      return "expired";
    case policy::StandingStatus::kDenounced:
      return "denounced";
  }
  return "";
}

// "ratify SMALL".
std::string ActOf(const v1::Instrument& instrument) {
  const auto* oneof = v1::Instrument::descriptor()->FindOneofByName("act");
  const auto* field = instrument.GetReflection()->GetOneofFieldDescriptor(instrument, oneof);
  return field == nullptr ? "" : field->name();
}

std::string AboutOf(const v1::Instrument& instrument) {
  switch (instrument.act_case()) {
    case v1::Instrument::kSign:
      return instrument.sign().document().id();
    case v1::Instrument::kRatify:
      return instrument.ratify().document().id();
    case v1::Instrument::kReserve:
      return instrument.reserve().treaty_id();
    case v1::Instrument::kObject:
      return instrument.object().treaty_id();
    case v1::Instrument::kSuspend:
      return instrument.suspend().treaty_id();
    case v1::Instrument::kDenounce:
      return instrument.denounce().treaty_id();
    case v1::Instrument::kChangeAuthorities:
      return instrument.change_authorities().treaty_id();
    case v1::Instrument::kAdopt:
      return instrument.adopt().overlay().id();
    case v1::Instrument::kWithdraw:
      return absl::StrCat("act ", instrument.withdraw().number());
    case v1::Instrument::kResume:
      return absl::StrCat("act ", instrument.resume().number());
    case v1::Instrument::kSetCalendar:
      return absl::StrCat(instrument.set_calendar().year());
    default:
      return "";
  }
}

absl::Status Status(const StatusArguments& arguments, Environment& environment) {
  absl::Time at = environment.clock.Now();
  if (!arguments.at.empty()) {
    const absl::StatusOr<absl::Time> time = ParseTimeArgument(arguments.at, at);
    if (!time.ok()) return InvalidField("--at", time.status().message());
    at = *time;
  }
  ASSIGN_OR_RETURN(const treaty::TreatyLibrary library, LoadTreatyFolder(arguments.treaties));
  Table table({"TREATY", "VERSION", "STATE", "STATUS", "SINCE", "WHY"});
  for (const policy::StandingLine& line : library.standing->StatusAt(at)) {
    table.AddRow({line.treaty_id, absl::StrCat(line.version), line.state, std::string(NameOf(line.status)),
                  DayOf(line.since), line.why});
  }
  PrintTableOrJson(environment, table);
  SayFindings(environment, library);
  return absl::OkStatus();
}

absl::Status Instruments(const StatusArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const treaty::TreatyLibrary library, LoadTreatyFolder(arguments.treaties));
  Table table({"STATE", "ACT", "EFFECTIVE", "WHAT", "ABOUT", "SHA256", "CITATION"});
  for (const auto& [state, acts] : library.registers) {
    for (const policy::VerifiedAct& act : acts.acts()) {
      table.AddRow({state, absl::StrCat(act.number), act.instrument.effective_on(), ActOf(act.instrument),
                    AboutOf(act.instrument), act.sha256.substr(0, 16), act.instrument.citation()});
    }
  }
  PrintTableOrJson(environment, table);
  SayFindings(environment, library);
  return absl::OkStatus();
}

}  // namespace

void AddStatusCommands(const Command& treaty) {
  const Command status = treaty.Add("status", "Tell what is in force for whom, and why; needs no node");
  const auto arguments = std::make_shared<StatusArguments>();
  status.Required("--treaties", "Folder of treaties, registers and offices", Into(arguments->treaties));
  status.Optional("--at", "As of this day, such as 2004-06-01; today if not given", Into(arguments->at));
  status.Run([arguments](Environment& environment) { return Status(*arguments, environment); });
  const Command instruments = treaty.Add("instruments", "List the verified acts of States; needs no node");
  const auto of = std::make_shared<StatusArguments>();
  instruments.Required("--treaties", "Folder of treaties, registers and offices", Into(of->treaties));
  instruments.Run([of](Environment& environment) { return Instruments(*of, environment); });
}

}  // namespace tamga::cli
