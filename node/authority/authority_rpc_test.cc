// The authority as callers meet it: over TLS, with a certificate, without, and with one that should not be believed.
#include <unistd.h>

#include <atomic>
#include <optional>

#include "absl/time/clock.h"
#include "certs/authority.h"
#include "certs/p256.h"
#include "certs/purposes.h"
#include "certs/seal.h"
#include "certs/signer.h"
#include "gtest/gtest.h"
#include "node/authority/authority.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/enrolment/authority_client.h"
#include "node/exchange/grpc_status.h"
#include "node/main/clock_keeper.h"
#include "node/store/test_folder.h"
#include "tamga/v1/enrolment_service.grpc.pb.h"

namespace tamga::authority {
namespace {

using certs::Role;
using exchange::TlsIdentity;

constexpr absl::Duration kTimeout = absl::Seconds(30);

// The machine's clock, which somebody sets wrong.
class OffClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now() + absl::Nanoseconds(off_.load()); }
  void SetOff(absl::Duration off) { off_ = absl::ToInt64Nanoseconds(off); }

 private:
  std::atomic<int64_t> off_ = 0;
};

class AuthorityRpcTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_OK(exchange::RestrictOpenSslToTls13()); }

  void SetUp() override { Start(); }

  // Starts it, or starts it again in its folder.
  void Start() {
    authority_.reset();
    const certs::StateAuthority::Files files = state_.Save().value();
    AuthoritySetup setup{
        {},
        {},
        certs::IssuingAuthority::Load("KAZ", files.root_pem, files.issuing_pem, files.issuing_key_pem).value(),
        *trust_,
        {absl::Hours(24 * 7), absl::Hours(24 * 365), absl::Hours(24 * 90)}};
    setup.config.set_state("KAZ");
    setup.config.set_listen("127.0.0.1:0");
    setup.config.set_data_dir(folder_.path());
    setup.limits.set_max_message_bytes(2u << 20);
    setup.limits.set_max_concurrent_streams(64);
    setup.limits.set_max_descriptors(500);
    setup.limits.set_max_connections_per_address(500);
    setup.limits.set_max_queued_calls(100);
    setup.limits.set_drain_ms(1'000);
    absl::StatusOr<std::unique_ptr<Authority>> authority = Authority::Start(std::move(setup), wall_, uptime_, rng_);
    ASSERT_OK(authority);
    authority_ = *std::move(authority);
  }

  certs::Crl ListInFolder() const {
    return certs::Crl::FromPem(ReadFile(folder_.path() + "/revocations.pem").value()).value();
  }

  TlsIdentity IdentityFrom(const certs::StateAuthority& state, const certs::Principal& principal) {
    certs::KeyAndCertificate issued = state.Issue(principal, absl::Hours(1), clock_.Now(), rng_).value();
    return {std::move(issued.chain_pem), std::move(issued.key_pem)};
  }
  std::shared_ptr<grpc::Channel> Connect(const std::optional<TlsIdentity>& identity) {
    return enrolment::ConnectAuthority({authority_->address(), "KAZ"}, trust_, clock_, identity);
  }
  std::string RequestFor(const certs::Principal& principal) { return certs::MakeCsr(principal, *key_).value(); }

  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(const std::optional<TlsIdentity>& identity,
                                grpc::Status (v1::EnrolmentService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                                   Response*),
                                const Request& request) {
    v1::EnrolmentService::Stub stub(Connect(identity));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(kTimeout));
    Response response;
    const absl::Status status = exchange::FromGrpc((stub.*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }
  absl::StatusOr<std::string> Token(const std::optional<TlsIdentity>& identity) {
    v1::CreateJoinTokenRequest request;
    request.set_spiffe_id(node_.SpiffeId());
    absl::StatusOr<v1::CreateJoinTokenResponse> response =
        Call(identity, &v1::EnrolmentService::Stub::CreateJoinToken, request);
    if (!response.ok()) return response.status();
    return response->join_token();
  }

  const certs::Principal node_ = {"KAZ/border-service", Role::kNode, "main"};
  const certs::Principal operator_ = {"KAZ/issuing-authority", Role::kOperator, "anna"};
  const SystemClock clock_;
  OffClock wall_;  // the authority's
  const SystemUptime uptime_;
  SystemRng rng_;
  const certs::StateAuthority state_ = certs::StateAuthority::Create("KAZ", clock_.Now(), rng_).value();
  const std::shared_ptr<const certs::TrustStore> trust_ =
      std::make_shared<const certs::TrustStore>(certs::TrustStore::Build({{"KAZ", state_.RootPem()}}).value());
  const certs::EvpPkeyPtr key_ = certs::GenerateP256Key().value();
  store::TestFolder folder_;
  std::unique_ptr<Authority> authority_;
};

TEST_F(AuthorityRpcTest, ANodeEnrolsByATokenAndRenewsByItsCertificate) {
  ASSERT_OK_AND_ASSIGN(const std::string token, Token(IdentityFrom(state_, operator_)));
  const std::string request = RequestFor(node_);
  ASSERT_OK_AND_ASSIGN(const std::string chain,
                       enrolment::AskForCertificate(Connect(std::nullopt), request, token, kTimeout));
  EXPECT_OK(enrolment::CheckIssued(chain, certs::Csr::FromDer(request).value(), *trust_, clock_.Now()));
  const TlsIdentity own = {chain, certs::WritePrivateKeyPem(*key_).value()};
  ASSERT_OK_AND_ASSIGN(const std::string renewed, enrolment::AskForCertificate(Connect(own), request, "", kTimeout));
  EXPECT_NE(renewed, chain);
  EXPECT_OK(enrolment::CheckIssued(renewed, certs::Csr::FromDer(request).value(), *trust_, clock_.Now()));
}

TEST_F(AuthorityRpcTest, WithoutTokenACertificateOfTheStateIsNeeded) {
  const auto ask = [&](const std::optional<TlsIdentity>& identity) {
    return enrolment::AskForCertificate(Connect(identity), RequestFor(node_), "", kTimeout);
  };
  EXPECT_THAT(ask(std::nullopt), HasReason("CERT_MISSING"));
  ASSERT_OK_AND_ASSIGN(const certs::StateAuthority false_kaz, certs::StateAuthority::Create("KAZ", clock_.Now(), rng_));
  EXPECT_THAT(ask(IdentityFrom(false_kaz, node_)), HasReason("CERT_UNTRUSTED"));
  ASSERT_OK_AND_ASSIGN(const certs::StateAuthority kgz, certs::StateAuthority::Create("KGZ", clock_.Now(), rng_));
  EXPECT_THAT(ask(IdentityFrom(kgz, {"KGZ/border-service", Role::kNode, "main"})), HasReason("CERT_UNKNOWN_STATE"));
  EXPECT_THAT(ask(IdentityFrom(state_, {"KAZ/border-service", Role::kSeal, "main"})), HasReason("CERT_WRONG_USAGE"));
  EXPECT_THAT(ask(IdentityFrom(state_, {"KAZ/border-service", Role::kOperator, "main"})), HasReason("WRONG_IDENTITY"));
  EXPECT_OK(ask(IdentityFrom(state_, node_)));
}

TEST_F(AuthorityRpcTest, OnlyTheAuthoritysOperatorsMakeTokensAndRevoke) {
  v1::RevokeCertificatesRequest revoke;
  revoke.set_serial("0a");
  for (const certs::Principal& other : {node_, certs::Principal{"KAZ/border-service", Role::kOperator, "anna"},
                                        certs::Principal{"KAZ/issuing-authority", Role::kOfficer, "anna"}}) {
    const TlsIdentity identity = IdentityFrom(state_, other);
    EXPECT_THAT(Token(identity), HasReason("WRONG_ROLE")) << other.SpiffeId();
    EXPECT_THAT(Call(identity, &v1::EnrolmentService::Stub::RevokeCertificates, revoke), HasReason("WRONG_ROLE"));
  }
  EXPECT_THAT(Token(std::nullopt), HasReason("CERT_MISSING"));
  const TlsIdentity anna = IdentityFrom(state_, operator_);
  EXPECT_OK(Token(anna));
  EXPECT_THAT(Call(anna, &v1::EnrolmentService::Stub::RevokeCertificates, v1::RevokeCertificatesRequest()),
              HasReason("INVALID_FIELD"));
  revoke.set_serial(certs::ParsePemChain(anna.chain_pem)->front().SerialHex());
  EXPECT_THAT(Call(anna, &v1::EnrolmentService::Stub::RevokeCertificates, revoke), HasReason("SERIAL_UNKNOWN"));
  revoke.set_not_issued_here(true);
  EXPECT_OK(Call(anna, &v1::EnrolmentService::Stub::RevokeCertificates, revoke));
  EXPECT_THAT(Token(anna), HasReason("CERT_REVOKED"));
}

TEST_F(AuthorityRpcTest, ARevokedNodeRenewsNothingAndTheListNamesItAtOnce) {
  const TlsIdentity own = IdentityFrom(state_, node_);
  const certs::CertificateChain chain = certs::ParsePemChain(own.chain_pem).value();
  v1::RevokeCertificatesRequest revoke;
  revoke.set_serial(chain.front().SerialHex());
  revoke.set_not_issued_here(true);
  ASSERT_OK(Call(IdentityFrom(state_, operator_), &v1::EnrolmentService::Stub::RevokeCertificates, revoke));
  EXPECT_THAT(enrolment::AskForCertificate(Connect(own), RequestFor(node_), "", kTimeout), HasReason("CERT_REVOKED"));
  ASSERT_OK_AND_ASSIGN(const v1::GetRevocationsResponse response,
                       Call(std::nullopt, &v1::EnrolmentService::Stub::GetRevocations, v1::GetRevocationsRequest()));
  ASSERT_OK_AND_ASSIGN(const certs::Crl list, certs::Crl::FromDer(response.revocation_list()));
  EXPECT_TRUE(list.IsSignedBy(chain[1]));
  EXPECT_TRUE(list.RevokedSince(chain.front()).has_value());
}

TEST_F(AuthorityRpcTest, ASealIsRenewedByItsOwnSignatureThroughItsNode) {
  const certs::Principal seal = {"KAZ/border-service", Role::kSeal, "main"};
  const TlsIdentity own_node = IdentityFrom(state_, node_);
  const TlsIdentity own_seal = IdentityFrom(state_, seal);
  const std::string request = RequestFor(seal);
  const auto sign = [](const TlsIdentity& by, absl::string_view what) {
    return certs::Seal::Create(certs::P256Signer::FromPem(by.key_pem).value(),
                               certs::ParsePemChain(by.chain_pem).value())
        ->Sign(certs::kCertificateRequestType, what)
        .value();
  };
  const auto ask = [&](const TlsIdentity& caller, const std::string& csr, const v1::Signature& signature) {
    return enrolment::AskForSealCertificate(Connect(caller), csr, signature, kTimeout);
  };
  ASSERT_OK_AND_ASSIGN(const std::string chain, ask(own_node, request, sign(own_seal, request)));
  EXPECT_OK(enrolment::CheckIssued(chain, certs::Csr::FromDer(request).value(), *trust_, clock_.Now()));

  // Another request than the seal signed; a TLS key in the place of the seal's; another agency's node; another name.
  EXPECT_THAT(ask(own_node, request, sign(own_seal, "another")), HasReason("SEAL_INVALID"));
  EXPECT_THAT(ask(own_node, request, sign(own_node, request)), HasReason("CERT_WRONG_USAGE"));
  EXPECT_THAT(ask(own_node, request, v1::Signature()), StatusIs(absl::StatusCode::kUnauthenticated));
  const TlsIdentity customs = IdentityFrom(state_, {"KAZ/customs", Role::kNode, "main"});
  EXPECT_THAT(ask(customs, request, sign(own_seal, request)), HasReason("WRONG_IDENTITY"));
  const TlsIdentity system = IdentityFrom(state_, {"KAZ/border-service", Role::kSystem, "main"});
  EXPECT_THAT(ask(system, request, sign(own_seal, request)), HasReason("WRONG_IDENTITY"));
  const std::string other = RequestFor({"KAZ/border-service", Role::kSeal, "other"});
  EXPECT_THAT(ask(own_node, other, sign(own_seal, other)), HasReason("WRONG_IDENTITY"));

  v1::RevokeCertificatesRequest revoke;
  revoke.set_serial(certs::ParsePemChain(own_seal.chain_pem)->front().SerialHex());
  revoke.set_not_issued_here(true);
  ASSERT_OK(Call(IdentityFrom(state_, operator_), &v1::EnrolmentService::Stub::RevokeCertificates, revoke));
  EXPECT_THAT(ask(own_node, request, sign(own_seal, request)), HasReason("CERT_REVOKED"));
}

TEST_F(AuthorityRpcTest, WhoRevokesAgainIsToldSinceWhen) {
  const TlsIdentity anna = IdentityFrom(state_, operator_);
  v1::RevokeCertificatesRequest revoke;
  revoke.set_serial("0a");
  revoke.set_not_issued_here(true);
  ASSERT_OK_AND_ASSIGN(const v1::RevokeCertificatesResponse first,
                       Call(anna, &v1::EnrolmentService::Stub::RevokeCertificates, revoke));
  EXPECT_EQ(first.revoked(), 1u);
  EXPECT_FALSE(first.has_revoked_since());
  ASSERT_OK_AND_ASSIGN(const v1::RevokeCertificatesResponse again,
                       Call(anna, &v1::EnrolmentService::Stub::RevokeCertificates, revoke));
  EXPECT_EQ(again.revoked(), 0u);
  EXPECT_TRUE(again.has_revoked_since());
  revoke.clear_serial();
  revoke.set_key_sha256(std::string(32, 'k'));
  EXPECT_THAT(Call(anna, &v1::EnrolmentService::Stub::RevokeCertificates, revoke), HasReason("INVALID_FIELD"));
}

TEST_F(AuthorityRpcTest, AClockThatJumpedSignsNothingUntilItIsAccepted) {
  const TlsIdentity anna = IdentityFrom(state_, operator_);
  const absl::Duration jump = absl::Hours(24 * 60);
  const certs::Crl before = ListInFolder();
  wall_.SetOff(jump);
  EXPECT_THAT(Token(anna), HasReason("CLOCK_JUMPED"));
  Start();  // is no way out
  EXPECT_THAT(Token(anna), HasReason("CLOCK_JUMPED"));
  EXPECT_THAT(enrolment::AskForCertificate(Connect(IdentityFrom(state_, node_)), RequestFor(node_), "", kTimeout),
              HasReason("CLOCK_JUMPED"));
  ASSERT_OK_AND_ASSIGN(const v1::GetRevocationsResponse response,
                       Call(std::nullopt, &v1::EnrolmentService::Stub::GetRevocations, v1::GetRevocationsRequest()));
  EXPECT_EQ(response.revocation_list(), before.Der());
  EXPECT_EQ(ListInFolder().Der(), before.Der());

  authority_.reset();
  ASSERT_OK(node::AcceptClock(folder_.path(), wall_.Now()));
  Start();
  EXPECT_TRUE(before.IsOlderThan(ListInFolder()));
  EXPECT_GT(ListInFolder().ThisUpdate(), before.ThisUpdate() + jump - absl::Hours(1));
}

// As after an upgrade, or where the file was lost.
TEST_F(AuthorityRpcTest, WhereNothingWasKeptOfTheTimeTheNewestListBoundsTheClock) {
  const certs::Crl before = ListInFolder();
  authority_.reset();
  ASSERT_EQ(::unlink((folder_.path() + "/clock").c_str()), 0);
  wall_.SetOff(absl::Hours(24 * 60));
  Start();
  EXPECT_THAT(Token(IdentityFrom(state_, operator_)), HasReason("CLOCK_JUMPED"));
  EXPECT_EQ(ListInFolder().Der(), before.Der());
}

TEST_F(AuthorityRpcTest, ANodeDoesNotAskAnotherStatesAuthority) {
  const auto channel = enrolment::ConnectAuthority({authority_->address(), "KGZ"}, trust_, clock_, std::nullopt);
  EXPECT_THAT(enrolment::AskForCertificate(channel, RequestFor(node_), std::string(32, 't'), kTimeout),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace tamga::authority
