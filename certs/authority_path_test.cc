#include "certs/authority_path.h"

#include "certs/test_pki.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

using testing::SizeIs;

class AuthorityPathTest : public testing::Test {
 protected:
  absl::StatusOr<CertificateChain> Verify(const Certificate& authority, absl::Time now = TestNow()) const {
    return VerifyAuthority({root_.certificate}, {middle_.certificate}, authority, "KAZ", now, absl::ZeroDuration());
  }

  const Issued root_ = Issue(AuthorityNamed("Root"), nullptr);
  const Issued middle_ = Issue(AuthorityNamed("Middle"), &root_);
  const Issued issuing_ = Issue(AuthorityNamed("Issuing"), &middle_);
};

TEST_F(AuthorityPathTest, ARootAndWhoeverItCertifiedAreTheStates) {
  EXPECT_THAT(*Verify(root_.certificate), SizeIs(1));
  EXPECT_THAT(*Verify(middle_.certificate), SizeIs(2));
  EXPECT_THAT(*Verify(issuing_.certificate), SizeIs(3));
}

TEST_F(AuthorityPathTest, AnotherRootsAuthorityIsNot) {
  const Issued stranger = Issue(AuthorityNamed("Root"), nullptr);
  EXPECT_THAT(Verify(stranger.certificate), HasReason("CERT_UNTRUSTED"));
  EXPECT_THAT(Verify(Issue(AuthorityNamed("Issuing"), &stranger).certificate), HasReason("CERT_UNTRUSTED"));
}

TEST_F(AuthorityPathTest, ALeafIsNoAuthority) {
  EXPECT_THAT(Verify(Issue(Server(), &issuing_).certificate), HasReason("CERT_BAD_ISSUER"));
}

TEST_F(AuthorityPathTest, AnAuthorityThatNamesAnotherStateIsRefused) {
  EXPECT_THAT(Verify(Issue(AuthorityNamed("KGZ"), &root_).certificate), HasReason("CERT_WRONG_STATE"));
}

TEST_F(AuthorityPathTest, AnAuthorityOutOfItsTimeIsRefused) {
  EXPECT_THAT(Verify(issuing_.certificate, issuing_.certificate.NotAfter() + absl::Seconds(1)),
              HasReason("CERT_EXPIRED"));
  EXPECT_THAT(Verify(issuing_.certificate, issuing_.certificate.NotBefore() - absl::Seconds(1)),
              HasReason("CERT_NOT_YET_VALID"));
}

}  // namespace
}  // namespace tamga::certs
