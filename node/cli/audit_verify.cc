// tamga audit verify: the whole log, by the node and against it.
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/cli/audit_parts.h"
#include "node/cli/log_audit.h"
#include "node/cli/output.h"
#include "node/cli/output_files.h"
#include "node/cli/remembered_log.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

struct VerifyArguments {
  std::string remember;
  std::string vkey;
  uint64_t sample = 32;
};

// The key that the log's signatures must be by: the given one, the remembered one, or else the one that the node names.
absl::StatusOr<ledger::NoteKey> ChooseKey(const VerifyArguments& arguments,
                                          const std::optional<RememberedLog>& remembered, Session& session,
                                          Environment& environment) {
  if (!arguments.vkey.empty()) return ReadVkeyFile(arguments.vkey);
  if (remembered.has_value()) return ledger::ParseVkey(remembered->vkey);
  return KeyNamedByNode(session, environment);
}

void PrintAudit(Environment& environment, const LogAudit& audit) {
  Table faults({"INDEX", "EXCHANGE", "FAULT"});
  for (const v1::LogFault& fault : audit.verdict.faults()) {
    faults.AddRow({fault.has_index() ? absl::StrCat(fault.index()) : "-",
                   fault.exchange_id().empty() ? "-" : fault.exchange_id(), fault.detail()});
  }
  if (!faults.empty()) {
    PrintTable(environment, faults);
    return;
  }
  environment.out << "The log is intact: " << EntriesText(audit.verdict.checkpoint_size()) << ", "
                  << audit.entries_proven << " of them proven here";
  if (audit.consistent_since.has_value()) {
    environment.out << ", begins with the " << EntriesText(*audit.consistent_since) << " remembered";
  }
  environment.out << ".\n";
}

absl::Status Verify(const VerifyArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  std::optional<RememberedLog> remembered;
  if (!arguments.remember.empty()) {
    ASSIGN_OR_RETURN(remembered, LoadRememberedLog(arguments.remember));
  }
  ASSIGN_OR_RETURN(ledger::NoteKey key, ChooseKey(arguments, remembered, *session, environment));
  const LogCheck check(std::move(key));
  ASSIGN_OR_RETURN(const LogAudit audit, AuditLog(*session, check, remembered.has_value() ? remembered->checkpoint : "",
                                                  arguments.sample, environment));
  if (!PrintedAsJson(environment, audit.verdict)) PrintAudit(environment, audit);
  if (!audit.verdict.intact()) {
    return LogFaultError(absl::StrCat("the log of ", session->node_agency(), " does not verify"));
  }
  if (arguments.remember.empty()) return absl::OkStatus();
  return WriteOutputFiles({RememberedLogFile(arguments.remember, {ledger::FormatVkey(check.key()), audit.checkpoint})},
                          /*replace=*/true);
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
  command.Optional("--sample", "Entries, chosen at random, to be proven; 32 if not given", Into(arguments->sample));
  command.Run([arguments](Environment& environment) { return Verify(*arguments, environment); });
}

}  // namespace tamga::cli
