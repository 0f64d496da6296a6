// What one side of a TLS connection shows.
#pragma once

#include <string>

namespace tamga::exchange {

// A certificate chain (leaf first) and its key, both PEM.
struct TlsIdentity {
  std::string chain_pem;
  std::string key_pem;  // a secret
};

}  // namespace tamga::exchange
