#include "node/exchange/tls.h"

#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/certificate.h"
#include "certs/certificate_facts.h"
#include "certs/openssl_ptr.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_certificate_verifier.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "node/base/error.h"
#include "node/base/refusal_log.h"
#include "node/base/status_macros.h"
#include "node/exchange/grpc_status.h"

namespace tamga::exchange {
namespace {

using grpc::experimental::CertificateVerifier;
using grpc::experimental::ExternalCertificateVerifier;
using grpc::experimental::TlsCustomVerificationCheckRequest;

absl::string_view View(const grpc::string_ref& text) { return {text.data(), text.size()}; }

// Decides who the peer is, on every handshake.
class PeerVerifier final : public ExternalCertificateVerifier {
 public:
  // An empty `agency` accepts every principal: access is decided per call then.
  PeerVerifier(const certs::CurrentTrust& trust, const Clock& clock, certs::Usage usage, std::string agency,
               PartnerCertificates* shown)
      : trust_(trust), clock_(clock), usage_(usage), agency_(std::move(agency)), shown_(shown), refusals_(clock) {}

  bool Verify(TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)> /*callback*/,
              grpc::Status* sync_status) override {
    const absl::Status status = Check(*request);
    if (!status.ok()) refusals_.Add("peer certificate refused", status);
    *sync_status = ToGrpc(status);
    return true;
  }
  void Cancel(TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
  absl::Status Check(const TlsCustomVerificationCheckRequest& request) const {
    ASSIGN_OR_RETURN(const certs::Vouched vouched,
                     IdentifyPeer(*trust_.Get(), View(request.peer_cert()), View(request.peer_cert_full_chain()),
                                  usage_, clock_.Now(), certs::OldLists::kTaken));
    const certs::Principal& peer = vouched.principal;
    if (!agency_.empty() && peer.agency != agency_) {
      return Error(absl::StatusCode::kUnauthenticated, "WRONG_PEER",
                   absl::StrCat("expected the node of ", agency_, " but ", peer.SpiffeId(), " answered"),
                   certs::FactsOf(vouched.path.front()));
    }
    if (shown_ != nullptr) {
      shown_->Set(peer.agency, std::string(View(request.peer_cert())),
                  std::string(View(request.peer_cert_full_chain())));
    }
    return absl::OkStatus();
  }

  const certs::CurrentTrust& trust_;
  const Clock& clock_;
  const certs::Usage usage_;
  const std::string agency_;
  PartnerCertificates* const shown_;
  RefusalLog refusals_;  // strangers knock as often as they like
};

// Fills the options that both sides have in common.
void Configure(grpc::experimental::TlsCredentialsOptions& options, std::shared_ptr<CertificateVerifier> verifier) {
  options.watch_identity_key_cert_pairs();
  options.set_certificate_verifier(std::move(verifier));
}

std::vector<grpc::experimental::IdentityKeyCertPair> PairsOf(const TlsIdentity& identity) {
  return {{identity.key_pem, identity.chain_pem}};
}

// OpenSSL builds a path of what a client shows and verifies it though nobody goes by that: gRPC's callback overrules
// each fault, and OpenSSL goes on to the next. Strangers could have it compare a million names for each pair of
// certificates and verify a hundred kilobytes of signatures. These are its own rules for clients' certificates, but for
// a path that ends with the issuer; the verifier's path is its own.
bool ShortenPathsOfClients() {
  std::unique_ptr<X509_VERIFY_PARAM, certs::OpenSslDeleter<X509_VERIFY_PARAM_free>> rules(X509_VERIFY_PARAM_new());
  if (rules == nullptr || X509_VERIFY_PARAM_set1_name(rules.get(), "ssl_client") != 1 ||
      X509_VERIFY_PARAM_set_purpose(rules.get(), X509_PURPOSE_SSL_CLIENT) != 1) {
    return false;
  }
  X509_VERIFY_PARAM_set_depth(rules.get(), 0);
  X509_VERIFY_PARAM_set_inh_flags(rules.get(), X509_VP_FLAG_OVERWRITE | X509_VP_FLAG_ONCE);
  return X509_VERIFY_PARAM_add0_table(rules.release()) == 1;
}

}  // namespace

absl::Status RestrictOpenSslToTls13() {
  static constexpr char kConfiguration[] =
      "tamga = init\n"
      "[init]\n"
      "ssl_conf = ssl\n"
      "[ssl]\n"
      "system_default = defaults\n"
      "[defaults]\n"
      "Protocol = -TLSv1.2\n"
      "Options = -SessionTicket\n"
      "NumTickets = 0\n";
  const std::unique_ptr<CONF, certs::OpenSslDeleter<NCONF_free>> configuration(NCONF_new(nullptr));
  const std::unique_ptr<BIO, certs::OpenSslDeleter<BIO_free_all>> text(BIO_new_mem_buf(kConfiguration, -1));
  long error_line = 0;
  const bool loaded = OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, nullptr) == 1 && configuration != nullptr &&
                      NCONF_load_bio(configuration.get(), text.get(), &error_line) == 1 &&
                      CONF_modules_load(configuration.get(), "tamga", 0) == 1 && ShortenPathsOfClients();
  if (!loaded) return absl::FailedPreconditionError("OpenSSL does not take the restriction to TLS 1.3");
  return absl::OkStatus();
}

std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(const TlsIdentity& identity,
                                                               const certs::CurrentTrust& trust, const Clock& clock) {
  // Without roots: whom to believe is the verifier's matter.
  return MakeServerCredentials(std::make_shared<grpc::experimental::StaticDataCertificateProvider>(PairsOf(identity)),
                               trust, clock);
}

std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(std::shared_ptr<IdentityProvider> identity,
                                                               const certs::CurrentTrust& trust, const Clock& clock) {
  grpc::experimental::TlsServerCredentialsOptions options(std::move(identity));
  Configure(options,
            ExternalCertificateVerifier::Create<PeerVerifier>(trust, clock, certs::Usage::kTlsClient, "", nullptr));
  // Required, and proven by its key; OpenSSL builds no path of it, and strangers are not told the names of all roots.
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_BUT_DONT_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> MakeChannelCredentials(const TlsIdentity& identity,
                                                                 const certs::CurrentTrust& trust, const Clock& clock,
                                                                 const std::string& agency,
                                                                 PartnerCertificates* shown) {
  // The chain stands for the roots, at which nobody looks, as in tls_material.cc: those that are believed may be none
  // at this moment, and others while the channel lasts.
  return MakeChannelCredentials(
      std::make_shared<grpc::experimental::StaticDataCertificateProvider>(identity.chain_pem, PairsOf(identity)), trust,
      clock, agency, shown);
}

std::shared_ptr<grpc::ChannelCredentials> MakeChannelCredentials(std::shared_ptr<IdentityProvider> identity,
                                                                 const certs::CurrentTrust& trust, const Clock& clock,
                                                                 const std::string& agency,
                                                                 PartnerCertificates* shown) {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::move(identity));
  Configure(options,
            ExternalCertificateVerifier::Create<PeerVerifier>(trust, clock, certs::Usage::kTlsServer, agency, shown));
  // Nobody looks at these roots; but without any gRPC 1.51 makes no client, and so reads files of the system's, of
  // which a node that has none of them would reach nobody.
  options.watch_root_certs();
  options.set_verify_server_certs(false);  // by OpenSSL: the verifier alone judges
  options.set_check_call_host(false);      // the verifier checks the SPIFFE id, not the host name
  return grpc::experimental::TlsCredentials(options);
}

absl::StatusOr<certs::Vouched> IdentifyPeer(const certs::TrustStore& trust, absl::string_view certificate_pem,
                                            absl::string_view chain_pem, certs::Usage usage, absl::Time now,
                                            certs::OldLists old_lists) {
  ASSIGN_OR_RETURN(certs::CertificateChain chain, certs::ParsePemChain(certificate_pem));
  certs::CertificateChain rest;
  // A server gets an empty one from a client whom a root certified directly.
  if (!chain_pem.empty()) {
    ASSIGN_OR_RETURN(rest, certs::ParsePemChain(chain_pem));
  }
  // OpenSSL gives a client the whole chain, a server the chain without its leaf.
  for (const certs::Certificate& certificate : rest) {
    if (certificate.Der() != chain.front().Der()) chain.push_back(certificate);
  }
  return trust.Vouch(chain, usage, now, old_lists);
}

}  // namespace tamga::exchange
