#include "node/main/own_certificates.h"

#include <memory>
#include <string>

#include "certs/test_crl.h"
#include "certs/test_pki.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/matchers.h"

namespace tamga::node {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// A root, an issuing authority, and what it issued to a node.
class OwnCertificatesTest : public ::testing::Test {
 protected:
  certs::CertificateChain IssueTls() const {
    certs::IssueOptions options = certs::Server();
    options.name = "Node";
    options.purposes = "serverAuth,clientAuth";
    options.names = "URI:spiffe://kaz.tamga/border-service/node/n1";
    return {certs::Issue(options, &issuing_).certificate, issuing_.certificate};
  }
  certs::CertificateChain IssueSeal() const {
    certs::IssueOptions options = certs::Server();
    options.name = "Seal";
    options.purposes = "2.25.614985526620609269859420587168436779";
    options.names = "URI:spiffe://kaz.tamga/border-service/seal/n1";
    return {certs::Issue(options, &issuing_).certificate, issuing_.certificate};
  }
  void Publish(const certs::Issued& issuer, const certs::CrlOptions& list) {
    const auto lists = std::make_shared<certs::Revocations>();
    ASSERT_OK(lists->Add("KAZ", certs::IssueCrl(list, issuer), issuer.certificate));
    trust_.Replace(
        std::make_shared<const certs::TrustStore>(trust_.Get()->With(lists, {"KAZ"}, absl::InfiniteDuration())));
  }
  void Look() { own_.Look(tls_, seal_); }

  const certs::Issued root_ = certs::Issue(certs::AuthorityNamed("Root"), nullptr);
  const certs::Issued issuing_ = certs::Issue(certs::AuthorityNamed("Issuing"), &root_);
  certs::CertificateChain tls_ = IssueTls();
  certs::CertificateChain seal_ = IssueSeal();
  certs::CurrentTrust trust_{certs::TrustStore::Build({{"KAZ", root_.certificate.Pem()}}).value()};
  ManualClock clock_{certs::TestNow()};
  OwnCertificates own_{trust_, clock_};
};

TEST_F(OwnCertificatesTest, WhatPartnersBelieveIsInOrderAlsoWhereAListIsLate) {
  Look();
  EXPECT_OK(own_.Check());
  Publish(issuing_, {.next_update = clock_.Now() - absl::Minutes(10)});
  Look();
  EXPECT_OK(own_.Check());
  EXPECT_THAT(own_.Refused(), IsEmpty());
}

TEST_F(OwnCertificatesTest, ARevokedSealIsToldWithItsFieldAndWhatToDoAndIsOverWithAnother) {
  Look();
  Publish(issuing_, {.revoked = {seal_.front()}});
  EXPECT_OK(own_.Check());  // what was found last
  Look();
  EXPECT_THAT(own_.Check(), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(own_.Check(), HasReason("OWN_SEAL_REFUSED"));
  EXPECT_EQ(MetadataOf(own_.Check())["certificate"], "CERT_REVOKED");
  EXPECT_THAT(own_.Refused(), ElementsAre(AllOf(StartsWith("seal.certificate_file: "), HasSubstr("revoked"),
                                                HasSubstr("tamga pki enrol"))));
  seal_ = IssueSeal();
  Look();
  EXPECT_OK(own_.Check());
}

TEST_F(OwnCertificatesTest, ARevokedAuthorityTakesBothWithIt) {
  Publish(root_, {.revoked = {issuing_.certificate}});
  Look();
  EXPECT_THAT(own_.Check(), HasReason("OWN_TLS_REFUSED"));
  EXPECT_THAT(own_.Refused(), ElementsAre(StartsWith("tls.certificate_file: "), StartsWith("seal.certificate_file: ")));
}

TEST_F(OwnCertificatesTest, ThereIsOneLineForAsLongAsItStays) {
  Publish(issuing_, {.revoked = {tls_.front()}});
  ::testing::internal::CaptureStderr();
  Look();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("\"own certificate refused\""), HasSubstr("OWN_TLS_REFUSED")));
  ::testing::internal::CaptureStderr();
  Look();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace tamga::node
