#include <filesystem>
#include <string>
#include <vector>

#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class AuditExportTest : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    ASSERT_OK(WriteFile(Path("vkey"), ledger::FormatVkey(audit_.log.key()) + "\n"));
    GrowTo(300);
  }

  void GrowTo(uint64_t size) {
    while (audit_.log.size() < size) audit_.log.Append(std::to_string(audit_.log.size()));
  }
  int Export() { return RunAsCaller({"audit", "export", "--out", Path("copy"), "--vkey", Path("vkey")}); }
  int Verify() { return Run({"audit", "verify-export", Path("copy"), "--vkey", Path("vkey")}); }
  std::string File(const std::string& name) const { return ReadFile(Path("copy/" + name)).value_or(""); }
  bool HasFile(const std::string& name) const { return std::filesystem::exists(Path("copy/" + name)); }
};

TEST_F(AuditExportTest, TheLogIsCopiedAsItIsServedAndVerifiesWithoutTheNode) {
  ASSERT_EQ(Export(), 0) << err();
  EXPECT_THAT(out(), HasSubstr("300 entries, 300 of them new"));
  EXPECT_EQ(File("checkpoint"), audit_.log.Checkpoint(300));
  for (const char* name :
       {"tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"}) {
    EXPECT_EQ(File(name), audit_.log.Tile(ledger::ParseTilePath("path", name).value()).value()) << name;
  }
  TearDown();
  ASSERT_EQ(Verify(), 0) << err();
  EXPECT_THAT(out(), HasSubstr("log.border-service.kaz.tamga is intact: 300 entries"));
}

TEST_F(AuditExportTest, AnEmptyLogIsACheckpointAlone) {
  audit_.log = TestLog();
  ASSERT_EQ(Export(), 0) << err();
  EXPECT_FALSE(HasFile("tile"));
  EXPECT_EQ(Verify(), 0) << err();
  GrowTo(3);
  ASSERT_EQ(Export(), 0) << err();
  EXPECT_EQ(Verify(), 0) << err();
}

TEST_F(AuditExportTest, ASecondExportGetsOnlyWhatIsNew) {
  ASSERT_EQ(Export(), 0) << err();
  audit_.tiles_sent.clear();
  ASSERT_EQ(Export(), 0) << err();
  EXPECT_THAT(out(), HasSubstr("300 entries, 0 of them new"));
  EXPECT_THAT(audit_.tiles_sent, IsEmpty());
  GrowTo(600);
  ASSERT_EQ(Export(), 0) << err();
  EXPECT_THAT(out(), HasSubstr("600 entries, 300 of them new"));
  EXPECT_THAT(audit_.tiles_sent, AllOf(Contains("tile/entries/001"), Contains("tile/entries/002.p/88"),
                                       Not(Contains("tile/entries/000")), Not(Contains("tile/0/000"))));
  EXPECT_FALSE(HasFile("tile/0/001.p"));
  EXPECT_FALSE(HasFile("tile/1/000.p/1"));
  EXPECT_TRUE(HasFile("tile/1/000.p/2"));
  EXPECT_EQ(Verify(), 0) << err();
}

TEST_F(AuditExportTest, ALogThatGrowsMeanwhileIsCopiedAsItWas) {
  audit_.spoil_tile = [&](const std::string& path, std::string&) {
    if (path == "tile/entries/000") GrowTo(520);
  };
  ASSERT_EQ(Export(), 0) << err();
  EXPECT_THAT(out(), HasSubstr("300 entries, 300 of them new"));
  EXPECT_THAT(audit_.tiles_sent, Contains("tile/entries/001"));
  EXPECT_TRUE(HasFile("tile/entries/001.p/44"));
  EXPECT_EQ(Verify(), 0) << err();
  ASSERT_EQ(Export(), 0) << err();
  EXPECT_EQ(Verify(), 0) << err();
}

TEST_F(AuditExportTest, AnEntryOtherThanTheSignedOneIsNamedAndNoCheckpointWritten) {
  audit_.spoil_tile = [](const std::string& path, std::string& content) {
    if (path == "tile/entries/000") content[10] ^= 1;
  };
  EXPECT_EQ(Export(), 1);
  EXPECT_THAT(err(), AllOf(HasSubstr("entry 1:"), HasSubstr("reason: LOG_FAULT")));
  EXPECT_FALSE(HasFile("checkpoint"));
  audit_.spoil_tile = [](const std::string& path, std::string& content) {
    if (path == "tile/1/000.p/1") content[10] ^= 1;
  };
  EXPECT_EQ(Export(), 1);
  EXPECT_THAT(err(), HasSubstr("tile/1/000.p/1: is not the hashes"));
  audit_.spoil_tile = [](const auto&, auto&) {};
  EXPECT_EQ(Export(), 0) << err();
}

TEST_F(AuditExportTest, ALogThatWasRewrittenSinceIsRefusedAndWhatContradictsIsKept) {
  ASSERT_EQ(Export(), 0) << err();
  const std::string before = File("checkpoint");
  audit_.log.Rewrite(7, "another");
  EXPECT_EQ(Export(), 1);
  EXPECT_THAT(err(), AllOf(HasSubstr("signed two roots for its 300 entries"), HasSubstr("checkpoint.contradicting.2")));
  EXPECT_EQ(File("checkpoint.contradicting.1"), before);
  EXPECT_EQ(File("checkpoint.contradicting.2"), audit_.log.Checkpoint(300));
  EXPECT_EQ(Export(), 1);
  EXPECT_FALSE(HasFile("checkpoint.contradicting.3"));
  GrowTo(700);
  EXPECT_EQ(Export(), 1);
  EXPECT_THAT(err(),
              AllOf(HasSubstr("does not begin with the log of 300 entries"), HasSubstr("checkpoint.contradicting.3")));
  EXPECT_EQ(File("checkpoint.contradicting.3"), audit_.log.Checkpoint(700));
  EXPECT_EQ(File("checkpoint"), before);
  // Neither another broken answer nor one that nobody signed takes the place of what is kept.
  audit_.spoil_growth = [](v1::ProveConsistencyResponse& response) { response.set_checkpoint("nobody's"); };
  EXPECT_EQ(Export(), 1);
  EXPECT_FALSE(HasFile("checkpoint.contradicting.4"));
  EXPECT_EQ(File("checkpoint.contradicting.3"), audit_.log.Checkpoint(700));
  audit_.log = TestLog();
  GrowTo(299);
  EXPECT_EQ(Export(), 1);
  EXPECT_THAT(err(), HasSubstr("has shrunk"));
  EXPECT_EQ(File("checkpoint"), before);
}

TEST_F(AuditExportTest, ANodeThatCannotServeItsLogAsItSignedItHasAFaultyLog) {
  audit_.tile_refusal = absl::DataLossError("entry 2 does not hash to its leaf; verify the log");
  EXPECT_EQ(Export(), 1);
  EXPECT_THAT(err(), AllOf(HasSubstr("entry 2 does not hash to its leaf"), HasSubstr("reason: LOG_FAULT"),
                           HasSubstr("`tamga audit verify` names all"), HasSubstr("next: keep the output")));
  audit_.refusal = audit_.tile_refusal;
  EXPECT_EQ(RunAsCaller({"audit", "prove", "2"}), 1);
  EXPECT_THAT(err(), HasSubstr("reason: LOG_FAULT"));
}

TEST_F(AuditExportTest, ALogOfAnotherKeyIsRefused) {
  audit_.log = TestLog('x');
  EXPECT_EQ(Export(), 1);
  EXPECT_THAT(err(), HasSubstr("the checkpoint"));
  EXPECT_FALSE(HasFile("checkpoint"));
}

TEST_F(AuditExportTest, AFolderThatWasChangedSinceIsRefused) {
  ASSERT_EQ(Export(), 0) << err();
  GrowTo(310);
  ASSERT_OK(WriteFile(Path("copy/tile/0/001.p/44"), std::string(size_t{44} * 32, 'x')));
  EXPECT_EQ(Export(), 1);
  EXPECT_THAT(err(), HasSubstr("was changed since it was exported"));
}

TEST_F(AuditExportTest, WhatWasChangedInTheFolderIsFoundByTheNextExportThoughNothingOfItIsNew) {
  ASSERT_EQ(Export(), 0) << err();
  std::string bundle = File("tile/entries/000");
  bundle[bundle.size() - 1] ^= 1;
  ASSERT_OK(WriteFile(Path("copy/tile/entries/000"), bundle));
  EXPECT_EQ(Export(), 1);
  EXPECT_THAT(err(), AllOf(HasSubstr("was changed since it was exported: entry 255"), HasSubstr("COPY_FAULT"),
                           Not(HasSubstr("do not restart"))));
  GrowTo(310);
  EXPECT_EQ(Export(), 1);
}

TEST_F(AuditExportTest, WhatANodeSendsWrongDoesNotSpoilAGoodCopy) {
  ASSERT_EQ(Export(), 0) << err();
  GrowTo(310);  // whose tile/1/000.p/1 has the same name and content as before
  for (const char* name : {"tile/1/000.p/1", "tile/entries/001.p/54"}) {
    audit_.spoil_tile = [name](const std::string& path, std::string& content) {
      if (path == name) content[10] ^= 1;
    };
    EXPECT_EQ(Export(), 1) << name;
    EXPECT_THAT(err(), HasSubstr("reason: LOG_FAULT"));
    EXPECT_EQ(Verify(), 0) << err();
  }
  audit_.spoil_tile = [](const auto&, auto&) {};
  ASSERT_EQ(Export(), 0) << err();
  EXPECT_THAT(out(), HasSubstr("310 entries, 10 of them new"));
  EXPECT_EQ(Verify(), 0) << err();
  EXPECT_FALSE(HasFile(".incoming"));
}

TEST_F(AuditExportTest, ANodeThatProvesGrowthToAnotherCheckpointThanItsNewestIsFound) {
  ASSERT_EQ(Export(), 0) << err();
  const std::string before = File("checkpoint");
  audit_.log = TestLog();
  for (int i = 0; i < 400; ++i) audit_.log.Append("made up");
  audit_.spoil_growth = [&](v1::ProveConsistencyResponse& response) {
    response.clear_hashes();
    response.set_checkpoint(before);
  };
  EXPECT_EQ(Export(), 1);
  EXPECT_THAT(err(), HasSubstr("does not begin with the log of 300 entries"));
  EXPECT_EQ(File("checkpoint.contradicting.2"), audit_.log.Checkpoint(400));
}

TEST_F(AuditExportTest, AFolderOrKeyOfAnotherLogIsAMistakeOfTheCaller) {
  ASSERT_EQ(Export(), 0) << err();
  ledger::NoteKey other = TestLog('x').key();
  other.name = "log.interior-ministry.kgz.tamga";
  ASSERT_OK(WriteFile(Path("vkey"), ledger::FormatVkey(other) + "\n"));
  EXPECT_EQ(Export(), 2);
  EXPECT_THAT(err(), AllOf(HasSubstr("OTHER_LOG"), HasSubstr("log.interior-ministry.kgz.tamga")));
  EXPECT_EQ(Verify(), 2);
  ASSERT_OK(WriteFile(Path("vkey"), ledger::FormatVkey(audit_.log.key()) + "\n"));
  const std::string checkpoint = File("checkpoint");
  for (const std::string& broken : {std::string(), checkpoint.substr(0, checkpoint.size() - 9)}) {
    ASSERT_OK(WriteFile(Path("copy/checkpoint"), broken));
    EXPECT_EQ(Export(), 2);
    EXPECT_EQ(Verify(), 2);
    EXPECT_THAT(err(), HasSubstr("is empty or cut off"));
  }
  std::string changed = checkpoint;
  changed[changed.size() - 20] ^= 1;
  ASSERT_OK(WriteFile(Path("copy/checkpoint"), changed));
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(err(), HasSubstr("COPY_FAULT"));
}

TEST_F(AuditExportTest, WhatIsWrongWithAnExportIsNamed) {
  ASSERT_EQ(Export(), 0) << err();
  const std::string bundle = File("tile/entries/000");
  std::string changed = bundle;
  changed[changed.size() - 1] ^= 1;
  ASSERT_OK(WriteFile(Path("copy/tile/entries/000"), changed));
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(err(), HasSubstr("entry 255: its bytes do not hash to its leaf in tile/0/000"));
  ASSERT_EQ(Run({"audit", "verify-export", Path("copy"), "--vkey", Path("vkey"), "--output", "json"}), 1);
  EXPECT_THAT(out(), AllOf(HasSubstr("\"intact\": false"), HasSubstr("\"index\": \"255\"")));
  ASSERT_OK(WriteFile(Path("copy/tile/entries/000"), bundle));
  std::filesystem::remove(Path("copy/tile/0/001.p/44"));
  EXPECT_EQ(Verify(), 1);
  EXPECT_THAT(err(), HasSubstr("tile/0/001.p/44: is missing"));
  ASSERT_OK(WriteFile(Path("copy/checkpoint"), audit_.log.Checkpoint(299)));
  EXPECT_EQ(Verify(), 1);
}

TEST_F(AuditExportTest, AFolderWithoutAnExportIsAMistakeOfTheCaller) {
  EXPECT_EQ(Verify(), 2);
  EXPECT_THAT(err(), HasSubstr("holds no exported log"));
}

}  // namespace
}  // namespace tamga::cli
