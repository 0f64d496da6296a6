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
  const uint64_t before = shown_[agency].handshakes;
  shown_[agency] = Shown{before + 1, std::move(certificate_pem), std::move(chain_pem), {}, {}};
}

absl::Status PartnerCertificates::Check(const std::string& agency, certs::OldLists old_lists) const {
  const absl::Time now = clock_.Now();
  const std::shared_ptr<const certs::TrustStore> trust = trust_.Get();
  // Under the lock: there is one verification of either kind for each partner and minute.
  MutexLock lock(mutex_);
  const auto found = shown_.find(agency);
  if (found == shown_.end()) return absl::OkStatus();
  Shown& shown = found->second;
  Verdict& verdict = old_lists == certs::OldLists::kTaken ? shown.with_old_lists : shown.with_lists;
  if (verdict.judge == trust && verdict.from <= now && now < verdict.until) return absl::OkStatus();
  verdict.judge = nullptr;
  const absl::StatusOr<certs::Vouched> vouched =
      IdentifyPeer(*trust, shown.certificate_pem, shown.chain_pem, certs::Usage::kTlsServer, now, old_lists);
  if (!vouched.ok()) {
    return Error(
        absl::StatusCode::kUnavailable, ReasonOf(vouched.status()),
        absl::StrCat("the certificate of the node of ", agency, " is no longer good: ", vouched.status().message()),
        MetadataOf(vouched.status()));
  }
  verdict = Verdict{trust, now, std::min(now + kRememberFor, vouched->validity.not_after), vouched->path};
  return absl::OkStatus();
}

std::optional<certs::CertificateChain> PartnerCertificates::PathOf(const std::string& agency) const {
  if (!Check(agency, certs::OldLists::kTaken).ok()) return std::nullopt;
  MutexLock lock(mutex_);
  const auto found = shown_.find(agency);
  // Another handshake may have come between.
  if (found == shown_.end() || found->second.with_old_lists.path.empty()) return std::nullopt;
  return found->second.with_old_lists.path;
}

uint64_t PartnerCertificates::Handshakes(const std::string& agency) const {
  MutexLock lock(mutex_);
  const auto found = shown_.find(agency);
  return found == shown_.end() ? 0 : found->second.handshakes;
}

}  // namespace tamga::exchange
