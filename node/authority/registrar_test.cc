#include "node/authority/registrar.h"

#include "certs/pem.h"
#include "certs/trust_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/authority/other_lists.h"
#include "node/authority/test_registrar.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"

namespace tamga::authority {
namespace {

TEST_F(RegistrarTest, ATokenGivesItsCertificateForTheRolesLife) {
  for (const auto& [id, days] : {std::pair(kNode, 7), std::pair("spiffe://kaz.tamga/border-service/seal/main", 365),
                                 std::pair("spiffe://kaz.tamga/border-service/system/lane-7", 90)}) {
    ASSERT_OK_AND_ASSIGN(const std::string chain, registrar_->EnrolByToken(RequestBy(*key_, id), Token(id)));
    EXPECT_EQ(LeafOf(chain).NotAfter(), clock_.Now() + absl::Hours(24 * days)) << id;
    EXPECT_EQ(LeafOf(chain).Spki(), certs::SpkiOf(*key_));
    EXPECT_OK(Check(chain));
  }
}

TEST_F(RegistrarTest, AnAnswerThatWasLostIsGivenAgainToTheSameKeyEvenAfterACrash) {
  const std::string token = Token();
  ASSERT_OK_AND_ASSIGN(const std::string first, registrar_->EnrolByToken(RequestBy(*key_), token));
  Open();
  clock_.Advance(absl::Hours(2));  // past the token's end
  ASSERT_OK_AND_ASSIGN(const std::string again, registrar_->EnrolByToken(RequestBy(*key_), token));
  EXPECT_EQ(first, again);
  EXPECT_OK(Check(first));
}

TEST_F(RegistrarTest, ATokenThatIsShownWithAnotherKeyRevokesAllThatCameOfIt) {
  const std::string token = Token();
  ASSERT_OK_AND_ASSIGN(const std::string first, registrar_->EnrolByToken(RequestBy(*key_), token));
  // A thief who came first has renewed what he got by then.
  ASSERT_OK_AND_ASSIGN(const std::string renewed, registrar_->Renew(RequestBy(*other_key_), ShownBy(first)));
  ASSERT_OK_AND_ASSIGN(const std::string bystander, registrar_->EnrolByToken(RequestBy(*key_), Token()));
  const certs::EvpPkeyPtr late_key = certs::GenerateP256Key().value();
  EXPECT_THAT(registrar_->EnrolByToken(RequestBy(*late_key), token),
              ::testing::AllOf(StatusIs(absl::StatusCode::kPermissionDenied), HasReason("TOKEN_USED")));
  EXPECT_THAT(Check(first), HasReason("CERT_REVOKED"));
  EXPECT_THAT(Check(renewed), HasReason("CERT_REVOKED"));
  EXPECT_OK(Check(bystander));
  EXPECT_THAT(registrar_->Renew(RequestBy(*key_), ShownBy(renewed)), HasReason("CERT_REVOKED"));
  EXPECT_THAT(registrar_->EnrolByToken(RequestBy(*key_), token), HasReason("CERT_REVOKED"));
}

TEST_F(RegistrarTest, AnOldTokenThatSomebodyFindsRevokesNothing) {
  const std::string token = Token();  // for an hour
  ASSERT_OK_AND_ASSIGN(const std::string first, registrar_->EnrolByToken(RequestBy(*key_), token));
  clock_.Advance(absl::Hours(1) + kTokenAlarmLife);
  EXPECT_THAT(registrar_->EnrolByToken(RequestBy(*other_key_), token), HasReason("TOKEN_USED"));
  EXPECT_OK(Check(first));
  EXPECT_OK(registrar_->Renew(RequestBy(*key_), ShownBy(first)));
  clock_.Advance(-absl::Seconds(1));
  EXPECT_THAT(registrar_->EnrolByToken(RequestBy(*other_key_), token), HasReason("TOKEN_USED"));
  EXPECT_THAT(Check(first), HasReason("CERT_REVOKED"));
}

TEST_F(RegistrarTest, ATokenForAnotherIsRefusedAndNotUsedUp) {
  const std::string token = Token();
  for (const char* id :
       {"spiffe://kaz.tamga/customs/node/main", "spiffe://kaz.tamga/border-service/node/other",
        "spiffe://kaz.tamga/border-service/seal/main", "spiffe://kgz.tamga/border-service/node/main"}) {
    EXPECT_THAT(registrar_->EnrolByToken(RequestBy(*other_key_, id), token), HasReason("TOKEN_WRONG_ID")) << id;
  }
  EXPECT_OK(registrar_->EnrolByToken(RequestBy(*key_), token));
}

TEST_F(RegistrarTest, TokensEndAndOthersAreNotKnown) {
  const std::string token = Token();
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(registrar_->EnrolByToken(RequestBy(*key_), token), HasReason("TOKEN_EXPIRED"));
  EXPECT_THAT(registrar_->EnrolByToken(RequestBy(*key_), std::string(32, 't')), HasReason("TOKEN_UNKNOWN"));
  EXPECT_THAT(registrar_->EnrolByToken(RequestBy(*key_), "short"), HasReason("INVALID_FIELD"));
  EXPECT_THAT(registrar_->EnrolByToken("no request", Token()), HasReason("CSR_MALFORMED"));
}

TEST_F(RegistrarTest, TheDatabaseDoesNotHoldTheToken) {
  const std::string token = Token();
  for (const char* name : {"authority.db", "authority.db-wal"}) {
    const std::string bytes = ReadFile(folder_.path() + "/" + name).value_or("");
    EXPECT_EQ(bytes.find(token), std::string::npos) << name;
    EXPECT_EQ(bytes.find(HexEncode(token)), std::string::npos) << name;
  }
}

TEST_F(RegistrarTest, ACertificateRenewsItselfAndNothingElse) {
  ASSERT_OK_AND_ASSIGN(const std::string first, registrar_->EnrolByToken(RequestBy(*key_), Token()));
  ASSERT_OK_AND_ASSIGN(const std::string renewed, registrar_->Renew(RequestBy(*other_key_), ShownBy(first)));
  EXPECT_NE(LeafOf(first).SerialHex(), LeafOf(renewed).SerialHex());
  EXPECT_OK(Check(first));
  for (const char* id : {"spiffe://kaz.tamga/customs/node/main", "spiffe://kaz.tamga/border-service/node/other",
                         "spiffe://kaz.tamga/border-service/seal/main", "spiffe://kgz.tamga/border-service/node/main",
                         "spiffe://kaz.tamga/border-service/operator/main"}) {
    EXPECT_THAT(registrar_->Renew(RequestBy(*other_key_, id), ShownBy(first)), HasReason("WRONG_IDENTITY")) << id;
  }
}

// A former issuing key that was stolen, or another authority below the root: either may have been revoked meanwhile.
TEST_F(RegistrarTest, WhatAnotherKeySignedIsNotRenewedIfListsAreAgainstIt) {
  ASSERT_OK_AND_ASSIGN(const std::string kept, registrar_->EnrolByToken(RequestBy(*key_), Token()));
  certs::StateAuthority renewed = certs::StateAuthority::Load(files_).value();
  ASSERT_OK(renewed.RenewIssuing(clock_.Now(), rng_));
  const certs::StateAuthority::Files files = renewed.Save().value();
  const certs::TrustStore trust = certs::TrustStore::Build({{"KAZ", files_.root_pem}}).value();
  const std::string crl_file = folder_.path() + "/crl.pem";
  ASSERT_OK(WriteFile(crl_file, ""));
  OtherLists lists(trust, "KAZ", {crl_file}, clock_);
  registrar_.reset();
  ASSERT_OK_AND_ASSIGN(
      registrar_,
      Registrar::Open(
          {certs::IssuingAuthority::Load("KAZ", files.root_pem, files.issuing_pem, files.issuing_key_pem).value(),
           *database_,
           folder_.path(),
           {absl::Hours(24 * 7), absl::Hours(24 * 365), absl::Hours(24 * 90)},
           clock_,
           rng_,
           [&](const certs::CertificateChain& path) { return lists.Check(path); }}));
  EXPECT_OK(registrar_->Renew(RequestBy(*key_), ShownBy(kept)));
  const auto issue = [&](const certs::StateAuthority& by) {
    Shown shown = ShownBy(by.Issue(certs::ParseSpiffeId(kNode).value(), absl::Hours(1), clock_.Now(), rng_)->chain_pem);
    shown.path.push_back(LeafOf(files_.root_pem));
    return shown;
  };
  EXPECT_OK(registrar_->Renew(RequestBy(*key_), issue(renewed)));

  const Shown other = issue(state_);
  EXPECT_THAT(registrar_->Renew(RequestBy(*key_), other), HasReason("REVOCATION_UNKNOWN"));
  Shown with_a_known_number = other;
  with_a_known_number.serial = LeafOf(kept).SerialHex();
  EXPECT_THAT(registrar_->Renew(RequestBy(*key_), with_a_known_number), HasReason("REVOCATION_UNKNOWN"));

  using Serials = std::vector<certs::RevokedSerial>;
  const auto publish = [&](uint64_t number, const Serials& by_issuer, const Serials& by_root) {
    const absl::Time until = clock_.Now() + absl::Hours(1);
    const certs::Crl issuing = state_.issuing().IssueCrl({by_issuer, number, clock_.Now(), until}).value();
    const certs::Crl root = state_.IssueRootCrl({by_root, number, clock_.Now(), until}).value();
    ASSERT_OK(WriteFile(crl_file, certs::WritePem("X509 CRL", issuing.Der()) + certs::WritePem("X509 CRL", root.Der()) +
                                      files_.issuing_pem));
    lists.Look();
  };
  publish(1, {}, {});
  EXPECT_OK(registrar_->Renew(RequestBy(*key_), other));
  publish(2, {{other.serial, clock_.Now()}}, {});
  EXPECT_THAT(registrar_->Renew(RequestBy(*key_), other), HasReason("CERT_REVOKED"));
  publish(3, {}, {});
  EXPECT_OK(registrar_->Renew(RequestBy(*key_), other));
  publish(4, {}, {{other.path[1].SerialHex(), clock_.Now()}});
  EXPECT_THAT(registrar_->Renew(RequestBy(*key_), other), HasReason("CERT_REVOKED"));
}

TEST_F(RegistrarTest, NobodyIsCertifiedAsTheAuthorityItself) {
  EXPECT_THAT(registrar_->CreateToken("spiffe://kaz.tamga/issuing-authority/node/main", absl::Hours(1)),
              HasReason("INVALID_FIELD"));
  EXPECT_OK(registrar_->CreateToken("spiffe://kaz.tamga/issuing-authority/operator/anna", absl::Hours(1)));
  EXPECT_THAT(registrar_->CreateToken("spiffe://kgz.tamga/border-service/node/main", absl::Hours(1)),
              HasReason("INVALID_FIELD"));
  EXPECT_THAT(registrar_->CreateToken("kaz", absl::Hours(1)), HasReason("INVALID_FIELD"));
  EXPECT_THAT(registrar_->CreateToken(kNode, absl::Hours(24 * 8)), HasReason("INVALID_FIELD"));
  const certs::Certificate issuing = LeafOf(files_.issuing_pem);
  const Shown itself{{"KAZ/issuing-authority", certs::Role::kNode, "main"}, "01", {issuing, issuing}};
  EXPECT_THAT(registrar_->Renew(RequestBy(*key_, itself.principal.SpiffeId()), itself), HasReason("INVALID_FIELD"));
}

}  // namespace
}  // namespace tamga::authority
