// What one side of a TLS connection shows.
#pragma once

#include <string>

#include "certs/wiper.h"

namespace tamga::exchange {

// A certificate chain (leaf first) and its key, both PEM. Wipes the key when it goes.
struct TlsIdentity {
  std::string chain_pem;
  std::string key_pem;

  ~TlsIdentity() { certs::Wipe(key_pem); }
};

}  // namespace tamga::exchange
