// Whether the certificate of a seal was revoked when it sealed.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "certs/revocations.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/evidence/checks.h"

namespace tamga::evidence {
namespace {

// A list tells of a time unless its own had ended by then. Once a certificate has expired its issuer may leave it out.
bool Covers(const certs::Crl& list, const certs::Certificate& certificate, absl::Time time) {
  return list.NextUpdate() >= time && list.ThisUpdate() <= certificate.NotAfter();
}

}  // namespace

// What the lists say of one certificate.
struct RevocationLists::Told {
  std::optional<absl::Time> revoked;  // since when, at the earliest
  std::optional<absl::Time> as_of;    // of the newest list that would name it, had it been revoked when it sealed
};

// Whether the issuer signed the list, and may.
bool RevocationLists::IsListOf(const certs::Certificate& issuer, const List& list) {
  const auto [known, is_new] = list.signed_by.try_emplace(Sha256(issuer.Der()), false);
  if (is_new) known->second = certs::Revocations().Add("", list.crl, issuer).ok();
  return known->second;
}

RevocationLists::Told RevocationLists::LookUp(const std::vector<List>& lists, const certs::Certificate& certificate,
                                              const certs::Certificate& issuer, absl::Time time) {
  Told told;
  for (const List& candidate : lists) {
    if (!IsListOf(issuer, candidate)) continue;
    const certs::Crl& list = candidate.crl;
    if (const std::optional<absl::Time> since = list.RevokedSince(certificate)) {
      told.revoked = std::min(told.revoked.value_or(*since), *since);
    }
    if (Covers(list, certificate, time)) {
      told.as_of = std::max(told.as_of.value_or(list.ThisUpdate()), list.ThisUpdate());
    }
  }
  return told;
}

RevocationLists::RevocationLists(const v1::EvidenceBundle& bundle, Findings findings) {
  for (const v1::RevocationEvidence& evidence : bundle.revocations()) {
    absl::StatusOr<certs::Crl> list = certs::Crl::FromDer(evidence.crl());
    if (list.ok()) {
      lists_[evidence.state()].push_back({*std::move(list)});
    } else {
      findings.NotVerifiable(absl::StrCat("a revocation list of ", evidence.state()),
                             std::string(list.status().message()));
    }
  }
}

RevocationLists::Judgement RevocationLists::Judge(const std::string& state, const certs::CertificateChain& path,
                                                  absl::Time time) const {
  const auto found = lists_.find(state);
  static const std::vector<List>& none = *new std::vector<List>;
  const std::vector<List>& lists = found == lists_.end() ? none : found->second;
  std::optional<absl::Time> revoked;
  absl::Time as_of = absl::InfiniteFuture();
  bool is_complete = path.size() > 1;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    const Told told = LookUp(lists, path[i], path[i + 1], time);
    if (told.revoked) revoked = std::min(revoked.value_or(*told.revoked), *told.revoked);
    is_complete = is_complete && told.as_of;
    as_of = std::min(as_of, told.as_of.value_or(as_of));
  }
  if (revoked && *revoked <= time) {
    return {revoked, true,
            absl::StrCat("its certificate, or that of an issuer, was revoked by then, since ", UtcText(*revoked))};
  }
  if (revoked) {
    return {revoked, false,
            absl::StrCat("its certificate, or that of an issuer, was revoked later, since ", UtcText(*revoked))};
  }
  if (is_complete) return {std::nullopt, false, absl::StrCat("not revoked, as the lists of ", UtcText(as_of), " say")};
  return {std::nullopt, false,
          "whether its certificate was revoked by then is not shown: the bundle lacks a revocation list"};
}

}  // namespace tamga::evidence
