#include "absl/strings/str_cat.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/test_node.h"
#include "node/cli/treaty_files.h"
#include "node/treaty/test_treaties.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TreatyExchangeCommandsTest : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    ASSERT_OK(treaty::SignRepositoryTreaties(TAMGA_SOURCE_DIR "/policy", Path("treaties"), {"KAZ", "KGZ"},
                                             {"readmission-kaz-kgz.txtpb"}));
  }

  int Publish(const std::vector<std::string>& what) {
    std::vector<std::string> arguments = {"treaty", "publish", "--case-reference", "MFA-1"};
    arguments.insert(arguments.end(), what.begin(), what.end());
    return RunAsCaller(arguments);
  }
};

TEST_F(TreatyExchangeCommandsTest, FilesArePublishedAsWhatTheyAre) {
  // The partner did not take it over, and a script is to notice.
  EXPECT_EQ(Publish({Path("treaties/readmission-kaz-kgz.txtpb"), Path("treaties/registers/KAZ/0001.txtpb")}), 1);
  ASSERT_EQ(treaties_.published.size(), 1u);
  const v1::PublishTreatiesRequest& request = treaties_.published.front();
  EXPECT_EQ(request.context().purpose(), v1::PURPOSE_TREATY_ADMINISTRATION);
  EXPECT_EQ(request.context().case_reference(), "MFA-1");
  ASSERT_EQ(request.bundle().treaties_size(), 1);
  ASSERT_EQ(request.bundle().acts_size(), 1);
  EXPECT_EQ(request.bundle().acts(0).number(), 1u);
  EXPECT_EQ(request.bundle().acts(0).signatures_size(), 1);
  EXPECT_THAT(out(), AllOf(HasSubstr("KGZ/interior-ministry"), HasSubstr("REGISTER_GAP")));
  EXPECT_THAT(err(), AllOf(HasSubstr("acts are missing"), HasSubstr("has no effect"), HasSubstr("NOT_TAKEN_OVER")));
}

TEST_F(TreatyExchangeCommandsTest, AFolderIsPublishedWhole) {
  EXPECT_EQ(Publish({"--treaties", Path("treaties")}), 1);
  ASSERT_EQ(treaties_.published.size(), 1u);
  EXPECT_EQ(treaties_.published.front().bundle().treaties_size(), 1);
  EXPECT_EQ(treaties_.published.front().bundle().acts_size(), 2);
}

TEST_F(TreatyExchangeCommandsTest, WhatIsNotInOrderIsNotSent) {
  EXPECT_EQ(Publish({}), 2);
  EXPECT_EQ(Publish({"--treaties", Path("treaties"), Path("treaties/readmission-kaz-kgz.txtpb")}), 2);
  ASSERT_OK_AND_ASSIGN(const std::string act, ReadFile(Path("treaties/registers/KAZ/0001.txtpb")));
  ASSERT_OK(WriteFile(Path("0001.txtpb"), act));
  EXPECT_EQ(Publish({Path("0001.txtpb")}), 2);
  EXPECT_THAT(err(), HasSubstr("ACT_UNSIGNED"));
  ASSERT_OK(WriteFile(Path("bad.txtpb"), "id: 7\n"));
  EXPECT_EQ(Publish({Path("bad.txtpb")}), 2);
  EXPECT_THAT(err(), HasSubstr("bad.txtpb:1:"));
  EXPECT_TRUE(treaties_.published.empty());
}

TEST_F(TreatyExchangeCommandsTest, FetchNamesThePartner) {
  ASSERT_EQ(RunAsCaller({"treaty", "fetch", "--case-reference", "MFA-2", "--partner", "KGZ/interior-ministry"}), 0)
      << err();
  EXPECT_EQ(treaties_.fetched.partner(), "KGZ/interior-ministry");
  EXPECT_THAT(err(), HasSubstr("2 new"));
}

TEST_F(TreatyExchangeCommandsTest, WhatIsExportedCanBeReadAsAFolderOfTreaties) {
  ASSERT_OK_AND_ASSIGN(const treaty::TreatySources sources, treaty::ReadTreatyFolder(Path("treaties")));
  for (const auto& [sha256, text] : sources.texts) treaties_.held.add_treaties(text);
  for (const auto& [state, acts] : sources.acts) {
    for (const v1::SignedAct& act : acts) *treaties_.held.add_acts() = act;
  }
  treaties_.offices = {treaty::TestOffice("KAZ"), treaty::TestOffice("KGZ")};
  ASSERT_EQ(RunAsCaller({"treaty", "export", "--out", Path("copy")}), 0) << err();
  ASSERT_OK_AND_ASSIGN(const treaty::TreatySources copy, treaty::ReadTreatyFolder(Path("copy")));
  EXPECT_EQ(copy.texts, sources.texts);
  EXPECT_EQ(copy.acts.at("KGZ").size(), sources.acts.at("KGZ").size());
  ASSERT_OK_AND_ASSIGN(const treaty::TreatyLibrary library, LoadTreatyFolder(Path("copy")));
  EXPECT_EQ(library.registers.size(), 2u);
}

}  // namespace
}  // namespace tamga::cli
