#include "node/exchange/partner_certificates.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/exchange/tls.h"

namespace tamga::exchange {
namespace {

constexpr absl::Duration kRememberFor = absl::Minutes(1);

}  // namespace

void PartnerCertificates::Set(const std::string& agency, std::string certificate_pem, std::string chain_pem) {
  MutexLock lock(mutex_);
  shown_[agency] = Shown{std::move(certificate_pem), std::move(chain_pem), nullptr, {}, {}};
}

absl::Status PartnerCertificates::Check(const std::string& agency) const {
  const absl::Time now = clock_.Now();
  const std::shared_ptr<const certs::TrustStore> trust = trust_.Get();
  // Under the lock: there is one verification for each partner and minute.
  MutexLock lock(mutex_);
  const auto found = shown_.find(agency);
  if (found == shown_.end()) return absl::OkStatus();
  Shown& shown = found->second;
  if (shown.judge == trust && shown.from <= now && now < shown.until) return absl::OkStatus();
  shown.judge = nullptr;
  const absl::StatusOr<certs::Vouched> vouched =
      IdentifyPeer(*trust, shown.certificate_pem, shown.chain_pem, certs::Usage::kTlsServer, now);
  if (!vouched.ok()) {
    return Error(
        absl::StatusCode::kUnavailable, ReasonOf(vouched.status()),
        absl::StrCat("the certificate of the node of ", agency, " is no longer good: ", vouched.status().message()));
  }
  shown.judge = trust;
  shown.from = now;
  shown.until = std::min(now + kRememberFor, vouched->validity.not_after);
  return absl::OkStatus();
}

}  // namespace tamga::exchange
