// A TLS client that leaves out what gRPC's would not.
#pragma once

#include <string>

#include "node/exchange/tls.h"

namespace tamga::testing {

struct RawTlsOptions {
  int version = 0;          // TLS1_2_VERSION or TLS1_3_VERSION, no other is offered
  std::string application;  // protocol offered by ALPN ("h2"); none if empty
};

// How far a connection came.
enum class Reached {
  kNowhere,    // no socket, or an identity that cannot be read
  kHandshake,  // refused by the server within the handshake
  kClosed,     // closed by the server before it said anything in HTTP/2
  kServed,     // the server greeted with its SETTINGS (RFC 9113 section 3.4)
};

// Connects to "127.0.0.1:7401" with the identity, greets in HTTP/2 and waits for the server's greeting or its end.
Reached ConnectRaw(const std::string& address, const exchange::TlsIdentity& identity, const RawTlsOptions& options);

// A TCP connection to `address` that says nothing; -1 on failure. The caller closes it.
int ConnectTcp(const std::string& address);

}  // namespace tamga::testing
