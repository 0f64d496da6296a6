#include "node/exchange/tls.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/authority.h"
#include "certs/certificate_builder.h"
#include "certs/openssl_ptr.h"
#include "certs/p256.h"
#include "certs/test_certificates.h"
#include "grpc/grpc_security.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_certificate_verifier.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "gtest/gtest.h"
#include "node/base/check.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/admin_service.grpc.pb.h"

namespace tamga::exchange {
namespace {

TEST(TlsIdentity, LeavesNoKeyBehind) {
  // Short enough to be held within the string itself, so that it can be looked for where the identity was.
  constexpr absl::string_view kKey = "the key";
  alignas(TlsIdentity) char memory[sizeof(TlsIdentity)] = {};
  const auto has_key = [&] { return absl::StrContains(absl::string_view(memory, sizeof(memory)), kKey); };
  auto* identity = new (memory) TlsIdentity{"chain", std::string(kKey)};
  ASSERT_TRUE(has_key());
  identity->~TlsIdentity();
  EXPECT_FALSE(has_key());
}

// A root that certifies systems itself, without an issuing authority between.
class DirectRoot {
 public:
  DirectRoot()
      : key_(*certs::GenerateP256Key()), root_(*certs::BuildCertificate(Spec(), *key_, nullptr, *key_, rng_)) {}

  certs::Certificate Issue() {
    const certs::CertificateSpec spec = {
        "KAZ/border-service",
        "",
        certs::TestNow() - absl::Hours(1),
        certs::TestNow() + absl::Hours(24),
        {{NID_basic_constraints, "critical,CA:FALSE"},
         {NID_key_usage, "critical,digitalSignature"},
         {NID_ext_key_usage, "clientAuth"},
         {NID_subject_alt_name, "URI:spiffe://kaz.tamga/border-service/system/lane-7"}}};
    return *certs::BuildCertificate(spec, **certs::GenerateP256Key(), &root_, *key_, rng_);
  }
  certs::TrustStore Trust() const { return *certs::TrustStore::Build({{"KAZ", root_.Pem()}}); }

 private:
  static certs::CertificateSpec Spec() {
    return {"KAZ",
            "",
            certs::TestNow() - absl::Hours(24),
            certs::TestNow() + absl::Hours(24 * 365),
            {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "critical,keyCertSign"}}};
  }

  SystemRng rng_;
  certs::EvpPkeyPtr key_;
  certs::Certificate root_;
};

TEST(IdentifyPeerTest, TheChainOfAPeerWhomARootCertifiedDirectlyIsItsCertificateAlone) {
  DirectRoot root;
  const std::string leaf = root.Issue().Pem();
  for (const std::string& rest : {std::string(), leaf}) {
    const auto peer = IdentifyPeer(root.Trust(), leaf, rest, certs::Usage::kTlsClient, certs::TestNow());
    ASSERT_THAT(peer, IsOk());
    EXPECT_EQ(peer->principal.SpiffeId(), "spiffe://kaz.tamga/border-service/system/lane-7");
  }
}

TEST(IdentifyPeerTest, AChainWithoutItsIssuingAuthorityIsRefused) {
  const certs::CertificateChain chain = certs::Kaz().IssueGood(certs::Role::kSystem);
  const certs::TrustStore trust = *certs::TrustStore::Build({{"KAZ", certs::Kaz().RootPem()}});
  const std::string leaf = chain.front().Pem();
  EXPECT_THAT(IdentifyPeer(trust, leaf, chain[1].Pem(), certs::Usage::kTlsClient, certs::TestNow()), IsOk());
  EXPECT_THAT(IdentifyPeer(trust, leaf, "", certs::Usage::kTlsClient, certs::TestNow()), HasReason("CERT_UNTRUSTED"));
}

TEST(IdentifyPeerTest, WhatIsNoChainIsRefused) {
  const certs::CertificateChain chain = certs::Kaz().IssueGood(certs::Role::kSystem);
  const certs::TrustStore trust = *certs::TrustStore::Build({{"KAZ", certs::Kaz().RootPem()}});
  EXPECT_THAT(IdentifyPeer(trust, chain.front().Pem(), "not a chain", certs::Usage::kTlsClient, certs::TestNow()),
              HasReason("CERT_MALFORMED"));
}

constexpr char kServer[] = "KAZ/border-service";
constexpr char kClient[] = "KGZ/interior-ministry";

// The key of a thief: it claims the public half of the certificate's key, and signs with another.
std::string KeyOfThief(const std::string& certificate_pem) {
  const certs::Certificate stolen = certs::ParsePemChain(certificate_pem)->front();
  const certs::EvpPkeyPtr own = certs::GenerateP256Key().value();
  unsigned char point[65];
  size_t size = 0;
  BIGNUM* secret = nullptr;
  TAMGA_CHECK(EVP_PKEY_get_octet_string_param(X509_get0_pubkey(stolen.native()), OSSL_PKEY_PARAM_PUB_KEY, point,
                                              sizeof(point), &size) == 1);
  TAMGA_CHECK(EVP_PKEY_get_bn_param(own.get(), OSSL_PKEY_PARAM_PRIV_KEY, &secret) == 1);
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  TAMGA_CHECK(OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
              OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, size) == 1 &&
              OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, secret) == 1);
  OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
  EVP_PKEY* key = nullptr;
  TAMGA_CHECK(EVP_PKEY_fromdata_init(context) == 1 &&
              EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters) == 1);
  const std::string pem = certs::WritePrivateKeyPem(*key).value();
  EVP_PKEY_free(key);
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(builder);
  BN_free(secret);
  return pem;
}

// A server and its clients over real connections on loopback.
class HandshakeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_OK(RestrictOpenSslToTls13()); }
  ~HandshakeTest() override {
    if (server_ != nullptr) server_->Shutdown();
  }

  certs::StateAuthority MakeAuthority(const std::string& state) {
    return certs::StateAuthority::Create(state, absl::Now() - absl::Hours(48), rng_).value();
  }
  TlsIdentity Issue(const certs::StateAuthority& authority, const std::string& agency, absl::Time since = absl::Now()) {
    const certs::KeyAndCertificate files =
        authority.Issue({agency, certs::Role::kNode, "n1"}, absl::Hours(1), since, rng_).value();
    return {files.chain_pem, files.key_pem};
  }

  void Serve(const TlsIdentity& identity) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", MakeServerCredentials(identity, trust_, clock_), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    address_ = absl::StrCat("127.0.0.1:", port);
  }
  // Unimplemented, from the service itself, if the connection stands; Unavailable if it does not.
  absl::StatusCode Call(const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto channel = grpc::CreateCustomChannel(address_, credentials, arguments);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    v1::GetNodeStatusResponse response;
    return FromGrpc(v1::AdminService::NewStub(channel)->GetNodeStatus(&context, {}, &response)).code();
  }
  absl::StatusCode CallAs(const TlsIdentity& identity) {
    return Call(MakeChannelCredentials(identity, trust_, clock_, kServer));
  }

  static constexpr absl::StatusCode kConnected = absl::StatusCode::kUnimplemented;
  static constexpr absl::StatusCode kRefused = absl::StatusCode::kUnavailable;

  SystemRng rng_;
  const SystemClock clock_;
  const certs::StateAuthority kaz_ = MakeAuthority("KAZ");
  const certs::StateAuthority kgz_ = MakeAuthority("KGZ");
  certs::CurrentTrust trust_{certs::TrustStore::Build({{"KAZ", kaz_.RootPem()}, {"KGZ", kgz_.RootPem()}}).value()};
  v1::AdminService::Service service_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

// Each side needs the other's issuing authority, which only the full chain of the handshake has.
TEST_F(HandshakeTest, WhoeverTheOwnStateVouchesForConnects) {
  Serve(Issue(kaz_, kServer));
  EXPECT_EQ(CallAs(Issue(kgz_, kClient)), kConnected);
}

// What a stranger shows costs little before the verifier has seen it.
TEST_F(HandshakeTest, OpenSslBuildsNoLongPathOfAClientsCertificates) {
  const certs::CertificateChain chain = certs::Kaz().IssueGood(certs::Role::kSystem);
  const certs::X509StorePtr store(X509_STORE_new());
  const certs::X509StoreCtxPtr context(X509_STORE_CTX_new());
  ASSERT_EQ(X509_STORE_CTX_init(context.get(), store.get(), chain.front().native(), nullptr), 1);
  ASSERT_EQ(X509_STORE_CTX_set_default(context.get(), "ssl_client"), 1);
  EXPECT_EQ(X509_VERIFY_PARAM_get_depth(X509_STORE_CTX_get0_param(context.get())), 0);
}

bool asked_for_default_roots = false;

TEST_F(HandshakeTest, NoRootsOfTheSystemAreNeeded) {
  grpc_set_ssl_roots_override_callback([](char** /*roots*/) {
    asked_for_default_roots = true;
    return GRPC_SSL_ROOTS_OVERRIDE_FAIL;
  });
  Serve(Issue(kaz_, kServer));
  EXPECT_EQ(CallAs(Issue(kgz_, kClient)), kConnected);
  EXPECT_FALSE(asked_for_default_roots);
  grpc_set_ssl_roots_override_callback(nullptr);
}

TEST_F(HandshakeTest, AStolenCertificateIsOfNoUseWithoutItsKey) {
  Serve(Issue(kaz_, kServer));
  const TlsIdentity identity = Issue(kgz_, kClient);
  EXPECT_EQ(CallAs({identity.chain_pem, KeyOfThief(identity.chain_pem)}), kRefused);
  EXPECT_EQ(CallAs(identity), kConnected);
}

TEST_F(HandshakeTest, NeitherIsOneOfAServer) {
  const TlsIdentity identity = Issue(kaz_, kServer);
  Serve({identity.chain_pem, KeyOfThief(identity.chain_pem)});
  EXPECT_EQ(CallAs(Issue(kgz_, kClient)), kRefused);
}

TEST_F(HandshakeTest, WithoutACertificateThereIsNoConnection) {
  Serve(Issue(kaz_, kServer));
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
      trust_.Get()->AllRootsPem(), std::vector<grpc::experimental::IdentityKeyCertPair>()));
  options.watch_root_certs();
  options.set_check_call_host(false);
  options.set_certificate_verifier(std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
  EXPECT_EQ(Call(grpc::experimental::TlsCredentials(options)), kRefused);
}

TEST_F(HandshakeTest, AnAuthorityThatNobodyKnowsVouchesForNobodyWhateverItIsCalled) {
  const certs::StateAuthority impostor = MakeAuthority("KGZ");
  Serve(Issue(kaz_, kServer));
  EXPECT_EQ(CallAs(Issue(impostor, kClient)), kRefused);
  EXPECT_EQ(CallAs(Issue(MakeAuthority("TKM"), "TKM/interior-ministry")), kRefused);
}

TEST_F(HandshakeTest, AServerOfAnUnknownAuthorityOrOfAnotherAgencyIsLeft) {
  Serve(Issue(MakeAuthority("KAZ"), kServer));
  EXPECT_EQ(CallAs(Issue(kgz_, kClient)), kRefused);
  server_->Shutdown();
  Serve(Issue(kaz_, "KAZ/interior-ministry"));
  EXPECT_EQ(CallAs(Issue(kgz_, kClient)), kRefused);
}

TEST_F(HandshakeTest, ACertificateOutOfItsTimeIsRefused) {
  Serve(Issue(kaz_, kServer));
  EXPECT_EQ(CallAs(Issue(kgz_, kClient, absl::Now() - absl::Hours(3))), kRefused);
  EXPECT_EQ(CallAs(Issue(kgz_, kClient, absl::Now() + absl::Hours(1))), kRefused);
}

}  // namespace
}  // namespace tamga::exchange
