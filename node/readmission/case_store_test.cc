// Cases as they are stored, and found.
#include "node/readmission/case_store.h"

#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/readmission/test_agenda.h"

namespace tamga::readmission {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CaseStoreTest : public AgendaTest {
 protected:
  std::vector<std::string> List(const v1::ListReadmissionCasesRequest& request) {
    std::vector<std::string> ids;
    const v1::ListReadmissionCasesResponse response = lists_->List(request).value();
    for (const v1::ReadmissionCase& listed : response.cases()) ids.push_back(listed.case_id());
    return ids;
  }
};

TEST_F(CaseStoreTest, ACaseComesBackWithTheNextVersionAndTheRowOfItsFold) {
  const std::string id = Add();
  const v1::ReadmissionFile file = File(id);
  EXPECT_EQ(file.version(), 1u);
  EXPECT_EQ(file.application().born_at(), "Osh");
  const store::CaseRow row = RowOf(id);
  EXPECT_EQ(row.state, v1::READMISSION_STATE_RECEIVED);
  EXPECT_EQ(row.treaty_id, "TEST-READMISSION");
  EXPECT_EQ(row.partner, kAgendaPartner);
  EXPECT_EQ(row.due_at, store::kTestNow + kReplyTime);
  EXPECT_EQ(row.partner_due_at, row.due_at);
  EXPECT_EQ(row.own_due_at, absl::InfiniteFuture());
  EXPECT_EQ(row.act_at, row.due_at);
  EXPECT_THAT(cases_->Load("01890000-0000-7000-8000-000000000000"), HasReason("CASE_UNKNOWN"));
}

TEST_F(CaseStoreTest, TheRowChangesWithTheRecordOrNotAtAll) {
  const std::string id = Add();
  v1::ReadmissionFile file = File(id);
  AddRefusal(clock_.Now() + absl::Hours(1), &file);
  clock_.Advance(absl::Hours(2));
  Save(file);
  EXPECT_EQ(RowOf(id).state, v1::READMISSION_STATE_REFUSED);
  const uint64_t change = RowOf(id).change;
  EXPECT_THAT(sequencer_->Commit(cases_->Save(file)), HasReason("VERSION_CONFLICT"));
  EXPECT_EQ(RowOf(id).change, change);
}

TEST_F(CaseStoreTest, WhatTheClockDidUnnoticedIsToBeActedOnAtOnce) {
  const std::string id = Add();
  const v1::ReadmissionFile file = File(id);
  clock_.Advance(kReplyTime + absl::Hours(5));
  Save(file);
  EXPECT_EQ(RowOf(id).state, v1::READMISSION_STATE_DEEMED_ACCEPTED);
  EXPECT_EQ(RowOf(id).act_at, store::kTestNow + kReplyTime);
}

TEST_F(CaseStoreTest, ARemovedCaseHasNoRow) {
  const std::string id = Add();
  ASSERT_OK(sequencer_->Commit(cases_->Remove(File(id))));
  EXPECT_THAT(cases_->Load(id), HasReason("CASE_UNKNOWN"));
  EXPECT_THAT(List({}), IsEmpty());
}

TEST_F(CaseStoreTest, ACaseWhoseTextIsGoneIsNotSaved) {
  v1::ReadmissionFile file = ReceivedCase("01890000-0000-7000-8000-000000000000", clock_.Now(), std::string(32, 'x'));
  EXPECT_THAT(sequencer_->Commit(cases_->Save(file)), HasReason("TREATY_TEXT_MISSING"));
  EXPECT_THAT(cases_->Load(file.case_id()), HasReason("CASE_UNKNOWN"));
}

TEST_F(CaseStoreTest, TheLastChangedAreListedFirstAndWithAClockTheNextDue) {
  const std::string late = Add(absl::Hours(1));
  const std::string soon = Add(absl::Hours(200));
  const std::string latest = Add();
  EXPECT_THAT(List({}), ElementsAre(latest, soon, late));
  v1::ListReadmissionCasesRequest request;
  request.set_due_within_days(2);
  EXPECT_THAT(List(request), ElementsAre(soon));
  request.set_due_within_days(30);
  EXPECT_THAT(List(request), ElementsAre(soon, late, latest));
  request.Clear();
  request.set_clock_agency(kAgendaPartner);
  EXPECT_THAT(List(request), ElementsAre(soon, late, latest));
  request.set_clock_agency(kAgendaOwn);
  EXPECT_THAT(List(request), IsEmpty());
  request.Clear();
  request.add_states(v1::READMISSION_STATE_RECEIVED);
  request.set_treaty_id("TEST-READMISSION");
  EXPECT_THAT(List(request), ElementsAre(latest, soon, late));
  request.set_treaty_id("OTHER");
  EXPECT_THAT(List(request), IsEmpty());
}

TEST_F(CaseStoreTest, PagesFollowOneAnother) {
  std::vector<std::string> added;
  for (int i = 0; i < 3; ++i) added.insert(added.begin(), Add());
  v1::ListReadmissionCasesRequest request;
  request.set_page_size(2);
  const v1::ListReadmissionCasesResponse first = lists_->List(request).value();
  ASSERT_EQ(first.cases_size(), 2);
  request.set_page_token(first.next_page_token());
  EXPECT_THAT(List(request), ElementsAre(added.back()));
}

TEST_F(CaseStoreTest, CasesThatCannotBeReadAreLeftOutAndThePagesGoOn) {
  const std::string oldest = Add();
  Damage(Add());
  LoseTreatyText(Add());
  const std::string newest = Add();
  EXPECT_THAT(List({}), ElementsAre(newest, oldest));
  v1::ListReadmissionCasesRequest request;
  request.set_page_size(1);
  std::vector<std::string> listed;
  do {
    const v1::ListReadmissionCasesResponse page = lists_->List(request).value();
    for (const v1::ReadmissionCase& each : page.cases()) listed.push_back(each.case_id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(listed, ElementsAre(newest, oldest));
}

TEST_F(CaseStoreTest, AListTellsNothingOfThePersonNorWhyThePartnerRefused) {
  const std::string id = Add();
  v1::ReadmissionFile file = File(id);
  AddRefusal(clock_.Now() + absl::Hours(1), &file);
  clock_.Advance(absl::Hours(2));
  Save(file);
  const v1::ReadmissionCase listed = lists_->List({}).value().cases(0);
  EXPECT_EQ(listed.state(), v1::READMISSION_STATE_REFUSED);
  EXPECT_FALSE(listed.has_application());
  const std::string text = listed.ShortDebugString();
  for (const char* told : {"Osh", "unknown at", "NOT_IDENTIFIED"}) {
    EXPECT_EQ(text.find(told), std::string::npos) << text;
  }
}

TEST_F(CaseStoreTest, StatesAndPagesThatAreNoneAreRefused) {
  v1::ListReadmissionCasesRequest request;
  request.add_states(v1::READMISSION_STATE_UNSPECIFIED);
  EXPECT_THAT(lists_->List(request), HasReason("INVALID_FIELD"));
  request.Clear();
  request.set_page_size(501);
  EXPECT_THAT(lists_->List(request), HasReason("INVALID_FIELD"));
  request.Clear();
  request.set_page_token("x");
  EXPECT_THAT(lists_->List(request), HasReason("INVALID_FIELD"));
}

}  // namespace
}  // namespace tamga::readmission
