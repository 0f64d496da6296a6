#include "node/treaty/treaty_library.h"

#include <stdlib.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/treaty/act_files.h"
#include "node/treaty/sign_act.h"
#include "node/treaty/test_treaties.h"
#include "node/treaty/widening.h"

namespace tamga::treaty {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kPolicy[] = TAMGA_SOURCE_DIR "/policy";
const std::vector<std::string>& AllStates() {
  static const auto& states = *new std::vector<std::string>{"KAZ", "KGZ", "TJK", "UZB"};
  return states;
}

absl::Time Noon(int year, int month, int day) {
  return absl::FromCivil(absl::CivilHour(year, month, day, 12), absl::UTCTimeZone());
}

policy::Question Check(const std::string& asker, const std::string& answerer) {
  policy::Question question;
  question.asker = asker;
  question.answerer = answerer;
  question.record_kind = v1::RECORD_KIND_WATCHLIST;
  question.operation = v1::OPERATION_WATCHLIST_CHECK;
  question.purpose = v1::PURPOSE_BORDER_CHECK;
  question.dischargeable = policy::kAllObligationTypes;
  return question;
}

class TreatyLibraryTest : public testing::Test {
 protected:
  TreatyLibraryTest() : folder_(absl::StrCat(testing::TempDir(), "treaties.XXXXXX")) {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
    EXPECT_OK(SignRepositoryTreaties(kPolicy, folder_, AllStates()));
  }
  ~TreatyLibraryTest() override { std::filesystem::remove_all(folder_); }

  absl::StatusOr<TreatyLibrary> Build(const Offices& offices = TestOffices(AllStates())) {
    absl::StatusOr<TreatySources> sources = ReadTreatyFolder(folder_);
    if (!sources.ok()) return sources.status();
    return BuildLibrary(*std::move(sources), offices, absl::Minutes(2), "");
  }

  std::string folder_;
};

TEST_F(TreatyLibraryTest, WhatAllPartiesRatifiedDecides) {
  ASSERT_OK_AND_ASSIGN(const TreatyLibrary library, Build());
  EXPECT_THAT(library.findings, IsEmpty());
  const policy::Decision decision = library.set->Decide(Check("KAZ/border-service", "KGZ/interior-ministry"),
                                                        policy::Stage::kRequestEgress, Noon(2026, 11, 26));
  EXPECT_EQ(decision.reason, "PERMITTED") << decision.explanation;
  EXPECT_EQ(decision.treaty_id, "CIS-WANTED-SEARCH-2010");
}

TEST_F(TreatyLibraryTest, AStateWithoutAnOfficeIsBoundByNothing) {
  ASSERT_OK_AND_ASSIGN(const TreatyLibrary library, Build(TestOffices({"KAZ", "TJK", "UZB"})));
  EXPECT_THAT(library.findings, ElementsAre(HasSubstr("the acts of KGZ count for nothing")));
  const policy::Decision decision = library.set->Decide(Check("KAZ/border-service", "KGZ/interior-ministry"),
                                                        policy::Stage::kRequestEgress, Noon(2026, 11, 26));
  EXPECT_EQ(decision.reason, "TREATY_NOT_IN_FORCE");
}

TEST_F(TreatyLibraryTest, AnActWithoutSignaturesIsAnErrorNotAnUnsignedMode) {
  std::filesystem::remove(folder_ + "/registers/KGZ/0002.sig");
  const absl::StatusOr<TreatyLibrary> library = Build();
  EXPECT_THAT(library, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("0002.txtpb: has no 0002.sig")));
}

TEST_F(TreatyLibraryTest, AnAlteredActIsRefusedWithItsPlace) {
  const std::string path = folder_ + "/registers/KGZ/0002.txtpb";
  ASSERT_OK_AND_ASSIGN(const std::string text, ReadFile(path));
  ASSERT_OK(WriteFile(path, text + " "));
  EXPECT_THAT(Build(), HasReason("ACT_SIGNATURE_INVALID"));
  EXPECT_THAT(Build().status().message(), HasSubstr("act 2 of KGZ"));
}

TEST_F(TreatyLibraryTest, AMissingActBreaksTheRegister) {
  std::filesystem::remove(folder_ + "/registers/KGZ/0001.sig");
  std::filesystem::remove(folder_ + "/registers/KGZ/0001.txtpb");
  EXPECT_THAT(Build(), HasReason("ACT_OUT_OF_ORDER"));
}

TEST_F(TreatyLibraryTest, AnotherStatesKeyDoesNotSign) {
  ASSERT_OK_AND_ASSIGN(std::vector<v1::SignedAct> acts, ReadActFiles(folder_ + "/registers/KGZ"));
  v1::SignedAct& last = acts.back();
  last.clear_signatures();
  SignAct(TestOfficeKey("UZB"), &last);
  ASSERT_OK(WriteActFiles(folder_ + "/registers/KGZ", last));
  EXPECT_THAT(Build(), HasReason("ACT_WRONG_KEY"));
}

TEST_F(TreatyLibraryTest, ATreatyThatPermitsWhatItSaysMustNeverBeIsNotLoaded) {
  const std::string path = folder_ + "/readmission-kaz-kgz.txtpb";
  ASSERT_OK_AND_ASSIGN(std::string text, ReadFile(path));
  text += R"(
invariants {
  id: "never-at-all"
  cites: "1"
  scope { operations: OPERATION_READMISSION_SUBMIT }
}
)";
  ASSERT_OK(WriteFile(path, text));
  EXPECT_THAT(Build(), HasReason("TREATY_UNSOUND"));
  EXPECT_THAT(Build().status().message(), HasSubstr("never-at-all"));
}

// A second version of the agreement with Kyrgyzstan that both States have ratified.
class AmendmentTest : public TreatyLibraryTest {
 protected:
  void Amend(const std::string& from, const std::string& to, const std::string& more) {
    ASSERT_OK_AND_ASSIGN(std::string text, ReadFile(folder_ + "/readmission-kaz-kgz.txtpb"));
    const std::string previous = absl::StrCat("version: 2\nprevious_sha256: \"", HexEncode(Sha256(text)), "\"");
    ASSERT_EQ(absl::StrReplaceAll({{"version: 1", previous}}, &text), 1);
    ASSERT_GE(absl::StrReplaceAll({{from, to}}, &text), 1);
    ASSERT_OK(WriteFile(folder_ + "/readmission-kaz-kgz-2.txtpb", text));
    for (const char* state : {"KAZ", "KGZ"}) {
      const std::string register_folder = absl::StrCat(folder_, "/registers/", state);
      ASSERT_OK_AND_ASSIGN(const std::vector<v1::SignedAct> acts, ReadActFiles(register_folder));
      v1::SignedAct act =
          NextAct(state, {acts.back().number(), policy::ActSha256(acts.back())},
                  absl::StrCat("state: \"", state,
                               "\" effective_on: \"2026-01-01\" citation: \"For tests\" ratify { document { ",
                               "id: \"READMISSION-KAZ-KGZ\" sha256: \"", HexEncode(Sha256(text)),
                               "\" } in_force_from: \"2026-01-01\" ", more, " }"));
      SignAct(TestOfficeKey(state), &act);
      ASSERT_OK(WriteActFiles(register_folder, act));
    }
  }

  // The version that is in force between the two in November 2026.
  static uint32_t VersionInForce(const TreatyLibrary& library) {
    uint32_t version = 0;
    for (const policy::StandingLine& line : library.standing->StatusAt(Noon(2026, 11, 26))) {
      if (line.treaty_id != "READMISSION-KAZ-KGZ" || line.status != policy::StandingStatus::kInForce) continue;
      version = line.version;
    }
    return version;
  }
};

constexpr char kRoute[] = "classes: DATA_CLASS_ROUTE";
constexpr char kRouteAndMethod[] = "classes: DATA_CLASS_ROUTE classes: DATA_CLASS_METHOD";

TEST_F(AmendmentTest, AWiderVersionThatIsNotAcknowledgedHasNoEffect) {
  Amend(kRoute, kRouteAndMethod, "");
  ASSERT_OK_AND_ASSIGN(const TreatyLibrary library, Build());
  EXPECT_THAT(library.findings, ElementsAre(HasSubstr("of KAZ has no effect: it ratifies version 2 of READMISSION-KAZ"),
                                            HasSubstr("of KGZ has no effect")));
  EXPECT_EQ(VersionInForce(library), 1u);
  // Whatever is taken over from now on, the two are not compared again.
  const auto text = [&](const char* name) {
    return policy::ReadTreaty(ReadFile(folder_ + name).value(), name).value();
  };
  EXPECT_TRUE(IsWideningKnown(text("/readmission-kaz-kgz.txtpb"), text("/readmission-kaz-kgz-2.txtpb")));
}

TEST_F(AmendmentTest, AWiderVersionThatIsAcknowledgedDecides) {
  Amend(kRoute, kRouteAndMethod, "acknowledges_widening: true");
  ASSERT_OK_AND_ASSIGN(const TreatyLibrary library, Build());
  EXPECT_THAT(library.findings, IsEmpty());
  EXPECT_EQ(VersionInForce(library), 2u);
}

TEST_F(AmendmentTest, AVersionThatWidensNothingNeedsNoAcknowledgement) {
  Amend("    classes: DATA_CLASS_CONTACT\n", "", "");
  ASSERT_OK_AND_ASSIGN(const TreatyLibrary library, Build());
  EXPECT_THAT(library.findings, IsEmpty());
  EXPECT_EQ(VersionInForce(library), 2u);
}

TEST_F(TreatyLibraryTest, EveryMistakeInAnyFileIsToldAtOnce) {
  ASSERT_OK(WriteFile(folder_ + "/a.txtpb", "id: 7\n"));
  ASSERT_OK(WriteFile(folder_ + "/b.txtpb", "id: \"B\" colour: \"red\"\n"));
  const absl::Status status = Build().status();
  EXPECT_THAT(status, HasReason("TREATY_INVALID"));
  EXPECT_THAT(status.message(), HasSubstr("a.txtpb:1:"));
  EXPECT_THAT(status.message(), HasSubstr("b.txtpb:1:"));
}

}  // namespace
}  // namespace tamga::treaty
