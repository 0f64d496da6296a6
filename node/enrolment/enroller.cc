#include "node/enrolment/enroller.h"

#include <algorithm>
#include <utility>

#include "certs/csr.h"
#include "certs/identity.h"
#include "certs/p256.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/enrolment/authority_client.h"

namespace tamga::enrolment {
namespace {

constexpr absl::Duration kShortestPause = absl::Minutes(1);
constexpr absl::Duration kLongestPause = absl::Hours(1);
// After a success, whatever the certificate says: an authority that issues for minutes must not be asked all the time.
constexpr absl::Duration kRest = absl::Seconds(5);
constexpr int kAlarmPart = 6;

absl::Duration LifeOf(const certs::Certificate& certificate) {
  return certificate.NotAfter() - certificate.NotBefore();
}

}  // namespace

double Enroller::Jitter() {
  const std::string byte = parts_.rng.Bytes(1);
  return 0.9 + 0.2 * static_cast<double>(static_cast<unsigned char>(byte.front())) / 255.0;
}

absl::Time Enroller::DueTimeOf(const certs::Certificate& certificate) {
  const std::string serial = certificate.SerialHex();
  if (!plan_ || plan_->serial != serial) {
    const double part = parts_.renew_after_percent * Jitter() / 100.0;
    plan_ = Plan{serial, certificate.NotBefore() + part * LifeOf(certificate)};
  }
  return plan_->due;
}

absl::Status Enroller::Renew(const exchange::TlsIdentity& current, const certs::Certificate& certificate) {
  ASSIGN_OR_RETURN(const certs::Principal principal, certs::IdentityOf(certificate));
  ASSIGN_OR_RETURN(const std::string key_pem, PrepareKey(parts_.files, false));
  ASSIGN_OR_RETURN(const certs::EvpPkeyPtr key, certs::ParsePrivateKeyPem(key_pem));
  ASSIGN_OR_RETURN(const std::string der, certs::MakeCsr(principal, *key));
  ASSIGN_OR_RETURN(const certs::Csr request, certs::Csr::FromDer(der));
  ASSIGN_OR_RETURN(const std::string chain_pem, parts_.ask(current, der));
  RETURN_IF_ERROR(CheckIssued(chain_pem, request, *parts_.trust.Get(), parts_.clock.Now()));
  RETURN_IF_ERROR(Replace(parts_.files, chain_pem));
  ASSIGN_OR_RETURN(const certs::CertificateChain chain, certs::ParsePemChain(chain_pem));
  Log(Severity::kInfo, "certificate renewed",
      {{"spiffe_id", principal.SpiffeId()},
       {"serial", chain.front().SerialHex()},
       {"not_after", UtcText(chain.front().NotAfter())}});
  return absl::OkStatus();
}

void Enroller::Failed(const absl::Status& why, const std::optional<certs::Certificate>& certificate) {
  const absl::Time now = parts_.clock.Now();
  pause_ = pause_ == absl::ZeroDuration() ? kShortestPause : std::min(pause_ * 2, kLongestPause);
  not_before_ = now + pause_ * Jitter();
  const bool is_alarm = !certificate || certificate->NotAfter() - now <= LifeOf(*certificate) / kAlarmPart;
  Log(is_alarm ? Severity::kError : Severity::kWarning, "certificate not renewed",
      {{"file", parts_.files.certificate_file},
       {"reason", ReasonOf(why)},
       {"detail", std::string(why.message())},
       {"not_after", certificate ? UtcText(certificate->NotAfter()) : ""},
       {"next_attempt", UtcText(not_before_)}});
}

void Enroller::RenewIfDue() {
  if (parts_.clock.Now() < not_before_) return;
  std::optional<certs::Certificate> certificate;
  const absl::Status status = [&]() -> absl::Status {
    RETURN_IF_ERROR(FinishReplacement(parts_.files));
    exchange::TlsIdentity current;
    ASSIGN_OR_RETURN(current.chain_pem, ReadFile(parts_.files.certificate_file));
    ASSIGN_OR_RETURN(const certs::CertificateChain chain, certs::ParsePemChain(current.chain_pem));
    certificate = chain.front();
    if (parts_.clock.Now() < DueTimeOf(chain.front())) return absl::OkStatus();
    ASSIGN_OR_RETURN(current.key_pem, ReadSecretFile(parts_.files.key_file));
    RETURN_IF_ERROR(Renew(current, chain.front()));
    not_before_ = parts_.clock.Now() + kRest;
    pause_ = absl::ZeroDuration();
    return absl::OkStatus();
  }();
  if (!status.ok()) Failed(status, certificate);
}

}  // namespace tamga::enrolment
