#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/p256.h"
#include "certs/test_crl.h"
#include "node/base/clock.h"
#include "node/evidence/bundle_fixture.h"

namespace tamga::evidence {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kSealedByKyrgyz[] = "the reply of KGZ/interior-ministry was sealed by it";

class RevocationCheckTest : public BundleCheckTest {
 protected:
  certs::Issued IssuingOf(const std::string& state) const {
    const certs::StateAuthority::Files files = pair_.states.AuthorityFiles(state);
    return Authority(files.issuing_pem, files.issuing_key_pem);
  }
  certs::Issued RootOf(const std::string& state) const {
    const certs::StateAuthority::Files files = pair_.states.AuthorityFiles(state);
    return Authority(files.root_pem, files.root_key_pem);
  }

  // Lists of both authorities of the State; `revoked` by the one that issues to agencies.
  void HoldLists(const std::string& state, const std::vector<certs::Certificate>& revoked = {}) {
    lists_[state] = {certs::IssueCrlDer({.revoked = revoked}, IssuingOf(state)), certs::IssueCrlDer({}, RootOf(state))};
  }

  // The certificates of the reply's seal and of the request's.
  certs::Certificate SealOfKyrgyz() { return SealOf(kKyrgyz); }
  certs::Certificate SealOf(const std::string& agency) {
    const v1::EvidenceBundle bundle = OfKazakhstan();
    for (const v1::SealedMessage& message : bundle.exchanges(0).messages()) {
      v1::MessageHeader header;
      EXPECT_TRUE(header.ParseFromString(message.header()));
      if (header.from() != agency) continue;
      return certs::Certificate::FromDer(message.signatures(0).certificate_chain(0)).value();
    }
    ADD_FAILURE() << "there is no message of " << agency;
    return RootOf("KGZ").certificate;
  }

  // Asks again, some days later.
  void AskLater() {
    pair_.states.clock.Advance(absl::Hours(10 * 24));
    asked_ = pair_.kazakh.AskToTakeBack(kKyrgyz, "ANOTHER");
    ASSERT_OK(asked_.status);
  }

 private:
  static certs::Issued Authority(const std::string& pem, const std::string& key_pem) {
    return {certs::ParsePemChain(pem).value().front(), certs::SharedKey(certs::ParsePrivateKeyPem(key_pem).value())};
  }
};

TEST_F(RevocationCheckTest, AListShowsThatNothingWasRevoked) {
  HoldLists("KAZ");
  HoldLists("KGZ");
  HoldLists("UZB");
  const v1::EvidenceBundle bundle = OfBoth();
  EXPECT_THAT(bundle.revocations(), SizeIs(4));  // of the two whose seals are there, each once
  const std::vector<Finding> findings = Check(bundle);
  EXPECT_THAT(findings, Each(Has(Verdict::kVerified)));
  EXPECT_THAT(findings, Contains(Has(Verdict::kVerified, kSealedByKyrgyz, "not revoked, as the lists of 2026-11-23")));
}

TEST_F(RevocationCheckTest, AListThatDoesNotFitKeepsNoOtherOut) {
  lists_["KAZ"] = {std::string(audit::kMostEvidenceBytes, 'x')};
  HoldLists("KGZ");
  const v1::EvidenceBundle bundle = OfKazakhstan();
  EXPECT_THAT(bundle.revocations(), SizeIs(2));
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kVerified, kSealedByKyrgyz, "not revoked")));
}

TEST_F(RevocationCheckTest, WithoutAListItIsNotShown) {
  const char* not_shown = "whether its certificate was revoked by then is not shown";
  EXPECT_THAT(Check(OfBoth()), Contains(Has(Verdict::kVerified, kSealedByKyrgyz, not_shown)));
  // Both issuers of the path have to tell.
  HoldLists("KGZ");
  lists_["KGZ"].pop_back();
  EXPECT_THAT(Check(OfBoth()), Contains(Has(Verdict::kVerified, kSealedByKyrgyz, not_shown)));
}

TEST_F(RevocationCheckTest, AListThatEndedBeforeTheSealTellsNothingOfIt) {
  const certs::CrlOptions old = {.this_update = certs::TestNow() - absl::Hours(24 * 20),
                                 .next_update = certs::TestNow() - absl::Hours(24 * 10)};
  lists_["KGZ"] = {certs::IssueCrlDer(old, IssuingOf("KGZ")), certs::IssueCrlDer({}, RootOf("KGZ"))};
  EXPECT_THAT(Check(OfBoth()), Contains(Has(Verdict::kVerified, kSealedByKyrgyz, "is not shown")));
}

TEST_F(RevocationCheckTest, ASealOfARevokedCertificateIsNone) {
  HoldLists("KGZ", {SealOfKyrgyz()});
  AskLater();
  EXPECT_THAT(Check(OfBoth()), Contains(Has(Verdict::kContradicted, kSealedByKyrgyz, "was revoked by then")));
}

TEST_F(RevocationCheckTest, ASealFromBeforeTheRevocationStands) {
  HoldLists("KGZ", {SealOfKyrgyz()});
  const std::vector<Finding> findings = Check(OfBoth());
  EXPECT_THAT(findings, Not(Contains(Has(Verdict::kContradicted))));
  EXPECT_THAT(findings, Contains(Has(Verdict::kVerified, kSealedByKyrgyz, "was revoked later, since 2026-11-23")));
}

// Who has the key of a revoked certificate can date back what he seals, but not put it into a log of then.
TEST_F(RevocationCheckTest, ASealThatWasFirstSeenAfterTheRevocationIsNotShownToBeFromBefore) {
  HoldLists("KAZ", {SealOf(kKazakh)});
  const std::string sealed = absl::StrCat("the request of ", kKazakh, " was sealed by it");
  v1::EvidenceBundle bundle = OfKazakhstan();
  auto& entries = *bundle.mutable_exchanges(0)->mutable_entries();
  for (int i = entries.size() - 1; i >= 0; --i) {
    if (entries[i].agency() != kKazakh) entries.erase(entries.begin() + i);
  }
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kVerified, sealed, "was revoked later")));
  const v1::EvidenceBundle late = Relogged(bundle, kKazakh, [](v1::LogEntry& entry) {
    *entry.mutable_logged_at() =
        ToProto(FromProto(entry.logged_at()) + absl::Hours(6 * 24));  // within the message's life
  });
  EXPECT_THAT(Check(late), Contains(Has(Verdict::kNotVerifiable, sealed, "no entry that is proven here shows it")));
}

TEST_F(RevocationCheckTest, ARevokedAuthoritysSealsAreNone) {
  HoldLists("KGZ");
  lists_["KGZ"].back() = certs::IssueCrlDer({.revoked = {IssuingOf("KGZ").certificate}}, RootOf("KGZ"));
  AskLater();
  EXPECT_THAT(Check(OfBoth()), Contains(Has(Verdict::kContradicted, kSealedByKyrgyz, "was revoked by then")));
}

// Neither who revokes another State's seals nor who vouches for them is heard.
TEST_F(RevocationCheckTest, OnlyListsOfTheSealsOwnIssuersCount) {
  AskLater();
  const certs::Certificate seal = SealOfKyrgyz();
  lists_["KGZ"] = {certs::IssueCrlDer({.revoked = {seal}}, IssuingOf("KAZ")),
                   certs::IssueCrlDer({.revoked = {seal}}, RootOf("KAZ"))};
  const std::vector<Finding> findings = Check(OfBoth());
  EXPECT_THAT(findings, Not(Contains(Has(Verdict::kContradicted))));
  EXPECT_THAT(findings, Contains(Has(Verdict::kVerified, kSealedByKyrgyz, "is not shown")));
}

// Whoever merges an older list into a bundle does not undo a newer one.
TEST_F(RevocationCheckTest, ARevocationInOneOfTwoListsCounts) {
  HoldLists("KGZ", {SealOfKyrgyz()});
  lists_["KGZ"].push_back(certs::IssueCrlDer({.number = 2}, IssuingOf("KGZ")));
  AskLater();
  EXPECT_THAT(Check(OfBoth()), Contains(Has(Verdict::kContradicted, kSealedByKyrgyz, "was revoked by then")));
}

TEST_F(RevocationCheckTest, WhatIsNoListSaysSo) {
  lists_["KGZ"] = {"no list"};
  EXPECT_THAT(Check(OfBoth()), Contains(Has(Verdict::kNotVerifiable, "a revocation list of KGZ")));
}

TEST_F(RevocationCheckTest, AnEntryNamesTheKeyThatSealed) {
  const v1::EvidenceBundle bundle = OfBoth();
  for (const v1::EntryEvidence& evidence : bundle.exchanges(0).entries()) {
    v1::LogEntry entry;
    ASSERT_TRUE(entry.ParseFromString(evidence.entry()));
    EXPECT_THAT(entry.seal_key_id(), SizeIs(32)) << v1::EntryKind_Name(entry.kind());
  }
  const v1::EvidenceBundle other =
      Relogged(bundle, kKyrgyz, [](v1::LogEntry& entry) { entry.set_seal_key_id(std::string(32, 'k')); });
  EXPECT_THAT(Check(other), Contains(Has(Verdict::kContradicted, "the reply of KGZ/interior-ministry is what entry",
                                         "names another key")));
}

TEST_F(RevocationCheckTest, AnEntryNamesTheListByWhichAPartnersSealWasJudged) {
  pair_.kazakh.parts().revocation_sha256 = [](const std::string& state) { return "list of " + state; };
  pair_.kyrgyz.parts().revocation_sha256 = [](const std::string& state) { return "list of " + state; };
  asked_ = pair_.kazakh.AskToTakeBack(kKyrgyz, "ANOTHER");
  ASSERT_OK(asked_.status);
  const v1::EvidenceBundle bundle = OfBoth();
  std::map<v1::EntryKind, std::string> lists;
  for (const v1::EntryEvidence& evidence : bundle.exchanges(0).entries()) {
    v1::LogEntry entry;
    ASSERT_TRUE(entry.ParseFromString(evidence.entry()));
    lists[entry.kind()] = entry.revocation_sha256();
  }
  EXPECT_EQ(lists, (std::map<v1::EntryKind, std::string>{{v1::ENTRY_KIND_SENT, ""},
                                                         {v1::ENTRY_KIND_RECEIVED, "list of KAZ"},
                                                         {v1::ENTRY_KIND_ANSWERED, ""},
                                                         {v1::ENTRY_KIND_DELIVERED, "list of KGZ"}}));
}

}  // namespace
}  // namespace tamga::evidence
