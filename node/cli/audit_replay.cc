// tamga audit replay: every decision of a period taken again.
#include <memory>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/cli/audit_parts.h"
#include "node/cli/decisions.h"
#include "node/cli/enum_name.h"
#include "node/cli/exit_code.h"
#include "node/cli/output.h"
#include "node/cli/session.h"
#include "node/cli/treaty_files.h"
#include "node/treaty/holdings.h"
#include "policy/what_if.h"
#include "tamga/v1/treaty_service.grpc.pb.h"

namespace tamga::cli {
namespace {

// What nodes allow for between their clocks unless they are told otherwise (max_clock_skew_s).
constexpr absl::Duration kSkew = absl::Seconds(120);

struct ReplayArguments {
  Period period;
  std::string treaties;
};

// The node's own texts, acts and offices.
absl::StatusOr<treaty::TreatyLibrary> AskForTreaties(Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  v1::GetTreatyBundleRequest request;
  v1::TreatyBundle all;
  treaty::Offices offices;
  bool more = true;
  while (more) {
    ASSIGN_OR_RETURN(const auto response, session->Call(&v1::TreatyService::Stub::GetTreatyBundle, request));
    more = response.more() && response.bundle().ByteSizeLong() > 0;
    all.MergeFrom(response.bundle());
    treaty::AddToHoldings(response.bundle(), request.mutable_holdings());
    for (const v1::TreatyOffice& office : response.offices()) offices.emplace(office.state(), office);
  }
  ASSIGN_OR_RETURN(treaty::TreatySources sources, treaty::SourcesOf(all));
  return treaty::BuildLibrary(std::move(sources), offices, kSkew, "");
}

// What was found; a decision that comes out the same is no more than counted.
struct Replay {
  Table table{{"EXCHANGE", "STAGE", "FOUND", "BEFORE", "AFTER"}};
  size_t same = 0;
  size_t different = 0;
  size_t impossible = 0;
};

// A State whose acts are not at hand, without which nothing is known of what bound it; "" if there is none. What a node
// holds is not asked: it decided by that, and what it lacks now it ought to have.
std::string StateWithoutActs(const ReplayArguments& arguments, const treaty::TreatyLibrary& library,
                             const v1::DecisionRecord& decision) {
  if (arguments.treaties.empty()) return "";
  for (const std::string& agency : {decision.asker(), decision.answerer()}) {
    std::string state(StateOf(agency));
    if (!HasActsOf(library, state)) return state;
  }
  return "";
}

void ReplayOne(const ReplayArguments& arguments, const treaty::TreatyLibrary& library,
               const std::set<std::string>& texts, const v1::DecisionRecord& decision, Replay& replay) {
  const auto add = [&](std::string found, std::string before, std::string after) {
    replay.table.AddRow({decision.exchange_id(), ShortEnumName(decision.stage()), std::move(found), std::move(before),
                         std::move(after)});
  };
  if (!decision.treaty_sha256().empty() && texts.count(decision.treaty_sha256()) == 0) {
    ++replay.impossible;
    add("cannot be replayed", decision.reason(),
        absl::StrCat("the text ", decision.treaty_sha256(), " of ", decision.decided_by(), " is not at hand"));
    return;
  }
  if (const std::string state = StateWithoutActs(arguments, library, decision); !state.empty()) {
    ++replay.impossible;
    add("cannot be replayed", decision.reason(),
        absl::StrCat("the acts of ", state, ", or its treaty office, are missing in ", arguments.treaties));
    return;
  }
  policy::Redecision again = policy::DecideAgain(*library.set, decision);
  if (again.flip == policy::Flip::kNone) {
    ++replay.same;
    return;
  }
  ++replay.different;
  add(std::string(policy::NameOf(again.flip)), std::move(again.before), std::move(again.after));
}

// Without a text nothing can be replayed, which must not look as if all were well.
absl::Status CheckHasTreaties(const ReplayArguments& arguments, const treaty::TreatyLibrary& library) {
  if (arguments.treaties.empty() && library.standing->Treaties().empty()) {
    return Fault(Error(absl::StatusCode::kFailedPrecondition, "NO_TREATIES",
                       "the node holds no treaty text; give --treaties with a folder of your own copy"));
  }
  return CheckHoldsTreaties(library, arguments.treaties);
}

absl::Status VerdictOf(const Replay& replay) {
  if (replay.different > 0) {
    return Fault(Error(absl::StatusCode::kDataLoss, "DECISION_DIFFERS",
                       absl::StrCat(replay.different, " decisions do not follow from the treaties and their facts")));
  }
  if (replay.same > 0 || replay.impossible == 0) return absl::OkStatus();
  return Fault(Error(absl::StatusCode::kFailedPrecondition, "NOTHING_REPLAYED",
                     "no decision of the period could be replayed; the table says why not"));
}

absl::Status RunReplay(const ReplayArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const treaty::TreatyLibrary library, arguments.treaties.empty()
                                                            ? AskForTreaties(environment)
                                                            : LoadTreatyFolder(arguments.treaties, kSkew));
  std::set<std::string> texts;
  for (const policy::TreatyDocument* document : library.standing->Treaties()) texts.insert(HexEncode(document->sha256));
  RETURN_IF_ERROR(CheckHasTreaties(arguments, library));
  SayFindings(environment, library);
  ASSIGN_OR_RETURN(const v1::ListDecisionsResponse decisions, AskForDecisions(arguments.period, environment));
  Replay replay;
  for (const v1::DecisionRecord& decision : decisions.decisions()) {
    ReplayOne(arguments, library, texts, decision, replay);
  }
  for (const std::string& exchange_id : decisions.unavailable()) {
    ++replay.impossible;
    replay.table.AddRow({exchange_id, "", "cannot be replayed", "", "the facts are erased, or cannot be read"});
  }
  PrintTableOrJson(environment, replay.table);
  if (decisions.decisions().empty() && decisions.unavailable().empty()) {
    Say(environment, "The node has kept no decision of this period.");
  }
  Say(environment, absl::StrCat(replay.same, " decisions come out the same, ", replay.different, " do not, ",
                                replay.impossible, " cannot be replayed."));
  return VerdictOf(replay);
}

}  // namespace

void AddReplayCommand(const Command& audit) {
  const Command command =
      audit.Add("replay", "Take the decisions of a period again, from the treaty texts and the facts as they were");
  const auto arguments = std::make_shared<ReplayArguments>();
  AddPeriod(command, arguments->period);
  command.Optional("--treaties",
                   "Folder of treaties, registers and offices to decide by; if not given, what the node holds",
                   Into(arguments->treaties));
  command.Run([arguments](Environment& environment) { return RunReplay(*arguments, environment); });
}

}  // namespace tamga::cli
