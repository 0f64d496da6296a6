#include "adapters/interior_ministry/application_json.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "adapters/json_record.h"
#include "adapters/record_limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::adapters {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kApplication[] = R"({
  "category": "PERSON_CATEGORY_OWN_NATIONAL",
  "requestingFileNumber": "KAZ-MIA/2026-0001",
  "names": [{"surname": "TESTOV", "givenNames": "TEST"}, {"surname": "Тестов", "givenNames": "Тест"}],
  "bornOn": {"year": 1985, "month": 3},
  "sex": "M",
  "nationalities": ["KGZ"],
  "documents": [{"kind": "passport", "number": "PE0000000", "issuingState": "KGZ", "expiresOn": {"year": 2031}}],
  "evidence": [{"tier": "EVIDENCE_TIER_NATIONALITY_PROOF", "kind": "passport",
                "copySha256": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "pages": 2}],
  "specialCircumstances": "Needs a wheelchair.\nTravels with a child."
})";

v1::ReadmissionApplication Valid() { return *ReadApplication(kApplication); }

void ExpectField(const absl::Status& status, absl::string_view field) {
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD") << status;
  EXPECT_EQ(MetadataOf(status)["field"], field) << status;
}

TEST(ApplicationJson, ReadsAWholeApplication) {
  ASSERT_OK_AND_ASSIGN(const v1::ReadmissionApplication application, ReadApplication(kApplication));
  EXPECT_EQ(application.names(1).surname(), "Тестов");
  EXPECT_EQ(application.evidence(0).copy_sha256(), std::string(32, '\0'));
  EXPECT_EQ(application.born_on().day(), 0u);
}

TEST(ApplicationJson, RefusesEveryTruncation) {
  const std::string json = kApplication;
  for (size_t length = 0; length < json.size(); ++length) {
    EXPECT_THAT(ReadApplication(json.substr(0, length)), HasReason("INVALID_FIELD")) << length;
  }
}

TEST(ApplicationJson, NamesTheFieldAndNeverTheValue) {
  struct Case {
    const char *json, *field;
  };
  for (const Case& c : {
           Case{R"({"surname": "SECRET"})", "surname"},
           Case{R"({"names": [{}, {"surnam": "SECRET"}]})", "names[1].surnam"},
           Case{R"({"bornOn": {"year": "SECRET"}})", "born_on.year"},
           Case{R"({"category": "SECRET"})", "category"},
           Case{R"({"sex": ["SECRET"]})", "sex"},
           Case{R"({"names": "SECRET"})", "names"},
           Case{R"({"evidence": [{"copySha256": "!SECRET"}]})", "evidence[0].copy_sha256"},
           Case{R"({"sex": SECRET})", "json"},
           Case{R"({"sex": "F"} SECRET)", "json"},
           Case{R"("SECRET")", "json"},
           Case{R"([{"sex": "SECRET"}])", "json"},
           Case{"null", "json"},
       }) {
    const auto application = ReadApplication(c.json);
    ExpectField(application.status(), c.field);
    EXPECT_THAT(std::string(application.status().message()), Not(HasSubstr("SECRET")));
  }
}

TEST(ApplicationJson, BoundsItsInput) {
  ExpectField(ReadApplication(absl::StrCat("{}", std::string(kMaxJsonBytes, ' '))).status(), "json");
  ExpectField(ReadApplication("{\"sex\": \"\xff\"}").status(), "json");
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{\"names\":[";
  EXPECT_THAT(ReadApplication(deep), HasReason("INVALID_FIELD"));
}

TEST(CheckApplication, RequiresWhatTheContractRequires) {
  const auto without = [](void (*change)(v1::ReadmissionApplication&)) {
    v1::ReadmissionApplication application = Valid();
    change(application);
    return CheckApplication(application);
  };
  ExpectField(without([](auto& a) { a.clear_category(); }), "category");
  ExpectField(without([](auto& a) { a.set_category(static_cast<v1::PersonCategory>(77)); }), "category");
  ExpectField(without([](auto& a) { a.clear_names(); }), "names");
  ExpectField(without([](auto& a) { a.mutable_names(1)->Clear(); }), "names[1]");
  ExpectField(without([](auto& a) { a.clear_born_on(); }), "born_on");
  ExpectField(without([](auto& a) { a.clear_sex(); }), "sex");
  ExpectField(without([](auto& a) { a.set_sex("m"); }), "sex");
  ExpectField(without([](auto& a) { a.clear_nationalities(); }), "nationalities");
  ExpectField(without([](auto& a) { a.add_nationalities("kgz"); }), "nationalities[1]");
  ExpectField(without([](auto& a) { a.mutable_documents(0)->clear_kind(); }), "documents[0].kind");
  ExpectField(without([](auto& a) { a.mutable_documents(0)->set_issuing_state("KG"); }), "documents[0].issuing_state");
  ExpectField(without([](auto& a) { a.mutable_documents(0)->mutable_issued_on()->set_month(13); }),
              "documents[0].issued_on");
  ExpectField(without([](auto& a) { a.mutable_evidence(0)->clear_tier(); }), "evidence[0].tier");
  ExpectField(without([](auto& a) { a.mutable_evidence(0)->clear_kind(); }), "evidence[0].kind");
  ExpectField(without([](auto& a) { a.mutable_evidence(0)->set_copy_sha256("short"); }), "evidence[0].copy_sha256");
  ExpectField(without([](auto& a) { a.mutable_born_on()->set_day(31), a.mutable_born_on()->set_month(4); }), "born_on");
  ExpectField(without([](auto& a) { a.mutable_born_on()->set_year(1600); }), "born_on");
}

TEST(CheckApplication, BoundsEveryTextAndList) {
  v1::ReadmissionApplication application = Valid();
  application.mutable_names(0)->set_surname(std::string(kMaxNameBytes, 'A'));
  application.set_special_circumstances(std::string(kMaxTextBytes, 'a'));
  EXPECT_OK(CheckApplication(application));
  application.set_special_circumstances(std::string(kMaxTextBytes + 1, 'a'));
  ExpectField(CheckApplication(application), "special_circumstances");

  application = Valid();
  application.mutable_names(0)->set_surname(std::string(kMaxNameBytes + 1, 'A'));
  ExpectField(CheckApplication(application), "names[0].surname");
  application.mutable_names(0)->set_surname("A\nB");
  ExpectField(CheckApplication(application), "names[0].surname");
  application.mutable_names(0)->set_surname("A\xff");
  ExpectField(CheckApplication(application), "names[0].surname");

  application = Valid();
  application.set_father_name(std::string(kMaxNameBytes + 1, 'A'));
  ExpectField(CheckApplication(application), "father_name");

  application = Valid();
  for (int i = 0; i <= kMaxRepeated; ++i) application.add_itinerary("Almaty");
  ExpectField(CheckApplication(application), "itinerary");
}

}  // namespace
}  // namespace tamga::adapters
