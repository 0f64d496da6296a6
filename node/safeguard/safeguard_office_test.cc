#include "node/safeguard/safeguard_office.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/domain/testing/temp_store.h"

namespace tamga::safeguard {
namespace {

using absl::StatusCode;

constexpr char kCase[] = "019aa1c2-7d4e-7c3b-9a51-2f8e0d6b4c17";

// Remembers what it is asked.
class RememberingHolder final : public CaseHolder {
 public:
  absl::StatusOr<std::optional<v1::ProtectedPerson>> PersonOfCase(const std::string& case_id) const override {
    if (case_id != kCase) return Error(StatusCode::kNotFound, "CASE_UNKNOWN", "case_id: no such case");
    return person_of_case;
  }
  absl::StatusOr<std::vector<std::string>> LookAgain(const v1::ProtectedPerson& person) override {
    looked_at.push_back(person);
    if (!fault.ok()) return fault;
    return std::vector<std::string>{kCase};
  }
  absl::Status CarryOut(absl::Time /*deadline*/) override {
    ++carried_out;
    return absl::OkStatus();
  }

  std::optional<v1::ProtectedPerson> person_of_case;
  absl::Status fault;
  std::vector<v1::ProtectedPerson> looked_at;
  int carried_out = 0;
};

exchange::Call By(const std::string& name) {
  return {{"KAZ/interior-ministry", certs::Role::kProtectionOfficer, name}, absl::InfiniteFuture()};
}

v1::ReadmissionApplication SpecimenApplication() {
  v1::ReadmissionApplication application;
  application.add_names()->set_surname("SPECIMEN");
  application.mutable_born_on()->set_year(1990);
  v1::TravelDocument& document = *application.add_documents();
  document.set_issuing_state("KGZ");
  document.set_number("AN123");
  return application;
}

class SafeguardOfficeTest : public ::testing::Test {
 protected:
  static v1::SetSafeguardRequest SetRequest(v1::SafeguardGround ground = v1::SAFEGUARD_GROUND_ASYLUM_CLAIM) {
    v1::SetSafeguardRequest request;
    request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
    request.mutable_context()->set_case_reference("P-1");
    request.set_ground(ground);
    v1::TravelDocument& document = *request.mutable_person()->add_documents();
    document.set_issuing_state("KGZ");
    document.set_number("AN123");
    return request;
  }

  std::string Set(v1::SafeguardGround ground = v1::SAFEGUARD_GROUND_ASYLUM_CLAIM) {
    const auto response = office_.Set(By("aliya"), SetRequest(ground));
    EXPECT_OK(response);
    return response.ok() ? response->safeguard().safeguard_id() : "";
  }

  absl::Status AskRelease(const std::string& officer, const std::string& id) {
    v1::AskReleaseRequest request;
    *request.mutable_context() = SetRequest().context();
    request.set_safeguard_id(id);
    request.set_reason("the claim is decided");
    return office_.AskRelease(By(officer), request).status();
  }

  absl::StatusOr<v1::Safeguard> Release(const std::string& officer, const std::string& id) {
    v1::ReleaseSafeguardRequest request;
    *request.mutable_context() = SetRequest().context();
    request.set_safeguard_id(id);
    const auto response = office_.Release(By(officer), request);
    if (!response.ok()) return response.status();
    return response->safeguard();
  }

  bool Stands(const v1::ReadmissionApplication& application = SpecimenApplication(), const std::string& case_id = "") {
    const auto standing = book_.Standing(application, case_id);
    EXPECT_OK(standing);
    return standing.ok() && AnythingStands(*standing);
  }

  ManualClock clock_{absl::FromUnixSeconds(1800000000)};
  SeededRng rng_{7};
  domain::TempStore store_{rng_};
  RememberingHolder cases_;
  SafeguardBook book_{store_.records(), clock_};
  SafeguardOffice office_{{book_, cases_, store_.records(), store_.writer(), clock_, rng_}};
};

TEST_F(SafeguardOfficeTest, WhatIsSetStandsForEachApplicationAboutThePerson) {
  EXPECT_FALSE(Stands());
  Set();
  EXPECT_TRUE(Stands());
  v1::ReadmissionApplication another = SpecimenApplication();
  another.mutable_documents(0)->set_number("AN124");
  EXPECT_FALSE(Stands(another));
}

TEST_F(SafeguardOfficeTest, EachGroundIsTheFactOfItsName) {
  Set(v1::SAFEGUARD_GROUND_UNACCOMPANIED_MINOR);
  Set(v1::SAFEGUARD_GROUND_MEDICAL_HOLD);
  ASSERT_OK_AND_ASSIGN(const v1::ReadmissionSafeguards standing, book_.Standing(SpecimenApplication(), ""));
  EXPECT_EQ(standing.unaccompanied_minor(), v1::TERNARY_YES);
  EXPECT_EQ(standing.medical_hold(), v1::TERNARY_YES);
  EXPECT_EQ(standing.asylum_claim_open(), v1::TERNARY_UNSPECIFIED);
  EXPECT_EQ(standing.trafficking_indicator(), v1::TERNARY_UNSPECIFIED);
}

TEST_F(SafeguardOfficeTest, RunningCasesAreLookedAtAtOnceAndAgainUntilNoneCanComeAnyMore) {
  ASSERT_OK_AND_ASSIGN(const v1::SetSafeguardResponse response, office_.Set(By("aliya"), SetRequest()));
  EXPECT_THAT(response.case_ids(), ::testing::ElementsAre(kCase));
  EXPECT_EQ(cases_.looked_at.size(), 1u);
  EXPECT_EQ(cases_.carried_out, 1);
  ASSERT_OK(office_.SeeToCases(absl::InfiniteFuture()));
  EXPECT_EQ(cases_.looked_at.size(), 2u);
  clock_.Advance(kLastLookAfter);
  ASSERT_OK(office_.SeeToCases(absl::InfiniteFuture()));
  ASSERT_OK(office_.SeeToCases(absl::InfiniteFuture()));
  EXPECT_EQ(cases_.looked_at.size(), 3u);
  EXPECT_EQ(cases_.carried_out, 4);
}

TEST_F(SafeguardOfficeTest, ASafeguardStandsEvenIfCasesCannotBeLookedAtAndThatIsDoneLater) {
  cases_.fault = absl::UnavailableError("not now");
  ASSERT_OK(office_.Set(By("aliya"), SetRequest()));
  EXPECT_TRUE(Stands());
  clock_.Advance(kLastLookAfter);
  EXPECT_FALSE(office_.SeeToCases(absl::InfiniteFuture()).ok());
  cases_.fault = absl::OkStatus();
  // As after a restart.
  SafeguardOffice again({book_, cases_, store_.records(), store_.writer(), clock_, rng_});
  cases_.looked_at.clear();
  ASSERT_OK(again.SeeToCases(absl::InfiniteFuture()));
  EXPECT_EQ(cases_.looked_at.size(), 1u);
}

TEST_F(SafeguardOfficeTest, OfAnOwnCaseThePersonIsFiledToo) {
  cases_.person_of_case.emplace();
  cases_.person_of_case->add_names()->set_surname("SPECIMEN");
  cases_.person_of_case->mutable_born_on()->set_year(1990);
  v1::SetSafeguardRequest request = SetRequest();
  request.clear_person();
  request.mutable_person()->add_case_ids(kCase);
  ASSERT_OK(office_.Set(By("aliya"), request));
  EXPECT_TRUE(Stands());
  EXPECT_TRUE(Stands({}, kCase));
  request.mutable_person()->set_case_ids(0, "019aa1c2-7d4e-7c3b-9a51-2f8e0d6b4c18");
  EXPECT_THAT(office_.Set(By("aliya"), request).status(), HasReason("CASE_UNKNOWN"));
}

TEST_F(SafeguardOfficeTest, ARepeatedCallSetsNothingAgain) {
  v1::SetSafeguardRequest request = SetRequest();
  request.mutable_context()->set_idempotency_key("once");
  ASSERT_OK_AND_ASSIGN(const v1::SetSafeguardResponse first, office_.Set(By("aliya"), request));
  ASSERT_OK_AND_ASSIGN(const v1::SetSafeguardResponse second, office_.Set(By("aliya"), request));
  EXPECT_EQ(first.safeguard().safeguard_id(), second.safeguard().safeguard_id());
  ASSERT_OK_AND_ASSIGN(const v1::ListSafeguardsResponse list, office_.List({}));
  EXPECT_EQ(list.safeguards_size(), 1);
}

TEST_F(SafeguardOfficeTest, ReleaseTakesASecondOfficerAndIsRecorded) {
  const std::string id = Set();
  EXPECT_THAT(Release("berik", id).status(), HasReason("RELEASE_NOT_ASKED"));
  ASSERT_OK(AskRelease("berik", id));
  EXPECT_TRUE(Stands());
  EXPECT_THAT(Release("aliya", id).status(), HasReason("SECOND_PERSON_REQUIRED"));
  EXPECT_THAT(Release("berik", id).status(), HasReason("SECOND_PERSON_REQUIRED"));
  EXPECT_TRUE(Stands());
  ASSERT_OK_AND_ASSIGN(const v1::Safeguard released, Release("chinara", id));
  EXPECT_EQ(released.state(), v1::SAFEGUARD_STATE_RELEASED);
  EXPECT_EQ(released.set_by(), By("aliya").caller.SpiffeId());
  EXPECT_EQ(released.release_asked_by(), By("berik").caller.SpiffeId());
  EXPECT_EQ(released.released_by(), By("chinara").caller.SpiffeId());
  EXPECT_FALSE(Stands());
  EXPECT_THAT(Release("chinara", id).status(), HasReason("NOT_STANDING"));
  EXPECT_THAT(AskRelease("chinara", id), HasReason("NOT_STANDING"));
  v1::GetSafeguardRequest get;
  get.set_safeguard_id(id);
  ASSERT_OK_AND_ASSIGN(const v1::GetSafeguardResponse kept, office_.Get(get));
  EXPECT_EQ(kept.safeguard().release_reason(), "the claim is decided");
}

TEST_F(SafeguardOfficeTest, WhatIsReleasedLeavesTheOthersStanding) {
  const std::string first = Set();
  const std::string second = Set(v1::SAFEGUARD_GROUND_MEDICAL_HOLD);
  ASSERT_OK(AskRelease("aliya", first));
  ASSERT_OK(Release("berik", first));
  EXPECT_TRUE(Stands());
  ASSERT_OK(AskRelease("aliya", second));
  ASSERT_OK(Release("berik", second));
  EXPECT_FALSE(Stands());
}

TEST_F(SafeguardOfficeTest, ListKeepsToTheStateThatWasAskedFor) {
  const std::string first = Set();
  const std::string second = Set();
  ASSERT_OK(AskRelease("aliya", second));
  v1::ListSafeguardsRequest request;
  request.set_state(v1::SAFEGUARD_STATE_RELEASE_ASKED);
  ASSERT_OK_AND_ASSIGN(const v1::ListSafeguardsResponse list, office_.List(request));
  ASSERT_EQ(list.safeguards_size(), 1);
  EXPECT_EQ(list.safeguards(0).safeguard_id(), second);
}

TEST_F(SafeguardOfficeTest, WhatIsNotInOrderIsRefusedByItsField) {
  struct Fault {
    std::function<void(v1::SetSafeguardRequest&)> make;
    const char* field;
  };
  for (const Fault& fault : {
           Fault{[](auto& request) { request.clear_context(); }, "context.purpose"},
           Fault{[](auto& request) { request.clear_ground(); }, "ground"},
           Fault{[](auto& request) { request.set_ground(static_cast<v1::SafeguardGround>(9)); }, "ground"},
           Fault{[](auto& request) { request.set_note(std::string(2001, 'n')); }, "note"},
           Fault{[](auto& request) { request.clear_person(); }, "person"},
           Fault{[](auto& request) { request.mutable_person()->mutable_documents(0)->clear_number(); },
                 "person.documents"},
           Fault{[](auto& request) { request.mutable_person()->add_names()->set_surname("SPECIMEN"); },
                 "person.born_on"},
           Fault{[](auto& request) { request.mutable_person()->add_case_ids("7"); }, "person.case_ids"},
       }) {
    v1::SetSafeguardRequest request = SetRequest();
    fault.make(request);
    const absl::Status status = office_.Set(By("aliya"), request).status();
    EXPECT_THAT(status, HasReason("INVALID_FIELD")) << fault.field;
    EXPECT_EQ(MetadataOf(status)["field"], fault.field);
  }
  v1::GetSafeguardRequest get;
  get.set_safeguard_id("7");
  EXPECT_THAT(office_.Get(get).status(), HasReason("INVALID_FIELD"));
  get.set_safeguard_id(kCase);
  EXPECT_THAT(office_.Get(get).status(), HasReason("SAFEGUARD_UNKNOWN"));
}

TEST(SafeguardGateTest, TheWordsAreTheSameWhateverStands) {
  v1::ReadmissionSafeguards said;
  said.set_asylum_claim_open(v1::TERNARY_NO);
  said.set_medical_hold(v1::TERNARY_YES);
  v1::ReadmissionSafeguards standing;
  standing.set_asylum_claim_open(v1::TERNARY_YES);
  const v1::ReadmissionSafeguards merged = Merge(said, standing);
  EXPECT_EQ(merged.asylum_claim_open(), v1::TERNARY_YES);
  EXPECT_EQ(merged.medical_hold(), v1::TERNARY_YES);
  EXPECT_EQ(merged.trafficking_indicator(), v1::TERNARY_UNSPECIFIED);
  EXPECT_FALSE(AnythingStands({}));
  const absl::Status status = SafeguardStands();
  EXPECT_THAT(status, StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(status, HasReason("SAFEGUARD_STANDS"));
  for (const char* ground : {"asylum", "trafficking", "minor", "medical"}) {
    EXPECT_THAT(std::string(status.message()), ::testing::Not(::testing::HasSubstr(ground)));
  }
}

}  // namespace
}  // namespace tamga::safeguard
