#include "node/exchange/partner_certificates.h"

#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "certs/test_crl.h"
#include "certs/test_pki.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::exchange {
namespace {

constexpr char kPartner[] = "KGZ/border-service";

class PartnerCertificatesTest : public ::testing::Test {
 protected:
  certs::Certificate IssueNode() const {
    certs::IssueOptions options = certs::Server();
    options.name = "Node";
    options.purposes = "serverAuth,clientAuth";
    options.names = "URI:spiffe://kgz.tamga/border-service/node/n1";
    return certs::Issue(options, &root_).certificate;
  }
  certs::TrustStore TrustWith(const certs::CrlOptions& list) const {
    auto revocations = std::make_shared<certs::Revocations>();
    EXPECT_OK(revocations->Add("KGZ", certs::IssueCrl(list, root_), root_.certificate));
    return trust_.Get()->With(revocations, {}, absl::Hours(72));
  }

  const certs::Issued root_ = certs::Issue(certs::AuthorityNamed("Root"), nullptr);
  certs::CurrentTrust trust_{certs::TrustStore::Build({{"KGZ", root_.certificate.Pem()}}).value()};
  ManualClock clock_{certs::TestNow()};
  PartnerCertificates shown_{trust_, clock_};
};

TEST_F(PartnerCertificatesTest, BeforeAHandshakeThereIsNothingToHoldAgainstAPartner) {
  EXPECT_OK(shown_.Check(kPartner));
}

TEST_F(PartnerCertificatesTest, ARevokedCertificateIsRefusedWhileItsConnectionStands) {
  const certs::Certificate node = IssueNode();
  shown_.Set(kPartner, node.Pem(), "");
  EXPECT_OK(shown_.Check(kPartner));
  trust_.Replace(std::make_shared<const certs::TrustStore>(TrustWith({.revoked = {node}, .number = 1})));
  EXPECT_THAT(shown_.Check(kPartner), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(shown_.Check(kPartner), HasReason("CERT_REVOKED"));
  EXPECT_OK(shown_.Check("KGZ/interior-ministry"));
  shown_.Set(kPartner, IssueNode().Pem(), "");
  EXPECT_OK(shown_.Check(kPartner));
}

TEST_F(PartnerCertificatesTest, WithoutACurrentListNothingLeaves) {
  shown_.Set(kPartner, IssueNode().Pem(), "");
  trust_.Replace(
      std::make_shared<const certs::TrustStore>(TrustWith({.next_update = certs::TestNow() + absl::Seconds(30)})));
  EXPECT_OK(shown_.Check(kPartner));
  clock_.Advance(absl::Seconds(31));
  EXPECT_THAT(shown_.Check(kPartner), HasReason("REVOCATION_STALE"));
}

TEST_F(PartnerCertificatesTest, ThePathOfWhatWasShownIsThereForAsLongAsItIsGood) {
  EXPECT_FALSE(shown_.PathOf(kPartner).has_value());
  const certs::Certificate node = IssueNode();
  shown_.Set(kPartner, node.Pem(), "");
  const std::optional<certs::CertificateChain> path = shown_.PathOf(kPartner);
  ASSERT_TRUE(path.has_value());
  ASSERT_EQ(path->size(), 2u);
  EXPECT_EQ(path->front().Der(), node.Der());
  EXPECT_EQ(path->back().Der(), root_.certificate.Der());
  trust_.Replace(std::make_shared<const certs::TrustStore>(TrustWith({.revoked = {node}})));
  EXPECT_FALSE(shown_.PathOf(kPartner).has_value());
}

TEST_F(PartnerCertificatesTest, ACertificateThatEndsIsRefused) {
  const certs::Certificate node = IssueNode();
  shown_.Set(kPartner, node.Pem(), "");
  EXPECT_OK(shown_.Check(kPartner));
  clock_.Set(node.NotAfter() + absl::Seconds(1));
  EXPECT_THAT(shown_.Check(kPartner), HasReason("CERT_EXPIRED"));
}

}  // namespace
}  // namespace tamga::exchange
