#include "certs/seal_verifier.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/refusal.h"
#include "node/base/encoding.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

// The only signature of the algorithm that every node accepts.
absl::StatusOr<const v1::Signature*> AcceptedSignature(const SealVerifier::Signatures& signatures) {
  if (signatures.empty()) return Refused(kSealMissing, "the message is not sealed");
  if (static_cast<size_t>(signatures.size()) > kMostSignatures)
    return Refused(kSealInvalid, "the message has more than 8 signatures");
  const v1::Signature* accepted = nullptr;
  std::set<absl::string_view> algorithms;
  for (const v1::Signature& signature : signatures) {
    if (!algorithms.insert(signature.algorithm()).second) {
      return Refused(kSealInvalid, "the message has two signatures of one algorithm");
    }
    if (signature.algorithm() == kEcdsaP256Sha256) accepted = &signature;
  }
  if (accepted == nullptr) {
    return Refused(kSealMissing, absl::StrCat("the message has no ", kEcdsaP256Sha256, " signature"));
  }
  return accepted;
}

std::string ChainDigest(const v1::Signature& signature) {
  std::string chain;
  for (const std::string& der : signature.certificate_chain()) absl::StrAppend(&chain, der.size(), " ", der);
  return Sha256(chain);
}

// Whether the sealer's signature of an extra algorithm is good, or need not be there.
absl::Status CheckExtra(const ExtraAlgorithm& extra, const SealVerifier::Signatures& signatures,
                        const Principal& sealer, absl::string_view encoded) {
  const bool is_required = extra.required_of.count(sealer.State()) > 0;
  const auto signature = std::find_if(signatures.begin(), signatures.end(), [&](const v1::Signature& candidate) {
    return candidate.algorithm() == extra.algorithm;
  });
  if (signature == signatures.end()) {
    if (!is_required) return absl::OkStatus();
    return Refused(kSealMissing, absl::StrCat("the message has no ", extra.algorithm, " signature, which seals of ",
                                              sealer.State(), " must have here"));
  }
  const auto of_agency = extra.keys.find(sealer.agency);
  if (of_agency == extra.keys.end() && !is_required) return absl::OkStatus();
  const auto untrusted = [&] {
    return Refused(kSealUntrusted, absl::StrCat("the ", extra.algorithm, " signature is by a key that is not known as ",
                                                sealer.agency, "'s; add it to extra_seals.keys"));
  };
  if (of_agency == extra.keys.end()) return untrusted();
  const auto key = of_agency->second.find(signature->key_id());
  if (key == of_agency->second.end()) return untrusted();
  return extra.verifier->Verify(key->second, encoded, signature->value());
}

absl::Status Untrusted(const absl::Status& cause) {
  std::map<std::string, std::string> particulars = MetadataOf(cause);
  particulars["certificate"] = ReasonOf(cause);
  return Refused(kSealUntrusted, absl::StrCat("the seal's certificate is refused: ", cause.message()), particulars);
}

}  // namespace

absl::StatusOr<Principal> SealVerifier::Verify(const Signatures& signatures, absl::string_view type,
                                               absl::string_view header, absl::Time sealed_at, absl::Time now) const {
  ASSIGN_OR_RETURN(const v1::Signature* signature, AcceptedSignature(signatures));
  ASSIGN_OR_RETURN(const std::shared_ptr<const Sealer> sealer, SealerOf(*signature, sealed_at, now));
  if (signature->key_id() != sealer->key_id) {
    return Refused(kSealInvalid, "the signature's key_id is not that of its certificate");
  }
  const std::string encoded = PreAuthEncode(type, header);
  RETURN_IF_ERROR(sealer->key.Verify(encoded, signature->value()));
  for (const ExtraAlgorithm& extra : extras_) {
    RETURN_IF_ERROR(CheckExtra(extra, signatures, sealer->vouched.principal, encoded));
  }
  return sealer->vouched.principal;
}

absl::StatusOr<CertificateChain> SealVerifier::PathOf(const Signatures& signatures, absl::Time sealed_at,
                                                      absl::Time now) const {
  ASSIGN_OR_RETURN(const v1::Signature* signature, AcceptedSignature(signatures));
  ASSIGN_OR_RETURN(const std::shared_ptr<const Sealer> sealer, SealerOf(*signature, sealed_at, now));
  return sealer->vouched.path;
}

absl::StatusOr<std::shared_ptr<const SealVerifier::Sealer>> SealVerifier::SealerOf(const v1::Signature& signature,
                                                                                   absl::Time sealed_at,
                                                                                   absl::Time now) const {
  const std::string digest = ChainDigest(signature);
  const std::shared_ptr<const TrustStore> trust = trust_.Get();
  {
    const MutexLock lock(mutex_);
    if (judge_ != trust) {
      remembered_.clear();
      judge_ = trust;
    }
    const auto found = remembered_.find(digest);
    if (found != remembered_.end() && found->second->vouched.certificates.Covers(sealed_at) &&
        found->second->vouched.lists.Covers(now)) {
      return found->second;
    }
  }
  ASSIGN_OR_RETURN(std::shared_ptr<const Sealer> sealer, VouchedSealer(*trust, signature, sealed_at, now));
  const MutexLock lock(mutex_);
  if (judge_ != trust) return sealer;
  // Only good chains get here, and there are as many as agencies: more than the bound means that most are old.
  if (remembered_.size() >= kMaxRemembered) remembered_.clear();
  remembered_[digest] = sealer;
  return sealer;
}

absl::StatusOr<std::shared_ptr<const SealVerifier::Sealer>> SealVerifier::VouchedSealer(const TrustStore& trust,
                                                                                        const v1::Signature& signature,
                                                                                        absl::Time sealed_at,
                                                                                        absl::Time now) const {
  CertificateChain chain;
  for (const std::string& der : signature.certificate_chain()) {
    absl::StatusOr<Certificate> certificate = Certificate::FromDer(der);
    if (!certificate.ok()) return Untrusted(certificate.status());
    chain.push_back(*std::move(certificate));
  }
  absl::StatusOr<Vouched> vouched = trust.VouchSigned(chain, Usage::kSeal, sealed_at, now);
  if (!vouched.ok()) return Untrusted(vouched.status());
  absl::StatusOr<P256PublicKey> key = P256PublicKey::FromSpki(chain.front().Spki());
  if (!key.ok()) return Untrusted(Refused(kCertWeakKey, key.status().message()));
  return std::make_shared<const Sealer>(Sealer{*std::move(vouched), *std::move(key), chain.front().SpkiSha256()});
}

size_t SealVerifier::RememberedForTest() const {
  const MutexLock lock(mutex_);
  return remembered_.size();
}

}  // namespace tamga::certs
