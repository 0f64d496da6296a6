// TLS of the log's HTTPS server: version 1.3 only, client certificates required, no session resumption, and the same
// judgement of certificates as for calls (exchange/tls.h).
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "absl/status/statusor.h"
#include "certs/openssl_ptr.h"
#include "certs/trust_store.h"
#include "node/base/clock.h"
#include "node/exchange/tls.h"
#include "node/log_server/refusal_log.h"

namespace tamga::log_server {

using SslCtxPtr = std::unique_ptr<SSL_CTX, certs::OpenSslDeleter<SSL_CTX_free>>;

// How peers are judged. Outlives the context that it is given to.
struct PeerRules {
  const certs::TrustStore& trust;
  const Clock& clock;
  RefusalLog& refusals;
};

// A server's context. FailedPrecondition if OpenSSL does not take the identity.
absl::StatusOr<SslCtxPtr> MakeTlsContext(const exchange::TlsIdentity& identity, const PeerRules& rules);

// Who is on the other side of a connection of such a context, judged anew: a connection may outlive its certificate.
// Unauthenticated with a CERT_ code (certs/refusal.h) if it does.
absl::StatusOr<certs::Principal> PeerOf(const SSL& connection, const PeerRules& rules);

}  // namespace tamga::log_server
