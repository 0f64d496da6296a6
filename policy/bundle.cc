#include "policy/bundle.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "certs/possession.h"
#include "certs/trust_store.h"
#include "node/base/encoding.h"
#include "node/base/status_macros.h"
#include "policy/day.h"
#include "policy/validate_forms.h"

namespace tamga::policy {
namespace {

constexpr int kMostRoots = 16;
constexpr uint32_t kUsualHint = 3'600;
constexpr uint32_t kLeastHint = 60;
constexpr uint32_t kMostHint = 604'800;

absl::StatusOr<certs::Certificate> CertificateOf(const v1::BundleRoot& root) {
  ASSIGN_OR_RETURN(const std::string der, Base64Decode(root.certificate()));
  return certs::Certificate::FromDer(der);
}

void CheckDays(const v1::BundleRoot& root, const std::string& effective_on, const Place& place, Findings* findings) {
  const std::string& from = root.trusted_from().empty() ? effective_on : root.trusted_from();
  if (!root.trusted_from().empty()) CheckDay(root.trusted_from(), place.Field("trusted_from"), findings);
  if (root.trusted_until().empty()) return;
  CheckDay(root.trusted_until(), place.Field("trusted_until"), findings);
  const std::optional<absl::Time> begin = ParseDay(from);
  const std::optional<absl::Time> end = ParseDay(root.trusted_until());
  if (begin && end && *end <= *begin) {
    findings->Add(place.Field("trusted_until"), "must be a later day than the first on which the root is believed");
  }
}

void CheckBundleRoot(const std::string& state, const v1::BundleRoot& root, std::set<std::string>* seen,
                     const Place& place, Findings* findings) {
  const absl::StatusOr<certs::Certificate> certificate = CertificateOf(root);
  if (!certificate.ok()) {
    findings->Add(place.Field("certificate"),
                  absl::StrCat("must be a certificate's DER in base64: ", certificate.status().message()));
    return;
  }
  CheckUnique(seen, root.certificate(), place.Field("certificate"), findings);
  if (const auto trust = certs::TrustStore::Build({{state, certificate->Pem()}}); !trust.ok()) {
    findings->Add(place.Field("certificate"),
                  absl::StrCat("cannot be a root of the State: ", trust.status().message()));
  }
  const absl::StatusOr<std::string> proof = Base64Decode(root.possession());
  if (!proof.ok() || !certs::CheckPossession(state, *certificate, *proof).ok()) {
    findings->Add(place.Field("possession"),
                  absl::StrCat("is not by the root's key for ", state, "; make it with: tamga pki root-entry"));
  }
}

}  // namespace

void CheckChangeRoots(const v1::Instrument& instrument, const Place& place, Findings* findings) {
  const v1::ChangeRoots& act = instrument.change_roots();
  if (act.roots().empty() || act.roots_size() > kMostRoots) {
    // Nothing is verified of more: each costs a signature.
    findings->Add(place.Field("roots"), absl::StrCat("must be 1 to ", kMostRoots));
    return;
  }
  if (act.refresh_hint_s() != 0 && (act.refresh_hint_s() < kLeastHint || act.refresh_hint_s() > kMostHint)) {
    findings->Add(place.Field("refresh_hint_s"),
                  absl::StrCat("must be ", kLeastHint, " to ", kMostHint, ", or 0 for ", kUsualHint));
  }
  std::set<std::string> seen;
  for (int i = 0; i < act.roots_size(); ++i) {
    const Place root = place.Element("roots", i);
    CheckBundleRoot(instrument.state(), act.roots(i), &seen, root, findings);
    CheckDays(act.roots(i), instrument.effective_on(), root, findings);
  }
}

std::optional<Bundle> BundleAt(const Register& acts, absl::Time now) {
  const VerifiedAct* newest = nullptr;
  for (const VerifiedAct& act : acts.acts()) {
    if (!act.instrument.has_change_roots()) continue;
    if (ParseDay(act.instrument.effective_on()).value_or(absl::InfiniteFuture()) <= now) newest = &act;
  }
  if (newest == nullptr) return std::nullopt;
  const v1::ChangeRoots& change = newest->instrument.change_roots();
  Bundle bundle;
  bundle.number = newest->number;
  bundle.refresh_hint_s = change.refresh_hint_s() == 0 ? kUsualHint : change.refresh_hint_s();
  for (const v1::BundleRoot& root : change.roots()) {
    // An empty day is no bound.
    if (ParseDay(root.trusted_from()).value_or(absl::InfinitePast()) > now) continue;
    const std::optional<absl::Time> until = ParseDay(root.trusted_until());
    if (until.value_or(absl::InfiniteFuture()) <= now) continue;
    if (absl::StatusOr<certs::Certificate> certificate = CertificateOf(root); certificate.ok()) {
      if (until) bundle.trusted_until[Sha256(certificate->Der())] = *until;
      bundle.roots.push_back(*std::move(certificate));
    }
  }
  return bundle;
}

std::set<std::string> RootsEverNamed(const Register& acts) {
  std::set<std::string> named;
  for (const VerifiedAct& act : acts.acts()) {
    for (const v1::BundleRoot& root : act.instrument.change_roots().roots()) {
      if (const absl::StatusOr<std::string> der = Base64Decode(root.certificate()); der.ok()) {
        named.insert(Sha256(*der));
      }
    }
  }
  return named;
}

}  // namespace tamga::policy
