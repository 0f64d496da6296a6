// tamga node: set up a node, check its configuration, see how it is.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/status_macros.h"
#include "node/cli/commands.h"
#include "node/cli/node_parts.h"
#include "node/cli/output.h"
#include "node/cli/record_text.h"
#include "node/cli/session.h"
#include "node/main/config.h"
#include "tamga/v1/admin_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::AdminService::Stub;

absl::Status Status(Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(auto response, session->Call(&Stub::GetNodeStatus, v1::GetNodeStatusRequest()));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  Table partners({"PARTNER", "ADDRESS", "REACHABLE", "OUTBOX"});
  for (const v1::PartnerStatus& partner : response.partners()) {
    partners.AddRow(
        {partner.agency(), partner.address(), partner.reachable() ? "yes" : "NO", absl::StrCat(partner.outbox())});
  }
  response.clear_partners();
  environment.out << RecordText(response);
  if (partners.empty()) return absl::OkStatus();
  environment.out << "\n";
  PrintTable(environment, partners);
  return absl::OkStatus();
}

absl::Status Outbox(Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::ListOutbox, v1::ListOutboxRequest()));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  Table table({"EXCHANGE", "PARTNER", "OPERATION", "ATTEMPTS", "NEXT ATTEMPT", "EXPIRES"});
  for (const v1::OutboxItem& item : response.items()) {
    table.AddRow({item.exchange_id(), item.partner(), ShortEnumName(item.operation()), absl::StrCat(item.attempts()),
                  UtcText(FromProto(item.next_attempt_at())), UtcText(FromProto(item.expires_at()))});
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
  node.Add("outbox", "List the messages that wait for a partner").Run(Outbox);
}

}  // namespace tamga::cli
