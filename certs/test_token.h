// For tests: a token of SoftHSM (Debian's softhsm2) in a temporary folder, made through PKCS#11 itself.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "certs/openssl_ptr.h"
#include "certs/pkcs11_module.h"

namespace tamga::certs {

inline constexpr char kSoftHsm[] = "/usr/lib/softhsm/libsofthsm2.so";
inline constexpr char kTestPin[] = "testing-1234";

// One at a time in a process, as SoftHSM has one configuration. Any failure ends the test program.
class TestToken {
 public:
  explicit TestToken(const std::string& label);
  ~TestToken();
  TestToken(const TestToken&) = delete;
  TestToken& operator=(const TestToken&) = delete;

  // Puts a P-256 key there, its halves under the same id; or the private half alone.
  void Import(const std::string& label, const EVP_PKEY& key, bool with_public_key = true);
  // Makes an Ed25519 pair there.
  void MakeEd25519(const std::string& label);
  // The device is unplugged, and back. SoftHSM, as modules of some HSMs do, finds it again only once it is initialised
  // anew, and does not initialise while there is none.
  void TakeAway();
  void PutBack();

  const std::string& label() const { return label_; }
  const std::shared_ptr<const Pkcs11Module>& module() const { return module_; }

 private:
  // A session that may write, with the PIN's user logged in; another one alive keeps the login.
  CK_SESSION_HANDLE OpenToWrite() const;
  CK_SLOT_ID Slot() const;

  const std::string label_;
  std::string folder_;
  std::shared_ptr<const Pkcs11Module> module_;
  unsigned char next_id_ = 1;
};

// Between the code that is tested and SoftHSM: takes the token away and puts it back, as one pulls out a device. One at
// a time in a process; the token outlives it.
class RemovableToken {
 public:
  explicit RemovableToken(const TestToken& token);
  ~RemovableToken();
  RemovableToken(const RemovableToken&) = delete;
  RemovableToken& operator=(const RemovableToken&) = delete;

  const std::shared_ptr<const Pkcs11Module>& module() const { return module_; }
  // All sessions end, and nothing more is to be had until it is put back.
  void Remove();
  void PutBack();
  // How often a PIN was shown to the token.
  int logins() const;

 private:
  CK_FUNCTION_LIST functions_;
  std::shared_ptr<const Pkcs11Module> module_;
};

}  // namespace tamga::certs
