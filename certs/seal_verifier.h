// Who sealed a message.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/current_trust.h"
#include "certs/extra_algorithm.h"
#include "certs/p256.h"
#include "certs/seal.h"
#include "node/base/mutex.h"

namespace tamga::certs {

// Chains that were found good are remembered for as long as they stay so, since partners repeat theirs and a chain
// costs several times what a signature does, and forgotten when the trust changes. Thread-safe.
class SealVerifier {
 public:
  using Signatures = google::protobuf::RepeatedPtrField<v1::Signature>;

  static constexpr size_t kMaxRemembered = 1024;

  // `trust` outlives this. `extras`: algorithms that are accepted beside kEcdsaP256Sha256, each once.
  explicit SealVerifier(const CurrentTrust& trust, std::vector<ExtraAlgorithm> extras = {})
      : trust_(trust), extras_(std::move(extras)) {}

  // The principal (of role seal) whose "ecdsa-p256-sha256" signature over `header` as `type` is among `signatures`, 1
  // to 8 of different algorithms. A signature of an extra algorithm must be good as well, if there are keys of the
  // principal's agency for it, and be there, if its State must have it; others are not looked at. Unauthenticated
  // (SEAL_MISSING, SEAL_INVALID, SEAL_UNTRUSTED) otherwise, or Unavailable where an extra verifier is. That the
  // principal's agency is the header's sender remains to be checked.
  absl::StatusOr<Principal> Verify(const Signatures& signatures, absl::string_view type, absl::string_view header,
                                   absl::Time now) const {
    return Verify(signatures, type, header, now, now);
  }
  // The same of what may have waited since it was sealed: certificates count as they were then, revocation lists as
  // they are now. They are signed anew each hour, so that one of today is of a time to come for a seal of yesterday.
  absl::StatusOr<Principal> Verify(const Signatures& signatures, absl::string_view type, absl::string_view header,
                                   absl::Time sealed_at, absl::Time now) const;

  // The path, leaf first and root last, by which the certificate of that signature is believed; errors as of Verify,
  // but the signature itself is not looked at.
  absl::StatusOr<CertificateChain> PathOf(const Signatures& signatures, absl::Time sealed_at, absl::Time now) const;

  // How many chains are remembered.
  size_t RememberedForTest() const;

 private:
  struct Sealer {
    Vouched vouched;
    P256PublicKey key;
    std::string key_id;
  };

  absl::StatusOr<std::shared_ptr<const Sealer>> SealerOf(const v1::Signature& signature, absl::Time sealed_at,
                                                         absl::Time now) const;
  absl::StatusOr<std::shared_ptr<const Sealer>> VouchedSealer(const TrustStore& trust, const v1::Signature& signature,
                                                              absl::Time sealed_at, absl::Time now) const;

  const CurrentTrust& trust_;
  const std::vector<ExtraAlgorithm> extras_;
  mutable Mutex mutex_;
  mutable std::shared_ptr<const TrustStore> judge_ ABSL_GUARDED_BY(mutex_);  // who vouched for what is remembered
  // By SHA-256 over the chain's certificates, each with its length before it.
  mutable absl::flat_hash_map<std::string, std::shared_ptr<const Sealer>> remembered_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::certs
