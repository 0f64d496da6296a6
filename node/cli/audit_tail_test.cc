#include "absl/strings/str_split.h"
#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class AuditTailTest : public NodeTest {
 protected:
  void AddEntry(v1::EntryKind kind, const std::string& partner) {
    v1::IndexedEntry& entry = *audit_.list.add_entries();
    entry.mutable_position()->set_index(static_cast<uint64_t>(audit_.list.entries_size()) + 90);
    entry.mutable_entry()->set_kind(kind);
    entry.mutable_entry()->set_partner(partner);
  }
};

TEST_F(AuditTailTest, EntriesStandInColumnsUnderTheirHeadings) {
  AddEntry(v1::ENTRY_KIND_SENT, "KGZ/interior-ministry");
  AddEntry(v1::ENTRY_KIND_UNDELIVERED, "UZB/police");
  ASSERT_EQ(RunAsCaller({"audit", "tail"}), 0) << err();
  const std::vector<std::string> lines = absl::StrSplit(out(), '\n');
  ASSERT_GE(lines.size(), 3u);
  EXPECT_THAT(lines[0], AllOf(StartsWith("INDEX"), HasSubstr("ARTICLES")));
  EXPECT_EQ(lines[1].find("SENT"), lines[0].find("KIND"));
  EXPECT_EQ(lines[1].find("KGZ/"), lines[0].find("PARTNER"));
  EXPECT_EQ(lines[2].find("UZB/"), lines[0].find("PARTNER"));
  ASSERT_EQ(RunAsCaller({"audit", "tail", "--output", "json"}), 0) << err();
  EXPECT_THAT(out(), StartsWith("{"));
}

TEST_F(AuditTailTest, WhoReadTheLogIsLeftOutUnlessItIsAskedFor) {
  ASSERT_EQ(RunAsCaller({"audit", "tail"}), 0) << err();
  EXPECT_TRUE(audit_.tailed.filter().without_readings());
  ASSERT_EQ(RunAsCaller({"audit", "tail", "--readings"}), 0) << err();
  EXPECT_FALSE(audit_.tailed.filter().without_readings());
}

}  // namespace
}  // namespace tamga::cli
