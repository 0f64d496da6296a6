// Ed25519 by OpenSSL, as the log's signer and verifier. For tests only.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/base/encoding.h"
#include "node/ledger/note.h"

namespace tamga::ledger {

struct OpenSslFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using TestKeyHandle = std::unique_ptr<EVP_PKEY, OpenSslFree>;
using TestDigestHandle = std::unique_ptr<EVP_MD_CTX, OpenSslFree>;

inline const unsigned char* TestBytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

inline bool VerifyEd25519(absl::string_view public_key, absl::string_view text, absl::string_view signature) {
  const TestKeyHandle key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, TestBytes(public_key), public_key.size()));
  const TestDigestHandle context(EVP_MD_CTX_new());
  return key != nullptr && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), TestBytes(signature), signature.size(), TestBytes(text), text.size()) == 1;
}

// A key whose seed is SHA-256(name || type), as in tests/data/tlog/golden-70000.
class TestLogKey {
 public:
  explicit TestLogKey(absl::string_view name, char type = kEd25519)
      : seed_(Sha256(absl::StrCat(name, std::string(1, type)))) {
    const TestKeyHandle handle = Handle(seed_);
    key_.name = std::string(name);
    key_.type = type;
    key_.public_key.resize(32);
    size_t size = key_.public_key.size();
    TAMGA_CHECK(EVP_PKEY_get_raw_public_key(handle.get(), reinterpret_cast<unsigned char*>(key_.public_key.data()),
                                            &size) == 1);
  }

  const NoteKey& key() const { return key_; }

  NoteSigner signer() const {
    return [seed = seed_](absl::string_view text) {
      const TestKeyHandle handle = Handle(seed);
      const TestDigestHandle context(EVP_MD_CTX_new());
      std::string signature(64, '\0');
      size_t size = signature.size();
      TAMGA_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, handle.get()) == 1);
      TAMGA_CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                 TestBytes(text), text.size()) == 1);
      return signature;
    };
  }

 private:
  static TestKeyHandle Handle(const std::string& seed) {
    TestKeyHandle handle(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, TestBytes(seed), seed.size()));
    TAMGA_CHECK(handle != nullptr);
    return handle;
  }

  std::string seed_;
  NoteKey key_;
};

}  // namespace tamga::ledger
