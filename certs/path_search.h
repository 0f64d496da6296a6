// From a leaf to an anchor over whatever certificates came with it.
#pragma once

#include <cstddef>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "certs/algorithms.h"
#include "certs/certificate.h"

namespace tamga::certs {

struct PathSearchRules {
  size_t max_intermediates = 4;  // between the leaf and the anchor
  // Which signatures are taken, of those that SignatureAlgorithmOf knows; empty: all.
  std::vector<SignatureAlgorithm> signatures;
};

// Follows issuers' names and keys, in whatever order the certificates are, with anchors before others, and goes back to
// try the next where a path does not lead to an anchor or is not taken by its judge. However many certificates there
// are and whatever they say, at most kMaxCandidates issuers are tried, with one verification of a signature each.
//
// For one search. The certificates outlive it.
class PathSearch {
 public:
  static constexpr size_t kMaxCandidates = 128;

  // Says OK to a path, leaf first and anchor last, whose signatures verify and whose certificates are well formed with
  // keys in the list (CheckForm, CheckKey); only the anchor's own signature has not been looked at.
  using Judge = std::function<absl::Status(const CertificateChain& path)>;

  PathSearch(const CertificateChain& anchors, const CertificateChain& others, PathSearchRules rules)
      : anchors_(anchors), others_(others), rules_(std::move(rules)) {}

  // The first path that the judge takes. Otherwise what it said to the first that it saw, or, if it saw none, why there
  // is none: Unauthenticated (CERT_WEAK_SIGNATURE, CERT_WEAK_KEY, CERT_MALFORMED, CERT_BAD_SERIAL, CERT_BAD_EXTENSION,
  // CERT_PATH_TOO_LONG, CERT_UNTRUSTED). The leaf is not in the list of others.
  absl::StatusOr<CertificateChain> Find(const Certificate& leaf, const Judge& judge);

  // How many issuers have been tried.
  size_t candidates() const { return candidates_; }

 private:
  // What is known about why there is no path, least telling first.
  enum class Insight { kNothing, kNoIssuer, kBadSignature, kTooMuchWork, kTooLong, kBadCandidate, kJudged };

  bool Extend(CertificateChain& path, const Judge& judge);
  bool TryAnchor(CertificateChain& path, const Certificate& anchor, const Judge& judge);
  bool TryIntermediate(CertificateChain& path, const Certificate& issuer, const Judge& judge);
  // True if `issuer` issued the last of the path; counts, and notes what was wrong.
  bool IsIssuer(const CertificateChain& path, const Certificate& issuer);
  bool HasTakenSignature(const Certificate& certificate);
  void Note(Insight insight, const absl::Status& refusal);

  const CertificateChain& anchors_;
  const CertificateChain& others_;
  const PathSearchRules rules_;
  size_t candidates_ = 0;
  Insight insight_ = Insight::kNothing;
  absl::Status refusal_;
};

}  // namespace tamga::certs
