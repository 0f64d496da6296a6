#include "node/cli/record_text.h"

#include "gmock/gmock.h"
#include "node/base/clock.h"
#include "tamga/v1/audit_service.pb.h"
#include "tamga/v1/watchlist.pb.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;

TEST(RecordTextTest, ShowsNestedAndRepeatedFieldsWithoutTheUnsetOnes) {
  v1::Alert alert;
  alert.set_alert_id("KZ-1");
  alert.set_category(v1::ALERT_CATEGORY_ARREST);
  alert.add_names()->set_surname("A\033B");
  alert.add_names()->set_surname("C");
  alert.add_born_on()->mutable_date()->set_year(1980);
  EXPECT_EQ(RecordText(alert),
            "alert_id                  KZ-1\n"
            "category                  ARREST\n"
            "names[0]\n"
            "  surname                   A?B\n"
            "names[1]\n"
            "  surname                   C\n"
            "born_on[0]\n"
            "  date                      1980-\?\?-\?\?\n");
}

TEST(RecordTextTest, ShowsIdsAsUuidsOtherBytesInHexAndTimesInUtc) {
  v1::LogEntry entry;
  entry.set_exchange_id("\x01\x8f\x3c\x2e\x7b\x1a\x7c\x3d\x9e\x4f\x01\x23\x45\x67\x89\xab");
  entry.set_seal_sha256("\x01\xff");
  *entry.mutable_logged_at() = ToProto(absl::FromUnixSeconds(1795435200));
  const std::string text = RecordText(entry);
  EXPECT_THAT(text, HasSubstr("018f3c2e-7b1a-7c3d-9e4f-0123456789ab\n"));
  EXPECT_THAT(text, HasSubstr("01ff\n"));
  EXPECT_THAT(text, HasSubstr("2026-11-23T12:00:00"));
}

}  // namespace
}  // namespace tamga::cli
