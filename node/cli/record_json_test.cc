#include "node/cli/record_json.h"

#include "gmock/gmock.h"
#include "node/base/clock.h"
#include "tamga/v1/audit_service.pb.h"
#include "tamga/v1/trafficking.pb.h"
#include "tamga/v1/watchlist_service.pb.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(RecordJsonTest, FieldsWithDefaultValuesAreThereAndAbsentMessagesAreNot) {
  v1::ImportAlertsResponse counts;
  counts.set_created(2);
  EXPECT_EQ(RecordJson(counts),
            "{\n"
            " \"created\": \"2\",\n"
            " \"updated\": \"0\",\n"
            " \"unchanged\": \"0\",\n"
            " \"rejected\": [],\n"
            " \"rejectedCount\": \"0\"\n"
            "}\n");
  v1::SourceAnswer answer;
  EXPECT_THAT(RecordJson(answer), AllOf(HasSubstr("\"status\": \"SOURCE_STATUS_UNSPECIFIED\""),
                                        HasSubstr("\"explanation\": \"\""), Not(HasSubstr("\"exchange\""))));
  answer.mutable_exchange();
  EXPECT_THAT(RecordJson(answer), HasSubstr("\"exchange\": {"));
}

TEST(RecordJsonTest, IdsAreUuidsOtherBytesHexAndTimesTextAtEveryDepth) {
  v1::ListEntriesResponse response;
  v1::IndexedEntry& indexed = *response.add_entries();
  indexed.set_entry_bytes(std::string("\x00\xab", 2));
  indexed.mutable_entry()->set_exchange_id("\x01\x8f\x3c\x2e\x7b\x1a\x7c\x3d\x9e\x4f\x01\x23\x45\x67\x89\xab");
  indexed.mutable_entry()->set_seal_sha256(std::string(32, '\xfe'));
  *indexed.mutable_entry()->mutable_logged_at() = ToProto(absl::FromUnixSeconds(1795435200));
  const std::string json = RecordJson(response);
  EXPECT_THAT(json, HasSubstr("\"exchangeId\": \"018f3c2e-7b1a-7c3d-9e4f-0123456789ab\""));
  EXPECT_THAT(json, HasSubstr("\"entryBytes\": \"00ab\""));
  std::string hash;
  for (int i = 0; i < 32; ++i) hash += "fe";
  EXPECT_THAT(json, HasSubstr("\"sealSha256\": \"" + hash + "\""));
  EXPECT_THAT(json, HasSubstr("\"replyCommitment\": \"\""));
  EXPECT_THAT(json, HasSubstr("\"loggedAt\": \"2026-11-23T12:00:00Z\""));

  v1::ProveConsistencyResponse proof;
  proof.add_hashes("\x01");
  proof.add_hashes("\xff");
  EXPECT_THAT(RecordJson(proof), AllOf(HasSubstr("\"01\""), HasSubstr("\"ff\"")));
}

TEST(RecordJsonTest, TraffickingCasesHaveTheNamesOfTheStandard) {
  v1::TraffickingCase record;
  record.set_status("Active");
  record.mutable_victim();
  EXPECT_THAT(RecordJson(record), AllOf(HasSubstr("\"cas_Status\": \"Active\""), HasSubstr("\"con_Consent\": false"),
                                        HasSubstr("\"prs_FirstName\": \"\"")));
}

TEST(RecordJsonTest, TextOfAPartnerCannotSteerTheTerminal) {
  v1::SourceAnswer answer;
  answer.set_explanation("a\033[2J\u009b\u202eb \u0416");
  EXPECT_THAT(RecordJson(answer), HasSubstr("a\\u001b[2J\\u009b\\u202eb \u0416"));
}

}  // namespace
}  // namespace tamga::cli
