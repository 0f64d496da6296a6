#include "node/exchange/ssl_context.h"

#include "certs/certificate.h"
#include "certs/p256.h"
#include "node/base/status_macros.h"

namespace tamga::exchange {
namespace {

bool UseIdentity(SSL_CTX* context, const certs::CertificateChain& chain, EVP_PKEY* key) {
  bool taken =
      SSL_CTX_use_certificate(context, chain.front().native()) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1;
  for (size_t i = 1; i < chain.size(); ++i) taken = taken && SSL_CTX_add1_chain_cert(context, chain[i].native()) == 1;
  return taken;
}

bool Restrict(SSL_CTX* context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  return SSL_CTX_set_num_tickets(context, 0) == 1 && SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1;
}

}  // namespace

absl::StatusOr<SslCtxPtr> MakeSslContext(TlsSide side, const TlsIdentity& identity) {
  ASSIGN_OR_RETURN(const certs::CertificateChain chain, certs::ParsePemChain(identity.chain_pem));
  ASSIGN_OR_RETURN(const certs::EvpPkeyPtr key, certs::ParsePrivateKeyPem(identity.key_pem));
  SslCtxPtr context(SSL_CTX_new(side == TlsSide::kServer ? TLS_server_method() : TLS_client_method()));
  if (context == nullptr || !UseIdentity(context.get(), chain, key.get()) || !Restrict(context.get())) {
    return absl::FailedPreconditionError("OpenSSL does not take the certificate and its key");
  }
  return context;
}

}  // namespace tamga::exchange
