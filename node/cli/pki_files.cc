#include "node/cli/pki_files.h"

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "certs/trust_domain.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/ledger/note.h"

namespace tamga::cli {
namespace {

constexpr size_t kSecretBytes = 32;

// "border-service.kaz.tamga" of "KAZ/border-service".
std::string DomainOf(const std::string& agency) {
  const std::string state = StateOf(agency);
  return absl::StrCat(agency.substr(state.size() + 1), ".", certs::TrustDomainOf(state));
}

}  // namespace

absl::StatusOr<std::vector<OutputFile>> AuthorityFiles(const std::string& folder,
                                                       const certs::StateAuthority& authority) {
  ASSIGN_OR_RETURN(const certs::StateAuthority::Files files, authority.Save());
  return std::vector<OutputFile>{{absl::StrCat(folder, "/root.pem"), files.root_pem, kPublicMode},
                                 {absl::StrCat(folder, "/root.key"), files.root_key_pem, kSecretMode},
                                 {absl::StrCat(folder, "/issuing.pem"), files.issuing_pem, kPublicMode},
                                 {absl::StrCat(folder, "/issuing.key"), files.issuing_key_pem, kSecretMode}};
}

absl::StatusOr<certs::StateAuthority> LoadAuthority(const std::string& folder) {
  certs::StateAuthority::Files files;
  ASSIGN_OR_RETURN(files.root_pem, ReadFile(absl::StrCat(folder, "/root.pem")));
  ASSIGN_OR_RETURN(files.root_key_pem, ReadSecretFile(absl::StrCat(folder, "/root.key")));
  ASSIGN_OR_RETURN(files.issuing_pem, ReadFile(absl::StrCat(folder, "/issuing.pem")));
  ASSIGN_OR_RETURN(files.issuing_key_pem, ReadSecretFile(absl::StrCat(folder, "/issuing.key")));
  return certs::StateAuthority::Load(files);
}

absl::StatusOr<std::vector<OutputFile>> IssueFiles(const Environment& environment,
                                                   const certs::StateAuthority& authority,
                                                   const certs::Principal& principal,
                                                   std::optional<absl::Duration> lifetime, const std::string& folder,
                                                   const std::string& stem) {
  ASSIGN_OR_RETURN(certs::KeyAndCertificate issued,
                   authority.Issue(principal, lifetime.value_or(certs::DefaultLifetime(principal.role)),
                                   environment.clock.Now(), environment.rng));
  return std::vector<OutputFile>{{absl::StrCat(folder, "/", stem, ".pem"), std::move(issued.chain_pem), kPublicMode},
                                 {absl::StrCat(folder, "/", stem, ".key"), std::move(issued.key_pem), kSecretMode}};
}

absl::StatusOr<std::vector<OutputFile>> NodeSecretFiles(const Environment& environment, const std::string& agency,
                                                        const std::string& folder) {
  const std::string seed = environment.rng.Bytes(kSecretBytes);
  ASSIGN_OR_RETURN(const certs::Ed25519Key key, certs::Ed25519Key::FromSeed(seed));
  const std::string witness_seed = environment.rng.Bytes(kSecretBytes);
  ASSIGN_OR_RETURN(const certs::Ed25519Key witness_key, certs::Ed25519Key::FromSeed(witness_seed));
  const std::string origin = LogOriginOf(agency);
  const auto line = [&](absl::string_view name, absl::string_view text, unsigned mode) {
    return OutputFile{absl::StrCat(folder, "/", name), absl::StrCat(text, "\n"), mode};
  };
  return std::vector<OutputFile>{
      line("log.key", HexEncode(seed), kSecretMode),
      line("log.vkey", ledger::FormatVkey({origin, key.public_key()}), kPublicMode),
      line("log.origin", origin, kPublicMode),
      line("witness.key", HexEncode(witness_seed), kSecretMode),
      line("witness.vkey", ledger::FormatVkey({WitnessNameOf(agency), witness_key.public_key(), ledger::kCosignature}),
           kPublicMode),
      line("vault.key", HexEncode(environment.rng.Bytes(kSecretBytes)), kSecretMode),
  };
}

std::string LogOriginOf(const std::string& agency) { return absl::StrCat("log.", DomainOf(agency)); }

std::string WitnessNameOf(const std::string& agency) { return absl::StrCat("witness.", DomainOf(agency)); }

}  // namespace tamga::cli
