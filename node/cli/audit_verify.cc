// tamga audit verify: the whole log, by the node and against it.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/cli/audit_parts.h"
#include "node/cli/exit_code.h"
#include "node/cli/log_audit.h"
#include "node/cli/output.h"
#include "node/cli/output_files.h"
#include "node/cli/record_json.h"
#include "node/cli/remembered_log.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

struct VerifyArguments {
  std::string remember;
  std::string vkey;
  std::string policy;
  uint64_t sample = 32;
};

// Two files of the auditor's own that do not go together say nothing of the log.
absl::StatusOr<ledger::NoteKey> GivenKey(const VerifyArguments& arguments,
                                         const std::optional<RememberedLog>& remembered) {
  ASSIGN_OR_RETURN(ledger::NoteKey key, ReadVkeyFile(arguments.vkey));
  if (!remembered.has_value() || remembered->vkey == ledger::FormatVkey(key)) return key;
  return absl::InvalidArgumentError(absl::StrCat(arguments.remember, " remembers a log with another key than ",
                                                 key.name, " in ", arguments.vkey, ": ", remembered->vkey,
                                                 "; name the file and the key of one log"));
}

// Of two keys for one log one is not the log's. Which it is, the agency knows, not the log.
absl::Status CheckIsPublished(const ledger::NoteKey& key, const std::string& file, Session& session) {
  ASSIGN_OR_RETURN(const auto response,
                   session.Call(&v1::AuditService::Stub::GetCheckpoint, v1::GetCheckpointRequest()));
  const absl::StatusOr<ledger::NoteKey> published = ledger::ParseVkey(response.vkey());
  // The key of another log is told from its name, and a node that names none is held to the one given.
  if (!published.ok() || published->name != key.name || *published == key) return absl::OkStatus();
  return InvalidField("--vkey", absl::StrCat("the keys differ: ", file, " has ", ledger::FormatVkey(key),
                                             ", and the node publishes ", response.vkey(),
                                             "; ask the agency which is its log's. If it is the one given, the node "
                                             "shows another log: keep this output, and tell the other parties' "
                                             "auditors"));
}

// The key that the log's signatures must be by: the given one, the remembered one, or else the one that the node names.
absl::StatusOr<ledger::NoteKey> ChooseKey(const VerifyArguments& arguments,
                                          const std::optional<RememberedLog>& remembered, Session& session,
                                          Environment& environment) {
  if (!arguments.vkey.empty()) {
    ASSIGN_OR_RETURN(ledger::NoteKey key, GivenKey(arguments, remembered));
    // A key by which the log verified before is its key.
    if (!remembered.has_value()) RETURN_IF_ERROR(CheckIsPublished(key, arguments.vkey, session));
    return key;
  }
  if (remembered.has_value()) return ledger::ParseVkey(remembered->vkey);
  return KeyNamedByNode(session, environment);
}

// What was found at many entries alike is said once.
std::map<std::string, int> CountDetails(const v1::VerifyVerdict& verdict) {
  std::map<std::string, int> counts;
  for (const v1::LogFault& fault : verdict.faults()) ++counts[fault.detail()];
  return counts;
}

void PrintFaults(Environment& environment, const v1::VerifyVerdict& verdict) {
  std::map<std::string, int> left = CountDetails(verdict);
  Table faults({"INDEX", "EXCHANGE", "FAULT"});
  for (const v1::LogFault& fault : verdict.faults()) {
    const int alike = std::exchange(left[fault.detail()], 0);
    if (alike == 0) continue;
    faults.AddRow(
        {fault.has_index() ? absl::StrCat(fault.index()) : "-", fault.exchange_id().empty() ? "-" : fault.exchange_id(),
         alike == 1 ? fault.detail() : absl::StrCat(fault.detail(), " (and ", alike - 1, " more like this)")});
  }
  PrintTable(environment, faults);
}

void PrintAudit(Environment& environment, const LogAudit& audit) {
  const uint64_t size = audit.checkpoint.checkpoint.size;
  if (!audit.verdict.faults().empty()) {
    PrintFaults(environment, audit.verdict);
  } else {
    if (audit.entries_proven > 0 || size == 0) {
      environment.out << "The log is intact: " << EntriesText(size) << ", " << audit.entries_proven
                      << " of them proven here";
    } else {
      environment.out << "The node says that its log is intact: " << EntriesText(size)
                      << ", none of which was proven here";
    }
    if (audit.consistent_since.has_value()) {
      environment.out << ", begins with the " << EntriesText(*audit.consistent_since) << " remembered";
    }
    environment.out << ".\n";
  }
  if (audit.witnessed.has_value()) environment.out << WitnessedText(*audit.witnessed, size) << "\n";
}

// The verdict's JSON, and beside its members what was found here.
std::string AuditJson(const LogAudit& audit, uint64_t sample, bool is_key_named_by_node,
                      const std::vector<std::string>& kept) {
  std::string json = RecordJson(audit.verdict);
  json.resize(json.rfind('}'));
  const auto add = [&json](absl::string_view name, const std::string& value) {
    json = absl::StrCat(absl::StripTrailingAsciiWhitespace(json), ",\n ", JsonString(name), ": ", value, "\n");
  };
  const auto number = [](uint64_t value) { return JsonString(absl::StrCat(value)); };
  const auto list = [](const std::vector<std::string>& texts) {
    return absl::StrCat(
        "[",
        absl::StrJoin(texts, ", ",
                      [](std::string* out, const std::string& text) { absl::StrAppend(out, JsonString(text)); }),
        "]");
  };
  add("checkpoint", JsonString(audit.checkpoint.note));
  add("entriesProven", number(audit.entries_proven));
  add("sample", number(sample));
  add("keyNamedByNode", is_key_named_by_node ? "true" : "false");
  if (audit.consistent_since.has_value()) add("consistentSince", number(*audit.consistent_since));
  if (audit.witnessed.has_value()) {
    add("witnessedBy", list(audit.witnessed->names));
    add("witnessedSize", number(audit.witnessed->size));
    add("quorumMet", audit.witnessed->is_quorum ? "true" : "false");
  }
  add("contradictingNotes", list(kept));
  return absl::StrCat(json, "}\n");
}

// The files beside the remembered log that hold what contradicts it; none if no file was named.
absl::StatusOr<std::vector<std::string>> Keep(const VerifyArguments& arguments, const LogCheck& check,
                                              const LogAudit& audit, Environment& environment) {
  if (audit.contradicting.empty()) return std::vector<std::string>();
  if (arguments.remember.empty()) {
    Say(environment, "Give --remember FILE to have the signed notes that contradict each other kept beside it.");
    return std::vector<std::string>();
  }
  ASSIGN_OR_RETURN(std::vector<std::string> kept, KeepContradicting(check, audit.contradicting, arguments.remember));
  if (!kept.empty()) Say(environment, absl::StrCat("What contradicts the log is kept in ", absl::StrJoin(kept, ", ")));
  return kept;
}

absl::Status VerdictOf(const LogAudit& audit, const std::string& agency) {
  if (!audit.verdict.intact()) {
    if (!audit.is_rolled_back) return LogFaultError(absl::StrCat("the log of ", agency, " does not verify"));
    return Fault(Error(absl::StatusCode::kFailedPrecondition, "LOG_ROLLED_BACK",
                       absl::StrCat("the log of ", agency, " is rolled back: an old backup was restored")));
  }
  return audit.witnessed.has_value() ? CheckQuorum(*audit.witnessed, agency) : absl::OkStatus();
}

absl::Status Verify(const VerifyArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  std::optional<RememberedLog> remembered;
  if (!arguments.remember.empty()) {
    ASSIGN_OR_RETURN(remembered, LoadRememberedLog(arguments.remember));
  }
  ASSIGN_OR_RETURN(ledger::NoteKey key, ChooseKey(arguments, remembered, *session, environment));
  const LogCheck check(std::move(key));
  AuditPlan plan{remembered.has_value() ? remembered->checkpoint : "", arguments.sample, {}};
  if (!arguments.policy.empty()) {
    ASSIGN_OR_RETURN(plan.policy, ReadPolicyFile(arguments.policy, check.key()));
  }
  ASSIGN_OR_RETURN(const LogAudit audit, AuditLog(*session, check, plan, environment));
  ASSIGN_OR_RETURN(const std::vector<std::string> kept, Keep(arguments, check, audit, environment));
  if (environment.settings.output == OutputFormat::kJson) {
    const bool is_key_named_by_node = arguments.vkey.empty() && !remembered.has_value();
    environment.out << AuditJson(audit, arguments.sample, is_key_named_by_node, kept);
  } else {
    PrintAudit(environment, audit);
  }
  if (audit.verdict.intact() && !arguments.remember.empty()) {
    RETURN_IF_ERROR(WriteOutputFiles(
        {RememberedLogFile(arguments.remember, {ledger::FormatVkey(check.key()), audit.checkpoint.note})},
        /*replace=*/true));
  }
  return VerdictOf(audit, session->node_agency());
}

}  // namespace

absl::StatusOr<ledger::NoteKey> KeyNamedByNode(Session& session, Environment& environment) {
  ASSIGN_OR_RETURN(const auto response,
                   session.Call(&v1::AuditService::Stub::GetCheckpoint, v1::GetCheckpointRequest()));
  Say(environment, absl::StrCat("Taking the log's key from the node itself: ", response.vkey(),
                                "\nCompare it with the agency's published key, or give --vkey."));
  absl::StatusOr<ledger::NoteKey> key = ledger::ParseVkey(response.vkey());
  if (!key.ok()) return LogFaultError(absl::StrCat("the node names no valid key: ", key.status().message()));
  return key;
}

void AddVerifyCommand(const Command& audit) {
  const Command command = audit.Add(
      "verify", "Verify the whole log: have the node hash it, and check its proofs without trusting the node");
  const auto arguments = std::make_shared<VerifyArguments>();
  command.Optional("--remember", "File that keeps the newest checkpoint for the next time; shows a rewritten past",
                   Into(arguments->remember));
  command.Optional("--vkey", "File with the log's verification key, as its agency published it", Into(arguments->vkey));
  command.Optional("--policy", "File with a witness policy (C2SP tlog-policy) by which the log must be cosigned",
                   Into(arguments->policy));
  command.Optional("--sample", "Entries, chosen at random, to be proven; 32 if not given", Into(arguments->sample));
  command.Run([arguments](Environment& environment) { return Verify(*arguments, environment); });
}

}  // namespace tamga::cli
