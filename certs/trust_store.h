// Whom to believe: each State's roots for that State's names, never for another's.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/openssl_ptr.h"
#include "certs/path.h"
#include "certs/principal.h"
#include "certs/profile.h"

namespace tamga::certs {

// A principal, and how long its certificates vouch for it.
struct Vouched {
  Principal principal;
  Validity validity;
};

// Immutable. Thread-safe.
class TrustStore {
 public:
  // One bundle a State: ("KAZ", its self-signed roots in PEM). InvalidArgument naming "trust_bundles" for a state that
  // is not three capitals, one named twice, or a bundle with anything but self-signed CA certificates, or with one that
  // names another State (see StatesNamedBy).
  static absl::StatusOr<TrustStore> Build(const std::vector<std::pair<std::string, std::string>>& bundles);

  // The principal of chain[0], if its profile fits the usage (see CheckLeafProfile) and the roots of the State that it
  // names, and only these, vouch for it at time `now` over the rest of the chain, at most 4 certificates.
  // Unauthenticated with a CERT_ code (see refusal.h) otherwise.
  absl::StatusOr<Principal> Verify(const CertificateChain& chain, Usage usage, absl::Time now) const;

  // As Verify, with the time during which the answer stays the same.
  absl::StatusOr<Vouched> Vouch(const CertificateChain& chain, Usage usage, absl::Time now) const;

  // True if there are roots for "KAZ".
  bool Knows(absl::string_view state) const;

  // All roots in one PEM text, for gRPC's handshake, which knows one store only. A handshake that it lets through
  // proves possession of a key and nothing about a name: that is for Verify.
  const std::string& AllRootsPem() const { return all_roots_pem_; }

 private:
  std::map<std::string, X509StorePtr, std::less<>> roots_;
  std::string all_roots_pem_;
};

}  // namespace tamga::certs
