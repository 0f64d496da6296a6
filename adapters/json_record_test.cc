#include "adapters/json_record.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/json_form.h"
#include "gmock/gmock.h"
#include "node/base/matchers.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/trafficking.pb.h"
#include "tamga/v1/watchlist.pb.h"

namespace tamga::adapters {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void ExpectTwice(const absl::Status& status, absl::string_view path) {
  EXPECT_THAT(status, HasReason("INVALID_FIELD"));
  EXPECT_EQ(MetadataOf(status)["field"], path) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("is there twice; keep one of the two"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("SECRET")));
}

TEST(JsonRecordTest, AKeyThatIsThereTwiceIsRefusedByItsPathAtEveryDepth) {
  v1::ReadmissionApplication application;
  ExpectTwice(ReadJson(R"({"sex": "F", "sex": "SECRET"})", application), "sex");
  ExpectTwice(ReadJson(R"({"sex": null, "bornOn": {"year": 1980, "month": 1, "year": 1981}})", application),
              "bornOn.year");
  ExpectTwice(ReadJson(R"({"names": [{"surname": "A"}, {"surname": "B", "surname": "SECRET"}]})", application),
              "names[1].surname");
  ExpectTwice(ReadJson(R"({"itinerary": ["A", "B"], "names": [], "itinerary": []})", application), "itinerary");
  ExpectTwice(ReadJson(R"({"sex": "F", "se\u0078": "M"})", application), "sex");
  ExpectTwice(ReadJson(R"({"x": [[{"y": 1}, {"y": 1, "y": 2}]]})", application), "x[0][1].y");
}

TEST(JsonRecordTest, TheTwoNamesOfAFieldCountAsOneKey) {
  v1::ReadmissionApplication application;
  ExpectTwice(ReadJson(R"({"born_on": {"year": 1980}, "bornOn": {"year": 1981}})", application), "bornOn");
  ExpectTwice(ReadJson(R"({"names": [{"givenNames": "A", "given_names": "B"}]})", application), "names[0].given_names");
  v1::TraffickingCase record;
  ExpectTwice(ReadJson(R"({"victim": {"prs_FirstName": "A", "first_name": "B"}})", record), "victim.first_name");
}

// Else two names of a field could slip by: those that protobuf takes are the ones that are told apart here.
TEST(JsonRecordTest, AFieldHasNoThirdName) {
  v1::TraffickingCase record;
  EXPECT_OK(ReadJson(R"({"victim": {"prs_FirstName": "A"}})", record));
  EXPECT_OK(ReadJson(R"({"victim": {"first_name": "A"}})", record));
  EXPECT_THAT(ReadJson(R"({"victim": {"firstName": "A"}})", record), HasReason("INVALID_FIELD"));
  EXPECT_THAT(ReadJson(R"({"victim": {"FirstName": "A"}})", record), HasReason("INVALID_FIELD"));
}

TEST(JsonRecordTest, TheSameKeyInDifferentObjectsIsNoRepetition) {
  v1::Alert alert;
  EXPECT_OK(ReadJson(R"({"names": [{"surname": "A"}, {"surname": "B"}], "bornOn": [{"date": {"year": 1980}},
                         {"date": {"year": 1981}}], "listedAt": "2026-01-01T00:00:00Z"})",
                     alert));
  EXPECT_EQ(alert.names_size(), 2);
}

TEST(JsonRecordTest, TextThatIsNotQuiteJsonIsRefused) {
  v1::Alert alert;
  for (const char* json : {"{alertId: \"A\"}", "{'alertId': 'A'}", "{\"alertId\": \"A\",}", "{\"alertId\": \"A\"} {}",
                           "// A\n{}", "{\"alertId\": \"\\ud800\"}", "{\"sex\": NaN}", ""}) {
    const absl::Status status = ReadJson(json, alert);
    EXPECT_EQ(MetadataOf(status)["field"], "json") << json << " " << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("is not well-formed JSON")) << json;
  }
  EXPECT_THAT(ReadJson("{\"sex\" \"F\"}", alert),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("see byte 10")));
}

TEST(JsonRecordTest, NestingEndsAtTheBound) {
  const auto nested = [](size_t depth) {
    return absl::StrCat("{\"x\":", std::string(depth - 1, '['), std::string(depth - 1, ']'), "}");
  };
  v1::Alert alert;
  EXPECT_EQ(MetadataOf(ReadJson(nested(kMaxJsonDepth), alert))["field"], "x");
  EXPECT_THAT(ReadJson(nested(kMaxJsonDepth + 1), alert),
              StatusIs(absl::StatusCode::kInvalidArgument, "json: is more than 32 deep"));
}

}  // namespace
}  // namespace tamga::adapters
