// tamga treaty decisions and what-if: decisions of the past, and what would come of them under other treaties.
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/json_util.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/decisions.h"
#include "node/cli/enum_name.h"
#include "node/cli/output.h"
#include "node/cli/treaty_files.h"
#include "node/cli/treaty_parts.h"
#include "policy/what_if.h"
#include "tamga/v1/admin_service.pb.h"

namespace tamga::cli {
namespace {

constexpr size_t kMostFileBytes = 256u << 20;
// What nodes allow for between their clocks unless they are told otherwise (max_clock_skew_s).
constexpr absl::Duration kSkew = absl::Seconds(120);

absl::StatusOr<v1::ListDecisionsResponse> ReadDecisions(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string json, ReadFile(path, kMostFileBytes));
  v1::ListDecisionsResponse decisions;
  const auto status = google::protobuf::util::JsonStringToMessage(json, &decisions);
  if (status.ok()) return decisions;
  return Error(absl::StatusCode::kInvalidArgument, "DECISIONS_INVALID",
               absl::StrCat(path, " is not what `tamga treaty decisions --output json` writes"));
}

absl::Status Decisions(const Period& period, Environment& environment) {
  ASSIGN_OR_RETURN(const v1::ListDecisionsResponse decisions, AskForDecisions(period, environment));
  SayUnavailable(environment, decisions);
  if (PrintedAsJson(environment, decisions)) return absl::OkStatus();
  Table table({"DECIDED FOR", "EXCHANGE", "STAGE", "ASKER", "ANSWERER", "OPERATION", "PURPOSE", "REASON", "ARTICLES"});
  for (const v1::DecisionRecord& decision : decisions.decisions()) {
    table.AddRow({UtcText(FromProto(decision.decided_for())), decision.exchange_id(), ShortEnumName(decision.stage()),
                  decision.asker(), decision.answerer(), ShortEnumName(decision.operation()),
                  ShortEnumName(decision.purpose()), decision.reason(), absl::StrJoin(decision.articles(), ", ")});
  }
  PrintTable(environment, table);
  return absl::OkStatus();
}

struct WhatIfArguments {
  std::string treaties;
  std::string decisions;  // file; empty: ask the node
  Period period;
};

// What many decisions have in common, and one of them.
struct Group {
  size_t decisions = 0;
  const v1::DecisionRecord* example = nullptr;
};

absl::Status WhatIf(const WhatIfArguments& arguments, Environment& environment) {
  const bool has_period = !arguments.period.since.empty() || !arguments.period.until.empty();
  if (!arguments.decisions.empty() && has_period) {
    return UsageError("--since and --until are for the node; the file of --decisions is taken whole");
  }
  ASSIGN_OR_RETURN(const treaty::TreatyLibrary library, LoadTreatyFolder(arguments.treaties, kSkew));
  RETURN_IF_ERROR(CheckHoldsTreaties(library, arguments.treaties));
  SayFindings(environment, library);
  ASSIGN_OR_RETURN(const v1::ListDecisionsResponse decisions, arguments.decisions.empty()
                                                                  ? AskForDecisions(arguments.period, environment)
                                                                  : ReadDecisions(arguments.decisions));
  SayUnavailable(environment, decisions);
  std::map<std::tuple<policy::Flip, std::string, std::string>, Group> groups;
  for (const v1::DecisionRecord& decision : decisions.decisions()) {
    policy::Redecision again = policy::DecideAgain(*library.set, decision);
    Group& group = groups[{again.flip, std::move(again.before), std::move(again.after)}];
    if (group.decisions++ == 0) group.example = &decision;
  }
  Table table({"CHANGE", "DECISIONS", "BEFORE", "AFTER", "FOR INSTANCE", "STAGE"});
  size_t unchanged = 0;
  for (const auto& [what, group] : groups) {
    const auto& [flip, before, after] = what;
    if (flip == policy::Flip::kNone) unchanged += group.decisions;
    table.AddRow({std::string(policy::NameOf(flip)), absl::StrCat(group.decisions), before, after,
                  group.example->exchange_id(), ShortEnumName(group.example->stage())});
  }
  PrintTableOrJson(environment, table);
  Say(environment, absl::StrCat(unchanged, " of ", decisions.decisions_size(), " decisions would be the same."));
  return absl::OkStatus();
}

}  // namespace

void AddWhatIfCommands(const Command& treaty) {
  const Command decisions =
      treaty.Add("decisions", "List what the node decided in past exchanges, by which facts, newest first");
  const auto period = std::make_shared<Period>();
  AddPeriod(decisions, *period);
  decisions.Run([period](Environment& environment) { return Decisions(*period, environment); });

  const Command what_if = treaty.Add("what-if", "Decide past exchanges again by other treaties");
  const auto arguments = std::make_shared<WhatIfArguments>();
  what_if.Required("--treaties", "Folder of treaties, registers and offices to decide by", Into(arguments->treaties));
  what_if.Optional("--decisions",
                   "File that `tamga treaty decisions --output json` wrote; if not given, the node is asked",
                   Into(arguments->decisions));
  AddPeriod(what_if, arguments->period);
  what_if.Run([arguments](Environment& environment) { return WhatIf(*arguments, environment); });
}

}  // namespace tamga::cli
