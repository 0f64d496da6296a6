#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/test_cli.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kTreaties[] = TAMGA_SOURCE_DIR "/policy/treaties";
constexpr char kReadmission[] = TAMGA_SOURCE_DIR "/policy/treaties/readmission-kaz-kgz.txtpb";

class TreatyCommandsTest : public CliTest {
 protected:
  // The repository's readmission agreement with Kyrgyzstan, and the acts of both States signed by offices of the test.
  void SignActs() {
    ASSERT_OK(MakeFolder(Path("treaties/offices")));
    for (const char* name : {"readmission-kaz-kgz.txtpb", "refugee-1951-1967.txtpb"}) {
      ASSERT_OK_AND_ASSIGN(const std::string text, ReadFile(absl::StrCat(kTreaties, "/", name)));
      ASSERT_OK(WriteFile(Path(absl::StrCat("treaties/", name)), text));
    }
    for (const char* state : {"KAZ", "KGZ"}) {
      const std::string office = Path(absl::StrCat("office-", state));
      ASSERT_EQ(Run({"pki", "treaty-office", "--state", state, "--out", office}), 0) << err();
      ASSERT_OK_AND_ASSIGN(const std::string text, ReadFile(office + "/treaty-office.txtpb"));
      ASSERT_OK(WriteFile(Path(absl::StrCat("treaties/offices/", state, ".txtpb")), text));
      ASSERT_OK_AND_ASSIGN(const std::string treaty, ReadFile(kReadmission));
      const std::string act = Path(absl::StrCat(state, ".txtpb"));
      ASSERT_EQ(Run({"treaty", "ratify", kReadmission, "--state", state, "--effective-on", "2017-06-15", "--citation",
                     "Law of 2017", "--in-force-from", "2017-08-10", "--out", act}),
                0)
          << err();
      ASSERT_EQ(Sign(state, act), 0) << err();
    }
  }

  int Sign(const std::string& state, const std::string& act) {
    const std::string office = Path(absl::StrCat("office-", state));
    return Run({"treaty", "sign", "--treaties", Path("treaties"), "--office", office + "/treaty-office.txtpb", "--key",
                office + "/treaty-office.key", act});
  }

  // Whether KAZ/interior-ministry may apply to KGZ/interior-ministry for readmission, as of that day.
  int Explain(const std::string& purpose, const std::string& at) {
    return Run({"treaty", "explain", "--treaties", Path("treaties"), "--asker", "KAZ/interior-ministry", "--answerer",
                "KGZ/interior-ministry", "--operation", "READMISSION_SUBMIT", "--record-kind", "READMISSION",
                "--purpose", purpose, "--at", at});
  }

  // A second version of the agreement with one text replaced.
  void WriteAmendment(const std::string& from, const std::string& to) {
    ASSERT_OK_AND_ASSIGN(std::string text, ReadFile(kReadmission));
    const std::string previous = absl::StrCat("version: 2\nprevious_sha256: \"", HexEncode(Sha256(text)), "\"");
    ASSERT_EQ(absl::StrReplaceAll({{"version: 1", previous}}, &text), 1);
    ASSERT_GE(absl::StrReplaceAll({{from, to}}, &text), 1);
    ASSERT_OK(WriteFile(Path("amended.txtpb"), text));
  }
};

TEST_F(TreatyCommandsTest, TheRepositorysTreatiesAreInOrder) {
  EXPECT_EQ(Run({"treaty", "lint", kTreaties}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("PALERMO-TIP-2000"));
  EXPECT_EQ(Run({"treaty", "check", kTreaties}), 0) << out() << err();
}

TEST_F(TreatyCommandsTest, LintNamesFileLineAndColumnOfEachMistake) {
  ASSERT_OK(WriteFile(Path("a.txtpb"), "id: \"A\"\nversoin: 1\n"));
  EXPECT_EQ(Run({"treaty", "lint", Path("a.txtpb")}), 2);
  EXPECT_THAT(err(), HasSubstr(Path("a.txtpb") + ":2:"));
  EXPECT_THAT(err(), HasSubstr("TREATY_INVALID"));
}

TEST_F(TreatyCommandsTest, TwoTextsOfOneVersionAreAMistake) {
  ASSERT_OK_AND_ASSIGN(std::string text, ReadFile(kReadmission));
  ASSERT_OK(WriteFile(Path("a.txtpb"), text));
  ASSERT_OK(WriteFile(Path("copy.txtpb"), text));
  EXPECT_EQ(Run({"treaty", "lint", Path("a.txtpb"), Path("copy.txtpb")}), 0) << err();
  ASSERT_OK(WriteFile(Path("b.txtpb"), text + "\n# another one\n"));
  EXPECT_EQ(Run({"treaty", "lint", Path("a.txtpb"), Path("b.txtpb")}), 2);
  EXPECT_THAT(err(),
              AllOf(HasSubstr(Path("b.txtpb") + ": version: is another text of READMISSION-KAZ-KGZ version 1 than " +
                              Path("a.txtpb")),
                    HasSubstr("TREATY_INVALID")));
}

TEST_F(TreatyCommandsTest, CheckFindsWhatANodeWouldRefuseThoughAnotherTextForbidsIt) {
  ASSERT_OK(MakeFolder(Path("two")));
  ASSERT_OK_AND_ASSIGN(std::string text, ReadFile(kReadmission));
  ASSERT_OK(WriteFile(Path("two/a.txtpb"), text));
  // The prohibitions on which the invariant about possible victims rests are about something else here.
  const std::string tail = " is: TERNARY_YES }\n  # To say why could";
  ASSERT_EQ(
      absl::StrReplaceAll({{"ATTRIBUTE_TRAFFICKING_INDICATOR" + tail, "ATTRIBUTE_ASYLUM_CLAIM_OPEN" + tail}}, &text),
      2);
  ASSERT_OK(WriteFile(Path("two/b.txtpb"), text));
  EXPECT_EQ(Run({"treaty", "status", "--treaties", Path("two")}), 2);
  EXPECT_THAT(err(), HasSubstr("TREATY_UNSOUND"));
  EXPECT_EQ(Run({"treaty", "check", Path("two")}), 1);
  EXPECT_THAT(out(), AllOf(HasSubstr("never-a-possible-victim"), HasSubstr(Path("two/b.txtpb") + ", by itself: "),
                           Not(HasSubstr(Path("two/a.txtpb")))));
  EXPECT_THAT(err(), HasSubstr("TREATY_UNSOUND"));
  EXPECT_EQ(Run({"treaty", "check", Path("two/a.txtpb")}), 0) << out();
}

TEST_F(TreatyCommandsTest, LintOfNothingIsAWrongCommand) {
  EXPECT_EQ(Run({"treaty", "lint", Path("none")}), 2);
  ASSERT_OK(MakeFolder(Path("empty")));
  EXPECT_EQ(Run({"treaty", "lint", Path("empty")}), 2);
}

TEST_F(TreatyCommandsTest, WhatBothStatesRatifiedAndSignedDecides) {
  SignActs();
  ASSERT_EQ(Explain("READMISSION", "2026-11-23"), 0) << err();
  EXPECT_THAT(out(), StartsWith("PERMITTED\n"));
  EXPECT_THAT(out(), HasSubstr("READMISSION-KAZ-KGZ art. 1"));
  ASSERT_EQ(Explain("READMISSION", "2017-08-09"), 0) << err();
  EXPECT_THAT(out(), StartsWith("DENIED TREATY_NOT_IN_FORCE\n"));
  ASSERT_EQ(Explain("MIGRATION_CONTROL", "2026-11-23"), 0) << err();
  EXPECT_THAT(out(), StartsWith("DENIED NO_GRANT\n"));
}

TEST_F(TreatyCommandsTest, WhatIsMistypedInAQuestionIsSaid) {
  SignActs();
  const auto explain = [this](const std::string& answerer, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        "treaty",     "explain",    "--treaties",  Path("treaties"),     "--asker",       "KAZ/interior-ministry",
        "--answerer", answerer,     "--operation", "READMISSION_SUBMIT", "--record-kind", "READMISSION",
        "--purpose",  "READMISSION"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  };
  EXPECT_EQ(explain("KGZ/interior-ministry", {}), 0) << err();
  EXPECT_THAT(err(), Not(HasSubstr("no treaty at hand")));
  EXPECT_EQ(explain("KGZ/interior-minstry", {}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("note: no treaty at hand names KGZ/interior-minstry"));
  EXPECT_EQ(explain("KGX/interior-ministry", {}), 0) << err();
  EXPECT_THAT(err(), HasSubstr("note: no treaty at hand names KGX\n"));
  EXPECT_EQ(explain("KGZ/interior-ministry", {"--treaty", "NOPE"}), 2);
  EXPECT_THAT(err(), HasSubstr("treaties has no treaty NOPE; it has READMISSION-KAZ-KGZ, REFUGEE-1951-1967"));
  EXPECT_EQ(explain("KGZ/interior-ministry", {"--fact", "AGE=17", "AGE=18"}), 2);
  EXPECT_THAT(err(), HasSubstr("--fact: AGE is given twice"));
}

TEST_F(TreatyCommandsTest, StatusTellsWhoIsBoundAndInstrumentsByWhat) {
  SignActs();
  ASSERT_EQ(Run({"treaty", "status", "--treaties", Path("treaties"), "--at", "2026-11-23"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("in force"));
  EXPECT_THAT(out(), HasSubstr("2017-08-10"));
  ASSERT_EQ(Run({"treaty", "instruments", "--treaties", Path("treaties")}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("ratify"), HasSubstr("READMISSION-KAZ-KGZ"), HasSubstr("Law of 2017")));
}

TEST_F(TreatyCommandsTest, AnActIsNotSignedWithAnotherStatesKey) {
  SignActs();
  EXPECT_NE(Run({"treaty", "sign", "--treaties", Path("treaties"), "--office", Path("office-KAZ/treaty-office.txtpb"),
                 "--key", Path("office-KGZ/treaty-office.key"), Path("KAZ.txtpb")}),
            0);
  EXPECT_THAT(err(), HasSubstr("ACT_WRONG_KEY"));
  EXPECT_NE(Sign("KGZ", Path("KAZ.txtpb")), 0);
  EXPECT_THAT(err(), HasSubstr("ACT_OTHER_STATE"));
}

TEST_F(TreatyCommandsTest, AnAmendmentThatWidensMustBeAcknowledged) {
  WriteAmendment("amount: 25", "amount: 25 # and belief\n");
  const std::vector<std::string> ratify = {
      "treaty",     "ratify",         Path("amended.txtpb"), "--previous", kReadmission,  "--state",
      "KAZ",        "--effective-on", "2026-01-01",          "--citation", "Law of 2026", "--in-force-from",
      "2026-02-01", "--out",          Path("act.txtpb")};
  EXPECT_EQ(Run(ratify), 0) << err();

  WriteAmendment("classes: DATA_CLASS_ROUTE", "classes: DATA_CLASS_ROUTE classes: DATA_CLASS_METHOD");
  EXPECT_EQ(Run({"treaty", "propose", Path("amended.txtpb"), "--previous", kReadmission}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("wider: "), HasSubstr("It widens the version before it.")));
  std::vector<std::string> again = ratify;
  again.back() = Path("act-2.txtpb");
  EXPECT_NE(Run(again), 0);
  EXPECT_THAT(err(), HasSubstr("WIDENING_NOT_ACKNOWLEDGED"));
  again.push_back("--acknowledge-widening");
  EXPECT_EQ(Run(again), 0) << err();
  ASSERT_OK_AND_ASSIGN(const std::string act, ReadFile(Path("act-2.txtpb")));
  EXPECT_THAT(act, HasSubstr("acknowledges_widening: true"));
}

TEST_F(TreatyCommandsTest, AnAmendmentMustNameTheTextThatItAmends) {
  WriteAmendment("amount: 25", "amount: 20");
  EXPECT_EQ(Run({"treaty", "propose", Path("amended.txtpb")}), 2);
  EXPECT_THAT(err(), HasSubstr("--previous"));
  EXPECT_EQ(Run({"treaty", "propose", Path("amended.txtpb"), "--previous",
                 TAMGA_SOURCE_DIR "/policy/treaties/readmission-kaz-uzb.txtpb"}),
            2);
  EXPECT_THAT(err(), HasSubstr("previous_sha256"));
}

TEST_F(TreatyCommandsTest, DiffAndQueryAnswerInSentences) {
  WriteAmendment("purposes: PURPOSE_READMISSION", "purposes: PURPOSE_BORDER_CHECK");
  ASSERT_EQ(Run({"treaty", "diff", kReadmission, Path("amended.txtpb")}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("wider"), HasSubstr("narrower"), HasSubstr("BORDER_CHECK")));
  ASSERT_EQ(Run({"treaty", "query", "--class", "victim_identity", "--record-kind", "TRAFFICKING", kTreaties}), 0)
      << err();
  EXPECT_THAT(out(), HasSubstr("PALERMO-TIP-2000"));
  EXPECT_EQ(Run({"treaty", "diff", kReadmission, TAMGA_SOURCE_DIR "/policy/treaties/readmission-kaz-uzb.txtpb"}), 2);
  EXPECT_THAT(err(), HasSubstr("is a text of READMISSION-KAZ-UZB, "));
  EXPECT_EQ(Run({"treaty", "query", "--class", "gossip", "--record-kind", "TRAFFICKING", kTreaties}), 2);
  EXPECT_THAT(err(), HasSubstr("VICTIM_IDENTITY"));
}

TEST_F(TreatyCommandsTest, SuitesAreDecidedAndAFailureIsNamed) {
  SignActs();
  ASSERT_OK(WriteFile(Path("good.txtpb"), R"(treaties: "READMISSION-KAZ-KGZ"
cases {
  name: "Nothing is known of the person." on: "2026-01-01"
  asker: "KAZ/interior-ministry" answerer: "KGZ/interior-ministry"
  record_kind: RECORD_KIND_READMISSION operation: OPERATION_READMISSION_SUBMIT purpose: PURPOSE_READMISSION
  expect { reason: "FACT_UNKNOWN" }
}
)"));
  EXPECT_EQ(Run({"treaty", "test", "--treaties", Path("treaties"), Path("good.txtpb")}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("READMISSION-KAZ-KGZ reply"));
  EXPECT_THAT(err(), HasSubstr("Shown to matter: "));
  EXPECT_EQ(Run({"treaty", "test", "--mutate", "--output", "json", "--treaties", Path("treaties"), Path("good.txtpb")}),
            0)
      << err();
  google::protobuf::Struct report;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(out(), &report).ok()) << out();
  EXPECT_EQ(report.fields().at("suites").list_value().values_size(), 1);
  EXPECT_GT(report.fields().at("not_shown").list_value().values_size(), 0);
  EXPECT_EQ(report.fields().at("mutations").list_value().values_size(), 4);
  EXPECT_GT(report.fields().at("survivors").list_value().values_size(), 0);
  ASSERT_OK_AND_ASSIGN(std::string text, ReadFile(Path("good.txtpb")));
  absl::StrReplaceAll({{"FACT_UNKNOWN", "PERMITTED"}}, &text);
  ASSERT_OK(WriteFile(Path("bad.txtpb"), text));
  EXPECT_EQ(Run({"treaty", "test", "--treaties", Path("treaties"), Path("bad.txtpb")}), 1);
  EXPECT_THAT(err(), HasSubstr("Nothing is known of the person."));
}

TEST_F(TreatyCommandsTest, RendersInThreeLanguages) {
  for (const char* language : {"en", "ru", "kk"}) {
    ASSERT_EQ(Run({"treaty", "render", kReadmission, "--language", language, "--format", "html"}), 0) << err();
    EXPECT_THAT(out(), HasSubstr(absl::StrCat("<html lang=\"", language, "\">")));
    EXPECT_THAT(out(), Not(HasSubstr("(на английском)")));
  }
  EXPECT_EQ(Run({"treaty", "render", kReadmission, "--language", "de"}), 2);
}

TEST_F(TreatyCommandsTest, RefusesDaysThatAreNoneAndADayForTheNode) {
  SignActs();
  EXPECT_EQ(Explain("READMISSION", "someday"), 2);
  EXPECT_THAT(err(), HasSubstr("--at"));
  EXPECT_EQ(Run({"treaty", "explain", "--answerer", "KGZ/interior-ministry", "--operation", "WATCHLIST_CHECK",
                 "--record-kind", "WATCHLIST", "--purpose", "BORDER_CHECK", "--at", "2026-01-01"}),
            2);
  EXPECT_THAT(err(), HasSubstr("--treaties"));
}

}  // namespace
}  // namespace tamga::cli
