#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/test_node.h"
#include "node/cli/treaty_files.h"
#include "node/treaty/test_treaties.h"
#include "policy/decision_record.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kExchange[] = "0197a3f0-0000-7000-8000-000000000001";

class TreatyWhatIfTest : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    ASSERT_OK(treaty::SignRepositoryTreaties(TAMGA_SOURCE_DIR "/policy", Path("treaties"), {"KAZ", "KGZ"},
                                             {"readmission-kaz-kgz.txtpb", "refugee-1951-1967.txtpb"}));
    ASSERT_OK(treaty::SignRepositoryTreaties(TAMGA_SOURCE_DIR "/policy", Path("other"), {"KAZ", "KGZ"},
                                             {"refugee-1951-1967.txtpb"}));
    Decide(v1::TERNARY_NO);
    Decide(v1::TERNARY_NO);
    Decide(v1::TERNARY_YES);
  }

  // Has the node remember that it decided about an application for readmission.
  void Decide(v1::Ternary asylum) {
    ASSERT_OK_AND_ASSIGN(const treaty::TreatyLibrary library, LoadTreatyFolder(Path("treaties")));
    policy::Question question;
    question.asker = "KAZ/interior-ministry";
    question.answerer = "KGZ/interior-ministry";
    question.record_kind = v1::RECORD_KIND_READMISSION;
    question.operation = v1::OPERATION_READMISSION_SUBMIT;
    question.purpose = v1::PURPOSE_READMISSION;
    question.dischargeable = policy::kAllObligationTypes;
    question.facts.SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, asylum);
    question.facts.SetFlag(v1::ATTRIBUTE_TRAFFICKING_INDICATOR, v1::TERNARY_NO);
    question.facts.SetFlag(v1::ATTRIBUTE_UNACCOMPANIED_MINOR, v1::TERNARY_NO);
    const absl::Time at = clock_.Now() - absl::Hours(24);
    *admin_.decisions.add_decisions() =
        policy::RecordOf(kExchange, question, policy::Stage::kRequestEgress, at,
                         library.set->Decide(question, policy::Stage::kRequestEgress, at));
  }
};

TEST_F(TreatyWhatIfTest, DecisionsOfAllPagesAreListed) {
  ASSERT_EQ(RunAsCaller({"treaty", "decisions"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr(kExchange), HasSubstr("PERMITTED"), HasSubstr("FORBIDDEN"),
                           HasSubstr("READMISSION-KAZ-KGZ art. 1")));
}

TEST_F(TreatyWhatIfTest, ByTheSameTreatiesAllStaysTheSame) {
  ASSERT_EQ(RunAsCaller({"treaty", "what-if", "--treaties", Path("treaties")}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("3 of 3 decisions would be the same"));
  EXPECT_THAT(out(), Not(HasSubstr("now ")));
}

TEST_F(TreatyWhatIfTest, WhatWouldChangeIsCountedWithAnExample) {
  ASSERT_EQ(RunAsCaller({"treaty", "what-if", "--treaties", Path("other")}), 0) << err();
  EXPECT_THAT(out(), ContainsRegex("now denied +2 +PERMITTED by READMISSION-KAZ-KGZ art. 1 .*NO_GRANT +0197a3f0"));
  EXPECT_THAT(err(), HasSubstr("0 of 3 decisions would be the same"));
}

TEST_F(TreatyWhatIfTest, AnExportIsDecidedWithoutTheNode) {
  admin_.decisions.add_unavailable(kExchange);
  ASSERT_EQ(RunAsCaller({"treaty", "decisions", "--output", "json"}), 0) << err();
  ASSERT_OK(WriteFile(Path("decisions.json"), out()));
  ASSERT_EQ(Run({"treaty", "what-if", "--treaties", Path("treaties"), "--decisions", Path("decisions.json")}), 0)
      << err();
  EXPECT_THAT(err(), AllOf(HasSubstr("3 of 3 decisions would be the same"), HasSubstr("of 1 messages")));
}

TEST_F(TreatyWhatIfTest, AReplayThatShowsNothingDoesNotLookAsIfAllWereWell) {
  ASSERT_EQ(RunAsCaller({"audit", "replay", "--treaties", Path("treaties")}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("3 decisions come out the same"));
  ASSERT_OK(MakeFolder(Path("empty")));
  EXPECT_EQ(RunAsCaller({"audit", "replay", "--treaties", Path("empty")}), 2);
  EXPECT_THAT(err(), AllOf(HasSubstr("NO_TREATIES"), HasSubstr("holds no treaty text")));
  admin_.decisions.clear_decisions();
  admin_.decisions.add_unavailable(kExchange);
  EXPECT_EQ(RunAsCaller({"audit", "replay", "--treaties", Path("treaties")}), 1);
  EXPECT_THAT(err(), HasSubstr("NOTHING_REPLAYED"));
  admin_.decisions.clear_unavailable();
  EXPECT_EQ(RunAsCaller({"audit", "replay", "--treaties", Path("treaties")}), 0);
  EXPECT_THAT(err(), HasSubstr("no decision of this period"));
  EXPECT_EQ(RunAsCaller({"audit", "replay"}), 1);  // the node holds no treaty
  EXPECT_THAT(err(), HasSubstr("NO_TREATIES"));
}

TEST_F(TreatyWhatIfTest, WhatACopyLacksActsForIsNotReplayedAndNoDifference) {
  std::filesystem::remove(Path("treaties/offices/KGZ.txtpb"));
  EXPECT_EQ(RunAsCaller({"audit", "replay", "--treaties", Path("treaties")}), 1);
  EXPECT_THAT(out(), HasSubstr("the acts of KGZ, or its treaty office, are missing in " + Path("treaties")));
  EXPECT_THAT(err(), AllOf(HasSubstr("0 decisions come out the same, 0 do not, 3 cannot be replayed."),
                           HasSubstr("NOTHING_REPLAYED"), Not(HasSubstr("DECISION_DIFFERS")),
                           HasSubstr("note: the acts of KGZ count for nothing: its treaty office is not known")));
  std::filesystem::remove_all(Path("treaties/registers/KAZ"));
  EXPECT_EQ(RunAsCaller({"audit", "replay", "--treaties", Path("treaties")}), 1);
  EXPECT_THAT(out(), HasSubstr("the acts of KAZ, or its treaty office, are missing"));
  EXPECT_THAT(err(), Not(HasSubstr("DECISION_DIFFERS")));
}

TEST_F(TreatyWhatIfTest, AFolderWithoutActsOrOfficesIsSaidToBeOneByEveryCommand) {
  std::filesystem::remove_all(Path("treaties/offices"));
  std::filesystem::remove_all(Path("treaties/registers"));
  ASSERT_OK(WriteFile(Path("suite.txtpb"), R"(cases {
  name: "Nothing is in force." on: "2026-01-01"
  asker: "KAZ/interior-ministry" answerer: "KGZ/interior-ministry"
  record_kind: RECORD_KIND_READMISSION operation: OPERATION_READMISSION_SUBMIT purpose: PURPOSE_READMISSION
  expect { reason: "NO_GRANT" }
}
)"));
  const std::vector<std::vector<std::string>> commands = {
      {"audit", "replay"},
      {"treaty", "what-if"},
      {"treaty", "status"},
      {"treaty", "instruments"},
      {"treaty", "test", Path("suite.txtpb")},
      {"treaty", "explain", "--asker", "KAZ/interior-ministry", "--answerer", "KGZ/interior-ministry", "--record-kind",
       "READMISSION", "--operation", "READMISSION_SUBMIT", "--purpose", "READMISSION"},
  };
  for (std::vector<std::string> command : commands) {
    command.insert(command.end(), {"--treaties", Path("treaties")});
    RunAsCaller(command);
    EXPECT_THAT(err(), AllOf(HasSubstr("note: " + Path("treaties") + " holds no acts"),
                             HasSubstr("note: " + Path("treaties") + " holds no treaty office")))
        << ::testing::PrintToString(command);
  }
}

TEST_F(TreatyWhatIfTest, ByNoTreatiesNothingIsDecided) {
  ASSERT_OK(MakeFolder(Path("empty")));
  EXPECT_EQ(RunAsCaller({"treaty", "what-if", "--treaties", Path("empty")}), 2);
  EXPECT_THAT(err(), AllOf(HasSubstr("NO_TREATIES"), HasSubstr("holds no treaty text")));
}

TEST_F(TreatyWhatIfTest, AFileThatIsNoExportIsRefused) {
  ASSERT_OK(WriteFile(Path("decisions.json"), "[]"));
  const std::vector<std::string> what_if = {"treaty",         "what-if",     "--treaties",
                                            Path("treaties"), "--decisions", Path("decisions.json")};
  EXPECT_EQ(Run(what_if), 2);
  EXPECT_THAT(err(), HasSubstr("DECISIONS_INVALID"));
  std::vector<std::string> with_period = what_if;
  with_period.insert(with_period.end(), {"--since", "7d"});
  EXPECT_EQ(Run(with_period), 2);
  EXPECT_EQ(RunAsCaller({"treaty", "what-if", "--treaties", Path("treaties"), "--since", "someday"}), 2);
  EXPECT_THAT(err(), HasSubstr("--since"));
}

}  // namespace
}  // namespace tamga::cli
