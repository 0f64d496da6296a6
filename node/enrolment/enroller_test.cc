#include "node/enrolment/enroller.h"

#include <set>

#include "certs/authority.h"
#include "certs/p256.h"
#include "certs/test_certificates.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/store/test_folder.h"

namespace tamga::enrolment {
namespace {

constexpr absl::Duration kWeek = absl::Hours(24 * 7);

class EnrollerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const certs::KeyAndCertificate issued = authority_.Issue(node_, kWeek, clock_.Now(), rng_).value();
    ASSERT_OK(WriteFile(files_.key_file, issued.key_pem, 0600));
    ASSERT_OK(WriteFile(files_.certificate_file, issued.chain_pem));
  }

  Enroller Make() {
    return Enroller(
        {files_, 66, trust_, clock_, rng_,
         [this](const exchange::TlsIdentity& current, absl::string_view csr) { return Ask(current, csr); }});
  }

  absl::StatusOr<std::string> Ask(const exchange::TlsIdentity& current, absl::string_view csr) {
    ++asked_;
    EXPECT_EQ(current.chain_pem, ReadFile(files_.certificate_file).value());
    EXPECT_EQ(current.key_pem, ReadFile(files_.key_file).value());
    if (!answer_.ok()) return answer_;
    const certs::Csr request = certs::Csr::FromDer(csr).value();
    keys_.insert(request.key_sha256());
    if (issue_for_other_key_) return authority_.Issue(node_, kWeek, clock_.Now(), rng_)->chain_pem;
    if (issue_for_other_name_) {
      const certs::EvpPkeyPtr key = certs::ParsePrivateKeyPem(ReadFile(files_.key_file + ".next").value()).value();
      const certs::Principal other = {"KAZ/customs", certs::Role::kNode, "main"};
      return authority_.issuing().IssueFor(certs::Csr::FromDer(certs::MakeCsr(other, *key).value()).value(), kWeek,
                                           clock_.Now(), rng_);
    }
    return authority_.issuing().IssueFor(request, lifetime_, clock_.Now(), rng_);
  }

  certs::Certificate AtHand() const { return certs::ParsePemChain(ReadFile(files_.certificate_file).value())->front(); }
  bool FilesFit() const {
    const certs::EvpPkeyPtr key = certs::ParsePrivateKeyPem(ReadFile(files_.key_file).value()).value();
    return AtHand().Spki() == certs::SpkiOf(*key);
  }

  const certs::Principal node_ = {"KAZ/border-service", certs::Role::kNode, "main"};
  ManualClock clock_{certs::TestNow()};
  SystemRng rng_;
  const certs::StateAuthority authority_ = certs::StateAuthority::Create("KAZ", certs::TestNow(), rng_).value();
  const certs::CurrentTrust trust_{certs::TrustStore::Build({{"KAZ", authority_.RootPem()}}).value()};
  store::TestFolder folder_;
  const KeyFiles files_ = {folder_.path() + "/tls.pem", folder_.path() + "/tls.key"};
  absl::Status answer_;
  absl::Duration lifetime_ = kWeek;  // of what is issued
  bool issue_for_other_key_ = false;
  bool issue_for_other_name_ = false;
  int asked_ = 0;
  std::set<std::string> keys_;
};

TEST_F(EnrollerTest, RenewsAtTwoThirdsOfTheLifeGiveOrTakeATenth) {
  Enroller enroller = Make();
  const absl::Time start = clock_.Now();
  const std::string before = AtHand().SerialHex();
  while (AtHand().SerialHex() == before && clock_.Now() - start < kWeek) {
    enroller.RenewIfDue();
    clock_.Advance(absl::Minutes(1));
  }
  EXPECT_EQ(asked_, 1);
  EXPECT_GE(clock_.Now() - start, 0.59 * kWeek);
  EXPECT_LE(clock_.Now() - start, 0.74 * kWeek);
  EXPECT_TRUE(FilesFit());
}

TEST_F(EnrollerTest, EveryRenewalHasANewKey) {
  Enroller enroller = Make();
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(0.75 * kWeek);
    enroller.RenewIfDue();
    ASSERT_TRUE(FilesFit());
  }
  EXPECT_EQ(asked_, 5);
  EXPECT_EQ(keys_.size(), 5u);
}

TEST_F(EnrollerTest, AnAuthorityThatIsDownForADayIsAskedNowAndThenAndChangesNothing) {
  Enroller enroller = Make();
  const std::string certificate = AtHand().Der();
  clock_.Advance(0.75 * kWeek);
  answer_ = absl::UnavailableError("down");
  for (int minute = 0; minute < 24 * 60; ++minute) {
    enroller.RenewIfDue();
    clock_.Advance(absl::Minutes(1));
  }
  EXPECT_GE(asked_, 24);  // at least once an hour
  EXPECT_LE(asked_, 40);  // and not all the time
  EXPECT_EQ(AtHand().Der(), certificate);
  EXPECT_TRUE(FilesFit());
  EXPECT_THAT(trust_.Get()->Verify(certs::ParsePemChain(ReadFile(files_.certificate_file).value()).value(),
                                   certs::Usage::kTlsServer, clock_.Now()),
              IsOk());

  answer_ = absl::OkStatus();
  clock_.Advance(absl::Minutes(70));
  enroller.RenewIfDue();
  EXPECT_NE(AtHand().Der(), certificate);
  EXPECT_TRUE(FilesFit());
}

// Its validity begins five minutes before it is issued: that time is not the certificate's life.
TEST_F(EnrollerTest, ACertificateForAMinuteIsRenewedInItsLifeAndNotAllTheTime) {
  lifetime_ = absl::Minutes(1);
  Enroller enroller = Make();
  clock_.Advance(0.75 * kWeek);
  for (int second = 0; second < 3600; ++second) {
    enroller.RenewIfDue();
    ASSERT_GE(AtHand().NotAfter(), clock_.Now()) << second;
    clock_.Advance(absl::Seconds(1));
  }
  EXPECT_GE(asked_, 70);
  EXPECT_LE(asked_, 110);
}

TEST_F(EnrollerTest, AfterARestartAShortCertificateIsNotDueAtOnce) {
  lifetime_ = absl::Minutes(1);
  clock_.Advance(0.75 * kWeek);
  Make().RenewIfDue();
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(absl::Seconds(6));
    Make().RenewIfDue();
  }
  EXPECT_EQ(asked_, 1);
}

TEST_F(EnrollerTest, PausesAreShortBesideWhatIsLeft) {
  lifetime_ = absl::Minutes(10);
  Enroller enroller = Make();
  clock_.Advance(0.75 * kWeek);
  enroller.RenewIfDue();
  const absl::Time end = AtHand().NotAfter();
  ASSERT_EQ(asked_, 1);
  answer_ = absl::UnavailableError("down");
  for (; clock_.Now() < end; clock_.Advance(absl::Seconds(1))) {
    if (end - clock_.Now() <= absl::Seconds(40)) answer_ = absl::OkStatus();
    enroller.RenewIfDue();
  }
  EXPECT_GT(AtHand().NotAfter(), end);
  EXPECT_GE(asked_, 5);
  EXPECT_LE(asked_, 20);
}

TEST_F(EnrollerTest, AKeyThatNoCertificateCameForDoesNotStay) {
  clock_.Advance(0.75 * kWeek);
  answer_ = absl::PermissionDeniedError("no");
  Make().RenewIfDue();
  ASSERT_EQ(asked_, 1);
  EXPECT_THAT(ReadFile(files_.key_file + ".next"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_TRUE(FilesFit());
}

// As of a token.
TEST_F(EnrollerTest, AKeyThatIsInNoFileIsCertifiedAgain) {
  const certs::EvpPkeyPtr key = certs::ParsePrivateKeyPem(ReadFile(files_.key_file).value()).value();
  const certs::EvpPkeyPtr other = certs::GenerateP256Key().value();
  const EVP_PKEY* in_use = other.get();
  Enroller enroller(
      {{files_.certificate_file, ""},
       66,
       trust_,
       clock_,
       rng_,
       [&](const exchange::TlsIdentity& current, absl::string_view csr) -> absl::StatusOr<std::string> {
         ++asked_;
         EXPECT_EQ(current.key_pem, "");
         return authority_.issuing().IssueFor(certs::Csr::FromDer(csr).value(), kWeek, clock_.Now(), rng_);
       },
       [&](const certs::Principal& principal) { return certs::MakeCsr(principal, *const_cast<EVP_PKEY*>(in_use)); }});
  const std::string before = AtHand().Der();
  clock_.Advance(0.75 * kWeek);
  enroller.RenewIfDue();  // by a key that is not the certificate's
  EXPECT_EQ(asked_, 0);
  EXPECT_EQ(AtHand().Der(), before);
  in_use = key.get();
  clock_.Advance(absl::Minutes(2));
  enroller.RenewIfDue();
  EXPECT_EQ(asked_, 1);
  EXPECT_NE(AtHand().Der(), before);
  EXPECT_TRUE(FilesFit());
}

TEST_F(EnrollerTest, WhatTheAuthorityShouldNotHaveIssuedIsNotTaken) {
  const std::string certificate = AtHand().Der();
  clock_.Advance(0.75 * kWeek);
  issue_for_other_key_ = true;
  Make().RenewIfDue();
  issue_for_other_key_ = false;
  issue_for_other_name_ = true;
  Make().RenewIfDue();
  EXPECT_EQ(asked_, 2);
  EXPECT_EQ(AtHand().Der(), certificate);
  EXPECT_TRUE(FilesFit());
}

TEST_F(EnrollerTest, FilesThatAnOperatorReplacedAreFollowed) {
  Enroller enroller = Make();
  enroller.RenewIfDue();
  clock_.Advance(0.5 * kWeek);
  const certs::KeyAndCertificate issued = authority_.Issue(node_, kWeek, clock_.Now(), rng_).value();
  ASSERT_OK(WriteFile(files_.key_file, issued.key_pem, 0600));
  ASSERT_OK(WriteFile(files_.certificate_file, issued.chain_pem));
  clock_.Advance(0.3 * kWeek);  // the old one would be due
  enroller.RenewIfDue();
  EXPECT_EQ(asked_, 0);
  clock_.Advance(0.45 * kWeek);
  enroller.RenewIfDue();
  EXPECT_EQ(asked_, 1);
}

TEST_F(EnrollerTest, FilesThatCannotBeReadAreTriedAgainLater) {
  Enroller enroller = Make();
  const std::string chain = ReadFile(files_.certificate_file).value();
  ASSERT_OK(WriteFile(files_.certificate_file, "half a certif"));
  clock_.Advance(0.75 * kWeek);
  enroller.RenewIfDue();
  EXPECT_EQ(asked_, 0);
  ASSERT_OK(WriteFile(files_.certificate_file, chain));
  clock_.Advance(absl::Minutes(2));
  enroller.RenewIfDue();
  EXPECT_EQ(asked_, 1);
}

}  // namespace
}  // namespace tamga::enrolment
