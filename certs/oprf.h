// A verifiable oblivious pseudorandom function (RFC 9497, mode VOPRF, suite ristretto255-SHA512): one side holds a key,
// the other an input, and the other alone learns F(key, input), with proof that it was this key. So a border service
// can look travellers up in a partner's list without telling the partner who they are.
//
//   asker                                     holder of the key
//   OprfBlind(input) → element        →       OprfKey::BlindEvaluate → elements, proof
//   OprfFinalize(…, public key)       ←       (and OprfKey::Evaluate for its own list)
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/oprf_group.h"
#include "node/base/rng.h"

namespace tamga::certs {

inline constexpr size_t kOprfProofBytes = 64;   // the challenge, then the response
inline constexpr size_t kOprfOutputBytes = 64;  // of SHA-512
inline constexpr size_t kMaxOprfBytes = 65535;  // of an input; the RFC has two bytes for the length
inline constexpr size_t kMaxOprfBatch = 65535;  // elements under one proof

inline constexpr char kOprfProofInvalid[] = "OPRF_PROOF_INVALID";  // another key than the published one was used

// The holder's key, wiped when destroyed. Movable; a moved-from key may only be destroyed or assigned to. Thread-safe.
class OprfKey {
 public:
  // DeriveKeyPair of section 3.2.1: the same key from the same seed and `info`. InvalidArgument unless the seed, a
  // secret, is 32 bytes and `info` at most kMaxOprfBytes.
  static absl::StatusOr<OprfKey> Derive(absl::string_view seed, absl::string_view info);

  OprfKey(OprfKey&&) noexcept;
  OprfKey& operator=(OprfKey&&) noexcept;
  ~OprfKey();

  // An element. The asker must have it from where others see the same (a log), or the holder could give each asker a
  // key of its own and know by it who asks.
  const std::string& public_key() const { return public_key_; }

  struct Evaluation {
    std::string elements;  // as many as were asked, in their order
    std::string proof;
  };
  // Section 3.3.2, for 1 to kMaxOprfBatch elements, one after another. InvalidArgument if one of them is none, or the
  // identity.
  absl::StatusOr<Evaluation> BlindEvaluate(absl::string_view blinded_elements, Rng& rng) const;

  // F(key, input), kOprfOutputBytes, without anybody else: what the holder publishes of its list is made of this.
  // InvalidArgument for an input beyond kMaxOprfBytes.
  absl::StatusOr<std::string> Evaluate(absl::string_view input) const;

 private:
  struct Secret;
  OprfKey(std::unique_ptr<Secret> secret, std::string public_key);

  std::unique_ptr<Secret> secret_;
  std::string public_key_;
};

// An input that waits for its output. `blind` is as secret as the input, and wiped when this is destroyed.
struct OprfBlinded {
  OprfBlinded() = default;
  OprfBlinded(OprfBlinded&&) = default;
  OprfBlinded& operator=(OprfBlinded&&) = default;
  ~OprfBlinded();

  std::string input;
  std::string blind;    // a scalar
  std::string element;  // what the holder gets: it says nothing about the input
};

// Section 3.3.1, with 64 bytes of `rng`: whoever gives the same bytes gets the same blind. InvalidArgument for an input
// beyond kMaxOprfBytes.
absl::StatusOr<OprfBlinded> OprfBlind(absl::string_view input, Rng& rng);

// Section 3.3.2: F(key, input) of each input of the batch, after the proof that the holder of `public_key` used its key
// for all of them. InvalidArgument for elements or a key that are none; Unauthenticated
// (OPRF_PROOF_INVALID) if the proof does not hold.
absl::StatusOr<std::vector<std::string>> OprfFinalize(const std::vector<OprfBlinded>& batch,
                                                      absl::string_view evaluated_elements, absl::string_view proof,
                                                      absl::string_view public_key);

}  // namespace tamga::certs
