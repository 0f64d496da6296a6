#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

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
                         "018F3C2E-7B1A-7C3D-9E4F-0123456789AB",
                         "--seal-key",
                         std::string(64, 'A'),
                         "--since",
                         "1h"}),
            0)
      << err();
  const v1::ListEntriesRequest& asked = audit_.listed;
  EXPECT_EQ(asked.seal_key_id(), std::string(64, 'a'));
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

TEST_F(AuditListTest, WhoReadTheLogIsLeftOutUnlessItIsAskedFor) {
  ASSERT_EQ(RunAsCaller({"audit", "list"}), 0) << err();
  EXPECT_TRUE(audit_.listed.without_readings());
  ASSERT_EQ(RunAsCaller({"audit", "list", "--readings"}), 0) << err();
  EXPECT_FALSE(audit_.listed.without_readings());
  ASSERT_EQ(RunAsCaller({"audit", "list", "--kind", "read"}), 0) << err();
  EXPECT_FALSE(audit_.listed.without_readings());
  v1::EntryCount& count = *audit_.counts.add_counts();
  count.set_kind(v1::ENTRY_KIND_READ);
  count.set_partner("KAZ/prosecutor-general");
  ASSERT_EQ(RunAsCaller({"audit", "statistics"}), 0) << err();
  EXPECT_THAT(out(), Not(HasSubstr("prosecutor")));
  ASSERT_EQ(RunAsCaller({"audit", "statistics", "--readings"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("prosecutor"));
}

TEST_F(AuditListTest, AnEntryAboutAReadingSaysByWhichCall) {
  v1::LogEntry& entry = *audit_.list.add_entries()->mutable_entry();
  entry.set_kind(v1::ENTRY_KIND_READ);
  entry.set_read("GetEvidence");
  ASSERT_EQ(RunAsCaller({"audit", "list", "--readings"}), 0) << err();
  EXPECT_THAT(out(), ContainsRegex("READ .* GetEvidence +- +-\n"));
  ASSERT_EQ(RunAsCaller({"audit", "tail", "--readings"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr(" GetEvidence "));
}

TEST_F(AuditListTest, StatisticsLeaveNoCellEmpty) {
  v1::EntryCount& count = *audit_.counts.add_counts();
  count.set_day("2026-11-27");
  count.set_count(3);
  ASSERT_EQ(RunAsCaller({"audit", "statistics"}), 0) << err();
  EXPECT_THAT(out(), ContainsRegex("2026-11-27 +- +- +- +- +- +- +3\n"));
}

TEST_F(AuditListTest, AListThatIsNotAllSaysSoAndHowToGoOn) {
  audit_.list.add_entries();
  ASSERT_EQ(RunAsCaller({"audit", "list", "--limit", "1"}), 0) << err();
  EXPECT_THAT(err(), Not(HasSubstr("older")));
  audit_.list.set_next_page_token("t-2");
  ASSERT_EQ(RunAsCaller({"audit", "list", "--limit", "1"}), 0) << err();
  EXPECT_THAT(err(), AllOf(HasSubstr("older ones than these 1."), HasSubstr("--all"), HasSubstr("--page-token t-2")));
  ASSERT_EQ(RunAsCaller({"audit", "list", "--limit", "1", "--page-token", "t-2"}), 0) << err();
  EXPECT_EQ(audit_.listed.page_token(), "t-2");
  EXPECT_EQ(RunAsCaller({"audit", "list", "--limit", "0"}), 2);
}

TEST_F(AuditListTest, NothingFoundIsSaidWithWhatTheNodeKnows) {
  witness_.witnessing.add_logs()->set_agency("KGZ/interior-ministry");
  admin_.treaties.add_treaties()->set_id("PALERMO-TIP-2000");
  ASSERT_EQ(RunAsCaller({"audit", "list", "--partner", "KGZ/interior-minstry", "--treaty", "PALERMO", "--article",
                         "art. 10.1", "--asker", "spiffe://kaz.tamga/border-service/system/lane-7"}),
            0)
      << err();
  EXPECT_THAT(err(), AllOf(HasSubstr("No entries fit."), HasSubstr("KGZ/interior-minstry is not among"),
                           HasSubstr(": KGZ/interior-ministry."), HasSubstr(": PALERMO-TIP-2000."),
                           HasSubstr("\"PALERMO-TIP-2000 art. 10.1\""), HasSubstr("--officer")));
  ASSERT_EQ(RunAsCaller({"audit", "statistics", "--treaty", "PALERMO"}), 0) << err();
  EXPECT_THAT(err(), AllOf(HasSubstr("No entries fit."), HasSubstr("PALERMO is not among")));
  ASSERT_EQ(RunAsCaller({"audit", "list", "--partner", "KGZ/interior-ministry"}), 0) << err();
  EXPECT_THAT(err(), AllOf(HasSubstr("No entries fit."), Not(HasSubstr("not among"))));
}

TEST_F(AuditListTest, AComparisonOfATreatyThatDoesNotExistIsNotMadeAndOneOfNothingSaysSo) {
  admin_.treaties.add_treaties()->set_id("PALERMO-TIP-2000");
  audit_.comparison.mutable_partner_log();
  const std::vector<std::string> compare = {"audit",   "reconcile", "--with",           "KGZ/interior-ministry",
                                            "--since", "1d",        "--case-reference", "AUDIT-7"};
  std::vector<std::string> mistyped = compare;
  mistyped.insert(mistyped.end(), {"--treaty", "PALERMO"});
  EXPECT_EQ(RunAsCaller(mistyped), 2);
  EXPECT_THAT(err(), HasSubstr("it holds PALERMO-TIP-2000"));
  EXPECT_EQ(audit_.compared, 0);
  ASSERT_EQ(RunAsCaller(compare), 0) << err();
  EXPECT_THAT(err(), HasSubstr("nothing to compare"));
  audit_.comparison.mutable_comparison()->set_matched(1);
  ASSERT_EQ(RunAsCaller(compare), 0) << err();
  EXPECT_THAT(err(), Not(HasSubstr("nothing to compare")));
}

}  // namespace
}  // namespace tamga::cli
