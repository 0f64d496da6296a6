// What the clock does to cases, and what is kept of it.
#include "node/readmission/case_clock_keeper.h"

#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/readmission/case_erasure.h"
#include "node/readmission/test_agenda.h"
#include "node/store/transaction.h"

namespace tamga::readmission {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CaseClockKeeperTest : public AgendaTest {
 protected:
  void SetUp() override {
    AgendaTest::SetUp();
    keeper_ =
        std::make_unique<CaseClockKeeper>(CaseClockParts{*database_, *cases_, *sequencer_, pseudonyms_, clock_, rng_});
  }

  // Until nothing is due.
  void RunAll() {
    absl::StatusOr<bool> more = true;
    while (more.ok() && *more) more = keeper_->RunBatch();
    EXPECT_OK(more);
  }

  std::vector<v1::LogEntry> Entries() {
    std::vector<v1::LogEntry> entries;
    const std::vector<store::EntryRow> rows = Read()->EntriesFrom(0, 1000).value();
    for (const store::EntryRow& row : rows) EXPECT_TRUE(entries.emplace_back().ParseFromString(row.body));
    return entries;
  }
  // Exchanges of the entries, which are the ids of the cases here.
  std::vector<std::string> CasesInLog() {
    std::vector<std::string> ids;
    const std::vector<v1::LogEntry> entries = Entries();
    for (const v1::LogEntry& entry : entries) ids.push_back(FormatUuid(entry.exchange_id()));
    return ids;
  }

  const exchange::Pseudonyms pseudonyms_{std::string(32, 'p')};
  std::unique_ptr<CaseClockKeeper> keeper_;
};

TEST_F(CaseClockKeeperTest, SilenceIsAcceptanceAtTheTreatysInstant) {
  const std::string id = Add();
  clock_.Advance(kReplyTime - absl::Seconds(1));
  RunAll();
  EXPECT_THAT(Entries(), IsEmpty());
  EXPECT_EQ(StateOf(id), v1::READMISSION_STATE_RECEIVED);
  clock_.Advance(absl::Seconds(2));
  RunAll();
  EXPECT_EQ(StateOf(id), v1::READMISSION_STATE_DEEMED_ACCEPTED);
  const std::vector<v1::LogEntry> entries = Entries();
  ASSERT_EQ(entries.size(), 1u);
  const v1::LogEntry& entry = entries.front();
  EXPECT_EQ(entry.kind(), v1::ENTRY_KIND_CASE_CLOCK);
  EXPECT_EQ(entry.partner(), kAgendaPartner);
  EXPECT_EQ(entry.treaty_id(), "TEST-READMISSION");
  EXPECT_EQ(entry.case_pseudonym(), pseudonyms_.OfCase(id));
  EXPECT_THAT(entry.articles(), ElementsAre("2"));
  ASSERT_EQ(entry.case_events_size(), 1);
  EXPECT_EQ(entry.case_events(0).kind(), v1::READMISSION_STEP_KIND_DEEM_ACCEPTED);
  EXPECT_EQ(FromProto(entry.case_events(0).at()), store::kTestNow + kReplyTime);
  EXPECT_EQ(RowOf(id).state, v1::READMISSION_STATE_DEEMED_ACCEPTED);
  EXPECT_EQ(RowOf(id).act_at, store::kTestNow + kReplyTime + kTransferTime);
}

TEST_F(CaseClockKeeperTest, WhatIsNotedOnceIsNotNotedAgain) {
  const std::string id = Add();
  clock_.Advance(kReplyTime + absl::Hours(1));
  RunAll();
  RunAll();
  EXPECT_EQ(Entries().size(), 1u);
  EXPECT_EQ(File(id).version(), 2u);
}

TEST_F(CaseClockKeeperTest, ANodeThatWasDownCatchesUpInOrderAndSaysThatItWasLate) {
  const std::string second = Add(absl::Hours(1));
  const std::string third = Add();
  const std::string first = Add(absl::Hours(2));
  clock_.Advance(kReplyTime + absl::Hours(48));
  RunAll();
  EXPECT_THAT(CasesInLog(), ElementsAre(first, second, third));
  const v1::ReadmissionCase record = cases_->Fold(File(second)).value().record;
  const v1::ReadmissionEvent& deemed = *record.history().rbegin();
  EXPECT_EQ(deemed.kind(), v1::READMISSION_STEP_KIND_DEEM_ACCEPTED);
  EXPECT_EQ(FromProto(deemed.at()), store::kTestNow - absl::Hours(1) + kReplyTime);
  EXPECT_EQ(FromProto(deemed.noticed_at()), clock_.Now());
}

TEST_F(CaseClockKeeperTest, SeveralThingsThatHappenedMeanwhileAreOneEntryInTheirOrder) {
  const std::string id = Add();
  clock_.Advance(kReplyTime + kTransferTime + absl::Hours(1));
  RunAll();
  EXPECT_EQ(StateOf(id), v1::READMISSION_STATE_LAPSED);
  const std::vector<v1::LogEntry> entries = Entries();
  ASSERT_EQ(entries.size(), 1u);
  ASSERT_EQ(entries[0].case_events_size(), 2);
  EXPECT_EQ(entries[0].case_events(0).kind(), v1::READMISSION_STEP_KIND_DEEM_ACCEPTED);
  EXPECT_EQ(entries[0].case_events(1).kind(), v1::READMISSION_STEP_KIND_LAPSE);
}

TEST_F(CaseClockKeeperTest, WhatAStepSavedAfterTheInstantIsStillNoted) {
  const std::string id = Add();
  clock_.Advance(kReplyTime + absl::Minutes(1));
  Save(File(id));
  RunAll();
  EXPECT_EQ(Entries().size(), 1u);
}

TEST_F(CaseClockKeeperTest, ANodeWhoseClockIsSetBackUndoesNothing) {
  const std::string id = Add();
  clock_.Advance(kReplyTime + absl::Hours(1));
  RunAll();
  clock_.Set(store::kTestNow + absl::Hours(1));
  EXPECT_EQ(StateOf(id), v1::READMISSION_STATE_DEEMED_ACCEPTED);
  Save(File(id));
  RunAll();
  EXPECT_EQ(RowOf(id).state, v1::READMISSION_STATE_DEEMED_ACCEPTED);
  EXPECT_EQ(Entries().size(), 1u);
}

TEST_F(CaseClockKeeperTest, ADamagedCaseIsPutOffAndHoldsUpNoOther) {
  const std::string damaged = Add(absl::Hours(2));
  const std::string good = Add();
  ASSERT_OK(sequencer_->Commit(records_->Put(kCaseKind, damaged, 1, "\xff\xff", clock_.Now())));
  clock_.Advance(kReplyTime + absl::Hours(1));
  RunAll();
  EXPECT_THAT(CasesInLog(), ElementsAre(good));
  EXPECT_EQ(RowOf(damaged).act_at, clock_.Now() + absl::Minutes(10));
  RunAll();
  EXPECT_EQ(Entries().size(), 1u);
}

TEST_F(CaseClockKeeperTest, ARowThatIsDueTooEarlyIsSetRight) {
  const std::string id = Add();
  store::Effects effects;
  effects.writes.push_back([seen = store::CaseToActOn{id, clock_.Now(), 1}](store::Transaction& transaction) {
    return transaction.PostponeCase(seen, seen.act_at);
  });
  ASSERT_OK(sequencer_->Commit(effects));
  RunAll();
  EXPECT_THAT(Entries(), IsEmpty());
  EXPECT_EQ(RowOf(id).act_at, store::kTestNow + kReplyTime);
  EXPECT_EQ(RowOf(id).change, 1u);
}

TEST_F(CaseClockKeeperTest, AnEndedCaseIsClosedAndErasedWithTheSameHistory) {
  const std::string id = Add();
  clock_.Advance(kReplyTime + kTransferTime + absl::Hours(1));
  RunAll();
  clock_.Advance(kClosingTime);
  const std::string before = cases_->Fold(File(id)).value().history_sha256;
  RunAll();
  const v1::ReadmissionFile file = File(id);
  EXPECT_TRUE(file.has_erased_at());
  EXPECT_EQ(file.application().born_at(), "");
  const FoldedCase folded = cases_->Fold(file).value();
  EXPECT_EQ(folded.record.state(), v1::READMISSION_STATE_CLOSED);
  EXPECT_EQ(folded.history_sha256, before);
  EXPECT_EQ(RowOf(id).act_at, absl::InfiniteFuture());
}

TEST_F(CaseClockKeeperTest, ManyCasesAreTakenUpInBatches) {
  for (int i = 0; i < 300; ++i) Add();
  clock_.Advance(kReplyTime + absl::Hours(1));
  EXPECT_TRUE(keeper_->RunBatch().value());
  EXPECT_FALSE(keeper_->RunBatch().value());
  EXPECT_EQ(Entries().size(), 300u);
}

TEST(CaseErasure, LeavesWhatTheStateMachineGoesByAndNothingOfThePerson) {
  const absl::Time at = store::kTestNow;
  v1::ReadmissionFile file = ReceivedCase("01890000-0000-7000-8000-000000000000", at, std::string(32, 'x'));
  v1::TravelDocument& document = *file.mutable_application()->add_documents();
  document.set_kind("passport");
  document.set_number("N123");
  document.mutable_expires_on()->set_year(2030);
  file.mutable_application()->set_apprehension("in a lorry");
  AddRefusal(at, &file);
  v1::ReadmissionStep& plan = *file.add_steps()->mutable_step();
  plan.mutable_transfer()->set_crossing_point("Kordai");
  plan.mutable_transfer()->set_care("insulin");
  EraseParticulars(at, &file);
  const std::string text = file.ShortDebugString();
  for (const char* gone : {"Osh", "N123", "lorry", "unknown at", "insulin"}) {
    EXPECT_EQ(text.find(gone), std::string::npos) << text;
  }
  EXPECT_EQ(file.application().documents(0).expires_on().year(), 2030);
  EXPECT_EQ(file.application().evidence(0).kind(), "passport");
  EXPECT_EQ(file.steps(1).step().reasons(), "erased");
  EXPECT_EQ(file.steps(2).step().transfer().crossing_point(), "Kordai");
  EXPECT_EQ(FromProto(file.erased_at()), at);
}

}  // namespace
}  // namespace tamga::readmission
