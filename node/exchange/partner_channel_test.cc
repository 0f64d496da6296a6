#include "node/exchange/partner_channel.h"

#include <memory>
#include <string>
#include <vector>

#include "certs/test_crl.h"
#include "certs/test_pki.h"
#include "gmock/gmock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::exchange {
namespace {

using ::testing::ElementsAre;

constexpr char kAskedPartner[] = "KGZ/border-service";

class PartnerChannelTest : public ::testing::Test {
 protected:
  certs::Certificate IssueNode() const {
    certs::IssueOptions options = certs::Server();
    options.name = "Node";
    options.purposes = "serverAuth,clientAuth";
    options.names = "URI:spiffe://kgz.tamga/border-service/node/n1";
    return certs::Issue(options, &root_).certificate;
  }
  void Publish(const certs::CrlOptions& list) {
    auto revocations = std::make_shared<certs::Revocations>();
    ASSERT_OK(revocations->Add("KGZ", certs::IssueCrl(list, root_), root_.certificate));
    trust_.Replace(
        std::make_shared<const certs::TrustStore>(trust_.Get()->With(revocations, {}, absl::InfiniteDuration())));
  }

  const certs::Issued root_ = certs::Issue(certs::AuthorityNamed("Root"), nullptr);
  certs::CurrentTrust trust_{certs::TrustStore::Build({{"KGZ", root_.certificate.Pem()}}).value()};
  ManualClock clock_{certs::TestNow()};
  PartnerCertificates shown_{trust_, clock_};
  std::vector<std::string> connected_;  // by which chains
  PartnerChannel channel_{kAskedPartner, shown_, TlsIdentity{"first", ""}, [this](const TlsIdentity& identity) {
                            connected_.push_back(identity.chain_pem);
                            return grpc::CreateChannel("unix:no-such-socket", grpc::InsecureChannelCredentials());
                          }};
};

TEST_F(PartnerChannelTest, CallsShareAChannelUntilAnotherIdentityIsShown) {
  ASSERT_OK_AND_ASSIGN(const auto first, channel_.ForCall());
  ASSERT_OK_AND_ASSIGN(const auto again, channel_.ForCall());
  EXPECT_EQ(first, again);
  channel_.Show(TlsIdentity{"second", ""});
  ASSERT_OK_AND_ASSIGN(const auto second, channel_.ForCall());
  EXPECT_NE(second, first);
  EXPECT_THAT(connected_, ElementsAre("first", "second"));
}

TEST_F(PartnerChannelTest, ACertificateThatIsRevokedEndsCallsAndBeginsOneNewConnection) {
  const certs::Certificate revoked = IssueNode();
  shown_.Set(kAskedPartner, revoked.Pem(), "");
  ASSERT_OK_AND_ASSIGN(const auto before, channel_.ForCall());
  Publish({.revoked = {revoked}});
  EXPECT_THAT(channel_.ForCall().status(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(channel_.ForCall().status(), HasReason("CERT_REVOKED"));
  EXPECT_THAT(channel_.ForCall(certs::OldLists::kTaken).status(), HasReason("CERT_REVOKED"));
  EXPECT_THAT(connected_, ElementsAre("first", "first"));

  const certs::Certificate another = IssueNode();
  shown_.Set(kAskedPartner, another.Pem(), "");
  ASSERT_OK_AND_ASSIGN(const auto after, channel_.ForCall());
  EXPECT_NE(after, before);

  Publish({.revoked = {another}, .number = 2});
  EXPECT_THAT(channel_.ForCall().status(), HasReason("CERT_REVOKED"));
  EXPECT_THAT(connected_, ElementsAre("first", "first", "first"));
}

TEST_F(PartnerChannelTest, AListThatIsLateEndsExchangesAndNotTheTalkAboutLists) {
  shown_.Set(kAskedPartner, IssueNode().Pem(), "");
  Publish({.next_update = certs::TestNow() + absl::Seconds(30)});
  EXPECT_OK(channel_.ForCall().status());
  clock_.Advance(absl::Seconds(31));
  EXPECT_THAT(channel_.ForCall().status(), HasReason("REVOCATION_STALE"));
  EXPECT_OK(channel_.ForCall(certs::OldLists::kTaken).status());
  EXPECT_THAT(connected_, ElementsAre("first"));
}

}  // namespace
}  // namespace tamga::exchange
