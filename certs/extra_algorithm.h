// Signatures of other algorithms on a seal, beside the one that every node speaks. Their keys are not in certificates,
// whose algorithms are the short list of algorithms.h, but are pinned: each agency's, by its SubjectPublicKeyInfo.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tamga::certs {

// Verifies signatures of one algorithm. Thread-safe.
class SignatureVerifier {
 public:
  virtual ~SignatureVerifier() = default;
  // OK if `signature` is over `data` by the key with this SubjectPublicKeyInfo; Unauthenticated (SEAL_INVALID)
  // otherwise; Unavailable where it cannot be told now.
  virtual absl::Status Verify(absl::string_view spki, absl::string_view data, absl::string_view signature) const = 0;
};

// An algorithm that a verifier of seals accepts beside kEcdsaP256Sha256.
struct ExtraAlgorithm {
  std::string algorithm;  // a name of algorithm_names.h
  std::shared_ptr<const SignatureVerifier> verifier;
  // SubjectPublicKeyInfos by agency, each by its SHA-256. A signature by an agency without keys here is not looked at.
  std::map<std::string, std::map<std::string, std::string>> keys;
  // States whose seals are no good without such a signature.
  std::set<std::string> required_of;
};

}  // namespace tamga::certs
