#include "node/enrolment/renewal_loop.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "certs/certificate.h"
#include "certs/csr.h"
#include "certs/purposes.h"
#include "certs/seal.h"
#include "certs/signer.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/enrolment/authority_client.h"

namespace tamga::enrolment {
namespace {

constexpr std::chrono::seconds kPause{1};
constexpr absl::Duration kTimeout = absl::Seconds(10);

KeyFiles FilesOf(const v1::KeyPair& pair) { return {pair.certificate_file(), pair.key_file()}; }

AuthorityEndpoint AuthorityOf(const v1::NodeConfig& config) {
  return {config.enrolment().authority_address(), StateOf(config.agency())};
}

EnrollerParts TlsPartsOf(const v1::NodeConfig& config, const certs::CurrentTrust& trust, const Clock& clock, Rng& rng) {
  return {
      FilesOf(config.tls()),
      config.enrolment().renew_after_percent(),
      trust,
      clock,
      rng,
      [authority = AuthorityOf(config), &trust, &clock](const exchange::TlsIdentity& current, absl::string_view csr) {
        return AskForCertificate(ConnectAuthority(authority, trust.Get(), clock, current), csr, "", kTimeout);
      }};
}

// The seal that is to be replaced says that it wants to be.
absl::StatusOr<v1::Signature> SignBy(const exchange::TlsIdentity& seal, absl::string_view csr) {
  ASSIGN_OR_RETURN(certs::CertificateChain chain, certs::ParsePemChain(seal.chain_pem));
  ASSIGN_OR_RETURN(std::unique_ptr<certs::P256Signer> signer, certs::P256Signer::FromPem(seal.key_pem));
  ASSIGN_OR_RETURN(const certs::Seal current, certs::Seal::Create(std::move(signer), std::move(chain)));
  return current.Sign(certs::kCertificateRequestType, csr);
}

// A key that is in a token or in a process of its own stays there, and is certified again.
EnrollerParts SealPartsOf(const v1::NodeConfig& config, const certs::CurrentTrust& trust,
                          const certs::CurrentSeal& seal, const Clock& clock, Rng& rng) {
  const bool has_file = !config.seal().key_file().empty();
  EnrollerParts parts = {
      FilesOf(config.seal()),
      config.enrolment().renew_after_percent(),
      trust,
      clock,
      rng,
      [authority = AuthorityOf(config), tls = FilesOf(config.tls()), has_file, &seal, &trust, &clock](
          const exchange::TlsIdentity& current, absl::string_view csr) -> absl::StatusOr<std::string> {
        exchange::TlsIdentity caller;
        ASSIGN_OR_RETURN(caller.chain_pem, ReadFile(tls.certificate_file));
        ASSIGN_OR_RETURN(caller.key_pem, ReadSecretFile(tls.key_file));
        ASSIGN_OR_RETURN(const v1::Signature signature,
                         has_file ? SignBy(current, csr) : seal.Get()->Sign(certs::kCertificateRequestType, csr));
        return AskForSealCertificate(ConnectAuthority(authority, trust.Get(), clock, caller), csr, signature, kTimeout);
      }};
  if (!has_file) {
    parts.request_by_key = [&seal](const certs::Principal& principal) { return seal.Get()->MakeCsr(principal); };
  }
  return parts;
}

std::optional<Enroller> SealEnrollerOf(const v1::NodeConfig& config, const certs::CurrentTrust& trust,
                                       const certs::CurrentSeal& seal, const Clock& clock, Rng& rng) {
  if (!config.enrolment().renew_seal()) return std::nullopt;
  return Enroller(SealPartsOf(config, trust, seal, clock, rng));
}

}  // namespace

RenewalLoop::RenewalLoop(const v1::NodeConfig& config, const certs::CurrentTrust& trust, const certs::CurrentSeal& seal,
                         const Clock& clock, Rng& rng)
    : tls_(TlsPartsOf(config, trust, clock, rng)),
      seal_(SealEnrollerOf(config, trust, seal, clock, rng)),
      thread_(kPause, RepeatingThread::First::kAtOnce, [this] {
        tls_.RenewIfDue();
        if (seal_) seal_->RenewIfDue();
      }) {}

}  // namespace tamga::enrolment
