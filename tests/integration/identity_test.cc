// Who gets through the door, and whom a node turns away before any method is looked at.
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "certs/certificate_builder.h"
#include "certs/p256.h"
#include "certs/profile.h"
#include "gmock/gmock.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_certificate_verifier.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/admin_service.grpc.pb.h"
#include "tamga/v1/audit_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using absl::StatusCode;
using certs::Role;
using ::testing::HasSubstr;

constexpr absl::Duration kDay = absl::Hours(24);

// An authority of UZB that issues in the name of whomever one likes, with nothing in its root against it.
class Usurper {
 public:
  explicit Usurper(Rng& rng) : rng_(rng), key_(certs::GenerateP256Key().value()) {
    const absl::Time now = SystemClock().Now();
    const certs::CertificateSpec spec = {
        "UZB",
        "Usurper",
        now - kDay,
        now + kDay,
        {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "critical,keyCertSign,cRLSign"}}};
    root_ = {certs::BuildCertificate(spec, *key_, nullptr, *key_, rng_).value()};
  }

  std::string RootPem() const { return root_.front().Pem(); }

  exchange::TlsIdentity Issue(const certs::Principal& caller) const {
    const absl::Time now = SystemClock().Now();
    const certs::EvpPkeyPtr key = certs::GenerateP256Key().value();
    const certs::CertificateSpec spec = {
        caller.agency,
        "",
        now - absl::Minutes(5),
        now + absl::Hours(1),
        {{NID_basic_constraints, "critical,CA:FALSE"},
         {NID_key_usage, "critical,digitalSignature"},
         {NID_ext_key_usage, absl::StrCat("critical,", absl::StrJoin(certs::KeyPurposesOf(caller.role), ","))},
         {NID_subject_alt_name, absl::StrCat("URI:", caller.SpiffeId())}}};
    const certs::Certificate leaf = certs::BuildCertificate(spec, *key, &root_.front(), *key_, rng_).value();
    return {leaf.Pem() + RootPem(), certs::WritePrivateKeyPem(*key).value()};
  }

 private:
  Rng& rng_;
  const certs::EvpPkeyPtr key_;
  certs::CertificateChain root_;
};

// The node under test holds the usurper's root, for UZB.
class IdentityTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    const std::string roots_file = federation_->folder(kInterior) + "/usurper.pem";
    usurper_ = std::make_unique<Usurper>(rng_);
    ASSERT_OK(WriteFile(roots_file, usurper_->RootPem()));
    v1::NodeConfig config = federation_->config(kInterior);
    v1::TrustBundle& bundle = *config.add_trust_bundles();
    bundle.set_state("UZB");
    bundle.set_roots_file(roots_file);
    bundle.set_unconstrained(true);
    ASSERT_OK(federation_->Reconfigure(kInterior, config));
    ASSERT_OK(federation_->node(kInterior).Start());
    ASSERT_OK(federation_->WaitUntilServing(kInterior));
  }
  static void TearDownTestSuite() {
    usurper_.reset();
    federation_.reset();
  }

  static std::unique_ptr<certs::StateAuthority> MakeAuthority(const std::string& state) {
    absl::StatusOr<certs::StateAuthority> authority =
        certs::StateAuthority::Create(state, SystemClock().Now() - 30 * kDay, rng_);
    EXPECT_OK(authority);
    return std::make_unique<certs::StateAuthority>(*std::move(authority));
  }

  // A certificate for `caller` that is good for a day from `since`.
  static exchange::TlsIdentity Issue(const certs::StateAuthority& authority, const certs::Principal& caller,
                                     absl::Time since) {
    const absl::StatusOr<certs::KeyAndCertificate> files = authority.Issue(caller, kDay, since, rng_);
    EXPECT_OK(files);
    return files.ok() ? exchange::TlsIdentity{files->chain_pem, files->key_pem} : exchange::TlsIdentity();
  }
  static exchange::TlsIdentity Issue(const certs::StateAuthority& authority, const certs::Principal& caller) {
    return Issue(authority, caller, SystemClock().Now());
  }

  // What the node says to a call of an operator's method. Never waits for a connection that was refused.
  static absl::Status Ask(const std::shared_ptr<grpc::Channel>& channel) {
    const auto context = Patience();
    context->set_wait_for_ready(false);
    v1::GetNodeStatusResponse response;
    return exchange::FromGrpc(
        v1::AdminService::NewStub(channel)->GetNodeStatus(context.get(), v1::GetNodeStatusRequest(), &response));
  }
  static absl::Status Ask(const exchange::TlsIdentity& identity) {
    return Ask(federation_->ConnectAs(identity, kInterior));
  }
  static absl::Status AskAs(const certs::Principal& caller) { return Ask(federation_->Connect(caller, kInterior)); }

  // The handshake fails, and the node says `why` in its log: once a second for each reason, so that it may take a few.
  static void ExpectNoConnection(const exchange::TlsIdentity& identity, const std::string& why) {
    const size_t before = federation_->node(kInterior).LogText().size();
    const auto said = [&] { return federation_->node(kInterior).LogText().substr(before); };
    const absl::Time patience = absl::Now() + absl::Seconds(60);
    do {
      EXPECT_THAT(Ask(identity), StatusIs(StatusCode::kUnavailable));
    } while (!absl::StrContains(said(), why) && absl::Now() < patience);
    EXPECT_THAT(said(), HasSubstr(why));
  }

  static certs::StateAuthority& Kaz() { return federation_->authority("KAZ"); }

  inline static SystemRng rng_;
  inline static std::unique_ptr<Federation> federation_;
  inline static std::unique_ptr<Usurper> usurper_;
};

TEST_F(IdentityTest, ACallerOfTheOwnAgencyIsServed) {
  EXPECT_OK(AskAs(OperatorOf(kInterior)));
  EXPECT_OK(Ask(Issue(Kaz(), OperatorOf(kInterior))));
}

TEST_F(IdentityTest, WithoutACertificateThereIsNoConnection) {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
      federation_->trust().Get()->AllRootsPem(), std::vector<grpc::experimental::IdentityKeyCertPair>()));
  options.watch_root_certs();
  options.set_check_call_host(false);
  options.set_certificate_verifier(std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
  const size_t before = federation_->node(kInterior).LogText().size();
  EXPECT_THAT(Ask(grpc::CreateChannel(federation_->address(kInterior), grpc::experimental::TlsCredentials(options))),
              StatusIs(StatusCode::kUnavailable));
  EXPECT_THAT(federation_->node(kInterior).LogText().substr(before), HasSubstr("peer did not return a certificate"));
}

TEST_F(IdentityTest, ARootThatIsBelievedForAnotherStateDoesNotVouchForThisOne) {
  ExpectNoConnection(usurper_->Issue(OperatorOf(kInterior)), "CERT_UNTRUSTED");
  ExpectNoConnection(usurper_->Issue({kInterior, Role::kNode, "n1"}), "CERT_UNTRUSTED");
}

TEST_F(IdentityTest, ARootOfTheSameNamesThatNobodyTrustsVouchesForNobody) {
  const std::unique_ptr<certs::StateAuthority> replaced = MakeAuthority("KAZ");
  ExpectNoConnection(Issue(*replaced, OperatorOf(kInterior)), "CERT_UNTRUSTED");
}

TEST_F(IdentityTest, AStateThatNobodyTrustsIsUnknown) {
  const std::unique_ptr<certs::StateAuthority> unknown = MakeAuthority("TKM");
  ExpectNoConnection(Issue(*unknown, OperatorOf("TKM/interior-ministry")), "CERT_UNKNOWN_STATE");
}

TEST_F(IdentityTest, ACertificateOutOfItsTimeIsRefused) {
  const absl::Time now = SystemClock().Now();
  ExpectNoConnection(Issue(Kaz(), OperatorOf(kInterior), now - 2 * kDay), "CERT_EXPIRED");
  ExpectNoConnection(Issue(Kaz(), OperatorOf(kInterior), now + absl::Hours(1)), "CERT_NOT_YET_VALID");
}

TEST_F(IdentityTest, ASealDoesNotConnect) {
  ExpectNoConnection(Issue(Kaz(), {kInterior, Role::kSeal, "n1"}), "CERT_WRONG_USAGE");
}

TEST_F(IdentityTest, CallersOfOtherAgenciesAreNotServed) {
  for (const certs::Principal& caller : {
           certs::Principal{kBorder, Role::kOperator, "test"},             // a sister agency
           certs::Principal{kKyrgyz, Role::kOperator, "test"},             // a partner's people
           certs::Principal{kBorder, Role::kNode, "n1"},                   // a sister agency's node, no partner
           certs::Principal{"KGZ/border-service", Role::kNode, "n1"},      // a partner State's other node
           certs::Principal{kInterior, Role::kNode, "n1"},                 // the node itself
           certs::Principal{kInterior, Role::kAuditor, "test"},            // auditors only of auditing agencies
           certs::Principal{"KAZ/prosecutor-local", Role::kAuditor, "x"},  // nor of others
       }) {
    const absl::Status status = AskAs(caller);
    EXPECT_THAT(status, StatusIs(StatusCode::kPermissionDenied)) << caller.SpiffeId();
    EXPECT_THAT(status, HasReason("UNKNOWN_AGENCY")) << caller.SpiffeId();
  }
}

TEST_F(IdentityTest, AgenciesThatAreConfiguredAreKnown) {
  for (const certs::Principal& caller :
       {certs::Principal{kKyrgyz, Role::kNode, "n1"}, AuditorOf("KAZ"), AuditorOf("KGZ"), SystemOf(kInterior)}) {
    EXPECT_THAT(AskAs(caller), HasReason("WRONG_ROLE")) << caller.SpiffeId();
  }
}

}  // namespace
}  // namespace tamga::testing
