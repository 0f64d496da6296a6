#include "node/signer_main/signer_config.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "certs/purposes.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/base/text_proto.h"
#include "node/main/mistakes.h"
#include "node/main/signing_key.h"

namespace tamga::signer {
namespace {

constexpr uint32_t kDefaultPerSecond = 1'000;
constexpr uint32_t kMostPerSecond = 100'000;
// What a seal's key is asked for (certs/purposes.h).
constexpr const char* kSealTypes[] = {certs::kRequestType, certs::kReplyType, certs::kCheckpointType,
                                      certs::kCertificateRequestType, certs::kCourierType};

absl::Status ResolvePaths(const std::string& path, v1::SignerConfig& config) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), "cannot tell the current folder");
  const auto resolve = [folder = absolute.parent_path().string()](std::string* named) {
    if (!named->empty()) *named = ResolvePath(folder, *named);
  };
  resolve(config.mutable_socket());
  resolve(config.mutable_key_file());
  if (config.has_pkcs11()) {
    resolve(config.mutable_pkcs11()->mutable_module());
    resolve(config.mutable_pkcs11()->mutable_pin_file());
  }
  return absl::OkStatus();
}

std::unique_ptr<certs::Signer> OpenKey(const v1::SignerConfig& config, node::Mistakes& mistakes) {
  if (config.has_pkcs11() && !config.key_file().empty()) {
    mistakes.Add("key_file", "names a second key; leave one of key_file and pkcs11");
    return nullptr;
  }
  if (config.has_pkcs11()) return node::OpenTokenKey("pkcs11", config.pkcs11(), mistakes);
  if (!mistakes.Require("key_file", config.key_file(), "name the PEM file (PKCS#8) with the seal's key, or a pkcs11")) {
    return nullptr;
  }
  return node::OpenKeyFile("key_file", config.key_file(), mistakes);
}

std::set<std::string, std::less<>> CheckTypes(const v1::SignerConfig& config, node::Mistakes& mistakes) {
  std::set<std::string, std::less<>> types;
  for (const std::string& type : config.types()) {
    // Printed whole: nothing in it is secret.
    if (std::find(std::begin(kSealTypes), std::end(kSealTypes), type) == std::end(kSealTypes)) {
      mistakes.Add("types", absl::StrCat("has \"", absl::CHexEscape(type), "\", which nobody asks a seal's key for; ",
                                         "write ", absl::StrJoin(kSealTypes, ", ")));
    }
    types.insert(type);
  }
  // Without one of these the node seals nothing, or answers nothing.
  for (const char* needed : {certs::kRequestType, certs::kReplyType}) {
    if (types.count(needed) == 0) mistakes.Add("types", absl::StrCat("lacks ", needed, ", which a node seals; add it"));
  }
  return types;
}

// The user's id; the own one if none is named.
uid_t FindClient(const std::string& name, node::Mistakes& mistakes) {
  if (name.empty()) return ::geteuid();
  std::vector<char> buffer(16 << 10);
  passwd entry = {};
  passwd* found = nullptr;
  if (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return entry.pw_uid;
  }
  mistakes.Add("client_user", "is no user of this machine; name the one that tamga-node runs as");
  return ::geteuid();
}

}  // namespace

absl::StatusOr<SignerSetup> LoadSignerSetup(const std::string& path) {
  SignerSetup setup;
  v1::SignerConfig& config = setup.config;
  RETURN_IF_ERROR(ReadTextProto(path, config));
  RETURN_IF_ERROR(ResolvePaths(path, config));

  node::Mistakes mistakes;
  mistakes.Require("socket", config.socket(), "name the Unix socket at which the node asks, such as signer.sock");
  if (config.max_per_second() == 0) config.set_max_per_second(kDefaultPerSecond);
  if (config.max_per_second() > kMostPerSecond) {
    mistakes.Add("max_per_second", absl::StrCat("is too large; at most ", kMostPerSecond));
  }
  setup.rules.types = CheckTypes(config, mistakes);
  setup.rules.client = FindClient(config.client_user(), mistakes);
  setup.rules.max_per_second = config.max_per_second();
  setup.key = OpenKey(config, mistakes);
  RETURN_IF_ERROR(mistakes.ToStatus());
  return setup;
}

}  // namespace tamga::signer
