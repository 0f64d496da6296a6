#include "certs/path_search.h"

#include <openssl/x509v3.h>

#include <algorithm>

#include "certs/certificate_form.h"
#include "certs/openssl_error.h"
#include "certs/refusal.h"

namespace tamga::certs {
namespace {

constexpr char kAnIssuer[] = "an issuer of the certificate";

// By name, and by key identifier where both say one: not yet by signature.
bool MayHaveIssued(const Certificate& issuer, const Certificate& subject) {
  if (X509_NAME_cmp(X509_get_subject_name(issuer.native()), X509_get_issuer_name(subject.native())) != 0) return false;
  const ASN1_OCTET_STRING* wanted = X509_get0_authority_key_id(subject.native());
  const ASN1_OCTET_STRING* own = X509_get0_subject_key_id(issuer.native());
  return wanted == nullptr || own == nullptr || ASN1_OCTET_STRING_cmp(wanted, own) == 0;
}

// The same name and key stand in a path once: a certificate that comes back to them leads in a circle.
bool IsInPath(const CertificateChain& path, const Certificate& certificate) {
  return std::any_of(path.begin(), path.end(), [&](const Certificate& other) {
    return other.Spki() == certificate.Spki() &&
           X509_NAME_cmp(X509_get_subject_name(other.native()), X509_get_subject_name(certificate.native())) == 0;
  });
}

}  // namespace

absl::StatusOr<CertificateChain> PathSearch::Find(const Certificate& leaf, const Judge& judge) {
  CertificateChain path = {leaf};
  if (Extend(path, judge)) return path;
  return refusal_;
}

bool PathSearch::Extend(CertificateChain& path, const Judge& judge) {
  if (!HasTakenSignature(path.back())) return false;
  bool has_candidate = false;
  for (const CertificateChain* certificates : {&anchors_, &others_}) {
    for (const Certificate& issuer : *certificates) {
      if (candidates_ == kMaxCandidates) {
        Note(Insight::kTooMuchWork, Refused(kCertUntrusted, "too many certificates could be issuers of each other"));
        return false;
      }
      if (!MayHaveIssued(issuer, path.back()) || IsInPath(path, issuer)) continue;
      has_candidate = true;
      const bool is_anchor = certificates == &anchors_;
      if (is_anchor ? TryAnchor(path, issuer, judge) : TryIntermediate(path, issuer, judge)) return true;
    }
  }
  if (!has_candidate) Note(Insight::kNoIssuer, Refused(kCertUntrusted, "the certificates do not lead to a root"));
  return false;
}

bool PathSearch::TryAnchor(CertificateChain& path, const Certificate& anchor, const Judge& judge) {
  if (!IsIssuer(path, anchor)) return false;
  path.push_back(anchor);
  const absl::Status judgement = judge(path);
  if (judgement.ok()) return true;
  Note(Insight::kJudged, judgement);
  path.pop_back();
  return false;
}

bool PathSearch::TryIntermediate(CertificateChain& path, const Certificate& issuer, const Judge& judge) {
  if (path.size() > rules_.max_intermediates) {
    Note(Insight::kTooLong, Refused(kCertPathTooLong, "there are too many issuers between the certificate and a root"));
    return false;
  }
  if (!IsIssuer(path, issuer)) return false;
  path.push_back(issuer);
  if (Extend(path, judge)) return true;
  path.pop_back();
  return false;
}

bool PathSearch::IsIssuer(const CertificateChain& path, const Certificate& issuer) {
  ++candidates_;
  // Before its key is used for anything: a key that is not in the list may be made to be slow.
  absl::Status candidate = CheckKey(issuer);
  if (candidate.ok()) candidate = CheckForm(issuer);
  if (!candidate.ok()) {
    Note(Insight::kBadCandidate, Annotate(candidate, kAnIssuer));
    return false;
  }
  if (X509_verify(path.back().native(), X509_get0_pubkey(issuer.native())) == 1) return true;
  DrainOpenSslErrors();
  Note(Insight::kBadSignature, Refused(kCertUntrusted, "a signature does not verify with the issuer's key"));
  return false;
}

bool PathSearch::HasTakenSignature(const Certificate& certificate) {
  const std::optional<SignatureAlgorithm> algorithm = SignatureAlgorithmOf(certificate);
  const std::vector<SignatureAlgorithm>& taken = rules_.signatures;
  if (algorithm && (taken.empty() || std::find(taken.begin(), taken.end(), *algorithm) != taken.end())) return true;
  Note(Insight::kBadCandidate, Refused(kCertWeakSignature, "a signature's algorithm is not one of those allowed"));
  return false;
}

void PathSearch::Note(Insight insight, const absl::Status& refusal) {
  if (insight <= insight_) return;
  insight_ = insight;
  refusal_ = refusal;
}

}  // namespace tamga::certs
