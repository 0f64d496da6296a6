#include "node/exchange/call_context.h"

#include <functional>
#include <string>

#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/matchers.h"

namespace tamga::exchange {
namespace {

v1::CallContext GoodContext() {
  v1::CallContext context;
  context.set_purpose(v1::PURPOSE_BORDER_CHECK);
  context.set_case_reference("KZ-2026/17");
  return context;
}

TEST(CallContextTest, NeedsNoMoreThanPurposeAndCaseReference) { EXPECT_OK(CheckContext(GoodContext())); }

struct Fault {
  std::string field;
  std::function<void(v1::CallContext&)> make;
};

class CallContextFaultTest : public ::testing::TestWithParam<Fault> {};

TEST_P(CallContextFaultTest, NamesTheField) {
  v1::CallContext context = GoodContext();
  GetParam().make(context);
  const absl::Status status = CheckContext(context);
  EXPECT_THAT(status, HasReason("INVALID_FIELD"));
  EXPECT_EQ(MetadataOf(status)["field"], "context." + GetParam().field);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, CallContextFaultTest,
    ::testing::Values(Fault{"purpose", [](auto& context) { context.clear_purpose(); }},
                      Fault{"purpose", [](auto& context) { context.set_purpose(static_cast<v1::Purpose>(99)); }},
                      Fault{"case_reference", [](auto& context) { context.clear_case_reference(); }},
                      Fault{"case_reference", [](auto& context) { context.set_case_reference("Aidar Bekov"); }},
                      Fault{"officer", [](auto& context) { context.set_officer("Aidar Bekov"); }},
                      Fault{"treaty_id", [](auto& context) { context.set_treaty_id("a treaty"); }},
                      Fault{"idempotency_key",
                            [](auto& context) { context.set_idempotency_key(std::string(65, 'k')); }},
                      Fault{"emergency_ground", [](auto& context) {
                              context.set_emergency_ground(static_cast<v1::EmergencyGround>(99));
                            }}));

}  // namespace
}  // namespace tamga::exchange
