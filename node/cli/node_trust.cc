// tamga node trust: by which roots and revocation lists a node decides.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/node_parts.h"
#include "node/cli/output.h"
#include "node/cli/session.h"
#include "node/cli/spiffe_bundle.h"
#include "tamga/v1/trust_service.grpc.pb.h"

namespace tamga::cli {
namespace {

Table RootTable(const v1::GetTrustResponse& response) {
  Table table({"STATE", "ROOT (SHA-256)", "GOOD UNTIL", "BELIEVED UNTIL"});
  for (const v1::StateTrust& state : response.states()) {
    for (const v1::TrustedRoot& root : state.roots()) {
      table.AddRow({state.state(), HexEncode(root.sha256()), UtcText(FromProto(root.not_after())),
                    root.has_trusted_until() ? UtcText(FromProto(root.trusted_until())) : "-"});
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

absl::Status PrintSpiffeBundle(const v1::GetTrustResponse& response, const std::string& name,
                               Environment& environment) {
  for (const v1::StateTrust& state : response.states()) {
    if (state.state() != name) continue;
    ASSIGN_OR_RETURN(const std::string bundle, SpiffeBundle(state));
    environment.out << bundle << "\n";
    return absl::OkStatus();
  }
  return InvalidField("--spiffe", absl::StrCat("the node has no roots of ", name, "; tamga node trust lists them"));
}

// `spiffe`: a State, or empty.
absl::Status Trust(const std::string& spiffe, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&v1::TrustService::Stub::GetTrust, v1::GetTrustRequest()));
  if (!spiffe.empty()) return PrintSpiffeBundle(response, spiffe, environment);
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  PrintTablesOrJson(environment, {{"roots", RootTable(response)}, {"lists", ListTable(response)}});
  return absl::OkStatus();
}

}  // namespace

void AddTrustCommand(const Command& node) {
  const Command command = node.Add("trust", "Tell by which roots and revocation lists the node decides");
  const auto spiffe = std::make_shared<std::string>();
  command.Optional("--spiffe", "Print the roots of this State, such as KAZ, as a SPIFFE bundle document instead",
                   Into(*spiffe));
  command.Run([spiffe](Environment& environment) { return Trust(*spiffe, environment); });
}

}  // namespace tamga::cli
