// TLS of the log's HTTPS server: as all of ours (exchange/ssl_context.h), client certificates required, and the same
// judgement of certificates as for calls (exchange/tls.h).
#pragma once

#include <openssl/ssl.h>

#include "absl/status/statusor.h"
#include "certs/current_trust.h"
#include "node/base/clock.h"
#include "node/base/refusal_log.h"
#include "node/exchange/ssl_context.h"

namespace tamga::log_server {

// How peers are judged. Outlives the context that it is given to.
struct PeerRules {
  const certs::CurrentTrust& trust;
  const Clock& clock;
  RefusalLog& refusals;
};

// A server's context. Errors as of MakeSslContext.
absl::StatusOr<exchange::SslCtxPtr> MakeTlsContext(const exchange::TlsIdentity& identity, const PeerRules& rules);

// Who is on the other side of a connection of such a context, judged anew: a connection may outlive its certificate.
// Unauthenticated with a CERT_ code (certs/refusal.h) if it does.
absl::StatusOr<certs::Principal> PeerOf(const SSL& connection, const PeerRules& rules);

}  // namespace tamga::log_server
