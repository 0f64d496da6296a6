// TLS 1.3 handshakes in memory, both ends on one thread, client certificates and chains of three: with OpenSSL's own
// verification, with ours at the server, and resumed. A node resumes nothing (exchange/tls.h,
// log_server/tls_context.h), so that every connection is judged anew: the contexts for the last are the benchmark's
// own.
#include <benchmark/benchmark.h>
#include <openssl/err.h>

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "certs/authority.h"
#include "certs/certificate.h"
#include "certs/current_trust.h"
#include "certs/p256.h"
#include "node/base/check.h"
#include "node/base/clock.h"
#include "node/log_server/tls_context.h"

namespace tamga::bench {
namespace {

using log_server::SslCtxPtr;
using SslPtr = std::unique_ptr<SSL, certs::OpenSslDeleter<SSL_free>>;
using SessionPtr = std::unique_ptr<SSL_SESSION, certs::OpenSslDeleter<SSL_SESSION_free>>;

constexpr unsigned char kSessionContext[] = "handshake_benchmark";

// A State with a node and a system, and its root.
struct Parties {
  SystemRng rng;
  SystemClock clock;
  RefusalLog refusals{clock};
  const certs::StateAuthority authority = certs::StateAuthority::Create("KAZ", absl::Now(), rng).value();
  const certs::CurrentTrust trust{certs::TrustStore::Build({{"KAZ", authority.RootPem()}}).value()};
  const exchange::TlsIdentity node = Issue(certs::Role::kNode);
  const exchange::TlsIdentity system = Issue(certs::Role::kSystem);
  const log_server::PeerRules rules{trust, clock, refusals};

 private:
  exchange::TlsIdentity Issue(certs::Role role) {
    const auto issued =
        authority.Issue({"KAZ/border-service", role, "main"}, absl::Hours(24), absl::Now(), rng).value();
    return {issued.chain_pem, issued.key_pem};
  }
};

Parties& TheParties() {
  static Parties parties;
  return parties;
}

// A context that verifies the other side by OpenSSL's own means, without tickets.
SslCtxPtr BareContext(const SSL_METHOD* method, const exchange::TlsIdentity& identity,
                      const certs::CurrentTrust& trust) {
  SslCtxPtr context(SSL_CTX_new(method));
  const certs::CertificateChain chain = certs::ParsePemChain(identity.chain_pem).value();
  const certs::EvpPkeyPtr key = certs::ParsePrivateKeyPem(identity.key_pem).value();
  TAMGA_CHECK(SSL_CTX_use_certificate(context.get(), chain[0].native()) == 1 &&
              SSL_CTX_add1_chain_cert(context.get(), chain[1].native()) == 1 &&
              SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1);
  const certs::CertificateChain roots = certs::ParsePemChain(trust.Get()->AllRootsPem()).value();
  for (const certs::Certificate& root : roots) {
    TAMGA_CHECK(X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), root.native()) == 1);
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  TAMGA_CHECK(SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) == 1 &&
              SSL_CTX_set_num_tickets(context.get(), 0) == 1);
  return context;
}

SslCtxPtr BareServer() { return BareContext(TLS_server_method(), TheParties().node, TheParties().trust); }
SslCtxPtr BareClient() { return BareContext(TLS_client_method(), TheParties().system, TheParties().trust); }

// True when done; ends the program if the handshake fails.
bool Step(SSL* end) {
  const int result = SSL_do_handshake(end);
  if (result == 1) return true;
  const int error = SSL_get_error(end, result);
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) ERR_print_errors_fp(stderr);
  TAMGA_CHECK(error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE);
  return false;
}

// One connection, from nothing to both sides sure of each other and any ticket received. Returns whether it resumed
// `session`.
bool Connect(SSL_CTX& server_context, SSL_CTX& client_context, SSL_SESSION* session) {
  const SslPtr server(SSL_new(&server_context));
  const SslPtr client(SSL_new(&client_context));
  BIO* server_side = nullptr;
  BIO* client_side = nullptr;
  TAMGA_CHECK(BIO_new_bio_pair(&server_side, 1 << 16, &client_side, 1 << 16) == 1);
  SSL_set_bio(server.get(), server_side, server_side);
  SSL_set_bio(client.get(), client_side, client_side);
  SSL_set_accept_state(server.get());
  SSL_set_connect_state(client.get());
  if (session != nullptr) TAMGA_CHECK(SSL_set_session(client.get(), session) == 1);
  bool client_done = false;
  bool server_done = false;
  while (!client_done || !server_done) {
    client_done = Step(client.get());
    server_done = Step(server.get());
  }
  char byte = 0;
  TAMGA_CHECK(SSL_read(client.get(), &byte, 1) <= 0);  // nothing but tickets
  // OpenSSL forgets the tickets of connections that were cut off.
  SSL_set_shutdown(client.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  return SSL_session_reused(client.get()) == 1;
}

void FullWithOpenSslsVerification(benchmark::State& state) {
  const SslCtxPtr server = BareServer();
  const SslCtxPtr client = BareClient();
  for (auto _ : state) TAMGA_CHECK(!Connect(*server, *client, nullptr));
  state.SetItemsProcessed(state.iterations());
}

void FullWithOurVerificationAtTheServer(benchmark::State& state) {
  const SslCtxPtr server = log_server::MakeTlsContext(TheParties().node, TheParties().rules).value();
  const SslCtxPtr client = BareClient();
  for (auto _ : state) TAMGA_CHECK(!Connect(*server, *client, nullptr));
  state.SetItemsProcessed(state.iterations());
}

// The newest ticket that the client was given.
SessionPtr& Ticket() {
  static SessionPtr ticket;
  return ticket;
}

int KeepTicket(SSL* /*client*/, SSL_SESSION* session) {
  Ticket().reset(session);
  return 1;
}

// Each ticket is used once, as RFC 8446 advises, and each handshake brings the next.
void ResumedInContextsOfTheBenchmarksOwn(benchmark::State& state) {
  const SslCtxPtr server = BareServer();
  const SslCtxPtr client = BareClient();
  TAMGA_CHECK(SSL_CTX_set_num_tickets(server.get(), 1) == 1 &&
              SSL_CTX_set_session_id_context(server.get(), kSessionContext, sizeof(kSessionContext)) == 1);
  SSL_CTX_set_session_cache_mode(client.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_sess_set_new_cb(client.get(), KeepTicket);
  TAMGA_CHECK(!Connect(*server, *client, nullptr));
  for (auto _ : state) {
    const SessionPtr session = std::move(Ticket());
    TAMGA_CHECK(Connect(*server, *client, session.get()));
  }
  Ticket().reset();
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(FullWithOpenSslsVerification);
BENCHMARK(FullWithOurVerificationAtTheServer);
BENCHMARK(ResumedInContextsOfTheBenchmarksOwn);

}  // namespace
}  // namespace tamga::bench

BENCHMARK_MAIN();
