// New keys and certificates for nodes that run, put where their configurations say, as whoever renews them would.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "certs/authority.h"
#include "certs/certificate.h"
#include "tests/federation/federation.h"

namespace tamga::testing {

// Not thread-safe.
class Rotation {
 public:
  // `federation` outlives this.
  explicit Rotation(Federation& federation) : federation_(federation) {}

  // Writes a new seal and a new TLS pair, file by file: what is there meanwhile does not fit together.
  absl::Status Renew(const std::string& agency);
  // The same by another authority.
  absl::Status Renew(const std::string& agency, const certs::StateAuthority& authority);

  // Waits until the node shows the newest TLS certificate to new connections. DeadlineExceeded with its log otherwise.
  absl::Status AwaitShown(const std::string& agency);

  // SHA-256 of the newest seal's public key.
  const std::string& seal_key_id(const std::string& agency) const { return newest_.at(agency).seal_key_id; }

 private:
  struct Newest {
    std::string tls_pem;  // the leaf
    std::string seal_key_id;
  };

  Federation& federation_;
  SystemClock clock_;
  SystemRng rng_;
  std::map<std::string, Newest> newest_;  // by agency
};

}  // namespace tamga::testing
