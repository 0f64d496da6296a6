#include "node/exchange/outbox_pump.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/exchange/test_node.h"

namespace tamga::exchange {
namespace {

using ::testing::ElementsAre;

// A partner's node that does as it is told. Thread-safe.
class ScriptedPeer final : public PeerStub {
 public:
  enum class Mood {
    kUnreachable,  // nobody answers
    kHanging,      // somebody takes the request and does not answer until the mood changes
    kRefusing      // the message is not opened, which ends the request
  };

  absl::StatusOr<v1::SealedMessage> Exchange(const v1::SealedMessage& request, absl::Time /*deadline*/) override {
    v1::MessageHeader header;
    EXPECT_TRUE(header.ParseFromString(request.header()));
    asked.Add(header.exchange_id());
    MutexLock lock(mutex_);
    while (mood_ == Mood::kHanging) changed_.Wait(mutex_);
    if (mood_ == Mood::kUnreachable) return absl::UnavailableError("nobody answers");
    return absl::InvalidArgumentError("not opened");
  }
  bool IsReachable(absl::Time /*deadline*/) override { return true; }

  void Set(Mood mood) {
    MutexLock lock(mutex_);
    mood_ = mood;
    changed_.NotifyAll();
  }

  Notes asked;  // exchange ids

 private:
  Mutex mutex_;
  CondVar changed_;
  Mood mood_ ABSL_GUARDED_BY(mutex_) = Mood::kUnreachable;
};

class OutboxPumpTest : public ::testing::Test {
 protected:
  OutboxPumpTest() {
    for (const auto& [agency, peer] : {std::pair(kKyrgyz, &kyrgyz_), std::pair(kUzbek, &uzbek_)}) {
      auto scripted = std::make_unique<ScriptedPeer>();
      *peer = scripted.get();
      node_.AddPartner(agency, std::move(scripted));
    }
  }

  // Has a request wait in the outbox, since the partner cannot be reached. Gives the exchange.
  std::string Queue(const std::string& partner) {
    states_.clock.Advance(absl::Seconds(1));  // the order of requests is that of their times
    const AskResult result = node_.AskToTakeBack(partner);
    EXPECT_EQ(result.summary.delivery_state(), v1::DELIVERY_STATE_QUEUED) << result.status;
    return result.exchange_id;
  }

  TestStates states_;
  TestNode node_{states_, kKazakh};
  ScriptedPeer* kyrgyz_ = nullptr;
  ScriptedPeer* uzbek_ = nullptr;
};

TEST_F(OutboxPumpTest, OnePartnersSilenceDoesNotHoldUpAnothersRequests) {
  const std::string first = Queue(kKyrgyz);
  kyrgyz_->Set(ScriptedPeer::Mood::kHanging);
  const OutboxPump pump(node_.parts(), node_.asking());
  EXPECT_THAT(kyrgyz_->asked.Await(2, states_.clock), ElementsAre(first, first));

  const std::string second = Queue(kUzbek);
  uzbek_->Set(ScriptedPeer::Mood::kRefusing);
  EXPECT_THAT(uzbek_->asked.Await(2, states_.clock), ElementsAre(second, second));
  kyrgyz_->Set(ScriptedPeer::Mood::kRefusing);
}

TEST_F(OutboxPumpTest, WhatComesAfterAnUndeliveredRequestWaitsWithIt) {
  const std::string first = Queue(kKyrgyz);
  const std::string second = Queue(kKyrgyz);
  const std::string third = Queue(kKyrgyz);
  const OutboxPump pump(node_.parts(), node_.asking());
  kyrgyz_->asked.Await(3 + 5, states_.clock);
  kyrgyz_->Set(ScriptedPeer::Mood::kRefusing);
  EXPECT_THAT(node_.handler().settled.Await(3, states_.clock), ElementsAre(first, second, third));
  std::vector<std::string> asked = kyrgyz_->asked.Await(3, states_.clock);
  asked.erase(std::unique(asked.begin(), asked.end()), asked.end());  // the first was asked again and again
  EXPECT_THAT(asked, ElementsAre(first, second, third, first, second, third));
}

TEST_F(OutboxPumpTest, ARequestToAPartnerThatIsNoLongerConfiguredEndsWhenItExpires) {
  const std::string exchange = Queue(kKyrgyz);
  node_.parts().partners.erase(kKyrgyz);
  states_.clock.Advance(absl::Hours(24 * 7 - 1));
  const OutboxPump pump(node_.parts(), node_.asking());
  EXPECT_THAT(node_.handler().settled.Await(1, states_.clock), ElementsAre(exchange));
}

TEST(Backoff, GetsLongerAfterEachFailureWithinBounds) {
  EXPECT_EQ(OutboxPump::Backoff(0, 0), absl::Milliseconds(750));
  EXPECT_LT(OutboxPump::Backoff(2, 255), OutboxPump::Backoff(4, 0));
  EXPECT_LE(OutboxPump::Backoff(1'000'000, 255), absl::Minutes(5) * 1.25);
}

}  // namespace
}  // namespace tamga::exchange
