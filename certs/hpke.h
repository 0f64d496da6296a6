// Hybrid public key encryption (RFC 9180), for what a relay carries and must not read. Base mode alone: who sent it,
// and that it can be held against them, is the seal's to say. X25519 and HKDF-SHA256 with any of the RFC's ciphers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/x25519.h"
#include "node/base/rng.h"

namespace tamga::certs {

// AEAD identifiers (section 7.3).
enum class HpkeAead : uint16_t { kAes128Gcm = 1, kAes256Gcm = 2, kChaCha20Poly1305 = 3 };

// The encapsulated key that travels with the ciphertexts.
inline constexpr size_t kHpkeEncBytes = kX25519Bytes;
// What a ciphertext has more than its plaintext.
inline constexpr size_t kHpkeTagBytes = 16;

class HpkeContext;

// Encrypts to one recipient, any number of messages in their order. Movable; a moved-from sender may only be destroyed
// or assigned to. Thread-compatible.
class HpkeSender {
 public:
  // InvalidArgument for a recipient's key that X25519Key::Agree refuses, or a cipher that is none of HpkeAead.
  // Recipient and sender must use the same `info`.
  static absl::StatusOr<HpkeSender> Create(absl::string_view recipient_public_key, absl::string_view info,
                                           HpkeAead aead, Rng& rng);

  // 32 bytes, which the recipient needs.
  const std::string& enc() const { return enc_; }
  // Ciphertext and tag.
  absl::StatusOr<std::string> Seal(absl::string_view associated_data, absl::string_view plaintext);

  HpkeSender(HpkeSender&&) noexcept;
  HpkeSender& operator=(HpkeSender&&) noexcept;
  ~HpkeSender();

 private:
  HpkeSender(std::unique_ptr<HpkeContext> context, std::string enc);

  std::unique_ptr<HpkeContext> context_;
  std::string enc_;
};

// Decrypts what one sender encrypted, in the same order. Movable like a sender. Thread-compatible.
class HpkeRecipient {
 public:
  // InvalidArgument as in HpkeSender.
  static absl::StatusOr<HpkeRecipient> Create(const X25519Key& key, absl::string_view enc, absl::string_view info,
                                              HpkeAead aead);

  // DataLoss unless `ciphertext` is the sender's next, with the same associated data; the same one is then still
  // awaited.
  absl::StatusOr<std::string> Open(absl::string_view associated_data, absl::string_view ciphertext);

  HpkeRecipient(HpkeRecipient&&) noexcept;
  HpkeRecipient& operator=(HpkeRecipient&&) noexcept;
  ~HpkeRecipient();

 private:
  explicit HpkeRecipient(std::unique_ptr<HpkeContext> context);

  std::unique_ptr<HpkeContext> context_;
};

}  // namespace tamga::certs
