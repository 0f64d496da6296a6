#include "node/treaty/treaty_intake.h"

#include <stdlib.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/treaty/act_files.h"
#include "node/treaty/holdings.h"
#include "node/treaty/sign_act.h"
#include "node/treaty/test_treaties.h"
#include "policy/act.h"

namespace tamga::treaty {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kPolicy[] = TAMGA_SOURCE_DIR "/policy";
constexpr char kReadmission[] = "readmission-kaz-kgz.txtpb";
constexpr char kSuspension[] =
    "state: \"KAZ\"\neffective_on: \"2026-11-01\"\ncitation: \"Order 1\"\n"
    "suspend { treaty_id: \"READMISSION-KAZ-KGZ\" }\n";

std::string SuspensionUntil(const std::string& day) {
  return absl::StrReplaceAll(kSuspension, {{"KGZ\" }", absl::StrCat("KGZ\" until: \"", day, "\" }")}});
}

std::string Ratification(const std::string& state, const std::string& id, const std::string& text) {
  return absl::StrCat("state: \"", state,
                      "\"\neffective_on: \"2026-11-01\"\ncitation: \"Law 1\"\nratify { document { id: \"", id,
                      "\" sha256: \"", HexEncode(Sha256(text)), "\" } in_force_from: \"2026-12-01\" }\n");
}

policy::Question Apply() {
  policy::Question question;
  question.asker = "KAZ/interior-ministry";
  question.answerer = "KGZ/interior-ministry";
  question.record_kind = v1::RECORD_KIND_READMISSION;
  question.operation = v1::OPERATION_READMISSION_SUBMIT;
  question.purpose = v1::PURPOSE_READMISSION;
  question.dischargeable = policy::kAllObligationTypes;
  for (const v1::Attribute fact :
       {v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::ATTRIBUTE_TRAFFICKING_INDICATOR, v1::ATTRIBUTE_UNACCOMPANIED_MINOR}) {
    question.facts.SetFlag(fact, v1::TERNARY_NO);
  }
  return question;
}

class TreatyIntakeTest : public testing::Test {
 protected:
  TreatyIntakeTest() : folder_(absl::StrCat(testing::TempDir(), "intake.XXXXXX")) {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
    EXPECT_OK(SignRepositoryTreaties(kPolicy, folder_, {"KAZ", "KGZ"}, {kReadmission, "refugee-1951-1967.txtpb"}));
    Load();
  }
  ~TreatyIntakeTest() override { std::filesystem::remove_all(folder_); }

  void Load() {
    absl::StatusOr<TreatySources> sources = ReadTreatyFolder(folder_);
    ASSERT_OK(sources);
    held_ = *std::move(sources);
    absl::StatusOr<TreatyLibrary> library = BuildLibrary(held_, rules_.offices, rules_.skew, rules_.state);
    ASSERT_OK(library);
    library_ = *std::move(library);
  }

  absl::StatusOr<Intake> Take(const v1::TreatyBundle& bundle, OnFault on_fault = OnFault::kRefuseAll) {
    return TakeIn(held_, library_, bundle, rules_, on_fault);
  }

  v1::SignedAct Next(const std::string& state, const std::string& instrument) {
    return SignNextAct(state, held_.acts[state], instrument);
  }

  // A second version of the agreement, which no act is about.
  std::string Amendment(int number = 0) {
    const std::string text = ReadFile(absl::StrCat(kPolicy, "/treaties/", kReadmission)).value();
    const std::string version = absl::StrCat("version: 2\nprevious_sha256: \"", HexEncode(Sha256(text)), "\"");
    return absl::StrCat("# ", number, "\n", absl::StrReplaceAll(text, {{"version: 1", version}}));
  }

  std::string folder_;
  IntakeRules rules_{TestOffices({"KAZ", "KGZ"}), absl::Minutes(2), ""};
  TreatySources held_;
  TreatyLibrary library_;
};

TEST_F(TreatyIntakeTest, ANewActDecidesOnceItIsTaken) {
  const absl::Time noon = absl::FromCivil(absl::CivilHour(2026, 11, 26, 12), absl::UTCTimeZone());
  EXPECT_TRUE(library_.set->Decide(Apply(), policy::Stage::kRequestEgress, noon).permitted);
  v1::TreatyBundle bundle;
  *bundle.add_acts() = Next("KAZ", kSuspension);
  ASSERT_OK_AND_ASSIGN(const Intake intake, Take(bundle));
  EXPECT_EQ(intake.taken, 1u);
  EXPECT_FALSE(intake.library.set->Decide(Apply(), policy::Stage::kRequestEgress, noon).permitted);
}

TEST_F(TreatyIntakeTest, WhatIsHeldAlreadyIsPassedOver) {
  v1::TreatyHoldings nothing;
  nothing.add_heads()->set_state("KAZ");
  nothing.add_heads()->set_state("KGZ");
  ASSERT_OK_AND_ASSIGN(const Intake intake, Take(LackOf(held_, nothing, kMostBundleBytes).bundle));
  EXPECT_EQ(intake.taken, 0u);
  EXPECT_EQ(DigestOf(HoldingsOf(intake.sources, rules_.offices)), DigestOf(HoldingsOf(held_, rules_.offices)));
}

TEST_F(TreatyIntakeTest, WhatWasTakenIsReadFromTheFolderAgain) {
  v1::TreatyBundle bundle;
  bundle.add_treaties(Amendment());
  *bundle.add_acts() = Next("KAZ", Ratification("KAZ", "READMISSION-KAZ-KGZ", Amendment()));
  ASSERT_OK_AND_ASSIGN(const Intake intake, Take(bundle));
  ASSERT_OK(AddToTreatyFolder(folder_, intake.news));
  Load();
  EXPECT_EQ(DigestOf(HoldingsOf(held_, rules_.offices)), DigestOf(HoldingsOf(intake.sources, rules_.offices)));
  // And once more: as after a crash between writing and whatever comes next.
  EXPECT_OK(AddToTreatyFolder(folder_, intake.news));
}

TEST_F(TreatyIntakeTest, WhereverWritingBreaksOffTheFolderCanBeReadAndCompleted) {
  v1::TreatyBundle bundle;
  bundle.add_treaties(Amendment());
  *bundle.add_acts() = Next("KAZ", Ratification("KAZ", "READMISSION-KAZ-KGZ", Amendment()));
  ASSERT_OK_AND_ASSIGN(const Intake intake, Take(bundle));
  ASSERT_OK(AddToTreatyFolder(folder_, intake.news));
  const v1::SignedAct& act = bundle.acts(0);
  // The last file written is the first that a crash leaves out.
  for (const std::string& lost :
       {ActFilePath(folder_ + "/registers/KAZ", act),
        absl::StrReplaceAll(ActFilePath(folder_ + "/registers/KAZ", act), {{".txtpb", ".sig"}}),
        absl::StrCat(folder_, "/", TextFileName(intake.news.treaties.front()))}) {
    ASSERT_TRUE(std::filesystem::remove(lost)) << lost;
    Load();
    EXPECT_LE(held_.acts["KAZ"].size(), act.number() - 1);
  }
  ASSERT_OK_AND_ASSIGN(const Intake again, Take(bundle));
  ASSERT_OK(AddToTreatyFolder(folder_, again.news));
  Load();
  EXPECT_EQ(held_.acts["KAZ"].size(), act.number());
}

TEST_F(TreatyIntakeTest, AnActOfTheOperatorsIsNotOverwritten) {
  v1::TreatyBundle bundle;
  *bundle.add_acts() = Next("KAZ", kSuspension);
  ASSERT_OK_AND_ASSIGN(const Intake intake, Take(bundle));
  ASSERT_OK(WriteActFiles(folder_ + "/registers/KAZ", Next("KAZ", SuspensionUntil("2027-01-01"))));
  EXPECT_THAT(AddToTreatyFolder(folder_, intake.news), HasReason("TREATY_FILE_DIFFERS"));
}

TEST_F(TreatyIntakeTest, AForgedActIsRefusedWithWhatItBrings) {
  v1::TreatyBundle bundle;
  v1::SignedAct act = Next("KAZ", kSuspension);
  act.clear_signatures();
  SignAct(TestOfficeKey("KGZ"), &act);
  *bundle.add_acts() = act;
  EXPECT_THAT(Take(bundle), AllOf(StatusIs(absl::StatusCode::kInvalidArgument), HasReason("ACT_WRONG_KEY")));
  bundle.mutable_acts(0)->mutable_signatures(0)->set_key(HexEncode(TestOfficeKey("KAZ").public_key()));
  EXPECT_THAT(Take(bundle), HasReason("ACT_SIGNATURE_INVALID"));
  bundle.mutable_acts(0)->clear_signatures();
  EXPECT_THAT(Take(bundle), HasReason("ACT_UNSIGNED"));
}

TEST_F(TreatyIntakeTest, ActsMissingInBetweenAreAskedFor) {
  std::vector<v1::SignedAct> acts = held_.acts["KAZ"];
  acts.push_back(SignNextAct("KAZ", acts, kSuspension));
  v1::TreatyBundle bundle;
  *bundle.add_acts() = SignNextAct("KAZ", acts, SuspensionUntil("2027-01-01"));
  EXPECT_THAT(Take(bundle), HasReason("REGISTER_GAP"));
  bundle.clear_acts();
  *bundle.add_acts() = acts.back();
  *bundle.add_acts() = SignNextAct("KAZ", acts, SuspensionUntil("2027-01-01"));
  EXPECT_OK(Take(bundle));
  bundle.mutable_acts()->SwapElements(0, 1);
  EXPECT_THAT(Take(bundle), HasReason("REGISTER_GAP"));
}

TEST_F(TreatyIntakeTest, TwoActsWithOneNumberAreAForkAndBothHashesAreTold) {
  std::vector<v1::SignedAct> acts = held_.acts["KAZ"];
  const v1::SignedAct last = acts.back();
  acts.pop_back();
  v1::TreatyBundle bundle;
  *bundle.add_acts() = SignNextAct("KAZ", acts, kSuspension);
  const absl::Status status = Take(bundle).status();
  EXPECT_THAT(status, HasReason("REGISTER_FORKED"));
  EXPECT_THAT(status.message(), HasSubstr(policy::ActSha256(last)));
  EXPECT_THAT(status.message(), HasSubstr(policy::ActSha256(bundle.acts(0))));
  // But whoever only says so is not believed.
  SignAct(TestOfficeKey("KGZ"), bundle.mutable_acts(0));
  bundle.mutable_acts(0)->mutable_signatures()->DeleteSubrange(0, 1);
  EXPECT_THAT(Take(bundle), HasReason("ACT_WRONG_KEY"));
}

TEST_F(TreatyIntakeTest, AnActAboutATextThatIsNotHereIsRefused) {
  v1::TreatyBundle bundle;
  *bundle.add_acts() = Next("KAZ", Ratification("KAZ", "READMISSION-KAZ-KGZ", Amendment()));
  EXPECT_THAT(Take(bundle), HasReason("TEXT_MISSING"));
  bundle.add_treaties(Amendment());
  EXPECT_OK(Take(bundle));
}

TEST_F(TreatyIntakeTest, StatesWithoutAnOfficeBringNothing) {
  v1::TreatyBundle bundle;
  *bundle.add_acts() = SignNextAct("TJK", {}, absl::StrReplaceAll(kSuspension, {{"state: \"KAZ\"", "state: \"TJK\""}}));
  EXPECT_THAT(Take(bundle), HasReason("STATE_UNKNOWN"));
  ASSERT_OK_AND_ASSIGN(const Intake rest, Take(bundle, OnFault::kTakeTheRest));
  EXPECT_EQ(rest.taken, 0u);
  EXPECT_THAT(rest.refused, IsEmpty());
  v1::TreatyBundle text;
  text.add_treaties(absl::StrReplaceAll(Amendment(), {{"KAZ", "TJK"}, {"KGZ", "UZB"}}));
  EXPECT_THAT(Take(text), HasReason("STATE_UNKNOWN"));
}

TEST_F(TreatyIntakeTest, ABadTextIsToldWithItsPlace) {
  v1::TreatyBundle bundle;
  bundle.add_treaties("id: 7\n");
  const absl::Status status = Take(bundle).status();
  EXPECT_THAT(status, HasReason("TREATY_INVALID"));
  EXPECT_THAT(status.message(), HasSubstr("treaty 1:1:"));
  bundle.Clear();
  bundle.add_overlays("id: 7\n");
  EXPECT_THAT(Take(bundle), HasReason("OVERLAY_INVALID"));
}

TEST_F(TreatyIntakeTest, ATreatyThatPermitsWhatItSaysMustNeverBeIsRefused) {
  v1::TreatyBundle bundle;
  bundle.add_treaties(absl::StrCat(Amendment(), R"(
invariants {
  id: "never-at-all"
  cites: "1"
  scope { operations: OPERATION_READMISSION_SUBMIT }
}
)"));
  EXPECT_THAT(Take(bundle), HasReason("TREATY_UNSOUND"));
}

TEST_F(TreatyIntakeTest, OneStatesBadActKeepsOutNothingOfTheOthers) {
  v1::TreatyBundle bundle;
  bundle.add_treaties("id: 7\n");
  v1::SignedAct forged = Next("KAZ", kSuspension);
  forged.clear_signatures();
  *bundle.add_acts() = forged;
  *bundle.add_acts() = Next("KGZ", absl::StrReplaceAll(kSuspension, {{"state: \"KAZ\"", "state: \"KGZ\""}}));
  EXPECT_FALSE(Take(bundle).ok());
  ASSERT_OK_AND_ASSIGN(const Intake intake, Take(bundle, OnFault::kTakeTheRest));
  EXPECT_EQ(intake.taken, 1u);
  EXPECT_THAT(intake.refused, ElementsAre(HasReason("TREATY_INVALID"), HasReason("ACT_UNSIGNED")));
  EXPECT_EQ(intake.sources.acts.at("KGZ").size(), held_.acts["KGZ"].size() + 1);
}

TEST_F(TreatyIntakeTest, ProposalsAreKeptButNotWithoutEnd) {
  v1::TreatyBundle bundle;
  const size_t most = rules_.most_proposals;
  for (size_t i = 0; i < most; ++i) bundle.add_treaties(Amendment(static_cast<int>(i)));
  ASSERT_OK_AND_ASSIGN(const Intake intake, Take(bundle));
  EXPECT_EQ(intake.taken, most);
  bundle.add_treaties(Amendment(1000));
  EXPECT_THAT(Take(bundle), HasReason("TOO_MANY_PROPOSALS"));
  ASSERT_OK_AND_ASSIGN(const Intake rest, Take(bundle, OnFault::kTakeTheRest));
  EXPECT_EQ(rest.taken, most);
  // Partners do not fill the own office's places.
  rules_.most_proposals = kMostProposals;
  EXPECT_OK(Take(bundle));
  rules_.most_proposals = most;
  // A text that an act is about is none.
  *bundle.add_acts() = Next("KAZ", Ratification("KAZ", "READMISSION-KAZ-KGZ", Amendment(1000)));
  EXPECT_OK(Take(bundle));
}

TEST_F(TreatyIntakeTest, ADraftWithoutRoomKeepsNoActOut) {
  v1::TreatyBundle bundle;
  for (size_t i = 0; i <= rules_.most_proposals; ++i) bundle.add_treaties(Amendment(static_cast<int>(i)));
  *bundle.add_acts() = Next("KAZ", kSuspension);
  ASSERT_OK_AND_ASSIGN(const Intake intake, Take(bundle));
  EXPECT_EQ(intake.taken, rules_.most_proposals + 1);
  EXPECT_THAT(intake.refused, ElementsAre(HasReason("TOO_MANY_PROPOSALS")));
  EXPECT_EQ(intake.sources.acts.at("KAZ").size(), held_.acts["KAZ"].size() + 1);
}

TEST_F(TreatyIntakeTest, ATextBetweenOthersIsTakenWithTheActOfAStateThatIsKnown) {
  const std::string text = absl::StrReplaceAll(ReadFile(absl::StrCat(kPolicy, "/treaties/", kReadmission)).value(),
                                               {{"\"KAZ", "\"ARM"}, {"\"KGZ", "\"GEO"}});
  v1::TreatyBundle bundle;
  bundle.add_treaties(text);
  EXPECT_THAT(Take(bundle), HasReason("STATE_UNKNOWN"));
  *bundle.add_acts() = Next("KAZ", Ratification("KAZ", "READMISSION-KAZ-KGZ", text));
  ASSERT_OK_AND_ASSIGN(const Intake intake, Take(bundle));
  EXPECT_EQ(intake.taken, 2u);
}

TEST_F(TreatyIntakeTest, OneStatesManyActsDoNotKeepOutAnothers) {
  TreatySources more = held_;
  for (size_t i = 0; i <= kMostBundleTexts; ++i) {
    const std::string text = Amendment(static_cast<int>(i));
    v1::TreatyBundle bundle;
    bundle.add_treaties(text);
    *bundle.add_acts() = SignNextAct("KAZ", more.acts["KAZ"], Ratification("KAZ", "READMISSION-KAZ-KGZ", text));
    if (i == 0) {
      *bundle.add_acts() = SignNextAct("KGZ", more.acts["KGZ"],
                                       absl::StrReplaceAll(kSuspension, {{"state: \"KAZ\"", "state: \"KGZ\""}}));
    }
    ASSERT_OK_AND_ASSIGN(const Intake intake, TakeIn(more, library_, bundle, rules_, OnFault::kRefuseAll));
    more = intake.sources;
    library_ = intake.library;
  }
  const Lack lack = LackOf(more, HoldingsOf(held_, rules_.offices), kMostBundleBytes);
  EXPECT_TRUE(lack.more);
  EXPECT_THAT(lack.bundle.acts(),
              ::testing::Contains(::testing::ResultOf([](const v1::SignedAct& act) { return act.state(); }, "KGZ")));
}

TEST_F(TreatyIntakeTest, WhatAnotherLacksComesInPartsTextsFirst) {
  v1::TreatyHoldings theirs;
  theirs.add_heads()->set_state("KAZ");
  theirs.add_heads()->set_state("KGZ");
  TreatySources empty;
  ASSERT_OK_AND_ASSIGN(TreatyLibrary library, BuildLibrary(empty, rules_.offices, rules_.skew, rules_.state));
  size_t parts = 0;
  for (bool more = true; more; ++parts) {
    ASSERT_LT(parts, 20u);
    const Lack lack = LackOf(held_, HoldingsOf(empty, rules_.offices), 36'000);
    more = lack.more;
    ASSERT_OK_AND_ASSIGN(Intake intake, TakeIn(empty, library, lack.bundle, rules_, OnFault::kRefuseAll));
    ASSERT_GT(intake.taken, 0u);
    empty = std::move(intake.sources);
    library = std::move(intake.library);
  }
  EXPECT_GT(parts, 1u);
  EXPECT_EQ(DigestOf(HoldingsOf(empty, rules_.offices)), DigestOf(HoldingsOf(held_, rules_.offices)));
}

TEST_F(TreatyIntakeTest, NoNumberOfProposalsKeepsActsFromBeingSent) {
  v1::TreatyHoldings theirs;
  theirs.add_heads()->set_state("KAZ");
  const Lack before = LackOf(held_, theirs, kMostBundleBytes);
  ASSERT_GT(before.bundle.acts_size(), 0);
  // Each comes before all others, and fills a message by itself.
  for (const char* sha256 : {"a", "b"}) {
    policy::TreatyDocument proposal;
    proposal.sha256 = std::string(32, *sha256);
    held_.treaties.insert(held_.treaties.begin(), proposal);
    held_.texts[proposal.sha256] = std::string(kMostBundleBytes - 100, *sha256);
  }
  const Lack lack = LackOf(held_, theirs, kMostBundleBytes);
  EXPECT_EQ(lack.bundle.SerializeAsString(), before.bundle.SerializeAsString());
  EXPECT_TRUE(lack.more);
}

// An office may sign texts as large and as many as it likes.
TEST_F(TreatyIntakeTest, TextsTravelWithTheActsThatNameThem) {
  for (int i = 0; i < 3; ++i) {
    const std::string text = Amendment(i) + std::string(kMostBundleBytes / 2, '\n');
    v1::TreatyBundle bundle;
    bundle.add_treaties(text);
    *bundle.add_acts() = Next("KAZ", Ratification("KAZ", "READMISSION-KAZ-KGZ", text));
    ASSERT_OK_AND_ASSIGN(Intake intake, Take(bundle));
    held_ = std::move(intake.sources);
    library_ = std::move(intake.library);
  }
  TreatySources theirs;
  ASSERT_OK_AND_ASSIGN(TreatyLibrary library, BuildLibrary(theirs, rules_.offices, rules_.skew, rules_.state));
  for (bool more = true; more;) {
    const Lack lack = LackOf(held_, HoldingsOf(theirs, rules_.offices), kMostBundleBytes);
    more = lack.more;
    ASSERT_GT(lack.bundle.acts_size(), 0);
    ASSERT_OK_AND_ASSIGN(Intake intake, TakeIn(theirs, library, lack.bundle, rules_, OnFault::kTakeTheRest));
    ASSERT_THAT(intake.refused, IsEmpty());
    theirs = std::move(intake.sources);
    library = std::move(intake.library);
  }
  EXPECT_EQ(DigestOf(HoldingsOf(theirs, rules_.offices)), DigestOf(HoldingsOf(held_, rules_.offices)));
}

TEST_F(TreatyIntakeTest, ABundleHasNoMoreTextsThanAreTakenAtOnce) {
  v1::TreatyBundle bundle;
  for (size_t i = 0; i < kMostBundleTexts + 1; ++i) bundle.add_treaties(Amendment(static_cast<int>(i)));
  ASSERT_OK_AND_ASSIGN(const Intake intake, Take(bundle));
  const TreatySources& sources = intake.sources;
  const Lack lack = LackOf(sources, HoldingsOf(held_, rules_.offices), 8 * kMostBundleBytes);
  EXPECT_EQ(lack.bundle.treaties_size(), static_cast<int>(kMostBundleTexts));
  EXPECT_TRUE(lack.more);
}

TEST_F(TreatyIntakeTest, OfARegisterThatForkedOnlyTheContradictionIsSent) {
  v1::TreatyHoldings theirs = HoldingsOf(held_, rules_.offices);
  theirs.mutable_heads(0)->set_number(1);
  theirs.mutable_heads(0)->set_sha256(std::string(64, 'a'));
  const v1::TreatyBundle contradiction = LackOf(held_, theirs, kMostBundleBytes).bundle;
  ASSERT_EQ(contradiction.acts_size(), 1);
  EXPECT_EQ(contradiction.acts(0).number(), 1u);
  theirs.mutable_heads(0)->set_number(0);
  EXPECT_EQ(LackOf(held_, theirs, kMostBundleBytes).bundle.acts_size(), static_cast<int>(held_.acts["KAZ"].size()));
  theirs.mutable_heads(0)->set_number(1000);
  EXPECT_EQ(LackOf(held_, theirs, kMostBundleBytes).bundle.acts_size(), 0);
}

}  // namespace
}  // namespace tamga::treaty
