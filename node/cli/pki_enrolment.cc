// tamga pki issuing-authority, token, enrol: setting up a State's on-line issuing authority, and
// getting certificates from it.
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "certs/certificate.h"
#include "certs/csr.h"
#include "certs/identity.h"
#include "certs/p256.h"
#include "certs/trust_store.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/cli/exit_code.h"
#include "node/cli/output.h"
#include "node/cli/output_files.h"
#include "node/cli/pki_files.h"
#include "node/cli/pki_parts.h"
#include "node/cli/session.h"
#include "node/enrolment/authority_client.h"
#include "node/enrolment/key_files.h"
#include "tamga/v1/enrolment_service.grpc.pb.h"

namespace tamga::cli {
namespace {

// Whom a certificate is to name.
struct WhoArguments {
  std::string agency;
  std::string role = "node";
  std::string name = "main";
};

void AddWho(const Command& command, WhoArguments& who) {
  command.Required("--agency", "Agency, such as KAZ/border-service", Into(who.agency));
  command.Optional("--role", "node, seal, system, officer, treaty-officer, auditor or operator; node if not given",
                   Into(who.role));
  command.Optional("--name", "Name in the agency; main if not given", Into(who.name));
}

absl::StatusOr<certs::Principal> PrincipalOf(const WhoArguments& who) {
  using certs::Role;
  RETURN_IF_ERROR(CheckAgency("--agency", who.agency));
  for (const Role role : {Role::kNode, Role::kSeal, Role::kSystem, Role::kOfficer, Role::kTreatyOfficer, Role::kAuditor,
                          Role::kOperator}) {
    if (certs::RoleName(role) == who.role) return certs::Principal{who.agency, role, who.name};
  }
  return InvalidField("--role", "must be node, seal, system, officer, treaty-officer, auditor or operator");
}

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
  ASSIGN_OR_RETURN(const v1::CreateJoinTokenResponse response,
                   session->Call(&v1::EnrolmentService::Stub::CreateJoinToken, request));
  RETURN_IF_ERROR(WriteOutputFiles({{arguments.out, absl::StrCat(HexEncode(response.join_token()), "\n"), kSecretMode}},
                                   arguments.force));
  Say(environment, absl::StrCat("Made a join token for ", principal.SpiffeId(), " in ", arguments.out,
                                ", good once, until ", UtcText(FromProto(response.expires_at())), "."));
  return absl::OkStatus();
}

struct EnrolArguments {
  WhoArguments who;
  std::string authority_address;
  std::string roots;
  std::string token_file;
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

absl::Status Enrol(const EnrolArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const certs::Principal principal, PrincipalOf(arguments.who));
  ASSIGN_OR_RETURN(const std::string roots, ReadFile(arguments.roots));
  ASSIGN_OR_RETURN(certs::TrustStore built, certs::TrustStore::Build({{principal.State(), roots}}));
  const auto trust = std::make_shared<const certs::TrustStore>(std::move(built));
  RETURN_IF_ERROR(enrolment::FinishReplacement(arguments.files));
  ASSIGN_OR_RETURN(const Credential credential, CredentialOf(arguments, principal));
  for (const std::string* path : {&arguments.files.certificate_file, &arguments.files.key_file}) {
    RETURN_IF_ERROR(MakeFolder(FolderOf(*path)));
  }
  // A token is good for one key: the one of an attempt whose answer was lost is tried again.
  ASSIGN_OR_RETURN(const std::string key_pem, enrolment::PrepareKey(arguments.files, !credential.token.empty()));
  ASSIGN_OR_RETURN(const certs::EvpPkeyPtr key, certs::ParsePrivateKeyPem(key_pem));
  ASSIGN_OR_RETURN(const std::string der, certs::MakeCsr(principal, *key));
  ASSIGN_OR_RETURN(const certs::Csr request, certs::Csr::FromDer(der));
  const auto channel = enrolment::ConnectAuthority({arguments.authority_address, principal.State()}, trust,
                                                   environment.clock, credential.current);
  const absl::StatusOr<std::string> chain_pem =
      enrolment::AskForCertificate(channel, der, credential.token, environment.settings.timeout);
  if (!chain_pem.ok()) return FromNode(chain_pem.status());
  RETURN_IF_ERROR(enrolment::CheckIssued(*chain_pem, request, *trust, environment.clock.Now()));
  RETURN_IF_ERROR(enrolment::Replace(arguments.files, *chain_pem));
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
      "enrol", "Get a certificate for a new key from tamga-authority, by a token or by the current certificate");
  const auto arguments = std::make_shared<EnrolArguments>();
  AddWho(command, arguments->who);
  command.Required("--authority-address", "Address of tamga-authority, host:port", Into(arguments->authority_address));
  command.Required("--roots", "PEM file with the State's root certificates", Into(arguments->roots));
  command.Optional("--token-file", "File with the join token; if not given, the certificate at hand is renewed",
                   Into(arguments->token_file));
  command.Required("--certificate", "File for the certificate", Into(arguments->files.certificate_file));
  command.Required("--key", "File for its key, a secret", Into(arguments->files.key_file));
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
