// tamga node: set up a node, check its configuration, see how it is.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/audit_parts.h"
#include "node/cli/commands.h"
#include "node/cli/node_parts.h"
#include "node/cli/output.h"
#include "node/cli/record_text.h"
#include "node/cli/session.h"
#include "node/main/config.h"
#include "tamga/v1/admin_service.grpc.pb.h"
#include "tamga/v1/witness_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::AdminService::Stub;

// How the log's witnesses stand, unless it has none.
absl::Status PrintWitnessing(Session& session, Environment& environment) {
  const auto witnessing = session.Call(&v1::WitnessService::Stub::GetWitnessing, v1::GetWitnessingRequest());
  if (ReasonOf(witnessing.status()) == "NO_WITNESSES" || absl::IsUnimplemented(witnessing.status())) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(witnessing.status());
  environment.out << "\n";
  for (const Table& table : WitnessingTables(*witnessing)) {
    if (!table.empty()) PrintTable(environment, table);
  }
  return absl::OkStatus();
}

std::string LineText(const v1::PartnerStatus& partner) {
  if (partner.circuit() == v1::CIRCUIT_STATE_OPEN) {
    return absl::StrCat("left alone until ", UtcText(FromProto(partner.circuit_retry_at())));
  }
  return partner.circuit() == v1::CIRCUIT_STATE_HALF_OPEN ? "tried again" : "used";
}

absl::Status Status(Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(auto response, session->Call(&Stub::GetNodeStatus, v1::GetNodeStatusRequest()));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  Table partners({"PARTNER", "ADDRESS", "REACHABLE", "LINE", "OUTBOX", "FIRST EXPIRY", "DEAD LETTERS"});
  for (const v1::PartnerStatus& partner : response.partners()) {
    partners.AddRow({partner.agency(), partner.address(), partner.reachable() ? "yes" : "NO", LineText(partner),
                     absl::StrCat(partner.outbox()),
                     partner.has_first_expiry_at() ? UtcText(FromProto(partner.first_expiry_at())) : "",
                     partner.dead_letters() == 0 ? "" : absl::StrCat(partner.dead_letters())});
  }
  Table certificates({"CERTIFICATE", "OF", "ENDS", ""});
  for (const v1::CertificateStatus& certificate : response.certificates()) {
    const bool is_fine = certificate.level() == v1::EXPIRY_LEVEL_FINE;
    certificates.AddRow(
        {certificate.by_act() ? absl::StrCat(certificate.what(), " (trusted_until)") : certificate.what(),
         certificate.subject(), UtcText(FromProto(certificate.expires_at())),
         is_fine ? "" : ShortEnumName(certificate.level())});
  }
  Table helpers({"KEY", "AT", "LAST ANSWERED", ""});
  for (const v1::HelperStatus& helper : response.helpers()) {
    helpers.AddRow({helper.what(), helper.where(),
                    helper.has_last_success() ? UtcText(FromProto(helper.last_success())) : "never",
                    helper.fault().empty() ? "" : absl::StrCat(ShortEnumName(helper.level()), ": ", helper.fault())});
  }
  response.clear_helpers();
  response.clear_partners();
  response.clear_certificates();
  environment.out << RecordText(response);
  if (!certificates.empty()) {
    environment.out << "\n";
    PrintTable(environment, certificates);
  }
  if (!helpers.empty()) {
    environment.out << "\n";
    PrintTable(environment, helpers);
  }
  if (!partners.empty()) {
    environment.out << "\n";
    PrintTable(environment, partners);
  }
  return PrintWitnessing(*session, environment);
}

absl::Status Metrics(Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::GetMetrics, v1::GetMetricsRequest()));
  if (!PrintedAsJson(environment, response)) environment.out << response.text();
  return absl::OkStatus();
}

absl::Status Outbox(Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::ListOutbox, v1::ListOutboxRequest()));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  Table table({"EXCHANGE", "PARTNER", "OPERATION", "STATE", "ATTEMPTS", "NEXT ATTEMPT", "EXPIRES"});
  for (const v1::OutboxItem& item : response.items()) {
    table.AddRow({item.exchange_id(), item.partner(), ShortEnumName(item.operation()), ShortEnumName(item.state()),
                  absl::StrCat(item.attempts()), UtcText(FromProto(item.next_attempt_at())),
                  UtcText(FromProto(item.expires_at()))});
  }
  PrintTable(environment, table);
  return absl::OkStatus();
}

absl::Status Check(const std::string& path, Environment& environment) {
  ASSIGN_OR_RETURN(const node::NodeSetup setup, node::LoadNodeSetup(path, environment.clock.Now()));
  Say(environment, absl::StrCat("The configuration of ", setup.config.agency(), " is in order: ",
                                setup.treaties.set->documents().size(), " treaties, ", setup.config.partners_size(),
                                " partners, TLS certificate good until ", UtcText(setup.tls_expires_at), "."));
  for (const std::string& finding : setup.treaties.findings) Say(environment, absl::StrCat("note: ", finding, "."));
  return absl::OkStatus();
}

absl::Status Settle(const v1::SettleContradictionRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&v1::WitnessService::Stub::SettleContradiction, request));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  Say(environment, absl::StrCat("Settled: exchanges with ", request.agency(), " go on, from its log as it is now. The ",
                                "decision is entry ", response.own_log().index(), " of ", response.own_log().origin(),
                                "; the evidence is kept."));
  return absl::OkStatus();
}

void AddSettle(const Command& node) {
  const Command command = node.Add("settle", "Go on with a partner whose log contradicted itself");
  const auto request = std::make_shared<v1::SettleContradictionRequest>();
  command.Required("--partner", "The partner", Into(*request->mutable_agency()));
  command.Required("--case-reference", "File number of the decision", Into(*request->mutable_case_reference()));
  command.Run([request](Environment& environment) { return Settle(*request, environment); });
}

void AddCheck(const Command& node) {
  const Command command = node.Add("check", "Check a node's configuration and all files that it names");
  const auto path = std::make_shared<std::string>();
  command.Required("--config", "The configuration, such as node.txtpb", Into(*path));
  command.Run([path](Environment& environment) { return Check(*path, environment); });
}

}  // namespace

void AddNodeCommands(const Command& root) {
  const Command node = root.Add("node", "Set up a node, check it, see how it is");
  AddInitCommand(node);
  AddCheck(node);
  AddProfileCommand(node);
  node.Add("status", "Tell how the node is and which partners it reaches").Run(Status);
  AddTrustCommand(node);
  node.Add("metrics", "Print figures about the node in the text format of Prometheus").Run(Metrics);
  AddSettle(node);
  AddAcceptClockCommand(node);
  AddDeadLettersCommand(node);
  node.Add("outbox", "List the messages that wait for a partner").Run(Outbox);
}

}  // namespace tamga::cli
