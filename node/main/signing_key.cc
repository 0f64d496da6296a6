#include "node/main/signing_key.h"

#include <sys/stat.h>

#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "certs/pkcs11_module.h"
#include "certs/pkcs11_signer.h"
#include "certs/wiper.h"
#include "node/base/file.h"
#include "node/base/mutex.h"

namespace tamga::node {
namespace {

constexpr size_t kMaxPinBytes = 256;

// One line; what is not the PIN is its end alone.
absl::StatusOr<std::string> ReadPin(const std::string& path) {
  absl::StatusOr<std::string> pin = ReadSecretFile(path);
  if (!pin.ok()) return pin;
  const certs::Wiper wiper(*pin);
  const absl::string_view line = absl::StripTrailingAsciiWhitespace(*pin);
  if (line.empty() || line.size() > kMaxPinBytes) {
    return absl::FailedPreconditionError(absl::StrCat(path, " must hold the PIN and nothing else"));
  }
  return std::string(line);
}

// PINs that tokens have refused, each by its file as it was. Credentials are looked at every second for as long as they
// cannot be taken over: tried as often, a wrong PIN would lock the token. Thread-safe.
class RefusedPins {
 public:
  void Add(const v1::Pkcs11Key& key) {
    const MutexLock lock(mutex_);
    refused_[NameOf(key)] = VersionOf(key.pin_file());
  }
  bool Has(const v1::Pkcs11Key& key) {
    const MutexLock lock(mutex_);
    const auto refused = refused_.find(NameOf(key));
    return refused != refused_.end() && refused->second == VersionOf(key.pin_file());
  }

 private:
  static std::string NameOf(const v1::Pkcs11Key& key) { return absl::StrCat(key.token_label(), "\n", key.pin_file()); }
  // Of a file that is replaced or written.
  static std::string VersionOf(const std::string& path) {
    struct stat info = {};
    if (::stat(path.c_str(), &info) != 0) return "";
    return absl::StrCat(info.st_ino, " ", info.st_mtim.tv_sec, " ", info.st_mtim.tv_nsec, " ", info.st_size);
  }

  Mutex mutex_;
  std::map<std::string, std::string> refused_ ABSL_GUARDED_BY(mutex_);
};

RefusedPins& AllRefusedPins() {
  static RefusedPins& pins = *new RefusedPins;
  return pins;
}

bool IsComplete(absl::string_view field, const v1::Pkcs11Key& key, Mistakes& mistakes) {
  const auto has = [&](absl::string_view name, const std::string& value, absl::string_view fix) {
    return mistakes.Require(absl::StrCat(field, ".", name), value, fix);
  };
  const bool module = has("module", key.module(), "name the token's PKCS#11 module, a file such as vendor-pkcs11.so");
  const bool token = has("token_label", key.token_label(), "name the token's label");
  const bool label = has("key_label", key.key_label(), "name the private key's label (CKA_LABEL)");
  const bool pin = has("pin_file", key.pin_file(), "name a file of mode 0600 with the user's PIN");
  return module && token && label && pin;
}

}  // namespace

std::unique_ptr<certs::Signer> OpenTokenKey(absl::string_view field, const v1::Pkcs11Key& key, Mistakes& mistakes) {
  if (!IsComplete(field, key, mistakes)) return nullptr;
  {
    absl::StatusOr<std::string> pin = ReadPin(key.pin_file());
    if (!pin.ok()) {
      mistakes.AddUnusable(absl::StrCat(field, ".pin_file"), pin.status());
      return nullptr;
    }
    const certs::Wiper wiper(*pin);
  }
  if (AllRefusedPins().Has(key)) {
    mistakes.Add(absl::StrCat(field, ".pin_file"),
                 absl::StrCat(key.pin_file(), " holds a PIN that the token has refused, which is not tried again; ",
                              "write the right one"));
    return nullptr;
  }
  absl::StatusOr<std::shared_ptr<const certs::Pkcs11Module>> module = certs::Pkcs11Module::Open(key.module());
  if (!module.ok()) {
    mistakes.AddUnusable(absl::StrCat(field, ".module"), module.status());
    return nullptr;
  }
  absl::StatusOr<std::unique_ptr<certs::Pkcs11Signer>> signer = certs::Pkcs11Signer::Open(
      *std::move(module), {key.token_label(), key.key_label()}, [path = key.pin_file()] { return ReadPin(path); });
  if (signer.ok()) return *std::move(signer);
  if (absl::IsPermissionDenied(signer.status())) AllRefusedPins().Add(key);
  mistakes.Add(field, absl::StrCat(signer.status().message(), "; correct what is named here, or the token"));
  return nullptr;
}

std::unique_ptr<certs::Signer> OpenKeyFile(absl::string_view field, const std::string& path, Mistakes& mistakes) {
  absl::StatusOr<std::string> pem = ReadSecretFile(path);
  if (!pem.ok()) {
    mistakes.AddUnusable(field, pem.status());
    return nullptr;
  }
  const certs::Wiper wiper(*pem);
  absl::StatusOr<std::unique_ptr<certs::P256Signer>> signer = certs::P256Signer::FromPem(*pem);
  if (signer.ok()) return *std::move(signer);
  mistakes.Add(field, absl::StrCat(path,
                                   " holds no key that can be used; it must be one P-256 key, PKCS#8 in PEM, "
                                   "without a password"));
  return nullptr;
}

}  // namespace tamga::node
