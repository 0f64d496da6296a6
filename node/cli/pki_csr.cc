// tamga pki csr: a certificate request for a key that stays where it is.
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "certs/csr.h"
#include "certs/pem.h"
#include "certs/signer.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/output.h"
#include "node/cli/output_files.h"
#include "node/cli/pki_parts.h"
#include "node/cli/pki_who.h"
#include "node/main/mistakes.h"
#include "node/main/signing_key.h"
#include "node/signer/remote_signer.h"
#include "tamga/v1/node_config.pb.h"

namespace tamga::cli {
namespace {

// As KeyPair in a node's configuration, where the certificate is still to come.
struct CsrArguments {
  WhoArguments who;
  std::string key;
  v1::Pkcs11Key token;
  std::string signer_socket;
  std::string out;
  bool force = false;
};

bool NamesToken(const v1::Pkcs11Key& key) {
  return !key.module().empty() || !key.token_label().empty() || !key.key_label().empty() || !key.pin_file().empty();
}

absl::StatusOr<v1::Pkcs11Key> WithAbsolutePaths(v1::Pkcs11Key key) {
  std::error_code error;
  const std::string folder = std::filesystem::current_path(error).string();
  if (error) return absl::ErrnoToStatus(error.value(), "cannot tell the current folder");
  for (std::string* path : {key.mutable_module(), key.mutable_pin_file()}) {
    if (!path->empty()) *path = ResolvePath(folder, *path);
  }
  return key;
}

absl::StatusOr<std::string> RequestFor(const certs::Principal& principal, const CsrArguments& arguments) {
  const int keys = (arguments.key.empty() ? 0 : 1) + (NamesToken(arguments.token) ? 1 : 0) +
                   (arguments.signer_socket.empty() ? 0 : 1);
  if (keys != 1) {
    return UsageError("say where the key is, by one of --key, --signer-socket and the four options --pkcs11-…");
  }
  if (!arguments.signer_socket.empty()) {
    if (principal.role == certs::Role::kSeal) return signer::AskForCsr(arguments.signer_socket, principal);
    return InvalidField("--role", "must be seal: tamga-signer has keys of seals");
  }
  ASSIGN_OR_RETURN(const v1::Pkcs11Key token, WithAbsolutePaths(arguments.token));
  node::Mistakes mistakes;
  const std::unique_ptr<certs::Signer> signer = arguments.key.empty()
                                                    ? node::OpenTokenKey("pkcs11", token, mistakes)
                                                    : node::OpenKeyFile("--key", arguments.key, mistakes);
  RETURN_IF_ERROR(mistakes.ToStatus());
  return signer->MakeCsr(principal);
}

absl::Status MakeRequest(const CsrArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const certs::Principal principal, PrincipalOf(arguments.who));
  RETURN_IF_ERROR(CheckOutputFile(arguments.out, arguments.force));
  ASSIGN_OR_RETURN(const std::string der, RequestFor(principal, arguments));
  RETURN_IF_ERROR(
      WriteOutputFiles({{arguments.out, certs::WritePem(certs::kCsrLabel, der), kPublicMode}}, arguments.force));
  Say(environment, absl::StrCat("Made a certificate request for ", principal.SpiffeId(), " in ", arguments.out,
                                "; `tamga pki enrol --csr` gets the certificate, by a join token."));
  return absl::OkStatus();
}

}  // namespace

void AddPkiCsr(const Command& pki) {
  const Command command =
      pki.Add("csr", "Make a certificate request for a key in a file, in a token, or with tamga-signer");
  const auto arguments = std::make_shared<CsrArguments>();
  AddWho(command, arguments->who);
  command.Optional("--key", "File with the key, PEM", Into(arguments->key));
  command.Optional("--pkcs11-module", "The token's PKCS#11 module, a file", Into(*arguments->token.mutable_module()));
  command.Optional("--pkcs11-token-label", "Label of the token", Into(*arguments->token.mutable_token_label()));
  command.Optional("--pkcs11-key-label", "Label of the private key", Into(*arguments->token.mutable_key_label()));
  command.Optional("--pkcs11-pin-file", "File with the user's PIN", Into(*arguments->token.mutable_pin_file()));
  command.Optional("--signer-socket", "Socket of tamga-signer, as in node.txtpb", Into(arguments->signer_socket));
  command.Required("--out", "File for the request, PEM", Into(arguments->out));
  command.Flag("--force", "Replace a file that is there", arguments->force);
  command.Run([arguments](Environment& environment) { return MakeRequest(*arguments, environment); });
}

}  // namespace tamga::cli
