#include "node/authority/authority_config.h"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/trust_domain.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/base/text_proto.h"
#include "node/main/config_parts.h"
#include "node/main/mistakes.h"

namespace tamga::authority {
namespace {

constexpr size_t kMaxRootBytes = 1u << 20;
constexpr size_t kMaxListBytes = 4u << 20;
constexpr uint32_t kDay = 24 * 3'600;

absl::StatusOr<v1::AuthorityConfig> ReadConfig(const std::string& path) {
  v1::AuthorityConfig config;
  const absl::Status read = ReadTextProto(path, config);
  if (absl::IsInvalidArgument(read)) {
    return Error(absl::StatusCode::kInvalidArgument, "CONFIG_INVALID", read.message());
  }
  RETURN_IF_ERROR(read);
  return config;
}

absl::Status ResolvePaths(const std::string& path, v1::AuthorityConfig& config) {
  std::error_code error;
  const std::string folder = std::filesystem::absolute(path, error).parent_path().string();
  if (error) return absl::ErrnoToStatus(error.value(), "cannot tell the current folder");
  for (std::string* name :
       {config.mutable_data_dir(), config.mutable_root_file(), config.mutable_issuing()->mutable_certificate_file(),
        config.mutable_issuing()->mutable_key_file()}) {
    if (!name->empty()) *name = ResolvePath(folder, *name);
  }
  for (std::string& name : *config.mutable_crl_files()) name = ResolvePath(folder, name);
  return absl::OkStatus();
}

absl::Duration Complete(absl::string_view field, uint32_t& seconds, uint32_t usual, node::Mistakes& mistakes) {
  constexpr uint32_t kLeast = 600;  // a renewal is tried several times before a certificate ends
  constexpr uint32_t kMost = 730 * kDay;
  if (seconds == 0) seconds = usual;
  if (seconds < kLeast || seconds > kMost) {
    mistakes.Add(absl::StrCat("lifetimes.", field),
                 absl::StrCat("is ", seconds, "; must be ", kLeast, " to ", kMost, ", or 0 for ", usual));
  }
  return absl::Seconds(seconds);
}

Lifetimes CompleteLifetimes(v1::CertificateLifetimes& lifetimes, node::Mistakes& mistakes) {
  uint32_t node_s = lifetimes.node_s();
  uint32_t seal_s = lifetimes.seal_s();
  uint32_t caller_s = lifetimes.caller_s();
  const Lifetimes complete = {Complete("node_s", node_s, 7 * kDay, mistakes),
                              Complete("seal_s", seal_s, 365 * kDay, mistakes),
                              Complete("caller_s", caller_s, 90 * kDay, mistakes)};
  lifetimes.set_node_s(node_s);
  lifetimes.set_seal_s(seal_s);
  lifetimes.set_caller_s(caller_s);
  return complete;
}

// The root in PEM.
std::optional<std::string> LoadRoot(const std::string& path, node::Mistakes& mistakes) {
  if (!mistakes.Require("root_file", path, "name the PEM file with the State's root certificate")) return std::nullopt;
  absl::StatusOr<std::string> pem = ReadFile(path, kMaxRootBytes);
  if (pem.ok()) return *std::move(pem);
  mistakes.AddUnusable("root_file", pem.status());
  return std::nullopt;
}

std::optional<certs::IssuingAuthority> LoadIssuer(const v1::AuthorityConfig& config, absl::Time now,
                                                  node::Mistakes& mistakes) {
  const std::optional<std::string> root = LoadRoot(config.root_file(), mistakes);
  const node::LoadedPair pair = node::LoadKeyPair("issuing", config.issuing(), mistakes);
  const bool is_state = certs::IsStateCode(config.state());
  if (!is_state) mistakes.Add("state", "is no State; name it by its ISO 3166 alpha-3 code, such as KAZ");
  if (!root || !is_state || pair.key_pem.empty() || pair.chain.empty()) return std::nullopt;
  absl::StatusOr<certs::IssuingAuthority> issuer =
      certs::IssuingAuthority::Load(config.state(), *root, pair.chain_pem, pair.key_pem);
  if (!issuer.ok()) {
    mistakes.Add("issuing", absl::StrCat(issuer.status().message(), "; name what `tamga pki issuing-authority` made"));
    return std::nullopt;
  }
  if (now >= issuer->certificate().NotAfter()) {
    mistakes.Add(
        "issuing.certificate_file",
        absl::StrCat("has ended at ", UtcText(issuer->certificate().NotAfter()), ", and this machine's clock says ",
                     UtcText(now), "; make another with `tamga pki issuing-authority`, or set the clock right"));
  }
  return *std::move(issuer);
}

uint32_t ProcessDescriptors() {
  constexpr rlim_t kPlenty = 1u << 20;
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  return static_cast<uint32_t>(std::min(limit.rlim_cur, kPlenty));
}

}  // namespace

absl::StatusOr<AuthoritySetup> LoadAuthoritySetup(const std::string& path, absl::Time now) {
  ASSIGN_OR_RETURN(v1::AuthorityConfig config, ReadConfig(path));
  RETURN_IF_ERROR(ResolvePaths(path, config));
  node::Mistakes mistakes;
  node::CheckListenAddress("listen", config.listen(), mistakes);
  node::MakeDataFolder(config.data_dir(), mistakes);
  for (const std::string& file : config.crl_files()) {
    const absl::StatusOr<std::string> text = ReadFile(file, kMaxListBytes);
    if (!text.ok()) mistakes.AddUnusable("crl_files", text.status());
  }
  const Lifetimes lifetimes = CompleteLifetimes(*config.mutable_lifetimes(), mistakes);
  v1::Limits limits;
  node::CompleteLimits(ProcessDescriptors(), limits, mistakes);
  limits.set_max_message_bytes(2u << 20);  // a revocation list has at most 1 MiB
  std::optional<certs::IssuingAuthority> issuer = LoadIssuer(config, now, mistakes);
  RETURN_IF_ERROR(mistakes.ToStatus());
  ASSIGN_OR_RETURN(certs::TrustStore trust, certs::TrustStore::Build({{issuer->state(), issuer->RootPem()}}));
  return AuthoritySetup{std::move(config), std::move(limits), *std::move(issuer), std::move(trust), lifetimes};
}

}  // namespace tamga::authority
