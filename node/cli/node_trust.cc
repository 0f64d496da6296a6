// tamga node trust: by which roots and revocation lists a node decides.
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/status_macros.h"
#include "node/cli/node_parts.h"
#include "node/cli/output.h"
#include "node/cli/session.h"
#include "tamga/v1/trust_service.grpc.pb.h"

namespace tamga::cli {
namespace {

Table RootTable(const v1::GetTrustResponse& response) {
  Table table({"STATE", "ROOT (SHA-256)", "GOOD UNTIL"});
  for (const v1::StateTrust& state : response.states()) {
    for (const v1::TrustedRoot& root : state.roots()) {
      table.AddRow({state.state(), HexEncode(root.sha256()), UtcText(FromProto(root.not_after()))});
    }
  }
  return table;
}

// A State without lists has a row as well: that there are none is what one looks for.
Table ListTable(const v1::GetTrustResponse& response) {
  Table table({"STATE", "REQUIRED", "ISSUER'S KEY", "LIST OF", "NEXT", "REVOKED"});
  for (const v1::StateTrust& state : response.states()) {
    const char* required = state.lists_required() ? "yes" : "no";
    if (state.lists().empty()) table.AddRow({state.state(), required, "-", "-", "-", "-"});
    for (const v1::HeldRevocations& list : state.lists()) {
      table.AddRow({state.state(), required, HexEncode(list.issuer_key_sha256()).substr(0, 16),
                    UtcText(FromProto(list.this_update())), UtcText(FromProto(list.next_update())),
                    absl::StrCat(list.revoked())});
    }
  }
  return table;
}

absl::Status Trust(Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&v1::TrustService::Stub::GetTrust, v1::GetTrustRequest()));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  PrintTablesOrJson(environment, {{"roots", RootTable(response)}, {"lists", ListTable(response)}});
  return absl::OkStatus();
}

}  // namespace

void AddTrustCommand(const Command& node) {
  node.Add("trust", "Tell by which roots and revocation lists the node decides").Run(Trust);
}

}  // namespace tamga::cli
