// What the node shows and seals with, taken over anew from the configured files while it serves.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/current_seal.h"
#include "certs/current_trust.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/exchange/tls_identity.h"
#include "node/exchange/tls_material.h"
#include "node/main/config_parts.h"
#include "node/main/expiry.h"
#include "node/main/own_certificates.h"
#include "tamga/v1/node_config.pb.h"

namespace tamga::node {

// All references outlive the credentials.
struct CredentialParts {
  const v1::NodeConfig& config;  // names the files
  const certs::CurrentTrust& trust;
  const Clock& clock;
  exchange::TlsMaterial& tls;
  certs::CurrentSeal& seal;
  std::vector<std::shared_ptr<const certs::Signer>> extra_signers;  // for each seal (Seal::AlsoSignBy)
  // Called with a TLS identity that was taken over, for whatever shows it beside `tls`. An error keeps it from counting
  // as taken over: it is tried again.
  std::function<absl::Status(const exchange::TlsIdentity& next)> tls_changed;
  // Called before anything is sealed with another key, so that the change is on record. An error leaves the old one.
  std::function<absl::Status(const certs::Seal& next)> seal_changes;
  // When roots are no longer believed though they are still valid, by SHA-256 of their certificates.
  std::function<std::map<std::string, absl::Time>()> roots_until = [] { return std::map<std::string, absl::Time>(); };
};

// The checks are those of the start (LoadOwnKeys), and none of the files' mistakes reaches what serves: all is taken
// over or nothing. Thread-safe.
class Credentials {
 public:
  enum class Trigger {
    kTime,     // files that changed just now may still be written: their mistakes are told when they are settled
    kOperator  // tells all mistakes at once
  };

  // `tls` is what parts.tls shows.
  Credentials(CredentialParts parts, exchange::TlsIdentity tls);

  // Takes over what the files hold if it is not what is in use. Mistakes become error lines "credentials not taken
  // over", the same ones once an hour unless the operator asks.
  void Check(Trigger trigger);

  // Judges the certificates in use by the trust of now (see OwnCertificates); what it finds stands until it is called
  // again.
  void LookAtOwn();
  const OwnCertificates& own() const { return own_; }

  // The identity in use.
  exchange::TlsIdentity tls() const;

  // Why what the files hold is not in use, "field: what is wrong; how to mend it"; empty if it is in use.
  std::vector<std::string> refused() const;

  // The certificates in use, their issuers, and the roots of all States.
  std::vector<DatedCertificate> Certificates() const;
  // The issuers of the certificates in use, below the roots.
  certs::CertificateChain Issuers() const;

 private:
  absl::Status CheckNames(const OwnKeys& next) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(checking_);
  absl::Status TakeOver(OwnKeys next) ABSL_EXCLUSIVE_LOCKS_REQUIRED(checking_);
  absl::Status TakeOverTls(const exchange::TlsIdentity& next) ABSL_EXCLUSIVE_LOCKS_REQUIRED(checking_);
  absl::Status TakeOverSeal(certs::Seal next) ABSL_EXCLUSIVE_LOCKS_REQUIRED(checking_);
  void Refuse(const absl::Status& why, Trigger trigger) ABSL_EXCLUSIVE_LOCKS_REQUIRED(checking_);
  void SetRefused(std::vector<std::string> lines);

  const CredentialParts parts_;
  OwnCertificates own_;
  // One look at a time. It may take long: a token or the log may not answer. Nobody else waits for it.
  Mutex checking_;
  std::string taken_ ABSL_GUARDED_BY(checking_);  // digest of the files that are in use
  std::string seen_ ABSL_GUARDED_BY(checking_);   // of those that were looked at last
  absl::Time refused_at_ ABSL_GUARDED_BY(checking_);
  mutable Mutex mutex_;
  exchange::TlsIdentity tls_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> refused_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::node
