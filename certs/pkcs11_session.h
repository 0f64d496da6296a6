// One session with a token, logged in, with the key that signs at hand.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/pkcs11_module.h"

namespace tamga::certs {

// Which key: the labels (CKA_LABEL) of the token and of the private key.
struct Pkcs11KeyName {
  std::string token_label;
  std::string key_label;
};

// Gives the user's PIN. It is asked anew for every login and wiped after it, so that no PIN stays in memory.
using PinReader = std::function<absl::StatusOr<std::string>()>;

// For one thread at a time.
class Pkcs11Session {
 public:
  // NotFound: no such token or key. FailedPrecondition: two of them, a key of another kind, or a PIN that has one try
  // left, which is not taken. PermissionDenied: the PIN is refused. Unavailable: the token does not do it.
  static absl::StatusOr<std::unique_ptr<Pkcs11Session>> Open(std::shared_ptr<const Pkcs11Module> module,
                                                             const Pkcs11KeyName& name, const PinReader& read_pin);
  ~Pkcs11Session();
  Pkcs11Session(const Pkcs11Session&) = delete;
  Pkcs11Session& operator=(const Pkcs11Session&) = delete;

  // The key's SubjectPublicKeyInfo, DER: of the public key with the private key's CKA_ID, or of the private key itself
  // where the token keeps no public keys. FailedPrecondition if neither tells, or it is not on P-256.
  absl::StatusOr<std::string> ReadSpki();

  // ECDSA (CKM_ECDSA) over a SHA-256: r and s, 32 bytes each. Unavailable, also after the module was started anew.
  absl::StatusOr<std::string> SignDigest(absl::string_view digest);

 private:
  Pkcs11Session(std::shared_ptr<const Pkcs11Module> module, uint64_t era, CK_SLOT_ID slot, CK_SESSION_HANDLE session);

  absl::Status Login(const PinReader& read_pin);
  absl::Status FindKey(const Pkcs11KeyName& name);
  // At most two, which is one too many.
  absl::StatusOr<std::vector<CK_OBJECT_HANDLE>> Find(CK_OBJECT_CLASS object_class, CK_ATTRIBUTE_TYPE by,
                                                     std::string value);
  absl::StatusOr<std::string> Attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);

  const std::shared_ptr<const Pkcs11Module> module_;
  const CK_FUNCTION_LIST& functions_;
  const uint64_t era_;  // of the library; in another one the handle may be another session's
  const CK_SLOT_ID slot_;
  const CK_SESSION_HANDLE session_;
  CK_OBJECT_HANDLE key_ = 0;
};

}  // namespace tamga::certs
