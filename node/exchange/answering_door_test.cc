#include "node/exchange/answering_door.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/exchange/test_node.h"

namespace tamga::exchange {
namespace {

class AnsweringDoorTest : public ::testing::Test {
 protected:
  // Hands over a message of the agency.
  absl::StatusOr<v1::SealedMessage> HandOver(const std::string& agency, const v1::SealedMessage& message) {
    return node_.answering().Answer({agency, certs::Role::kNode, "main"}, message);
  }

  TestStates states_;
  TestNode node_{states_, kKazakh};
  const certs::Seal kyrgyz_ = states_.IssueSeal(kKyrgyz);
  const certs::Seal uzbek_ = states_.IssueSeal(kUzbek);
};

TEST_F(AnsweringDoorTest, PartnersDoNotShareExchangeIds) {
  const v1::MessageHeader first = states_.RequestHeader(kKyrgyz, kKazakh);
  v1::MessageHeader second = states_.RequestHeader(kUzbek, kKazakh);
  second.set_exchange_id(first.exchange_id());
  const v1::SealedMessage of_kyrgyz = SealApplication(first, kyrgyz_, states_.rng);
  const v1::SealedMessage of_uzbek = SealApplication(second, uzbek_, states_.rng);

  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage to_kyrgyz, HandOver(kKyrgyz, of_kyrgyz));
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage to_uzbek, HandOver(kUzbek, of_uzbek));
  EXPECT_EQ(HandOver(kKyrgyz, of_kyrgyz)->SerializeAsString(), to_kyrgyz.SerializeAsString());
  EXPECT_EQ(HandOver(kUzbek, of_uzbek)->SerializeAsString(), to_uzbek.SerializeAsString());
  EXPECT_TRUE(node_.VerifyLog().intact());
}

}  // namespace
}  // namespace tamga::exchange
