#include "node/main/helper_watch.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"

namespace tamga::node {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FakeHelper final : public certs::KeyHelper {
 public:
  FakeHelper() : KeyHelper("/run/helper.sock") {}
  void Check() const override {
    if (fault.empty()) return NoteSuccess();
    NoteFailure(fault);
  }
  std::string fault;
};

class HelperWatchTest : public ::testing::Test {
 protected:
  // What it says in the log.
  std::string Look() {
    ::testing::internal::CaptureStderr();
    look_.Look();
    return ::testing::internal::GetCapturedStderr();
  }
  v1::HelperStatus Status() { return StatusOf(helpers_).at(0); }

  const std::shared_ptr<FakeHelper> helper_ = std::make_shared<FakeHelper>();
  const std::vector<NamedHelper> helpers_ = {{"gost-r-34.10-2012-256", helper_}};
  ManualClock clock_{absl::FromUnixSeconds(1'795'000'000)};
  HelperLook look_{[this] { return helpers_; }, clock_};
};

TEST_F(HelperWatchTest, TheStatusHasWhereItIsAndWhenItLastAnswered) {
  EXPECT_FALSE(Status().has_last_success());
  EXPECT_THAT(Look(), IsEmpty());
  EXPECT_EQ(Status().what(), "gost-r-34.10-2012-256");
  EXPECT_EQ(Status().where(), "/run/helper.sock");
  EXPECT_TRUE(Status().has_last_success());
  EXPECT_FALSE(Status().has_last_failure());
  EXPECT_EQ(Status().level(), v1::EXPIRY_LEVEL_FINE);
  helper_->fault = "nobody listens";
  Look();
  EXPECT_EQ(Status().fault(), "nobody listens");
  EXPECT_TRUE(Status().has_last_failure());
  EXPECT_EQ(Status().level(), v1::EXPIRY_LEVEL_ALARM);
}

TEST_F(HelperWatchTest, OneThatFailsIsSaidAtOnceThenOnceAnHourAndWhenItIsBack) {
  helper_->fault = "nobody listens";
  const std::string line = Look();
  EXPECT_THAT(line, HasSubstr("\"error\""));
  EXPECT_THAT(line, HasSubstr("key helper fails"));
  EXPECT_THAT(line, HasSubstr("nobody listens"));
  clock_.Advance(absl::Minutes(59));
  EXPECT_THAT(Look(), IsEmpty());
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(Look(), HasSubstr("key helper fails"));
  helper_->fault.clear();
  EXPECT_THAT(Look(), HasSubstr("key helper answers again"));
  EXPECT_THAT(Look(), IsEmpty());
}

}  // namespace
}  // namespace tamga::node
