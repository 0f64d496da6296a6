// What TLS of our own has in common with that of calls (tls.h): version 1.3 only, no session resumption, one identity.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "absl/status/statusor.h"
#include "certs/openssl_ptr.h"
#include "node/exchange/tls.h"

namespace tamga::exchange {

using SslCtxPtr = std::unique_ptr<SSL_CTX, certs::OpenSslDeleter<SSL_CTX_free>>;

enum class TlsSide { kClient, kServer };

// A context that shows `identity` and asks for nobody's: how the other side is judged is the caller's part.
// FailedPrecondition if OpenSSL does not take the identity, the error of its parser if it is no PEM.
absl::StatusOr<SslCtxPtr> MakeSslContext(TlsSide side, const TlsIdentity& identity);

}  // namespace tamga::exchange
