// Nodes of several agencies in one process, joined by doors without network.
#include "node/trafficking/trafficking.h"

#include <functional>
#include <memory>
#include <string>

#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/domain/testing/fake_door.h"
#include "node/domain/testing/fake_uses.h"
#include "node/domain/testing/temp_store.h"

namespace tamga::trafficking {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr char kTourism[] = "KAZ/tourism-agency";
constexpr char kMinistry[] = "KAZ/interior-ministry";
constexpr char kPartner[] = "TJK/interior-ministry";

struct Node {
  Node(const std::string& agency, const Clock& clock, Rng& rng)
      : store(rng),
        door(agency, store.writer(), clock, rng),
        cases(agency, store.records(), store.writer(), door, uses, clock, rng),
        call{{agency, certs::Role::kOfficer, "officer-1"}, absl::InfiniteFuture()} {
    door.Serve(cases);
  }

  absl::StatusOr<v1::TraffickingCase> Case(const std::string& case_id) {
    v1::GetTraffickingCaseRequest request;
    request.set_case_id(case_id);
    const auto response = cases.Get(call, request);
    if (!response.ok()) return response.status();
    return response->case_();
  }

  absl::StatusOr<v1::TraffickingCase> Save(const v1::TraffickingCase& record) {
    v1::SaveTraffickingCaseRequest request;
    *request.mutable_case_() = record;
    const auto response = cases.Save(request);
    if (!response.ok()) return response.status();
    return response->case_();
  }

  domain::TempStore store;
  domain::FakeDoor door;
  domain::FakeUses uses;
  Trafficking cases;
  exchange::Call call;
};

v1::TraffickingCase GoodCase() {
  v1::TraffickingCase record;
  record.set_status("Active");
  record.mutable_victim()->set_first_name("SPECIMEN");
  record.mutable_exploitation()->set_trafficking_status("PossibleVictimOfTrafficking");
  record.mutable_support()->set_objectives("shelter");
  record.add_events()->set_type("Recruitment");
  record.set_comment("first line\nsecond line");
  record.set_consent(true);
  return record;
}

class TraffickingTest : public ::testing::Test {
 protected:
  TraffickingTest() {
    for (Node* from : {&tourism_, &ministry_, &partner_}) {
      for (Node* to : {&tourism_, &ministry_, &partner_}) {
        if (from != to) from->door.Connect(to->door);
      }
    }
  }

  static v1::HandOverTraffickingCaseRequest HandOver(const std::string& case_id, const std::string& to,
                                                     v1::ReferralKind kind) {
    v1::HandOverTraffickingCaseRequest request;
    request.mutable_context()->set_purpose(v1::PURPOSE_TRAFFICKING_INVESTIGATION);
    request.mutable_context()->set_case_reference("KZ-T-3");
    request.set_case_id(case_id);
    request.set_to_agency(to);
    request.set_kind(kind);
    request.set_reason(kReason);
    return request;
  }

  absl::Status Refer(Node& from, const std::string& case_id, const std::string& to) {
    return from.cases.HandOver(from.call, HandOver(case_id, to, v1::REFERRAL_KIND_REFERRED)).status();
  }
  absl::Status Share(Node& from, const std::string& case_id, const std::string& to) {
    return from.cases.HandOver(from.call, HandOver(case_id, to, v1::REFERRAL_KIND_SHARED)).status();
  }

  static v1::RetrieveTraffickingCaseRequest Retrieval(const std::string& case_id, const std::string& from) {
    v1::RetrieveTraffickingCaseRequest request;
    request.mutable_context()->set_purpose(v1::PURPOSE_TRAFFICKING_INVESTIGATION);
    request.mutable_context()->set_case_reference("KZ-T-3");
    request.set_case_id(case_id);
    request.set_from_agency(from);
    return request;
  }

  std::string SavedBy(Node& node) {
    const auto saved = node.Save(GoodCase());
    EXPECT_OK(saved);
    return saved.ok() ? saved->case_id() : "";
  }

  static constexpr char kReason[] = "AdditionalServicesRequired";

  ManualClock clock_{absl::FromUnixSeconds(1800000000)};
  SeededRng rng_{7};
  Node tourism_{kTourism, clock_, rng_};
  Node ministry_{kMinistry, clock_, rng_};
  Node partner_{kPartner, clock_, rng_};
};

TEST_F(TraffickingTest, NewCaseIsOwnedByTheOwnAgencyWhateverItSays) {
  v1::TraffickingCase record = GoodCase();
  record.set_owner(kPartner);
  record.set_version(12);
  record.add_referrals()->set_from(kPartner);
  record.add_withheld_fields("case.comment");
  const auto saved = tourism_.Save(record);
  ASSERT_OK(saved);
  EXPECT_OK(ParseUuidV7(saved->case_id()));
  EXPECT_EQ(saved->owner(), kTourism);
  EXPECT_EQ(saved->version(), 1u);
  EXPECT_EQ(saved->referrals_size(), 0);
  EXPECT_EQ(saved->withheld_fields_size(), 0);
  EXPECT_TRUE(MessageDifferencer::Equals(*tourism_.Case(saved->case_id()), *saved));
}

TEST_F(TraffickingTest, ChangedCaseMustBeOfTheVersionThatWasRead) {
  ASSERT_OK_AND_ASSIGN(v1::TraffickingCase record, tourism_.Save(GoodCase()));
  record.set_comment("changed");
  ASSERT_OK_AND_ASSIGN(const v1::TraffickingCase changed, tourism_.Save(record));
  EXPECT_EQ(changed.version(), 2u);
  EXPECT_THAT(tourism_.Save(record), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(tourism_.Save(record), HasReason("VERSION_CONFLICT"));
  record.clear_version();
  EXPECT_THAT(tourism_.Save(record), HasReason("INVALID_FIELD"));
}

TEST_F(TraffickingTest, UnknownCaseCannotBeChangedReadOrHandedOver) {
  v1::TraffickingCase record = GoodCase();
  record.set_case_id(FormatUuid(NewUuidV7(clock_.Now(), rng_)));
  record.set_version(1);
  EXPECT_THAT(tourism_.Save(record), HasReason("CASE_UNKNOWN"));
  EXPECT_THAT(tourism_.Case(record.case_id()), HasReason("CASE_UNKNOWN"));
  EXPECT_THAT(Share(tourism_, record.case_id(), kMinistry), HasReason("CASE_UNKNOWN"));
}

struct CaseFault {
  std::string name;
  std::function<void(v1::TraffickingCase&)> make;
  std::string field;
};

class CaseFaultTest : public TraffickingTest, public ::testing::WithParamInterface<CaseFault> {};

TEST_P(CaseFaultTest, IsNotSaved) {
  v1::TraffickingCase record = GoodCase();
  GetParam().make(record);
  const auto saved = tourism_.Save(record);
  EXPECT_THAT(saved, HasReason("INVALID_FIELD"));
  EXPECT_EQ(MetadataOf(saved.status())["field"], GetParam().field);
  EXPECT_EQ(tourism_.cases.List({})->cases_size(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, CaseFaultTest,
    ::testing::Values(
        CaseFault{"NoStatus", [](auto& record) { record.clear_status(); }, "cas_Status"},
        CaseFault{"UnknownStatus", [](auto& record) { record.set_status("Lost"); }, "cas_Status"},
        CaseFault{"NoExploitation", [](auto& record) { record.clear_exploitation(); }, "vic_TraffickingStatus"},
        CaseFault{"EventWithoutType", [](auto& record) { record.add_events()->set_city("Osh"); }, "hte_Type"},
        CaseFault{"LongText", [](auto& record) { record.set_comment(std::string(2001, 'x')); }, "comment"},
        CaseFault{"BadId", [](auto& record) { record.set_case_id("17"); }, "case.case_id"}),
    [](const auto& test) { return test.param.name; });

TEST_F(TraffickingTest, CaseOfManyLongTextsIsTooLarge) {
  v1::TraffickingCase record = GoodCase();
  for (int i = 0; i < 45; ++i) {
    record.add_perpetrators()->set_role_details(std::string(2000, 'x'));
    v1::TraffickingEvent& event = *record.add_events();
    event.set_type("Transit");
    event.set_description(std::string(2000, 'x'));
    event.set_city(std::string(2000, 'x'));
    event.set_date(std::string(2000, 'x'));
  }
  const auto saved = tourism_.Save(record);
  EXPECT_EQ(MetadataOf(saved.status())["field"], "case");
}

TEST_F(TraffickingTest, ReferredCaseBelongsToTheReceiver) {
  const std::string case_id = SavedBy(tourism_);
  ASSERT_OK(Refer(tourism_, case_id, kMinistry));
  ASSERT_OK_AND_ASSIGN(const v1::TraffickingCase giver, tourism_.Case(case_id));
  ASSERT_OK_AND_ASSIGN(const v1::TraffickingCase receiver, ministry_.Case(case_id));
  EXPECT_EQ(giver.owner(), kMinistry);
  EXPECT_EQ(receiver.owner(), kMinistry);
  EXPECT_EQ(receiver.version(), 1u);
  EXPECT_EQ(receiver.victim().first_name(), "SPECIMEN");
  ASSERT_EQ(giver.referrals_size(), 1);
  ASSERT_EQ(receiver.referrals_size(), 1);
  EXPECT_TRUE(MessageDifferencer::Equals(giver.referrals(0), receiver.referrals(0)));
  EXPECT_EQ(receiver.referrals(0).kind(), v1::REFERRAL_KIND_REFERRED);
  EXPECT_EQ(FromProto(receiver.referrals(0).at()), clock_.Now());

  EXPECT_THAT(tourism_.Save(giver), HasReason("NOT_OWNER"));
  EXPECT_OK(ministry_.Save(receiver));
}

TEST_F(TraffickingTest, SharedCaseStaysTheSenders) {
  const std::string case_id = SavedBy(ministry_);
  ASSERT_OK(Share(ministry_, case_id, kPartner));
  ASSERT_OK_AND_ASSIGN(const v1::TraffickingCase received, partner_.Case(case_id));
  EXPECT_EQ(received.owner(), kMinistry);
  EXPECT_EQ(ministry_.Case(case_id)->owner(), kMinistry);
  EXPECT_THAT(partner_.Save(received), HasReason("NOT_OWNER"));
  EXPECT_THAT(Share(partner_, case_id, kTourism), HasReason("NOT_OWNER"));
}

TEST_F(TraffickingTest, SharingAgainReplacesTheReceiversVersion) {
  const std::string case_id = SavedBy(ministry_);
  ASSERT_OK(Share(ministry_, case_id, kPartner));
  ASSERT_OK_AND_ASSIGN(v1::TraffickingCase record, ministry_.Case(case_id));
  record.set_status("Closed");
  ASSERT_OK(ministry_.Save(record));
  clock_.Advance(absl::Hours(1));
  ASSERT_OK(Share(ministry_, case_id, kPartner));
  ASSERT_OK_AND_ASSIGN(const v1::TraffickingCase received, partner_.Case(case_id));
  EXPECT_EQ(received.status(), "Closed");
  EXPECT_EQ(received.version(), 2u);
  EXPECT_EQ(received.referrals_size(), 2);
}

TEST_F(TraffickingTest, ReferredCaseMayBeReferredBack) {
  const std::string case_id = SavedBy(tourism_);
  ASSERT_OK(Refer(tourism_, case_id, kMinistry));
  ASSERT_OK(Refer(ministry_, case_id, kTourism));
  EXPECT_EQ(tourism_.Case(case_id)->owner(), kTourism);
  EXPECT_EQ(tourism_.Case(case_id)->referrals_size(), 2);
  EXPECT_EQ(ministry_.Case(case_id)->owner(), kTourism);
}

TEST_F(TraffickingTest, CaseOfAnotherOwnerIsNotOverwritten) {
  const std::string case_id = SavedBy(ministry_);
  ASSERT_OK(Share(ministry_, case_id, kPartner));
  // A third agency claims to own the very case.
  exchange::Outgoing forged;
  forged.to = kPartner;
  forged.operation = v1::OPERATION_TRAFFICKING_SHARE;
  auto body = std::make_shared<v1::TraffickingHandover>();
  *body->mutable_case_() = GoodCase();
  body->mutable_case_()->set_case_id(case_id);
  forged.body = body;
  EXPECT_THAT(tourism_.door.Send(forged), HasReason("NOT_SERVED"));
  body->mutable_case_()->set_owner(kMinistry);
  EXPECT_THAT(tourism_.door.Send(forged), HasReason("NOT_OWNER"));
  EXPECT_EQ(partner_.Case(case_id)->version(), 1u);
}

TEST_F(TraffickingTest, NotesOfTheSenderAreNotTaken) {
  exchange::Outgoing message;
  message.to = kPartner;
  message.operation = v1::OPERATION_TRAFFICKING_SHARE;
  auto body = std::make_shared<v1::TraffickingHandover>();
  *body->mutable_case_() = GoodCase();
  const std::string case_id = FormatUuid(NewUuidV7(clock_.Now(), rng_));
  body->mutable_case_()->set_case_id(case_id);
  body->mutable_case_()->set_version(99);
  body->mutable_case_()->add_referrals()->set_from(kPartner);
  message.body = body;
  ASSERT_OK(ministry_.door.Send(message));
  ASSERT_OK_AND_ASSIGN(const v1::TraffickingCase received, partner_.Case(case_id));
  EXPECT_EQ(received.version(), 1u);
  EXPECT_FALSE(received.consent());
  ASSERT_EQ(received.referrals_size(), 1);
  EXPECT_EQ(received.referrals(0).from(), kMinistry);
}

TEST_F(TraffickingTest, HandoverThatIsNotInOrderIsRefused) {
  exchange::Outgoing message;
  message.to = kPartner;
  message.operation = v1::OPERATION_TRAFFICKING_SHARE;
  auto body = std::make_shared<v1::TraffickingHandover>();
  *body->mutable_case_() = GoodCase();
  message.body = body;
  EXPECT_THAT(ministry_.door.Send(message), HasReason("INVALID_FIELD"));  // no case_id
  body->mutable_case_()->set_case_id(FormatUuid(NewUuidV7(clock_.Now(), rng_)));
  body->mutable_case_()->set_status("Lost");
  EXPECT_THAT(ministry_.door.Send(message), HasReason("INVALID_FIELD"));
  message.operation = v1::OPERATION_READMISSION_SUBMIT;
  EXPECT_THAT(ministry_.door.Send(message), StatusIs(absl::StatusCode::kUnimplemented));
}

TEST_F(TraffickingTest, CaseWithoutWithheldFieldsIsTakenAsItIs) {
  exchange::Outgoing message;
  message.to = kPartner;
  message.operation = v1::OPERATION_TRAFFICKING_SHARE;
  auto body = std::make_shared<v1::TraffickingHandover>();
  const std::string case_id = FormatUuid(NewUuidV7(clock_.Now(), rng_));
  body->mutable_case_()->set_case_id(case_id);
  body->mutable_case_()->add_perpetrators()->set_organisation("Specimen Travel");
  message.body = body;
  EXPECT_OK(ministry_.door.Send(message));
  EXPECT_EQ(partner_.Case(case_id)->owner(), kMinistry);
}

TEST_F(TraffickingTest, RepeatedMessageIsAnsweredWithoutASecondStep) {
  const std::string case_id = SavedBy(tourism_);
  ASSERT_OK(Refer(tourism_, case_id, kMinistry));
  EXPECT_OK(tourism_.door.Repeat());
  EXPECT_EQ(ministry_.Case(case_id)->version(), 1u);
}

TEST_F(TraffickingTest, RepeatedKeyedCallHandsOverOnce) {
  v1::HandOverTraffickingCaseRequest request = HandOver(SavedBy(tourism_), kMinistry, v1::REFERRAL_KIND_REFERRED);
  request.mutable_context()->set_idempotency_key("key-1");
  const auto first = tourism_.cases.HandOver(tourism_.call, request);
  const auto second = tourism_.cases.HandOver(tourism_.call, request);
  ASSERT_OK(first);
  ASSERT_OK(second);
  EXPECT_EQ(second->exchange().exchange_id(), first->exchange().exchange_id());
  EXPECT_EQ(second->exchange().delivery_state(), v1::DELIVERY_STATE_DELIVERED);
  EXPECT_EQ(tourism_.door.asked.size(), 1u);
}

TEST_F(TraffickingTest, QueuedReferralKeepsTheOwnerUntilDelivered) {
  const std::string case_id = SavedBy(tourism_);
  tourism_.door.unreachable = true;
  ASSERT_OK(Refer(tourism_, case_id, kMinistry));
  EXPECT_EQ(tourism_.Case(case_id)->owner(), kTourism);
  tourism_.door.DeliverWaiting();
  EXPECT_EQ(tourism_.Case(case_id)->owner(), kMinistry);
}

TEST_F(TraffickingTest, RefusedHandoverChangesNothing) {
  const std::string case_id = SavedBy(tourism_);
  tourism_.door.denied = Error(absl::StatusCode::kPermissionDenied, "NO_GRANT", "no article permits");
  EXPECT_THAT(Refer(tourism_, case_id, kPartner), HasReason("NO_GRANT"));
  EXPECT_EQ(tourism_.Case(case_id)->version(), 1u);
  EXPECT_EQ(tourism_.Case(case_id)->owner(), kTourism);
}

TEST_F(TraffickingTest, ConsentGoesToThePolicyAndNotesStayAtHome) {
  v1::TraffickingCase record = GoodCase();
  record.set_consent(false);
  for (const v1::Ternary expected : {v1::TERNARY_NO, v1::TERNARY_YES}) {
    record.set_consent(expected == v1::TERNARY_YES);
    ASSERT_OK_AND_ASSIGN(const v1::TraffickingCase saved, tourism_.Save(record));
    ASSERT_OK(Share(tourism_, saved.case_id(), kMinistry));
    ASSERT_OK(Share(tourism_, saved.case_id(), kMinistry));
    const exchange::Outgoing& asked = tourism_.door.asked.back();
    policy::Facts facts;
    facts.SetFlag(v1::ATTRIBUTE_VICTIM_CONSENT, expected);
    EXPECT_EQ(asked.facts, facts);
    const auto& body = static_cast<const v1::TraffickingHandover&>(*asked.body);
    EXPECT_EQ(body.case_().referrals_size(), 0);
    EXPECT_EQ(body.case_().version(), 0u);
    EXPECT_EQ(body.reason(), kReason);
  }
}

TEST_F(TraffickingTest, HandOverCallThatIsNotInOrderIsRefused) {
  const std::string case_id = SavedBy(tourism_);
  const auto field_of_fault = [&](const std::function<void(v1::HandOverTraffickingCaseRequest&)>& make) {
    v1::HandOverTraffickingCaseRequest request = HandOver(case_id, kMinistry, v1::REFERRAL_KIND_REFERRED);
    make(request);
    return MetadataOf(tourism_.cases.HandOver(tourism_.call, request).status())["field"];
  };
  EXPECT_EQ(field_of_fault([](auto& request) { request.clear_context(); }), "context.purpose");
  EXPECT_EQ(field_of_fault([](auto& request) { request.set_case_id("17"); }), "case_id");
  EXPECT_EQ(field_of_fault([](auto& request) { request.set_to_agency("17"); }), "to_agency");
  EXPECT_EQ(field_of_fault([](auto& request) { request.set_to_agency(kTourism); }), "to_agency");
  EXPECT_EQ(field_of_fault([](auto& request) { request.clear_kind(); }), "kind");
  EXPECT_EQ(field_of_fault([](auto& request) { request.clear_reason(); }), "reason");
  EXPECT_EQ(field_of_fault([](auto& request) { request.set_reason("because"); }), "cas_ReasonForOutgoingReferral");
  EXPECT_TRUE(tourism_.door.asked.empty());
}

TEST_F(TraffickingTest, RetrievedCaseNamesWhatWasWithheldAndIsNotKept) {
  const std::string case_id = SavedBy(partner_);
  partner_.door.withheld_fields = {"case.victim.first_name"};
  const auto response = ministry_.cases.Retrieve(ministry_.call, Retrieval(case_id, kPartner));
  ASSERT_OK(response);
  EXPECT_EQ(response->case_().owner(), kPartner);
  EXPECT_EQ(response->case_().status(), "Active");
  ASSERT_EQ(response->case_().withheld_fields_size(), 1);
  EXPECT_EQ(response->case_().withheld_fields(0), "case.victim.first_name");
  EXPECT_EQ(response->exchange().partner(), kPartner);
  EXPECT_THAT(ministry_.Case(case_id), HasReason("CASE_UNKNOWN"));
}

TEST_F(TraffickingTest, OnlyOwnCasesAreToldToPartners) {
  const std::string unknown = FormatUuid(NewUuidV7(clock_.Now(), rng_));
  const absl::Status of_nothing = ministry_.cases.Retrieve(ministry_.call, Retrieval(unknown, kPartner)).status();
  EXPECT_THAT(of_nothing, HasReason("NOT_SERVED"));
  const std::string case_id = SavedBy(tourism_);
  ASSERT_OK(Share(tourism_, case_id, kMinistry));
  const absl::Status of_a_third = partner_.cases.Retrieve(partner_.call, Retrieval(case_id, kMinistry)).status();
  EXPECT_THAT(of_a_third, HasReason("NOT_SERVED"));
  EXPECT_EQ(of_a_third.message(), of_nothing.message()) << "whether there is such a case is not to be told";
  EXPECT_THAT(ministry_.cases.Retrieve(ministry_.call, Retrieval(case_id, kMinistry)), HasReason("INVALID_FIELD"));
}

TEST_F(TraffickingTest, ListsCasesWithoutTheirVictims) {
  SavedBy(tourism_);
  const auto list = tourism_.cases.List({});
  ASSERT_OK(list);
  ASSERT_EQ(list->cases_size(), 1);
  EXPECT_FALSE(list->cases(0).has_victim());
  EXPECT_FALSE(list->cases(0).has_support());
  EXPECT_EQ(list->cases(0).comment(), "");
  EXPECT_EQ(list->cases(0).status(), "Active");
}

TEST_F(TraffickingTest, ACaseThatCameIsToldOnlyIfItsUseIsPermitted) {
  const std::string case_id = SavedBy(tourism_);
  ASSERT_OK(Refer(tourism_, case_id, kMinistry));
  EXPECT_OK(tourism_.Case(case_id));
  EXPECT_TRUE(tourism_.uses.asked.empty());
  ministry_.uses.answer = Error(absl::StatusCode::kPermissionDenied, "USE_NOT_PERMITTED", "no");
  EXPECT_THAT(ministry_.Case(case_id), HasReason("USE_NOT_PERMITTED"));
  ASSERT_EQ(ministry_.uses.asked.size(), 1u);
  EXPECT_EQ(ministry_.uses.asked[0].origin.partner, kTourism);
}

TEST_F(TraffickingTest, TheDoorIsToldWhereACaseThatGoesOnCameFrom) {
  const std::string case_id = SavedBy(tourism_);
  ASSERT_OK(Refer(tourism_, case_id, kMinistry));
  ASSERT_OK_AND_ASSIGN(v1::TraffickingCase record, ministry_.Case(case_id));
  ASSERT_OK(ministry_.Save(record));  // what the new owner adds does not make it the owner's alone
  ASSERT_OK(Share(ministry_, case_id, kPartner));
  EXPECT_EQ(tourism_.door.asked[0].origin, std::nullopt);
  ASSERT_TRUE(ministry_.door.asked[0].origin.has_value());
  EXPECT_EQ(ministry_.door.asked[0].origin->partner, kTourism);
}

TEST_F(TraffickingTest, AListTellsOfCasesThatCameOnlyWhatItTakesToFindThem) {
  v1::TraffickingCase record = GoodCase();
  record.add_perpetrators()->set_organisation("Specimen Travel");
  ASSERT_OK_AND_ASSIGN(const v1::TraffickingCase saved, tourism_.Save(record));
  ASSERT_OK(Share(tourism_, saved.case_id(), kMinistry));
  const auto list = ministry_.cases.List({});
  ASSERT_OK(list);
  ASSERT_EQ(list->cases_size(), 1);
  v1::TraffickingCase expected;
  expected.set_case_id(saved.case_id());
  expected.set_owner(kTourism);
  expected.set_status("Active");
  expected.mutable_exploitation()->set_trafficking_status("PossibleVictimOfTrafficking");
  *expected.mutable_referrals() = list->cases(0).referrals();
  expected.set_version(1);
  EXPECT_TRUE(MessageDifferencer::Equals(list->cases(0), expected)) << list->DebugString();
}

TEST_F(TraffickingTest, ErasureDeletesTheCase) {
  const std::string case_id = SavedBy(tourism_);
  ASSERT_OK(Share(tourism_, case_id, kMinistry));
  const store::Record record = ministry_.store.records().Get(kCaseKind, case_id).value();
  const std::vector<store::RecordRow> rows = {
      {record.kind, record.id, record.version, "", record.updated_at, record.origin}};
  auto effects = ministry_.cases.HandleErasure({v1::Holding(), rows, clock_.Now()});
  ASSERT_OK(effects);
  ASSERT_OK(ministry_.store.writer().Commit(*std::move(effects)));
  EXPECT_THAT(ministry_.Case(case_id), HasReason("CASE_UNKNOWN"));
  EXPECT_OK(tourism_.Case(case_id));
}

TEST_F(TraffickingTest, AnotherHandoverTakesThePlaceOfTheFirst) {
  const std::string case_id = SavedBy(tourism_);
  ASSERT_OK(Share(tourism_, case_id, kMinistry));
  const auto first = ministry_.store.records().Get(kCaseKind, case_id).value().origin;
  ASSERT_OK(Share(tourism_, case_id, kMinistry));
  const auto second = ministry_.store.records().Get(kCaseKind, case_id).value().origin;
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_NE(first->exchange_id, second->exchange_id);
}

}  // namespace
}  // namespace tamga::trafficking
