#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;

class AuditListTest : public NodeTest {};

TEST_F(AuditListTest, EachOptionNamesWhatIsAskedFor) {
  ASSERT_EQ(RunAsCaller({"audit",
                         "list",
                         "--partner",
                         "KGZ/interior-ministry",
                         "--kind",
                         "sent",
                         "--outcome",
                         "permitted",
                         "--treaty",
                         "T-1",
                         "--article",
                         "T-1 art. 2",
                         "--record-kind",
                         "watchlist",
                         "--operation",
                         "watchlist-check",
                         "--asker",
                         "spiffe://kaz.tamga/border-service/system/lane-7",
                         "--officer",
                         "1147",
                         "--case-reference",
                         "2026/17",
                         "--exchange",
                         "018f3c2e-7b1a-7c3d-9e4f-0123456789ab",
                         "--since",
                         "1h"}),
            0)
      << err();
  const v1::ListEntriesRequest& asked = audit_.listed;
  EXPECT_EQ(asked.partner(), "KGZ/interior-ministry");
  EXPECT_EQ(asked.kind(), v1::ENTRY_KIND_SENT);
  EXPECT_EQ(asked.outcome(), v1::ENTRY_OUTCOME_PERMITTED);
  EXPECT_EQ(asked.treaty_id(), "T-1");
  EXPECT_EQ(asked.article(), "T-1 art. 2");
  EXPECT_EQ(asked.record_kind(), v1::RECORD_KIND_WATCHLIST);
  EXPECT_EQ(asked.operation(), v1::OPERATION_WATCHLIST_CHECK);
  EXPECT_EQ(asked.asker(), "spiffe://kaz.tamga/border-service/system/lane-7");
  EXPECT_EQ(asked.officer(), "1147");
  EXPECT_EQ(asked.case_reference(), "2026/17");
  EXPECT_EQ(asked.exchange_id(), "018f3c2e-7b1a-7c3d-9e4f-0123456789ab");
  EXPECT_TRUE(asked.has_since());
}

TEST_F(AuditListTest, NumbersAreATable) {
  v1::EntryCount& count = *audit_.counts.add_counts();
  count.set_day("2026-11-27");
  count.set_partner("KGZ/interior-ministry");
  count.set_article("T-1 art. 2");
  count.set_count(17);
  ASSERT_EQ(RunAsCaller({"audit", "statistics", "--treaty", "T-1", "--until", "2026-11-28"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("T-1 art. 2"));
  EXPECT_THAT(out(), HasSubstr("17\n"));
  EXPECT_EQ(audit_.counted.treaty_id(), "T-1");
  EXPECT_TRUE(audit_.counted.has_until());
  EXPECT_EQ(RunAsCaller({"audit", "statistics", "--since", "yesterday"}), 2);
}

}  // namespace
}  // namespace tamga::cli
