// tamga audit: read a node's exchange log and verify it.
#include <memory>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/cli/audit_parts.h"
#include "node/cli/commands.h"
#include "node/cli/output.h"
#include "node/cli/record_text.h"
#include "node/cli/session.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::AuditService::Stub;

absl::Status Show(const v1::GetExchangeRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::GetExchange, request));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  absl::string_view separator = "";
  for (const v1::IndexedEntry& entry : response.entries()) {
    environment.out << separator << "Entry " << entry.position().index() << " of " << entry.position().origin() << "\n"
                    << RecordText(entry.entry());
    separator = "\n";
  }
  return absl::OkStatus();
}

absl::Status Checkpoint(Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::GetCheckpoint, v1::GetCheckpointRequest()));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  environment.out << response.checkpoint();
  Say(environment, absl::StrCat("The node says that its key is ", response.vkey()));
  return absl::OkStatus();
}

void AddShow(const Command& audit) {
  const Command command = audit.Add("show", "Show all entries of one exchange");
  const auto request = std::make_shared<v1::GetExchangeRequest>();
  command.Required("exchange", "The exchange", IntoLowerCase(*request->mutable_exchange_id()));
  command.Run([request](Environment& environment) { return Show(*request, environment); });
}

void AddCheckpoint(const Command& audit) {
  const Command command = audit.Add("checkpoint", "Get the newest signed checkpoint (C2SP tlog-checkpoint)");
  command.Run([](Environment& environment) { return Checkpoint(environment); });
}

}  // namespace

void AddAuditCommands(const Command& root) {
  const Command audit = root.Add("audit", "Read a node's exchange log and verify it");
  AddListEntriesCommand(audit);
  AddShow(audit);
  AddSealsCommand(audit);
  AddStatisticsCommand(audit);
  AddEvidenceCommands(audit);
  AddReplayCommand(audit);
  AddOpenCommand(audit);
  AddShowBundleCommand(audit);
  AddTailCommand(audit);
  AddProofCommands(audit);
  AddVerifyCommand(audit);
  AddExportCommands(audit);
  AddCheckpoint(audit);
  AddReconcileCommand(audit);
  AddWitnessesCommand(audit);
}

}  // namespace tamga::cli
