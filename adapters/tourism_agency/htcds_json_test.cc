#include "adapters/tourism_agency/htcds_json.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/json_record.h"
#include "adapters/tourism_agency/htcds_picklists.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::adapters {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kCase[] = R"({
  "cas_Status": "Active",
  "con_Consent": true,
  "victim": {"prs_FirstName": "Test", "prs_Birthdate": "2004-02-29", "prs_Gender": "Feminine",
             "prs_Citizenship": ["KGZ", "UZB"], "prs_NumberOfChildren": 1},
  "exploitation": {"vic_TraffickingStatus": "PossibleVictimOfTrafficking",
                   "vic_MethodsOfControl": ["DebtBondage", "WithholdsDocuments"]},
  "perpetrators": [{"org_Name": "Test Travel", "per_RoleInProcess": ["BrokerTravelAgent"]}],
  "events": [{"hte_Type": "Recruitment", "hte_Date": "2026-05-01", "hte_Country": "KAZ"}],
  "cco_CaseComment": "First line.\nSecond line."
})";

v1::TraffickingCase Valid() { return *ReadHtcdsCase(kCase); }

void ExpectField(const absl::Status& status, absl::string_view field) {
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD") << status;
  EXPECT_EQ(MetadataOf(status)["field"], field) << status;
}

TEST(HtcdsJson, ReadsTheNamesOfTheStandard) {
  ASSERT_OK_AND_ASSIGN(const v1::TraffickingCase trafficking_case, ReadHtcdsCase(kCase));
  EXPECT_EQ(trafficking_case.status(), "Active");
  EXPECT_TRUE(trafficking_case.consent());
  EXPECT_EQ(trafficking_case.victim().citizenship(1), "UZB");
  EXPECT_EQ(trafficking_case.perpetrators(0).role_in_process(0), "BrokerTravelAgent");
}

TEST(HtcdsJson, RefusesUnknownFieldsByName) {
  const auto trafficking_case = ReadHtcdsCase(R"({"victim": {"prs_Religion": "SECRET"}})");
  ExpectField(trafficking_case.status(), "victim.prs_Religion");
  EXPECT_THAT(std::string(trafficking_case.status().message()), Not(HasSubstr("SECRET")));
}

TEST(HtcdsJson, RefusesEveryTruncation) {
  const std::string json = kCase;
  for (size_t length = 0; length < json.size(); ++length) {
    EXPECT_THAT(ReadHtcdsCase(json.substr(0, length)), HasReason("INVALID_FIELD")) << length;
  }
}

TEST(HtcdsCase, ChecksDatesCodesAndWhatIsRequired) {
  const auto changed = [](void (*change)(v1::TraffickingCase&)) {
    v1::TraffickingCase trafficking_case = Valid();
    change(trafficking_case);
    return CheckHtcdsCase(trafficking_case);
  };
  EXPECT_OK(changed([](auto& c) { c.mutable_victim()->clear_birthdate(); }));
  ExpectField(changed([](auto& c) { c.clear_status(); }), "cas_Status");
  ExpectField(changed([](auto& c) { c.clear_exploitation(); }), "vic_TraffickingStatus");
  ExpectField(changed([](auto& c) { c.mutable_events(0)->clear_type(); }), "hte_Type");
  ExpectField(changed([](auto& c) { c.mutable_victim()->set_birthdate("2005-02-29"); }), "prs_Birthdate");
  ExpectField(changed([](auto& c) { c.mutable_victim()->set_birthdate("2005"); }), "prs_Birthdate");
  ExpectField(changed([](auto& c) { c.mutable_events(0)->set_date("01.05.2026"); }), "hte_Date");
  ExpectField(changed([](auto& c) { c.mutable_events(0)->set_country("Kazakhstan"); }), "hte_Country");
  ExpectField(changed([](auto& c) { c.mutable_victim()->add_citizenship("XXA"); }), "prs_Citizenship");
  ExpectField(changed([](auto& c) { c.mutable_victim()->add_citizenship(""); }), "prs_Citizenship");
  ExpectField(changed([](auto& c) { c.set_comment(std::string(2001, 'x')); }), "comment");
}

TEST(HtcdsPicklists, ListWhatIsAllowedWhenAValueIsNot) {
  v1::TraffickingCase trafficking_case = Valid();
  trafficking_case.set_status("active");
  EXPECT_THAT(CheckPicklists(trafficking_case),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "cas_Status: must be one of Active, FollowUp, Closed, ClosedReferred"));
  trafficking_case = Valid();
  trafficking_case.mutable_perpetrators(0)->add_role_in_process("SECRET");
  ExpectField(CheckPicklists(trafficking_case), "per_RoleInProcess");
  EXPECT_THAT(std::string(CheckPicklists(trafficking_case).message()), Not(HasSubstr("SECRET")));
}

TEST(HtcdsPicklists, CoverEveryPicklistOfTheRecord) {
  // Each value of each picklist is accepted, and anything else refused, wherever the record has such a field.
  struct Place {
    const char *before, *field, *after;
    bool list;
  };
  constexpr Place kPlaces[] = {
      {R"({)", "cas_Status", "}", false},
      {R"({"victim":{)", "prs_Gender", "}}", false},
      {R"({"victim":{)", "prs_MaritalStatus", "}}", false},
      {R"({"victim":{)", "prs_HighestLevelOfEducation", "}}", false},
      {R"({"exploitation":{)", "vic_TraffickingStatus", "}}", false},
      {R"({"exploitation":{)", "vic_TraffickingStatusDecisionMakingOrg", "}}", false},
      {R"({"exploitation":{)", "vic_RelationshipToTrafficker", "}}", false},
      {R"({"exploitation":{)", "vic_MethodOfRecruitment", "}}", true},
      {R"({"exploitation":{)", "vic_RecruitmentWebsitesAndApps", "}}", true},
      {R"({"exploitation":{)", "vic_MethodsOfControl", "}}", true},
      {R"({"exploitation":{)", "vic_TypeOfExploitation", "}}", true},
      {R"({"exploitation":{)", "vic_ForcedLabourIndustry", "}}", false},
      {R"({"perpetrators":[{)", "per_RoleInProcess", "}]}", true},
      {R"({"events":[{)", "hte_Type", "}]}", false},
      {R"({"support":{)", "spl_Type", "}}", true},
  };
  for (const Place& place : kPlaces) {
    const auto check = [&](absl::string_view value) {
      const std::string quoted = absl::StrCat(place.list ? "[" : "", "\"", value, "\"", place.list ? "]" : "");
      v1::TraffickingCase trafficking_case;
      EXPECT_OK(ReadJson(absl::StrCat(place.before, "\"", place.field, "\":", quoted, place.after), trafficking_case));
      return CheckPicklists(trafficking_case);
    };
    ExpectField(check("NoSuchValue"), place.field);
    for (const Picklist& picklist : HtcdsPicklists()) {
      if (picklist.field != place.field) continue;
      for (const absl::string_view value : picklist.values) EXPECT_OK(check(value));
    }
  }
}

TEST(HtcdsPicklists, AreThoseOfTheStandard) {
  size_t values = 0;
  for (const Picklist& list : HtcdsPicklists()) values += list.values.size();
  EXPECT_EQ(values, 182u);
}

TEST(HtcdsPicklists, CheckTheReasonOfAHandover) {
  v1::TraffickingHandover handover;
  handover.set_reason("MigrationOrChangeOfLocation");
  EXPECT_OK(CheckPicklists(handover));
  handover.set_reason("because");
  ExpectField(CheckPicklists(handover), "cas_ReasonForOutgoingReferral");
}

}  // namespace
}  // namespace tamga::adapters
