#include "node/trust/trust_keeper.h"

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/store/sqlite.h"
#include "node/treaty/sign_act.h"
#include "node/trust/test_state.h"
#include "policy/register.h"
#include "policy/root_fixture.h"

namespace tamga::trust {
namespace {

using certs::TestNow;
using testing::IsEmpty;
using testing::SizeIs;

class TrustKeeperTest : public testing::Test {
 protected:
  // Lists of both of the State's authorities, from an hour ago; they are good for a day.
  TakenLists TakeAll(const TestState& state, long number = 1, const std::vector<certs::Certificate>& revoked = {}) {
    return node_.keeper->Take(
        {state.RootList({.number = number}), state.IssuingList({.revoked = revoked, .number = number})},
        "KGZ/interior-ministry");
  }

  ManualClock clock_{TestNow()};
  TestTrust node_{clock_};
  const certs::CertificateChain kgz_ = Kgz().IssueNode("n1");
  const certs::CertificateChain kaz_ = Kaz().IssueNode("n1");
};

TEST_F(TrustKeeperTest, WhomAListRevokesIsRefusedAtOnceAndOthersAreNot) {
  EXPECT_OK(node_.Vouch(kgz_));
  const certs::CertificateChain other = Kgz().IssueNode("n2");
  EXPECT_EQ(TakeAll(Kgz(), 1, {kgz_.front()}).taken, 2u);
  EXPECT_THAT(node_.Vouch(kgz_), HasReason("CERT_REVOKED"));
  EXPECT_THAT(node_.Vouch(kgz_, certs::OldLists::kTaken), HasReason("CERT_REVOKED"));
  EXPECT_OK(node_.Vouch(other));
  EXPECT_OK(node_.Vouch(kaz_));
}

TEST_F(TrustKeeperTest, ARevokedAuthorityTakesAllThatItIssuedWithIt) {
  EXPECT_EQ(node_.keeper->Take({Kgz().RootList({.revoked = {Kgz().issuing.certificate}})}, kPartner).taken, 1u);
  EXPECT_THAT(node_.Vouch(kgz_), HasReason("CERT_REVOKED"));
}

TEST_F(TrustKeeperTest, TheSameListAgainIsNoNewsAndLeavesTheTrustAlone) {
  const RevocationList list = Kgz().IssuingList({});
  EXPECT_EQ(node_.keeper->Take({list}, kPartner).taken, 1u);
  const auto before = node_.trust.Get();
  const TakenLists again = node_.keeper->Take({list}, "UZB/interior-ministry");
  EXPECT_EQ(again.taken, 0u);
  EXPECT_THAT(again.refused, IsEmpty());
  EXPECT_EQ(node_.trust.Get(), before);
}

TEST_F(TrustKeeperTest, AStaleListEndsExchangesOfThatStateAlone) {
  node_.Start({.stale_after = absl::Hours(3)});
  TakeAll(Kgz());
  EXPECT_OK(node_.Vouch(kgz_));
  clock_.Advance(absl::Hours(2) + absl::Minutes(3));  // an hour old, and two minutes of skew
  EXPECT_THAT(node_.Vouch(kgz_), HasReason("REVOCATION_STALE"));
  EXPECT_OK(node_.Vouch(kaz_));
  // About lists one may talk on.
  EXPECT_OK(node_.Vouch(kgz_, certs::OldLists::kTaken));
  EXPECT_EQ(node_.keeper->Take({Kgz().IssuingList({.number = 2, .this_update = clock_.Now()})}, kPartner).taken, 1u);
  EXPECT_OK(node_.Vouch(kgz_));
}

TEST_F(TrustKeeperTest, ARestartWithoutAnyNetworkGoesByTheListsAtHand) {
  TakeAll(Kgz(), 1, {kgz_.front()});
  node_.Start();
  EXPECT_THAT(node_.Vouch(kgz_), HasReason("CERT_REVOKED"));
  EXPECT_OK(node_.Vouch(Kgz().IssueNode("n2")));
}

TEST_F(TrustKeeperTest, WhereListsAreRequiredAMissingOneRefuses) {
  node_.Start({.listed = {"KGZ"}});
  EXPECT_THAT(node_.Vouch(kgz_), HasReason("REVOCATION_UNKNOWN"));
  EXPECT_OK(node_.Vouch(kgz_, certs::OldLists::kTaken));
  EXPECT_OK(node_.Vouch(kaz_));
  node_.keeper->Take({Kgz().IssuingList({})}, kPartner);
  EXPECT_THAT(node_.Vouch(kgz_), HasReason("REVOCATION_UNKNOWN"));  // that of the root
  node_.keeper->Take({Kgz().RootList({})}, kPartner);
  EXPECT_OK(node_.Vouch(kgz_));

  node_.Start({.required = true});
  EXPECT_OK(node_.Vouch(kgz_));
  EXPECT_THAT(node_.Vouch(kaz_), HasReason("REVOCATION_UNKNOWN"));
}

TEST_F(TrustKeeperTest, WhereTheyAreNotAnIssuerWithAListIsHeldToIt) {
  const auto short_lived = certs::CrlOptions{.next_update = TestNow() + absl::Hours(1)};
  node_.keeper->Take({Kgz().IssuingList(short_lived)}, kPartner);
  EXPECT_OK(node_.Vouch(kgz_));
  clock_.Advance(absl::Hours(1) + absl::Minutes(1));
  EXPECT_THAT(node_.Vouch(kgz_), HasReason("REVOCATION_STALE"));
}

TEST_F(TrustKeeperTest, OneBadListKeepsNoGoodOneOut) {
  const TestState stranger("KGZ");
  const TakenLists taken = node_.keeper->Take({stranger.IssuingList({}), Kgz().IssuingList({})}, kPartner);
  EXPECT_EQ(taken.taken, 1u);
  ASSERT_THAT(taken.refused, SizeIs(1));
  EXPECT_THAT(taken.refused[0], HasReason("CERT_UNTRUSTED"));
}

TEST_F(TrustKeeperTest, RootsThatAreOthersThanAtTheLastStartAreLogged) {
  ASSERT_OK(node_.keeper->LogChangedRoots());
  node_.Start();
  ASSERT_OK(node_.keeper->LogChangedRoots());
  EXPECT_THAT(node_.Entries(), IsEmpty());
  node_.trust.Replace(std::make_shared<const certs::TrustStore>(
      certs::TrustStore::Build({{"KAZ", Kaz().root.certificate.Pem()}}).value()));
  ASSERT_OK(node_.keeper->LogChangedRoots());
  ASSERT_OK(node_.keeper->LogChangedRoots());
  const std::vector<v1::LogEntry> entries = node_.Entries();
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].kind(), v1::ENTRY_KIND_TRUST_CHANGED);
  EXPECT_EQ(entries[0].trust_sha256().size(), 32u);
}

TEST_F(TrustKeeperTest, TheOldAndTheNewRootOfAStateOverlap) {
  const TestState renewed("KGZ");
  node_.trust.Replace(std::make_shared<const certs::TrustStore>(
      certs::TrustStore::Build({{"KGZ", Kgz().root.certificate.Pem() + renewed.root.certificate.Pem()}}).value()));
  EXPECT_OK(node_.Vouch(kgz_));
  EXPECT_OK(node_.Vouch(renewed.IssueNode("n1")));
  EXPECT_EQ(node_.keeper->Take({renewed.IssuingList({}), Kgz().IssuingList({})}, kPartner).taken, 2u);
  EXPECT_OK(node_.Vouch(kgz_));
  EXPECT_OK(node_.Vouch(renewed.IssueNode("n1")));
}

// Acts of KGZ about its roots, each signed by two keys.
class RootActsTest : public TrustKeeperTest {
 protected:
  void Publish(const std::string& day, const std::string& roots) {
    v1::SignedAct act = treaty::NextAct("KGZ", acts_.head(),
                                        absl::StrCat("state: \"KGZ\"\neffective_on: \"", day,
                                                     "\"\ncitation: \"Gazette 1\"\nchange_roots {\n", roots, "}\n"));
    for (const certs::Ed25519Key& key : keys_) treaty::SignAct(key, &act);
    ASSERT_OK(acts_.Append(act, &treaty::CheckActSignature));
    treaty::TreatyLibrary library;
    library.registers.emplace("KGZ", acts_);
    node_.treaties.Replace(std::move(library));
    node_.keeper->Refresh();
  }
  static v1::TreatyOffice OfficeOf(const std::vector<certs::Ed25519Key>& keys) {
    v1::TreatyOffice office;
    office.set_state("KGZ");
    for (const certs::Ed25519Key& key : keys) office.add_keys(HexEncode(key.public_key()));
    office.set_threshold(1);
    return office;
  }
  static std::vector<certs::Ed25519Key> MakeKeys() {
    std::vector<certs::Ed25519Key> keys;
    for (const char seed : {'a', 'b'}) keys.push_back(certs::Ed25519Key::FromSeed(std::string(32, seed)).value());
    return keys;
  }

  const std::vector<certs::Ed25519Key> keys_ = MakeKeys();
  policy::Register acts_ = policy::Register::Create(OfficeOf(keys_)).value();
  const TestState renewed_{"KGZ"};
  const certs::CertificateChain new_ = renewed_.IssueNode("n1");
};

TEST_F(RootActsTest, OldAndNewRootOverlapAndTheOldOneEndsOnItsDay) {
  ASSERT_OK(node_.keeper->LogChangedRoots());
  EXPECT_THAT(node_.Vouch(new_), HasReason("CERT_UNTRUSTED"));
  Publish("2026-11-23", policy::RootText("KGZ", Kgz().root, "trusted_until: \"2026-11-24\"") +
                            policy::RootText("KGZ", renewed_.root));
  EXPECT_OK(node_.Vouch(kgz_));
  EXPECT_OK(node_.Vouch(new_));
  EXPECT_OK(node_.Vouch(kaz_));
  EXPECT_THAT(node_.Entries(), SizeIs(1));
  clock_.Advance(absl::Hours(12));  // midnight
  node_.keeper->Refresh();
  EXPECT_THAT(node_.Vouch(kgz_), HasReason("CERT_UNTRUSTED"));
  EXPECT_OK(node_.Vouch(new_));
  node_.keeper->Refresh();
  const std::vector<v1::LogEntry> entries = node_.Entries();
  ASSERT_THAT(entries, SizeIs(2));
  for (const v1::LogEntry& entry : entries) EXPECT_EQ(entry.kind(), v1::ENTRY_KIND_TRUST_CHANGED);
  EXPECT_NE(entries[0].trust_sha256(), entries[1].trust_sha256());
  EXPECT_EQ(node_.keeper->Describe().states(1).act_number(), 1u);
}

TEST_F(RootActsTest, TheDayOnWhichARootIsLeftBehindIsTold) {
  Publish("2026-11-23", policy::RootText("KGZ", Kgz().root, "trusted_until: \"2026-11-24\"") +
                            policy::RootText("KGZ", renewed_.root));
  const absl::Time day = absl::FromCivil(absl::CivilDay(2026, 11, 24), absl::UTCTimeZone());
  const std::string sha256 = Sha256(Kgz().root.certificate.Der());
  EXPECT_THAT(node_.keeper->TrustedUntil(), testing::ElementsAre(testing::Pair(sha256, day)));
  const v1::StateTrust kgz = node_.keeper->Describe().states(1);
  ASSERT_EQ(kgz.roots_size(), 2);
  EXPECT_EQ(kgz.roots(0).sha256(), sha256);
  EXPECT_EQ(kgz.roots(0).certificate(), Kgz().root.certificate.Der());
  EXPECT_EQ(FromProto(kgz.roots(0).trusted_until()), day);
  EXPECT_FALSE(kgz.roots(1).has_trusted_until());
}

TEST_F(RootActsTest, ALineAboutChangedRootsNamesTheStateAndTheAct) {
  ASSERT_OK(node_.keeper->LogChangedRoots());
  testing::internal::CaptureStderr();
  Publish("2026-11-23", policy::RootText("KGZ", renewed_.root));
  const std::string lines = testing::internal::GetCapturedStderr();
  EXPECT_THAT(lines, testing::HasSubstr("\"state\":\"KGZ\",\"by\":\"act 1\""));
  EXPECT_THAT(lines, testing::Not(testing::HasSubstr("\"KAZ\"")));
}

TEST_F(RootActsTest, AnEntryThatCouldNotBeMadeIsTriedForUntilItLasts) {
  ASSERT_OK(node_.keeper->LogChangedRoots());
  const auto disk =
      TestTrust::Must(store::Database::Open(node_.folder.path() + "/exchange.db", store::Database::Access::kReadWrite));
  ASSERT_OK(
      disk->Execute("CREATE TRIGGER full BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'full'); END;"
                    "CREATE TRIGGER full_too BEFORE INSERT ON record BEGIN SELECT RAISE(ABORT, 'full'); END"));
  Publish("2026-11-23", policy::RootText("KGZ", renewed_.root));
  EXPECT_OK(node_.Vouch(new_));
  EXPECT_THAT(node_.Entries(), IsEmpty());
  ASSERT_OK(disk->Execute("DROP TRIGGER full; DROP TRIGGER full_too"));
  node_.keeper->Refresh();
  EXPECT_THAT(node_.Entries(), IsEmpty()) << "not four times a second";
  clock_.Advance(absl::Seconds(5));
  node_.keeper->Refresh();
  node_.keeper->Refresh();
  EXPECT_THAT(node_.Entries(), SizeIs(1));
}

TEST_F(RootActsTest, AStateSaysHowOftenItsNodesAreAskedWithinBounds) {
  const auto pace_after = [&](const std::string& hint) {
    Publish("2026-11-23", policy::RootText("KGZ", Kgz().root) + hint);
    return node_.keeper->PaceOf("KGZ", absl::Minutes(5));
  };
  EXPECT_EQ(node_.keeper->PaceOf("KGZ", absl::Minutes(5)), absl::Minutes(5));
  EXPECT_EQ(pace_after("refresh_hint_s: 120"), absl::Minutes(2));
  EXPECT_EQ(pace_after("refresh_hint_s: 604800"), absl::Hours(24));
  EXPECT_EQ(pace_after(""), absl::Hours(1));
  EXPECT_EQ(node_.keeper->PaceOf("KAZ", absl::Minutes(5)), absl::Minutes(5));
}

TEST_F(RootActsTest, AnActCountsFromItsDay) {
  Publish("2026-11-24", policy::RootText("KGZ", renewed_.root));
  EXPECT_OK(node_.Vouch(kgz_));
  EXPECT_THAT(node_.Vouch(new_), HasReason("CERT_UNTRUSTED"));
  clock_.Advance(absl::Hours(12));
  node_.keeper->Refresh();
  EXPECT_THAT(node_.Vouch(kgz_), HasReason("CERT_UNTRUSTED"));
  EXPECT_OK(node_.Vouch(new_));
}

TEST_F(RootActsTest, ListsStayWhenRootsChange) {
  TakeAll(Kgz(), 1, {kgz_.front()});
  Publish("2026-11-23", policy::RootText("KGZ", Kgz().root) + policy::RootText("KGZ", renewed_.root));
  EXPECT_THAT(node_.Vouch(kgz_), HasReason("CERT_REVOKED"));
  EXPECT_EQ(node_.keeper->Take({renewed_.IssuingList({.revoked = {new_.front()}})}, kPartner).taken, 1u);
  EXPECT_THAT(node_.Vouch(new_), HasReason("CERT_REVOKED"));
}

TEST_F(RootActsTest, AStateCannotMakeAnothersRootItsOwn) {
  Publish("2026-11-23", policy::RootText("KGZ", Kaz().root) + policy::RootText("KGZ", Kgz().root));
  EXPECT_OK(node_.Vouch(kaz_));
  EXPECT_OK(node_.Vouch(kgz_));
  EXPECT_EQ(node_.trust.Get()->RootsOf("KGZ").size(), 1u);
  // Nor keep others from changing theirs, nor itself once it lets go.
  Publish("2026-11-23", policy::RootText("KGZ", renewed_.root));
  EXPECT_OK(node_.Vouch(new_));
}

TEST_F(RootActsTest, AConfiguredRootThatTheStateNeverNamedIsAContradiction) {
  EXPECT_OK(node_.keeper->CheckConfiguredRoots());
  Publish("2026-11-23", policy::RootText("KGZ", renewed_.root));
  EXPECT_THAT(node_.keeper->CheckConfiguredRoots(), HasReason("TRUST_CONTRADICTED"));
  Publish("2026-11-23", policy::RootText("KGZ", Kgz().root) + policy::RootText("KGZ", renewed_.root));
  EXPECT_OK(node_.keeper->CheckConfiguredRoots());
  Publish("2026-11-23", policy::RootText("KGZ", renewed_.root));
  EXPECT_OK(node_.keeper->CheckConfiguredRoots());  // it was its root
}

TEST_F(TrustKeeperTest, ItTellsByWhatItDecides) {
  node_.Start({.listed = {"KGZ"}});
  TakeAll(Kgz(), 1, {kgz_.front()});
  const v1::GetTrustResponse trust = node_.keeper->Describe();
  ASSERT_THAT(trust.states(), SizeIs(2));
  EXPECT_EQ(trust.states(0).state(), "KAZ");
  EXPECT_FALSE(trust.states(0).lists_required());
  EXPECT_THAT(trust.states(0).lists(), IsEmpty());
  EXPECT_THAT(trust.states(0).roots(), SizeIs(1));
  EXPECT_EQ(trust.states(1).state(), "KGZ");
  EXPECT_TRUE(trust.states(1).lists_required());
  ASSERT_THAT(trust.states(1).lists(), SizeIs(2));
  EXPECT_EQ(trust.states(1).lists(0).revoked() + trust.states(1).lists(1).revoked(), 1u);
}

}  // namespace
}  // namespace tamga::trust
