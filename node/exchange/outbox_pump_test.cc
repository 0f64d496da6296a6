#include "node/exchange/outbox_pump.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/base/status_macros.h"
#include "node/exchange/message_store.h"
#include "node/exchange/test_node.h"
#include "node/store/transaction.h"

namespace tamga::exchange {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Not;

// A partner's node that does as it is told. Thread-safe.
class ScriptedPeer final : public PeerStub {
 public:
  enum class Mood {
    kUnreachable,  // nobody answers
    kHanging,      // somebody takes the request and does not answer until the mood changes
    kRefusing,     // the message is not opened, which ends the request
    kBusy          // the same, but for one exchange, which is to come again later
  };

  absl::StatusOr<v1::SealedMessage> Exchange(const v1::SealedMessage& request, absl::Time /*deadline*/) override {
    v1::MessageHeader header;
    EXPECT_TRUE(header.ParseFromString(request.header()));
    asked.Add(header.exchange_id());
    MutexLock lock(mutex_);
    while (mood_ == Mood::kHanging) changed_.Wait(mutex_);
    if (mood_ == Mood::kUnreachable) return absl::UnavailableError("nobody answers");
    if (mood_ == Mood::kBusy && header.exchange_id() == busy_with_) {
      return Error(absl::StatusCode::kUnavailable, "BUSY", "come again");
    }
    return absl::InvalidArgumentError("not opened");
  }
  bool IsReachable(absl::Time /*deadline*/) override { return true; }

  void Set(Mood mood, const std::string& busy_with = "") {
    MutexLock lock(mutex_);
    mood_ = mood;
    busy_with_ = busy_with;
    changed_.NotifyAll();
  }

  Notes asked;  // exchange ids

 private:
  Mutex mutex_;
  CondVar changed_;
  Mood mood_ ABSL_GUARDED_BY(mutex_) = Mood::kUnreachable;
  std::string busy_with_ ABSL_GUARDED_BY(mutex_);
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
  std::string Queue(const std::string& partner, const std::string& order_key = "") {
    const AskResult result = node_.AskInOrder(partner, order_key);
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

TEST_F(OutboxPumpTest, WhatComesAfterAnUndeliveredRequestOfItsCaseWaitsWithIt) {
  const std::string first = Queue(kKyrgyz, "case 1");
  const std::string second = Queue(kKyrgyz, "case 1");
  const std::string third = Queue(kKyrgyz, "case 1");
  const OutboxPump pump(node_.parts(), node_.asking());
  EXPECT_THAT(kyrgyz_->asked.Await(5, states_.clock), Each(first));
  kyrgyz_->Set(ScriptedPeer::Mood::kRefusing);
  EXPECT_THAT(node_.handler().settled.Await(3, states_.clock), ElementsAre(first, second, third));
  std::vector<std::string> asked = kyrgyz_->asked.Await(5, states_.clock);
  asked.erase(std::unique(asked.begin(), asked.end()), asked.end());  // the first was asked again and again
  EXPECT_THAT(asked, ElementsAre(first, second, third));
}

TEST_F(OutboxPumpTest, ACaseWhoseRequestHasToWaitDoesNotHoldUpOthers) {
  const std::string first = Queue(kKyrgyz, "case 1");
  const std::string second = Queue(kKyrgyz, "case 1");
  const std::string other = Queue(kKyrgyz, "case 2");
  const std::string free = Queue(kKyrgyz);
  kyrgyz_->Set(ScriptedPeer::Mood::kBusy, first);
  const OutboxPump pump(node_.parts(), node_.asking());
  EXPECT_THAT(node_.handler().settled.Await(2, states_.clock), ElementsAre(other, free));
  EXPECT_THAT(kyrgyz_->asked.Await(5, states_.clock), Not(Contains(second)));
  kyrgyz_->Set(ScriptedPeer::Mood::kRefusing);
  EXPECT_THAT(node_.handler().settled.Await(4, states_.clock), ElementsAre(other, free, first, second));
}

// The message of the first is gone from the store, as if its file had been damaged.
TEST_F(OutboxPumpTest, AMessageThatCannotBeReadHoldsUpItsCaseAlone) {
  const std::string first = Queue(kKyrgyz, "case 1");
  Queue(kKyrgyz, "case 1");
  const std::string other = Queue(kKyrgyz, "case 2");
  store::Effects effects;
  effects.writes.push_back([first](store::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const store::RecordRow row, FindKept(transaction, {kKyrgyz, first, v1::ENTRY_KIND_SENT}));
    return transaction.DeleteRecord(row);
  });
  ASSERT_OK(node_.parts().sequencer.Commit(std::move(effects)));
  kyrgyz_->Set(ScriptedPeer::Mood::kRefusing);
  const OutboxPump pump(node_.parts(), node_.asking());
  EXPECT_THAT(node_.handler().settled.Await(1, states_.clock), ElementsAre(other));
  ASSERT_OK_AND_ASSIGN(store::ReadSession session, node_.parts().database.Read());
  EXPECT_EQ(session->FindDeadLetter(first).value().reason, "UNREADABLE");
}

TEST_F(OutboxPumpTest, WhatWaitsLeavesAsSoonAsTheLineIsBackHoweverLongItWasPutOff) {
  const std::string waiting = Queue(kKyrgyz);
  ASSERT_OK(node_.parts().sequencer.Commit({{}, {[&](store::Transaction& transaction) {
                                              return transaction.MarkAttempt(waiting,
                                                                             states_.clock.Now() + absl::Hours(24 * 6));
                                            }}}));
  Queue(kKyrgyz);
  Queue(kKyrgyz);
  ASSERT_EQ(node_.asking().circuits().Report(kKyrgyz).state, v1::CIRCUIT_STATE_OPEN);
  const OutboxPump pump(node_.parts(), node_.asking());
  kyrgyz_->Set(ScriptedPeer::Mood::kRefusing);
  EXPECT_THAT(node_.handler().settled.Await(3, states_.clock), Contains(waiting));
}

TEST_F(OutboxPumpTest, ARequestToAPartnerThatIsNoLongerConfiguredEndsWhenItExpires) {
  const std::string exchange = Queue(kKyrgyz);
  node_.parts().partners.erase(kKyrgyz);
  states_.clock.Advance(absl::Hours(24 * 7 - 1));
  const OutboxPump pump(node_.parts(), node_.asking());
  EXPECT_THAT(node_.handler().settled.Await(1, states_.clock), ElementsAre(exchange));
}

}  // namespace
}  // namespace tamga::exchange
