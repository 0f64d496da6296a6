#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

using google::protobuf::FieldDescriptor;
using testing::HasSubstr;
using testing::Not;

constexpr uint32_t kDescriptors = 1024;

absl::Status Complete(v1::Limits& limits) {
  Mistakes mistakes;
  CompleteLimits(kDescriptors, limits, mistakes);
  return mistakes.ToStatus();
}

TEST(ConfigLimitsTest, TheDefaultsAreThoseThatTheContractStates) {
  v1::Limits limits;
  EXPECT_OK(Complete(limits));
  EXPECT_EQ(limits.max_message_bytes(), 1'048'576u);
  EXPECT_EQ(limits.max_concurrent_streams(), 64u);
  EXPECT_EQ(limits.max_descriptors(), kDescriptors / 2);
  EXPECT_EQ(limits.max_call_ms(), 30'000u);
  EXPECT_EQ(limits.partner_timeout_ms(), 10'000u);
  EXPECT_EQ(limits.workers(), 32u);
  EXPECT_EQ(limits.max_queued_calls(), 1'024u);
  EXPECT_EQ(limits.max_clock_skew_s(), 120u);
  EXPECT_EQ(limits.drain_ms(), 10'000u);
  EXPECT_EQ(limits.max_connections_per_address(), 64u);
  EXPECT_EQ(limits.max_remembered_per_partner(), 200'000u);
  EXPECT_EQ(limits.max_partner_calls(), 24u);
}

TEST(ConfigLimitsTest, NoLimitIsLeftWithoutADefaultOrARange) {
  const google::protobuf::Descriptor& descriptor = *v1::Limits::descriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor* field = descriptor.field(i);
    v1::Limits usual;
    EXPECT_OK(Complete(usual));
    EXPECT_GT(usual.GetReflection()->GetUInt32(usual, field), 0u) << field->name();
    v1::Limits huge;
    huge.GetReflection()->SetUInt32(&huge, field, 0xffffffff);
    EXPECT_THAT(Complete(huge),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr(absl::StrCat("limits.", field->name(), ": is 4294967295; must be "))));
  }
}

TEST(ConfigLimitsTest, OneStatesNodesMayNotHaveMoreWorkersThanThereAre) {
  v1::Limits limits;
  limits.set_workers(1);
  EXPECT_OK(Complete(limits));
  EXPECT_EQ(limits.max_partner_calls(), 1u);
  limits.set_workers(8);
  limits.set_max_partner_calls(9);
  EXPECT_THAT(Complete(limits), StatusIs(absl::StatusCode::kInvalidArgument,
                                         HasSubstr("limits.max_partner_calls: is 9; must be 1 to 8, or 0 for 6")));
  limits.set_max_partner_calls(8);
  EXPECT_OK(Complete(limits));
}

TEST(ConfigLimitsTest, MessagesMayBeUpToFourMebibytes) {
  v1::Limits limits;
  limits.set_max_message_bytes(4u << 20);
  EXPECT_OK(Complete(limits));
  limits.set_max_message_bytes((4u << 20) + 1);
  EXPECT_THAT(Complete(limits), Not(IsOk()));
}

TEST(ConfigLimitsTest, AProcessMayNotPlanForMoreDescriptorsThanItHas) {
  v1::Limits limits;
  limits.set_max_descriptors(kDescriptors / 2);
  EXPECT_OK(Complete(limits));
  EXPECT_EQ(limits.max_descriptors(), kDescriptors / 2);
  // The node needs the other half itself; it is not cut without a word.
  limits.set_max_descriptors(kDescriptors / 2 + 1);
  EXPECT_THAT(Complete(limits), StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("LimitNOFILE=")));
}

TEST(ConfigLimitsTest, APartnerMayNotHaveLongerThanTheCallThatWaitsForIt) {
  v1::Limits limits;
  limits.set_max_call_ms(5'000);
  EXPECT_THAT(Complete(limits), StatusIs(absl::StatusCode::kInvalidArgument,
                                         HasSubstr("limits.partner_timeout_ms: is longer than max_call_ms, 5000")));
  limits.set_partner_timeout_ms(5'000);
  EXPECT_OK(Complete(limits));
}

}  // namespace
}  // namespace tamga::node
