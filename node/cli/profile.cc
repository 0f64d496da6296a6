#include "node/cli/profile.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/identity.h"
#include "certs/signer.h"
#include "google/protobuf/text_format.h"
#include "node/base/check.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/text_proto.h"

namespace tamga::cli {
namespace {

absl::Status CheckFields(const v1::ClientProfile& profile) {
  RETURN_IF_ERROR(CheckAgency("node_agency", profile.node_agency()));
  if (profile.node_address().empty()) return InvalidField("node_address", "is required; give host:port");
  if (profile.certificate_file().empty()) return InvalidField("certificate_file", "is required");
  if (profile.key_file().empty()) return InvalidField("key_file", "is required");
  for (const v1::TrustBundle& bundle : profile.trust()) {
    if (bundle.state() == StateOf(profile.node_agency())) return absl::OkStatus();
  }
  return InvalidField(
      "trust", absl::StrCat("has no roots of ", StateOf(profile.node_agency()), ", the State of the node; add them"));
}

absl::StatusOr<certs::TrustStore> LoadTrust(const v1::ClientProfile& profile, const std::string& folder) {
  std::vector<std::pair<std::string, std::string>> bundles;
  for (const v1::TrustBundle& bundle : profile.trust()) {
    ASSIGN_OR_RETURN(std::string pem, ReadFile(ResolvePath(folder, bundle.roots_file())));
    bundles.emplace_back(bundle.state(), std::move(pem));
  }
  return certs::TrustStore::Build(bundles);
}

absl::StatusOr<certs::Principal> CallerOf(const exchange::TlsIdentity& identity) {
  ASSIGN_OR_RETURN(const certs::CertificateChain chain, certs::ParsePemChain(identity.chain_pem));
  ASSIGN_OR_RETURN(const auto signer, certs::P256Signer::FromPem(identity.key_pem));
  if (signer->key_id() != chain.front().SpkiSha256()) return InvalidField("key_file", "is not the certificate's key");
  return certs::IdentityOf(chain.front());
}

absl::StatusOr<Profile> Load(const std::string& path) {
  v1::ClientProfile profile;
  RETURN_IF_ERROR(ReadTextProto(path, profile));
  RETURN_IF_ERROR(CheckFields(profile));
  const std::string folder = FolderOf(path);
  exchange::TlsIdentity identity;
  ASSIGN_OR_RETURN(identity.chain_pem, ReadFile(ResolvePath(folder, profile.certificate_file())));
  ASSIGN_OR_RETURN(identity.key_pem, ReadSecretFile(ResolvePath(folder, profile.key_file())));
  ASSIGN_OR_RETURN(certs::Principal caller, CallerOf(identity));
  ASSIGN_OR_RETURN(certs::TrustStore trust, LoadTrust(profile, folder));
  return Profile{profile.node_address(), profile.node_agency(), std::move(identity), std::move(caller),
                 std::make_shared<const certs::CurrentTrust>(std::move(trust))};
}

}  // namespace

absl::StatusOr<Profile> LoadProfile(const std::string& path) {
  absl::StatusOr<Profile> profile = Load(path);
  if (!profile.ok()) return Annotate(profile.status(), absl::StrCat("profile ", path));
  return profile;
}

OutputFile ProfileFile(const std::string& path, const v1::ClientProfile& profile) {
  std::string text;
  TAMGA_CHECK(google::protobuf::TextFormat::PrintToString(profile, &text));
  return {path, absl::StrCat("# tamga.v1.ClientProfile: how a caller reaches its node. Paths are relative to this ",
                             "file's folder.\n", text)};
}

}  // namespace tamga::cli
