// What a registrar revokes, and the lists that say so.
#include "certs/crl.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/authority/test_registrar.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/matchers.h"

namespace tamga::authority {
namespace {

TEST_F(RegistrarTest, AnOperatorRevokesBySerialOrByKeyAndThatStaysSo) {
  ASSERT_OK_AND_ASSIGN(const std::string first, registrar_->EnrolByToken(RequestBy(*key_), Token()));
  ASSERT_OK_AND_ASSIGN(const std::string second, registrar_->EnrolByToken(RequestBy(*other_key_), Token()));
  ASSERT_OK_AND_ASSIGN(const Revoked by_serial, registrar_->RevokeSerial(LeafOf(first).SerialHex(), false));
  EXPECT_EQ(by_serial.count, 1);
  EXPECT_OK(Check(second));
  ASSERT_OK_AND_ASSIGN(const Revoked by_key, registrar_->RevokeKey(Sha256(certs::SpkiOf(*other_key_))));
  EXPECT_EQ(by_key.count, 1);
  Open();
  EXPECT_THAT(Check(first), HasReason("CERT_REVOKED"));
  EXPECT_THAT(Check(second), HasReason("CERT_REVOKED"));
  EXPECT_THAT(registrar_->RevokeKey(std::string(32, 'k')),
              ::testing::AllOf(StatusIs(absl::StatusCode::kNotFound), HasReason("KEY_UNKNOWN")));
  for (const char* bad : {"", "XY", "00", "0A", "000a", "012"}) {
    EXPECT_THAT(registrar_->RevokeSerial(bad, true), HasReason("INVALID_FIELD")) << bad;
  }
}

TEST_F(RegistrarTest, ASerialNumberThatNobodyHasRevokesNothingUnlessTheOperatorSaysSo) {
  const std::string list = registrar_->NewestRevocations();
  EXPECT_THAT(registrar_->RevokeSerial("0a", false),
              ::testing::AllOf(StatusIs(absl::StatusCode::kNotFound), HasReason("SERIAL_UNKNOWN")));
  EXPECT_EQ(registrar_->NewestRevocations(), list);
  ASSERT_OK_AND_ASSIGN(const certs::KeyAndCertificate off_line,
                       state_.Issue(certs::ParseSpiffeId(kNode).value(), absl::Hours(1), clock_.Now(), rng_));
  ASSERT_OK_AND_ASSIGN(const Revoked revoked, registrar_->RevokeSerial(LeafOf(off_line.chain_pem).SerialHex(), true));
  EXPECT_EQ(revoked.count, 1);
  EXPECT_THAT(Check(off_line.chain_pem), HasReason("CERT_REVOKED"));
}

TEST_F(RegistrarTest, WhatWasIssuedElsewhereAndRenewedHereIsKnown) {
  ASSERT_OK_AND_ASSIGN(const certs::KeyAndCertificate off_line,
                       state_.Issue(certs::ParseSpiffeId(kNode).value(), absl::Hours(1), clock_.Now(), rng_));
  ASSERT_OK(registrar_->Renew(RequestBy(*key_), ShownBy(off_line.chain_pem)).status());
  ASSERT_OK_AND_ASSIGN(const Revoked revoked, registrar_->RevokeSerial(LeafOf(off_line.chain_pem).SerialHex(), false));
  EXPECT_EQ(revoked.count, 2);
}

TEST_F(RegistrarTest, ItsOwnCertificateOnlyTheRootRevokes) {
  const std::string own = LeafOf(files_.issuing_pem).SerialHex();
  for (const bool not_issued_here : {false, true}) {
    EXPECT_THAT(registrar_->RevokeSerial(own, not_issued_here),
                StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("root-revocations")));
  }
}

TEST_F(RegistrarTest, WhoRevokesAgainIsToldSinceWhenItIs) {
  ASSERT_OK_AND_ASSIGN(const std::string chain, registrar_->EnrolByToken(RequestBy(*key_), Token()));
  const std::string serial = LeafOf(chain).SerialHex();
  const absl::Time since = clock_.Now();
  ASSERT_OK_AND_ASSIGN(const Revoked first, registrar_->RevokeSerial(serial, false));
  EXPECT_EQ(first.already, std::nullopt);
  const std::string list = registrar_->NewestRevocations();
  clock_.Advance(absl::Hours(3));
  ASSERT_OK_AND_ASSIGN(const Revoked by_serial, registrar_->RevokeSerial(serial, false));
  ASSERT_OK_AND_ASSIGN(const Revoked by_key, registrar_->RevokeKey(Sha256(certs::SpkiOf(*key_))));
  for (const Revoked& again : {by_serial, by_key}) {
    EXPECT_EQ(again.count, 0);
    EXPECT_EQ(again.already, since);
  }
  EXPECT_EQ(registrar_->NewestRevocations(), list);
}

TEST_F(RegistrarTest, WhileTheClockIsNotToBeGoneByNothingIsSigned) {
  const std::string token = Token();
  ASSERT_OK_AND_ASSIGN(const std::string first, registrar_->EnrolByToken(RequestBy(*key_), Token()));
  const std::string list = registrar_->NewestRevocations();
  clock_error_ = Error(absl::StatusCode::kUnavailable, "CLOCK_JUMPED", "for a test");
  const auto refuses_all = [&] {
    EXPECT_THAT(registrar_->EnrolByToken(RequestBy(*key_), token), HasReason("CLOCK_JUMPED"));
    EXPECT_THAT(registrar_->Renew(RequestBy(*key_), ShownBy(first)), HasReason("CLOCK_JUMPED"));
    EXPECT_THAT(registrar_->CreateToken(kNode, absl::Hours(1)), HasReason("CLOCK_JUMPED"));
    EXPECT_THAT(registrar_->RevokeSerial(LeafOf(first).SerialHex(), false), HasReason("CLOCK_JUMPED"));
    EXPECT_THAT(registrar_->RevokeKey(Sha256(certs::SpkiOf(*key_))), HasReason("CLOCK_JUMPED"));
    clock_.Advance(absl::Hours(24 * 365));
    EXPECT_OK(registrar_->RefreshRevocations());
    EXPECT_EQ(registrar_->NewestRevocations(), list);
  };
  refuses_all();
  Open();  // with the list that was signed before
  refuses_all();
  clock_error_ = absl::OkStatus();
  clock_.Set(certs::TestNow() + absl::Hours(2));
  ASSERT_OK(registrar_->RefreshRevocations());
  EXPECT_NE(registrar_->NewestRevocations(), list);
}

TEST_F(RegistrarTest, AListIsSignedEveryHourAndNumbersGoUp) {
  const certs::Crl first = certs::Crl::FromDer(registrar_->NewestRevocations()).value();
  clock_.Advance(absl::Minutes(59));
  ASSERT_OK(registrar_->RefreshRevocations());
  EXPECT_EQ(registrar_->NewestRevocations(), first.Der());
  clock_.Advance(absl::Minutes(1));
  ASSERT_OK(registrar_->RefreshRevocations());
  const certs::Crl second = certs::Crl::FromDer(registrar_->NewestRevocations()).value();
  EXPECT_EQ(second.ThisUpdate(), clock_.Now());
  EXPECT_TRUE(first.IsOlderThan(second));
  Open();
  EXPECT_TRUE(second.IsOlderThan(certs::Crl::FromDer(registrar_->NewestRevocations()).value()));
  ASSERT_OK_AND_ASSIGN(const std::string file, ReadFile(folder_.path() + "/revocations.pem"));
  ASSERT_OK_AND_ASSIGN(const certs::Crl from_file, certs::Crl::FromPem(file));
  EXPECT_EQ(from_file.Der(), registrar_->NewestRevocations());
}

}  // namespace
}  // namespace tamga::authority
