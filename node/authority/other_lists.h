// By what certificates are renewed here that this authority did not sign: revocation lists in files, of the root and of
// the State's other issuing authorities.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "certs/certificate.h"
#include "certs/revocations.h"
#include "certs/trust_store.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"

namespace tamga::authority {

// Thread-safe.
class OtherLists {
 public:
  // `files` are PEM as of trust::ReadListFile, taken together: the certificate of an issuer may be in another file than
  // its list. `trust` has the State's root; it and `clock` outlive this.
  OtherLists(const certs::TrustStore& trust, std::string state, std::vector<std::string> files, const Clock& clock);

  // Reads the files. Lists only ever become newer; what cannot be used has a line in the operator's log, once.
  void Look();

  // OK without files. With them, if no certificate of the path (leaf first, root last) is on a list of its issuer, the
  // root's list is there, and those that are there are current. Unauthenticated (CERT_REVOKED, REVOCATION_UNKNOWN,
  // REVOCATION_STALE, REVOCATION_FROM_THE_FUTURE) otherwise.
  absl::Status Check(const certs::CertificateChain& path) const;

 private:
  absl::Status Read(certs::Revocations& lists) const;

  const certs::TrustStore& trust_;
  const std::string state_;
  const std::vector<std::string> files_;
  const Clock& clock_;
  mutable Mutex mutex_;
  std::shared_ptr<const certs::Revocations> lists_ ABSL_GUARDED_BY(mutex_);
  std::string said_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::authority
