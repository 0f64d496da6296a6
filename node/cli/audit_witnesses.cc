// tamga audit witnesses: how far a node's log is out of its own hands, and what it knows of its partners' logs.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/audit_parts.h"
#include "node/cli/enum_name.h"
#include "node/cli/exit_code.h"
#include "node/cli/output.h"
#include "node/cli/session.h"
#include "node/cli/witness_check.h"
#include "tamga/v1/witness_service.grpc.pb.h"

namespace tamga::cli {
namespace {

std::string TextOr(const std::string& text, absl::string_view otherwise) {
  return text.empty() ? std::string(otherwise) : text;
}

Table LogTable(const v1::GetWitnessingResponse& response) {
  Table table({"NEWEST ENTRY", "ENTRIES", "WITNESSED"});
  table.AddRow(
      {ShortEnumName(response.state()), absl::StrCat(response.log_size()), absl::StrCat(response.witnessed_size())});
  return table;
}

Table WitnessTable(const v1::GetWitnessingResponse& response) {
  Table table({"WITNESS", "AGENCY", "COSIGNED", "AT", "FAULT"});
  for (const v1::WitnessStatus& witness : response.witnesses()) {
    table.AddRow({witness.name(), TextOr(witness.agency(), "-"), absl::StrCat(witness.cosigned_size()),
                  witness.has_cosigned_at() ? UtcText(FromProto(witness.cosigned_at())) : "-",
                  TextOr(witness.fault(), "-")});
  }
  return table;
}

bool IsStopped(const v1::WitnessedLog& log) {
  return std::any_of(log.contradictions().begin(), log.contradictions().end(),
                     [](const v1::Contradiction& contradiction) { return !contradiction.settled(); });
}

Table PartnerLogTable(const v1::GetWitnessingResponse& response) {
  Table table({"LOG OF", "ORIGIN", "SEEN", "AT", "EXCHANGES"});
  for (const v1::WitnessedLog& log : response.logs()) {
    table.AddRow({log.agency(), log.origin(), absl::StrCat(log.size()),
                  log.has_seen_at() ? UtcText(FromProto(log.seen_at())) : "-", IsStopped(log) ? "STOPPED" : "go on"});
  }
  return table;
}

Table ContradictionTable(const v1::GetWitnessingResponse& response) {
  Table table({"CONTRADICTION", "LOG OF", "FOUND", "SETTLED"});
  for (const v1::WitnessedLog& log : response.logs()) {
    for (const v1::Contradiction& contradiction : log.contradictions()) {
      table.AddRow({contradiction.what(), log.agency(), UtcText(FromProto(contradiction.found_at())),
                    contradiction.settled() ? "yes" : "NO"});
    }
  }
  return table;
}

// What is wrong is for a script to notice: first what is wrong with the node's own log.
absl::Status Verdict(const v1::GetWitnessingResponse& response) {
  RETURN_IF_ERROR(CheckOwnReport(response));
  for (const v1::WitnessedLog& log : response.logs()) {
    if (!IsStopped(log)) continue;
    return Fault(
        Error(absl::StatusCode::kFailedPrecondition, "PARTNER_LOG_CONTRADICTED",
              absl::StrCat("the log of ", log.agency(), " contradicts itself, and no operator has settled it")));
  }
  return absl::OkStatus();
}

absl::Status Witnesses(Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response,
                   session->Call(&v1::WitnessService::Stub::GetWitnessing, v1::GetWitnessingRequest()));
  if (PrintedAsJson(environment, response)) return Verdict(response);
  PrintTablesOrJson(environment, {{"log", LogTable(response)},
                                  {"witnesses", WitnessTable(response)},
                                  {"partner_logs", PartnerLogTable(response)},
                                  {"contradictions", ContradictionTable(response)}});
  return Verdict(response);
}

}  // namespace

std::vector<Table> WitnessingTables(const v1::GetWitnessingResponse& response) {
  return {LogTable(response), WitnessTable(response)};
}

void AddWitnessesCommand(const Command& audit) {
  const Command command =
      audit.Add("witnesses", "Tell how far the log is witnessed, and what contradicts partners' logs");
  command.Run([](Environment& environment) { return Witnesses(environment); });
}

}  // namespace tamga::cli
