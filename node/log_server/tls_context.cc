#include "node/log_server/tls_context.h"

#include <string>
#include <utility>

#include "certs/certificate.h"
#include "certs/openssl_der.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::log_server {
namespace {

// The leaf and those certificates of `others` that are not the leaf, in their order.
absl::StatusOr<certs::CertificateChain> ChainOf(const X509* leaf, const STACK_OF(X509) * others) {
  if (leaf == nullptr) {
    return Error(absl::StatusCode::kUnauthenticated, "CERT_MISSING", "the caller showed no client certificate");
  }
  certs::CertificateChain chain;
  ASSIGN_OR_RETURN(certs::Certificate first, certs::Certificate::FromDer(certs::ToDer<i2d_X509>(leaf)));
  chain.push_back(std::move(first));
  for (int i = 0; others != nullptr && i < sk_X509_num(others); ++i) {
    ASSIGN_OR_RETURN(certs::Certificate next,
                     certs::Certificate::FromDer(certs::ToDer<i2d_X509>(sk_X509_value(others, i))));
    if (next.Der() != chain.front().Der()) chain.push_back(std::move(next));
  }
  return chain;
}

absl::StatusOr<certs::Principal> Judge(const absl::StatusOr<certs::CertificateChain>& chain, const PeerRules& rules) {
  RETURN_IF_ERROR(chain.status());
  return rules.trust.Get()->Verify(*chain, certs::Usage::kTlsClient, rules.clock.Now());
}

// Takes the place of OpenSSL's own verification, which would trust the roots of all States for any State's names.
int VerifyPeer(X509_STORE_CTX* store, void* rules) {
  const absl::StatusOr<certs::Principal> peer =
      Judge(ChainOf(X509_STORE_CTX_get0_cert(store), X509_STORE_CTX_get0_untrusted(store)),
            *static_cast<const PeerRules*>(rules));
  if (peer.ok()) return 1;
  static_cast<const PeerRules*>(rules)->refusals.Add("peer certificate refused", peer.status());
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

}  // namespace

absl::StatusOr<exchange::SslCtxPtr> MakeTlsContext(const exchange::TlsIdentity& identity, const PeerRules& rules) {
  ASSIGN_OR_RETURN(exchange::SslCtxPtr context, exchange::MakeSslContext(exchange::TlsSide::kServer, identity));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context.get(), VerifyPeer, const_cast<PeerRules*>(&rules));
  return context;
}

absl::StatusOr<certs::Principal> PeerOf(const SSL& connection, const PeerRules& rules) {
  return Judge(ChainOf(SSL_get0_peer_certificate(&connection), SSL_get_peer_cert_chain(&connection)), rules);
}

}  // namespace tamga::log_server
