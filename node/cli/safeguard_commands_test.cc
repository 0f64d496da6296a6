#include <string>

#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class SafeguardCommandsTest : public NodeTest {
 protected:
  std::string PersonFile(const std::string& json) {
    const std::string path = Path("person.json");
    EXPECT_OK(WriteFile(path, json));
    return path;
  }
};

TEST_F(SafeguardCommandsTest, SetSendsThePersonOfTheFileTheCasesAndTheGround) {
  const std::string path =
      PersonFile(R"({"names": [{"surname": "SPECIMEN"}, {"surname": "ОБРАЗЕЦ"}], "bornOn": {"year": 1990}})");
  ASSERT_EQ(RunAsCaller({"safeguard", "set", "--ground", "TRAFFICKING_INDICATOR", "--person", path, "--case", "case-1",
                         "--note", "see file 3", "--case-reference", "P-1"}),
            0)
      << err();
  EXPECT_EQ(safeguards_.set.ground(), v1::SAFEGUARD_GROUND_TRAFFICKING_INDICATOR);
  EXPECT_EQ(safeguards_.set.note(), "see file 3");
  EXPECT_EQ(safeguards_.set.context().case_reference(), "P-1");
  EXPECT_EQ(safeguards_.set.context().purpose(), v1::PURPOSE_READMISSION);
  const v1::ProtectedPerson& person = safeguards_.set.person();
  ASSERT_EQ(person.names_size(), 2);
  EXPECT_EQ(person.names(1).surname(), "ОБРАЗЕЦ");
  EXPECT_EQ(person.born_on().year(), 1990u);
  ASSERT_EQ(person.case_ids_size(), 1);
  EXPECT_EQ(person.case_ids(0), "case-1");
  EXPECT_THAT(err(), AllOf(HasSubstr("safeguard-1 stands"), HasSubstr("1 running cases")));
}

TEST_F(SafeguardCommandsTest, SetNeedsAPersonOrACase) {
  EXPECT_EQ(RunAsCaller({"safeguard", "set", "--ground", "MEDICAL_HOLD", "--case-reference", "P-1"}), 2);
  EXPECT_THAT(err(), HasSubstr("--person, --case or both"));
}

TEST_F(SafeguardCommandsTest, AFileThatIsNoPersonIsRefusedWithoutTellingWhatItSays) {
  const std::string path = PersonFile(R"({"name": "SPECIMEN"})");
  EXPECT_EQ(RunAsCaller({"safeguard", "set", "--ground", "MEDICAL_HOLD", "--person", path, "--case-reference", "P-1"}),
            2);
  EXPECT_THAT(err(), AllOf(HasSubstr("--person"), Not(HasSubstr("SPECIMEN"))));
}

TEST_F(SafeguardCommandsTest, ListGathersThePagesAndShowPrintsOne) {
  ASSERT_EQ(RunAsCaller({"safeguard", "list", "--state", "STANDS"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("GROUND"), HasSubstr("ASYLUM_CLAIM"), HasSubstr("STANDS"),
                           HasSubstr("safeguard-1"), HasSubstr("safeguard-2")));
  ASSERT_EQ(RunAsCaller({"safeguard", "show", "safeguard-7"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("safeguard-7"), HasSubstr("MEDICAL_HOLD")));
}

TEST_F(SafeguardCommandsTest, ReleaseIsAskedForAndThenDone) {
  ASSERT_EQ(
      RunAsCaller({"safeguard", "ask-release", "safeguard-7", "--reason", "claim decided", "--case-reference", "P-1"}),
      0)
      << err();
  EXPECT_EQ(safeguards_.asked.safeguard_id(), "safeguard-7");
  EXPECT_EQ(safeguards_.asked.reason(), "claim decided");
  EXPECT_THAT(err(), HasSubstr("another protection officer"));
  ASSERT_EQ(RunAsCaller({"safeguard", "release", "safeguard-7", "--case-reference", "P-2"}), 0) << err();
  EXPECT_EQ(safeguards_.released.safeguard_id(), "safeguard-7");
  EXPECT_EQ(safeguards_.released.context().case_reference(), "P-2");
}

}  // namespace
}  // namespace tamga::cli
