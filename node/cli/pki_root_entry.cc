// tamga pki root-entry: a root as it stands in an act that changes a State's roots.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "certs/certificate.h"
#include "certs/p256.h"
#include "certs/possession.h"
#include "certs/trust_store.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/output.h"
#include "node/cli/pki_parts.h"

namespace tamga::cli {
namespace {

struct RootEntryArguments {
  std::string state;
  std::string root;
  std::string key;
};

absl::Status RootEntry(const RootEntryArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const std::string pem, ReadFile(arguments.root));
  // What nodes would not take as a root of the State is none here.
  RETURN_IF_ERROR(certs::TrustStore::Build({{arguments.state, pem}}).status());
  ASSIGN_OR_RETURN(const certs::CertificateChain roots, certs::ParsePemChain(pem));
  if (roots.size() != 1) return InvalidField("--root", "must hold one certificate; make an entry for each");
  ASSIGN_OR_RETURN(const std::string key_pem, ReadSecretFile(arguments.key));
  ASSIGN_OR_RETURN(const certs::EvpPkeyPtr key, certs::ParsePrivateKeyPem(key_pem));
  const absl::StatusOr<std::string> proof = certs::ProvePossession(arguments.state, roots.front(), *key);
  if (!proof.ok()) return InvalidField("--root-key", proof.status().message());
  environment.out << "roots {\n  certificate: \"" << Base64Encode(roots.front().Der()) << "\"\n  possession: \""
                  << Base64Encode(*proof) << "\"\n}\n";
  return absl::OkStatus();
}

}  // namespace

void AddPkiRootEntry(const Command& pki) {
  const Command command =
      pki.Add("root-entry", "Print a root, with proof of its key, for an act that changes the State's roots");
  const auto arguments = std::make_shared<RootEntryArguments>();
  command.Required("--state", "ISO 3166 alpha-3 code, such as KAZ", Into(arguments->state));
  command.Required("--root", "The root certificate, PEM", Into(arguments->root));
  command.Required("--root-key", "Its key, PEM; P-256", Into(arguments->key));
  command.Run([arguments](Environment& environment) { return RootEntry(*arguments, environment); });
}

}  // namespace tamga::cli
