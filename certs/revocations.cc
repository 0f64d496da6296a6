#include "certs/revocations.h"

#include <algorithm>

#include "certs/algorithms.h"
#include "certs/extensions.h"
#include "certs/openssl_ptr.h"
#include "certs/refusal.h"

namespace tamga::certs {

absl::Status Revocations::Add(absl::string_view state, const Crl& list, const Certificate& issuer) {
  if (!CheckKey(issuer).ok() || (KeyUsageIn(issuer) & KU_CRL_SIGN) == 0 || !list.IsSignedBy(issuer)) {
    return Refused(kRevocationUntrusted, "the list is not signed by its issuer, or that may not sign lists");
  }
  if (const Crl* held = Find(state, issuer); held != nullptr) {
    if (list.IsOlderThan(*held)) return Refused(kRevocationStale, "a newer list of the issuer is at hand");
    if (list.HasNumberOf(*held) && list.Der() != held->Der()) {
      return Refused(kRevocationUntrusted, "the issuer has signed two lists with one number");
    }
  }
  lists_.insert_or_assign({std::string(state), issuer.SpkiSha256()}, list);
  return absl::OkStatus();
}

absl::StatusOr<Validity> Revocations::Check(absl::string_view state, const Certificate& certificate,
                                            const Certificate& issuer, const RevocationBounds& bounds) const {
  const Crl* list = Find(state, issuer);
  if (list == nullptr) return Refused(kRevocationUnknown, "there is no revocation list of an issuer");
  if (list->RevokedSince(certificate)) {
    return Refused(kCertRevoked, "the certificate, or that of an issuer, has been revoked");
  }
  const Validity validity{list->ThisUpdate(), std::min(list->NextUpdate(), list->ThisUpdate() + bounds.max_age)};
  if (bounds.now + bounds.skew < validity.not_before) {
    return Refused(kRevocationFuture, "an issuer's revocation list is of a time to come");
  }
  if (bounds.now - bounds.skew > validity.not_after) {
    return Refused(kRevocationStale, "an issuer's revocation list is too old");
  }
  return validity;
}

std::optional<absl::Time> Revocations::AsOf(absl::string_view state, const Certificate& issuer) const {
  const Crl* list = Find(state, issuer);
  if (list == nullptr) return std::nullopt;
  return list->ThisUpdate();
}

std::optional<absl::Time> Revocations::NewestBeside(absl::string_view state, const CertificateChain& others) const {
  std::optional<absl::Time> newest;
  for (const auto& [name, list] : lists_) {
    const auto is_its_issuer = [key = &name.second](const Certificate& other) { return other.SpkiSha256() == *key; };
    if (name.first != state || std::any_of(others.begin(), others.end(), is_its_issuer)) continue;
    newest = std::max(newest.value_or(list.ThisUpdate()), list.ThisUpdate());
  }
  return newest;
}

const Crl* Revocations::Find(absl::string_view state, const Certificate& issuer) const {
  const auto found = lists_.find({std::string(state), issuer.SpkiSha256()});
  return found == lists_.end() ? nullptr : &found->second;
}

}  // namespace tamga::certs
