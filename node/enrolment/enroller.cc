#include "node/enrolment/enroller.h"

#include <algorithm>
#include <utility>

#include "certs/csr.h"
#include "certs/identity.h"
#include "certs/issuing_authority.h"
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
// After any attempt, whatever the certificate says: an authority that issues for minutes must not be asked all the
// time.
constexpr absl::Duration kRest = absl::Seconds(5);
constexpr int kAlarmPart = 6;

// How much of what is left of a certificate a pause may take.
constexpr int kPausePart = 5;

}  // namespace

double Enroller::Jitter() {
  const std::string byte = parts_.rng.Bytes(1);
  return 0.9 + 0.2 * static_cast<double>(static_cast<unsigned char>(byte.front())) / 255.0;
}

Enroller::Plan Enroller::PlanFor(const certs::Certificate& certificate, absl::Time received) {
  const double part = parts_.renew_after_percent * Jitter() / 100.0;
  return {certificate.SerialHex(), received, received + part * (certificate.NotAfter() - received)};
}

// Of one that came before this process, or from elsewhere, nobody knows when it was received: our authorities say that
// it holds kBackdating earlier.
const Enroller::Plan& Enroller::PlanOf(const certs::Certificate& certificate) {
  if (!plan_ || plan_->serial != certificate.SerialHex()) {
    plan_ = PlanFor(certificate, std::min(certificate.NotBefore() + certs::kBackdating, parts_.clock.Now()));
  }
  return *plan_;
}

absl::StatusOr<std::string> Enroller::MakeRequest(const certs::Principal& principal,
                                                  const certs::Certificate& certificate) {
  if (parts_.request_by_key) {
    ASSIGN_OR_RETURN(std::string der, parts_.request_by_key(principal));
    ASSIGN_OR_RETURN(const certs::Csr request, certs::Csr::FromDer(der));
    if (request.key_sha256() == certificate.SpkiSha256()) return der;
    return absl::FailedPreconditionError("the certificate in the file is not for the key that is in use");
  }
  ASSIGN_OR_RETURN(const std::string key_pem, PrepareKey(parts_.files, false));
  ASSIGN_OR_RETURN(const certs::EvpPkeyPtr key, certs::ParsePrivateKeyPem(key_pem));
  return certs::MakeCsr(principal, *key);
}

absl::StatusOr<std::string> Enroller::AskFor(const std::string& request, const exchange::TlsIdentity& current) {
  ASSIGN_OR_RETURN(const certs::Csr asked, certs::Csr::FromDer(request));
  ASSIGN_OR_RETURN(std::string chain_pem, parts_.ask(current, request));
  RETURN_IF_ERROR(CheckIssued(chain_pem, asked, *parts_.trust.Get(), parts_.clock.Now()));
  return chain_pem;
}

absl::Status Enroller::Renew(const exchange::TlsIdentity& current, const certs::Certificate& certificate) {
  ASSIGN_OR_RETURN(const certs::Principal principal, certs::IdentityOf(certificate));
  ASSIGN_OR_RETURN(const std::string request, MakeRequest(principal, certificate));
  const absl::StatusOr<std::string> chain_pem = AskFor(request, current);
  if (!chain_pem.ok()) {
    if (!parts_.request_by_key) DiscardKey(parts_.files);  // the next attempt makes another
    return chain_pem.status();
  }
  RETURN_IF_ERROR(parts_.request_by_key ? WriteFile(parts_.files.certificate_file, *chain_pem)
                                        : Replace(parts_.files, *chain_pem));
  ASSIGN_OR_RETURN(const certs::CertificateChain chain, certs::ParsePemChain(*chain_pem));
  plan_ = PlanFor(chain.front(), parts_.clock.Now());
  Log(Severity::kInfo, "certificate renewed",
      {{"spiffe_id", principal.SpiffeId()},
       {"serial", chain.front().SerialHex()},
       {"not_after", UtcText(chain.front().NotAfter())}});
  return absl::OkStatus();
}

void Enroller::Failed(const absl::Status& why, const std::optional<certs::Certificate>& certificate) {
  const absl::Time now = parts_.clock.Now();
  pause_ = pause_ == absl::ZeroDuration() ? kShortestPause : std::min(pause_ * 2, kLongestPause);
  absl::Duration pause = pause_ * Jitter();
  bool is_alarm = true;
  if (certificate) {
    const absl::Duration left = certificate->NotAfter() - now;
    if (left > absl::ZeroDuration()) pause = std::max(std::min(pause, left / kPausePart), kRest);
    is_alarm = left <= (certificate->NotAfter() - PlanOf(*certificate).received) / kAlarmPart;
  }
  not_before_ = now + pause;
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
    if (!parts_.request_by_key) RETURN_IF_ERROR(FinishReplacement(parts_.files));
    exchange::TlsIdentity current;
    ASSIGN_OR_RETURN(current.chain_pem, ReadFile(parts_.files.certificate_file));
    ASSIGN_OR_RETURN(const certs::CertificateChain chain, certs::ParsePemChain(current.chain_pem));
    certificate = chain.front();
    if (parts_.clock.Now() < PlanOf(chain.front()).due) return absl::OkStatus();
    if (!parts_.request_by_key) {
      ASSIGN_OR_RETURN(current.key_pem, ReadSecretFile(parts_.files.key_file));
    }
    RETURN_IF_ERROR(Renew(current, chain.front()));
    not_before_ = parts_.clock.Now() + kRest;
    pause_ = absl::ZeroDuration();
    return absl::OkStatus();
  }();
  if (!status.ok()) Failed(status, certificate);
}

}  // namespace tamga::enrolment
