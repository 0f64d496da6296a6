#include "certs/oprf.h"

#include <openssl/crypto.h>

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/wiper.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

constexpr size_t kSeedBytes = 32;
static_assert(kOprfProofBytes == 2 * kOprfScalarBytes);

absl::string_view Nth(absl::string_view elements, size_t index) {
  return elements.substr(index * kOprfElementBytes, kOprfElementBytes);
}

size_t CountOf(absl::string_view elements) { return elements.size() / kOprfElementBytes; }

absl::Status CheckElements(absl::string_view elements) {
  const size_t count = CountOf(elements);
  if (count == 0 || count > kMaxOprfBatch || elements.size() % kOprfElementBytes != 0) {
    return absl::InvalidArgumentError(absl::StrCat("there must be 1 to ", kMaxOprfBatch, " elements of 32 bytes"));
  }
  for (size_t i = 0; i < count; ++i) {
    if (!IsOprfElement(Nth(elements, i))) {
      return absl::InvalidArgumentError("an element is not one of ristretto255, or is its identity");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLength(absl::string_view input) {
  if (input.size() <= kMaxOprfBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("an input may have ", kMaxOprfBytes, " bytes"));
}

// The last step of Finalize and of Evaluate (section 3.3.1).
std::string Output(absl::string_view input, absl::string_view unblinded) {
  return OprfHash(absl::StrCat(OprfSized(input), OprfSized(unblinded), "Finalize"));
}

// The batch as one pair of elements (section 2.2.1): `m` of what was asked, `z` of what was answered.
struct Composites {
  std::string m = std::string(kOprfElementBytes, '\0');
  std::string z = std::string(kOprfElementBytes, '\0');
};

// ComputeComposites of section 2.2.1; with the `key`, ComputeCompositesFast.
absl::StatusOr<Composites> Compose(absl::string_view public_key, absl::string_view asked, absl::string_view answered,
                                   std::optional<absl::string_view> key) {
  const std::string seed =
      OprfHash(absl::StrCat(OprfSized(public_key), OprfSized(absl::StrCat("Seed-", OprfContext()))));
  Composites composites;
  for (size_t i = 0; i < CountOf(asked); ++i) {
    const std::string index = {static_cast<char>(i >> 8), static_cast<char>(i & 0xff)};
    const std::string weight = OprfHashToScalar(
        absl::StrCat(OprfSized(seed), index, OprfSized(Nth(asked, i)), OprfSized(Nth(answered, i)), "Composite"),
        "HashToScalar-");
    ASSIGN_OR_RETURN(const std::string m, OprfMultiply(weight, Nth(asked, i)));
    ASSIGN_OR_RETURN(composites.m, OprfAdd(composites.m, m));
    if (key.has_value()) continue;
    ASSIGN_OR_RETURN(const std::string z, OprfMultiply(weight, Nth(answered, i)));
    ASSIGN_OR_RETURN(composites.z, OprfAdd(composites.z, z));
  }
  if (key.has_value()) {
    ASSIGN_OR_RETURN(composites.z, OprfMultiply(*key, composites.m));
  }
  return composites;
}

std::string Challenge(absl::string_view public_key, const Composites& composites, absl::string_view t2,
                      absl::string_view t3) {
  return OprfHashToScalar(absl::StrCat(OprfSized(public_key), OprfSized(composites.m), OprfSized(composites.z),
                                       OprfSized(t2), OprfSized(t3), "Challenge"),
                          "HashToScalar-");
}

// GenerateProof of section 2.2.1.
absl::StatusOr<std::string> Prove(absl::string_view key, absl::string_view public_key, absl::string_view asked,
                                  absl::string_view answered, Rng& rng) {
  ASSIGN_OR_RETURN(const Composites composites, Compose(public_key, asked, answered, key));
  std::string nonce = OprfRandomScalar(rng);
  const Wiper wiper(nonce);
  ASSIGN_OR_RETURN(const std::string t2, OprfMultiplyBase(nonce));
  ASSIGN_OR_RETURN(const std::string t3, OprfMultiply(nonce, composites.m));
  const std::string challenge = Challenge(public_key, composites, t2, t3);
  return absl::StrCat(challenge, OprfSubtractProduct(nonce, challenge, key));
}

// scalar·element + product.
absl::StatusOr<std::string> MultiplyAdd(absl::string_view scalar, absl::string_view element,
                                        const absl::StatusOr<std::string>& product) {
  RETURN_IF_ERROR(product.status());
  ASSIGN_OR_RETURN(const std::string other, OprfMultiply(scalar, element));
  return OprfAdd(*product, other);
}

// VerifyProof of section 2.2.2.
bool ProofHolds(absl::string_view public_key, absl::string_view asked, absl::string_view answered,
                absl::string_view proof) {
  if (proof.size() != kOprfProofBytes) return false;
  const absl::string_view challenge = proof.substr(0, kOprfScalarBytes);
  const absl::string_view response = proof.substr(kOprfScalarBytes);
  if (!IsOprfScalar(challenge) || !IsOprfScalar(response)) return false;
  const absl::StatusOr<Composites> composites = Compose(public_key, asked, answered, std::nullopt);
  if (!composites.ok()) return false;
  const auto t2 = MultiplyAdd(challenge, public_key, OprfMultiplyBase(response));
  const auto t3 = MultiplyAdd(challenge, composites->z, OprfMultiply(response, composites->m));
  return t2.ok() && t3.ok() && Challenge(public_key, *composites, *t2, *t3) == challenge;
}

}  // namespace

struct OprfKey::Secret {
  std::string scalar;

  ~Secret() { OPENSSL_cleanse(scalar.data(), scalar.size()); }
};

OprfKey::OprfKey(std::unique_ptr<Secret> secret, std::string public_key)
    : secret_(std::move(secret)), public_key_(std::move(public_key)) {}
OprfKey::OprfKey(OprfKey&&) noexcept = default;
OprfKey& OprfKey::operator=(OprfKey&&) noexcept = default;
OprfKey::~OprfKey() = default;

absl::StatusOr<OprfKey> OprfKey::Derive(absl::string_view seed, absl::string_view info) {
  if (seed.size() != kSeedBytes) return absl::InvalidArgumentError("the seed of an OPRF key must be 32 bytes");
  RETURN_IF_ERROR(CheckLength(info));
  // The RFC counts on while the scalar is zero, which no hash is ever seen to be: this one try decides.
  std::string input = absl::StrCat(seed, OprfSized(info), std::string(1, '\0'));
  const Wiper wiper(input);
  auto secret = std::make_unique<Secret>();
  secret->scalar = OprfHashToScalar(input, "DeriveKeyPair");
  ASSIGN_OR_RETURN(std::string public_key, OprfMultiplyBase(secret->scalar));
  return OprfKey(std::move(secret), std::move(public_key));
}

absl::StatusOr<OprfKey::Evaluation> OprfKey::BlindEvaluate(absl::string_view blinded_elements, Rng& rng) const {
  RETURN_IF_ERROR(CheckElements(blinded_elements));
  Evaluation evaluation;
  evaluation.elements.reserve(blinded_elements.size());
  for (size_t i = 0; i < CountOf(blinded_elements); ++i) {
    ASSIGN_OR_RETURN(const std::string element, OprfMultiply(secret_->scalar, Nth(blinded_elements, i)));
    evaluation.elements += element;
  }
  ASSIGN_OR_RETURN(evaluation.proof, Prove(secret_->scalar, public_key_, blinded_elements, evaluation.elements, rng));
  return evaluation;
}

absl::StatusOr<std::string> OprfKey::Evaluate(absl::string_view input) const {
  RETURN_IF_ERROR(CheckLength(input));
  ASSIGN_OR_RETURN(const std::string element, OprfMultiply(secret_->scalar, OprfHashToGroup(input)));
  return Output(input, element);
}

OprfBlinded::~OprfBlinded() { OPENSSL_cleanse(blind.data(), blind.size()); }

absl::StatusOr<OprfBlinded> OprfBlind(absl::string_view input, Rng& rng) {
  RETURN_IF_ERROR(CheckLength(input));
  OprfBlinded blinded;
  blinded.input = std::string(input);
  blinded.blind = OprfRandomScalar(rng);
  ASSIGN_OR_RETURN(blinded.element, OprfMultiply(blinded.blind, OprfHashToGroup(input)));
  return blinded;
}

absl::StatusOr<std::vector<std::string>> OprfFinalize(const std::vector<OprfBlinded>& batch,
                                                      absl::string_view evaluated_elements, absl::string_view proof,
                                                      absl::string_view public_key) {
  if (!IsOprfElement(public_key)) return absl::InvalidArgumentError("the public key is not a ristretto255 element");
  std::string asked;
  for (const OprfBlinded& blinded : batch) asked += blinded.element;
  RETURN_IF_ERROR(CheckElements(asked));
  RETURN_IF_ERROR(CheckElements(evaluated_elements));
  if (evaluated_elements.size() != asked.size()) {
    return absl::InvalidArgumentError("there must be as many evaluated elements as blinded ones");
  }
  if (!ProofHolds(public_key, asked, evaluated_elements, proof)) {
    return Error(absl::StatusCode::kUnauthenticated, kOprfProofInvalid,
                 "the partner does not prove that it used the key that it published");
  }
  std::vector<std::string> outputs;
  outputs.reserve(batch.size());
  for (size_t i = 0; i < batch.size(); ++i) {
    ASSIGN_OR_RETURN(std::string inverse, OprfInvert(batch[i].blind));
    const Wiper wiper(inverse);
    ASSIGN_OR_RETURN(const std::string unblinded, OprfMultiply(inverse, Nth(evaluated_elements, i)));
    outputs.push_back(Output(batch[i].input, unblinded));
  }
  return outputs;
}

}  // namespace tamga::certs
