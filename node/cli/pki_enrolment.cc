// tamga pki issuing-authority, token, enrol: setting up a State's on-line issuing authority, and
// getting certificates from it.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "certs/certificate.h"
#include "certs/csr.h"
#include "certs/identity.h"
#include "certs/p256.h"
#include "certs/pem.h"
#include "certs/refusal.h"
#include "certs/trust_store.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/exit_code.h"
#include "node/cli/output.h"
#include "node/cli/output_files.h"
#include "node/cli/pki_files.h"
#include "node/cli/pki_parts.h"
#include "node/cli/pki_who.h"
#include "node/cli/session.h"
#include "node/enrolment/authority_client.h"
#include "node/enrolment/key_files.h"
#include "tamga/v1/enrolment_service.grpc.pb.h"

namespace tamga::cli {
namespace {

struct AuthorityArguments {
  std::string authority;
  std::string out;
  bool force = false;
};

absl::Status MakeIssuing(const AuthorityArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(certs::StateAuthority authority, LoadAuthority(arguments.authority));
  RETURN_IF_ERROR(authority.RenewIssuing(environment.clock.Now(), environment.rng));
  ASSIGN_OR_RETURN(std::string key_pem, authority.issuing().KeyPem());
  RETURN_IF_ERROR(WriteOutputFiles(
      {{absl::StrCat(arguments.out, "/root.pem"), authority.RootPem(), kPublicMode},
       {absl::StrCat(arguments.out, "/issuing.pem"), authority.issuing().certificate().Pem(), kPublicMode},
       {absl::StrCat(arguments.out, "/issuing.key"), std::move(key_pem), kSecretMode}},
      arguments.force));
  Say(environment, absl::StrCat("Made an issuing authority of ", authority.state(), " in ", arguments.out,
                                ". It goes to the machine of tamga-authority; the root's key stays off-line."));
  return absl::OkStatus();
}

struct TokenArguments {
  WhoArguments who;
  absl::Duration valid_for = absl::Hours(1);
  std::string out;
  bool force = false;
};

absl::Status MakeToken(const TokenArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const certs::Principal principal, PrincipalOf(arguments.who));
  RETURN_IF_ERROR(CheckOutputFile(arguments.out, arguments.force));
  if (arguments.valid_for < absl::Seconds(1) || arguments.valid_for > absl::Hours(24 * 7)) {
    return InvalidField("--valid-for", "must be 1s to 7d");
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> session, Session::Open(environment));
  v1::CreateJoinTokenRequest request;
  request.set_spiffe_id(principal.SpiffeId());
  request.set_valid_for_s(static_cast<uint32_t>(absl::ToInt64Seconds(arguments.valid_for)));
  const absl::StatusOr<v1::CreateJoinTokenResponse> response =
      session->Call(&v1::EnrolmentService::Stub::CreateJoinToken, request);
  if (!response.ok()) return InOptions(response.status());
  RETURN_IF_ERROR(WriteOutputFiles(
      {{arguments.out, absl::StrCat(HexEncode(response->join_token()), "\n"), kSecretMode}}, arguments.force));
  Say(environment, absl::StrCat("Made a join token for ", principal.SpiffeId(), " in ", arguments.out,
                                ", good once, until ", UtcText(FromProto(response->expires_at())), "."));
  return absl::OkStatus();
}

struct EnrolArguments {
  WhoArguments who;
  std::string authority_address;
  std::string roots;
  std::string token_file;
  std::string csr;
  enrolment::KeyFiles files;
  bool force = false;
};

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadSecretFile(path));
  absl::StatusOr<std::string> token = HexDecode(absl::StripAsciiWhitespace(text));
  if (!token.ok()) return InvalidField("--token-file", absl::StrCat(path, " holds no join token: 64 hex digits"));
  return token;
}

// How the authority is asked: by a token, or by the certificate that is to be renewed.
struct Credential {
  std::string token;
  std::optional<exchange::TlsIdentity> current;
};

absl::StatusOr<Credential> CredentialOf(const EnrolArguments& arguments, const certs::Principal& principal) {
  Credential credential;
  if (!arguments.token_file.empty()) {
    RETURN_IF_ERROR(CheckOutputFile(arguments.files.certificate_file, arguments.force));
    RETURN_IF_ERROR(CheckOutputFile(arguments.files.key_file, arguments.force));
    ASSIGN_OR_RETURN(credential.token, ReadToken(arguments.token_file));
    return credential;
  }
  exchange::TlsIdentity current;
  ASSIGN_OR_RETURN(current.chain_pem, ReadFile(arguments.files.certificate_file));
  ASSIGN_OR_RETURN(current.key_pem, ReadSecretFile(arguments.files.key_file));
  ASSIGN_OR_RETURN(const certs::CertificateChain chain, certs::ParsePemChain(current.chain_pem));
  ASSIGN_OR_RETURN(const certs::Principal named, certs::IdentityOf(chain.front()));
  if (named != principal) {
    return InvalidField("--certificate", absl::StrCat("is of ", named.SpiffeId(), "; it renews that one alone"));
  }
  credential.current = std::move(current);
  return credential;
}

// The authority, and what vouches for its answer.
struct Asked {
  std::shared_ptr<const certs::TrustStore> trust;
  certs::Csr request;
  std::string der;
};

absl::StatusOr<std::string> Ask(const EnrolArguments& arguments, const Asked& asked, const Credential& credential,
                                const Environment& environment) {
  const auto channel = enrolment::ConnectAuthority({arguments.authority_address, asked.request.principal().State()},
                                                   asked.trust, environment.clock, credential.current);
  absl::StatusOr<std::string> chain_pem =
      enrolment::AskForCertificate(channel, asked.der, credential.token, environment.settings.timeout);
  if (!chain_pem.ok()) return InOptions(FromNode(chain_pem.status()));
  return chain_pem;
}

// A key that may have been certified, though no answer came, must be kept: the token is good for no other.
void KeepOrDiscardKey(const EnrolArguments& arguments, const absl::Status& why, Environment& environment) {
  const std::string reason = ReasonOf(why);
  const bool is_of_use = !arguments.token_file.empty() && reason != "TOKEN_USED" && reason != certs::kCertRevoked;
  if (is_of_use) {
    Say(environment, absl::StrCat("The new key stays in ", arguments.files.key_file,
                                  ".next, and is used when you run this again, with the same files."));
    return;
  }
  enrolment::DiscardKey(arguments.files);
  Say(environment, "No certificate came; the new key that was made for it is removed.");
}

absl::Status EnrolNewKey(const EnrolArguments& arguments, const certs::Principal& principal,
                         std::shared_ptr<const certs::TrustStore> trust, Environment& environment) {
  RETURN_IF_ERROR(enrolment::FinishReplacement(arguments.files));
  ASSIGN_OR_RETURN(const Credential credential, CredentialOf(arguments, principal));
  for (const std::string* path : {&arguments.files.certificate_file, &arguments.files.key_file}) {
    RETURN_IF_ERROR(MakeFolder(FolderOf(*path)));
  }
  // A token is good for one key: the one of an attempt whose answer was lost is tried again.
  ASSIGN_OR_RETURN(const std::string key_pem, enrolment::PrepareKey(arguments.files, !credential.token.empty()));
  ASSIGN_OR_RETURN(const certs::EvpPkeyPtr key, certs::ParsePrivateKeyPem(key_pem));
  ASSIGN_OR_RETURN(std::string der, certs::MakeCsr(principal, *key));
  ASSIGN_OR_RETURN(certs::Csr request, certs::Csr::FromDer(der));
  const Asked asked = {std::move(trust), std::move(request), std::move(der)};
  const absl::StatusOr<std::string> chain_pem = Ask(arguments, asked, credential, environment);
  if (!chain_pem.ok()) {
    KeepOrDiscardKey(arguments, chain_pem.status(), environment);
    return chain_pem.status();
  }
  RETURN_IF_ERROR(enrolment::CheckIssued(*chain_pem, asked.request, *asked.trust, environment.clock.Now()));
  return enrolment::Replace(arguments.files, *chain_pem);
}

// For a key that is elsewhere. Its holder has signed the request; only a token can let it in, as a certificate at hand
// would have to be shown by the key.
absl::Status EnrolByRequest(const EnrolArguments& arguments, const certs::Principal& principal,
                            std::shared_ptr<const certs::TrustStore> trust, Environment& environment) {
  ASSIGN_OR_RETURN(const std::string pem, ReadFile(arguments.csr));
  absl::StatusOr<std::vector<std::string>> blocks = certs::ParsePem(pem, certs::kCsrLabel);
  if (!blocks.ok() || blocks->size() != 1) {
    return InvalidField("--csr", absl::StrCat(arguments.csr, " must hold one certificate request, PEM"));
  }
  ASSIGN_OR_RETURN(certs::Csr request, certs::Csr::FromDer(blocks->front()));
  if (request.principal() != principal) {
    return InvalidField("--csr", absl::StrCat("is for ", request.principal().SpiffeId(), ", not for ",
                                              principal.SpiffeId(), ", whom --agency, --role and --name say"));
  }
  RETURN_IF_ERROR(CheckOutputFile(arguments.files.certificate_file, arguments.force));
  Credential credential;
  ASSIGN_OR_RETURN(credential.token, ReadToken(arguments.token_file));
  const Asked asked = {std::move(trust), std::move(request), std::move(blocks->front())};
  ASSIGN_OR_RETURN(const std::string chain_pem, Ask(arguments, asked, credential, environment));
  RETURN_IF_ERROR(enrolment::CheckIssued(chain_pem, asked.request, *asked.trust, environment.clock.Now()));
  return WriteOutputFiles({{arguments.files.certificate_file, chain_pem, kPublicMode}}, arguments.force);
}

absl::Status Enrol(const EnrolArguments& arguments, Environment& environment) {
  if (arguments.csr.empty() == arguments.files.key_file.empty()) {
    return UsageError("give --key, or --csr for a key that is elsewhere");
  }
  if (!arguments.csr.empty() && arguments.token_file.empty()) {
    return UsageError("--csr needs --token-file: the certificate at hand renews itself by its key alone");
  }
  ASSIGN_OR_RETURN(const certs::Principal principal, PrincipalOf(arguments.who));
  ASSIGN_OR_RETURN(const std::string roots, ReadFile(arguments.roots));
  ASSIGN_OR_RETURN(certs::TrustStore built, certs::TrustStore::Build({{principal.State(), roots}}));
  auto trust = std::make_shared<const certs::TrustStore>(std::move(built));
  RETURN_IF_ERROR(arguments.csr.empty() ? EnrolNewKey(arguments, principal, std::move(trust), environment)
                                        : EnrolByRequest(arguments, principal, std::move(trust), environment));
  Say(environment,
      absl::StrCat("Got a certificate for ", principal.SpiffeId(), " in ", arguments.files.certificate_file, "."));
  return absl::OkStatus();
}

void AddIssuingAuthority(const Command& pki) {
  const Command command =
      pki.Add("issuing-authority", "Make an issuing authority below the State's root, for tamga-authority");
  const auto arguments = std::make_shared<AuthorityArguments>();
  command.Required("--authority", "Folder of the State's authority, with the root's key", Into(arguments->authority));
  command.Required("--out", "Folder for the files", Into(arguments->out));
  command.Flag("--force", "Replace files that are there", arguments->force);
  command.Run([arguments](Environment& environment) { return MakeIssuing(*arguments, environment); });
}

void AddToken(const Command& pki) {
  const Command command = pki.Add("token", "Have tamga-authority make a join token; for its operators");
  const auto arguments = std::make_shared<TokenArguments>();
  AddWho(command, arguments->who);
  command.Optional("--valid-for", "How long it is good, such as 1h; 1h if not given", Into(arguments->valid_for));
  command.Required("--out", "File for the token, a secret", Into(arguments->out));
  command.Flag("--force", "Replace a file that is there", arguments->force);
  command.Run([arguments](Environment& environment) { return MakeToken(*arguments, environment); });
}

void AddEnrol(const Command& pki) {
  const Command command = pki.Add(
      "enrol", "Get a certificate from tamga-authority, by a token or, for a new key, by the current certificate");
  const auto arguments = std::make_shared<EnrolArguments>();
  AddWho(command, arguments->who);
  command.Required("--authority-address", "Address of tamga-authority, host:port", Into(arguments->authority_address));
  command.Required("--roots", "PEM file with the State's root certificates", Into(arguments->roots));
  command.Optional("--token-file", "File with the join token; if not given, the certificate at hand is renewed",
                   Into(arguments->token_file));
  command.Required("--certificate", "File for the certificate", Into(arguments->files.certificate_file));
  command.Optional("--key", "File for its key, a secret", Into(arguments->files.key_file));
  command.Optional("--csr", "In the place of --key: file with a certificate request, PEM, of `tamga pki csr` or others",
                   Into(arguments->csr));
  command.Flag("--force", "Replace files that are there, by a token", arguments->force);
  command.Run([arguments](Environment& environment) { return Enrol(*arguments, environment); });
}

}  // namespace

void AddPkiEnrolment(const Command& pki) {
  AddIssuingAuthority(pki);
  AddToken(pki);
  AddEnrol(pki);
}

}  // namespace tamga::cli
