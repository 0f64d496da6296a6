#include "node/exchange/dead_letter.h"

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

using ::testing::IsEmpty;
using ::testing::SizeIs;

// The Kazakh node asks while the line is cut; the Kyrgyz one refuses what arrives, unless it is told to take it.
class DeadLetterTest : public ::testing::Test {
 protected:
  DeadLetterTest() {
    kyrgyz_.handler().refusal = Error(absl::StatusCode::kFailedPrecondition, "NOT_NOW", "come again");
    kazakh_.AddPartner(kKyrgyz, std::make_unique<PeerFunction>([this](const v1::SealedMessage& request) {
                         if (!is_up_) return absl::StatusOr<v1::SealedMessage>(absl::UnavailableError("down"));
                         absl::StatusOr<v1::SealedMessage> reply =
                             kyrgyz_.answering().Answer({kKazakh, certs::Role::kNode, "main"}, request);
                         return loses_replies_ ? absl::DeadlineExceededError("late") : std::move(reply);
                       }),
                       kyrgyz_.log_key());
  }

  std::string Queue(const std::string& order_key = "") {
    is_up_ = false;
    const AskResult result = kazakh_.AskInOrder(kKyrgyz, order_key);
    EXPECT_EQ(result.summary.delivery_state(), v1::DELIVERY_STATE_QUEUED) << result.status;
    is_up_ = true;
    return result.exchange_id;
  }

  absl::Status Resume(const std::string& exchange_id) {
    ASSIGN_OR_RETURN(const store::OutboxRow row, kazakh_.FindWaiting(exchange_id));
    return kazakh_.asking().Resume(row);
  }

  AskResult Release(const std::string& exchange_id) {
    return kazakh_.asking().Release(exchange_id, states_.clock.Now() + absl::Minutes(1));
  }

  // The message is gone from the store, as if a file had been damaged.
  void Lose(const std::string& exchange_id) {
    store::Effects effects;
    effects.writes.push_back([exchange_id](store::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(const store::RecordRow row, FindKept(transaction, {kKyrgyz, exchange_id, v1::ENTRY_KIND_SENT}));
      return transaction.DeleteRecord(row);
    });
    ASSERT_OK(kazakh_.parts().sequencer.Commit(std::move(effects)));
  }

  TestStates states_;
  TestNode kazakh_{states_, kKazakh};
  TestNode kyrgyz_{states_, kKyrgyz};
  bool is_up_ = false;
  bool loses_replies_ = false;
};

TEST_F(DeadLetterTest, WhatIsRefusedAfterItWaitedIsListedWithTheReason) {
  const std::string exchange = Queue("case 1");
  EXPECT_THAT(kazakh_.DeadLetters(), IsEmpty());
  ASSERT_OK(Resume(exchange));
  const std::vector<store::DeadLetterRow> letters = kazakh_.DeadLetters();
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].exchange_id, exchange);
  EXPECT_EQ(letters[0].partner, kKyrgyz);
  EXPECT_EQ(letters[0].operation, v1::OPERATION_READMISSION_SUBMIT);
  EXPECT_EQ(letters[0].state, v1::DELIVERY_STATE_REFUSED);
  EXPECT_EQ(letters[0].reason, "NOT_NOW");
  EXPECT_EQ(letters[0].since, states_.clock.Now());
}

TEST_F(DeadLetterTest, WhatItsServiceDoesNotWantToLeaveAnyMoreStaysAtHome) {
  const std::string exchange = Queue("case 1");
  kazakh_.handler().may_leave = absl::InternalError("it cannot be found out");
  EXPECT_FALSE(Resume(exchange).ok());
  EXPECT_OK(kazakh_.FindWaiting(exchange));
  kazakh_.handler().may_leave = Error(absl::StatusCode::kFailedPrecondition, "STANDS", "not now");
  EXPECT_OK(Resume(exchange));
  const std::vector<store::DeadLetterRow> letters = kazakh_.DeadLetters();
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].reason, "STANDS");
  EXPECT_THAT(kyrgyz_.Entries(), IsEmpty());
}

TEST_F(DeadLetterTest, ARefusalThatTheCallerWasToldAtOnceIsNone) {
  is_up_ = true;
  EXPECT_THAT(kazakh_.AskToTakeBack(kKyrgyz).status, HasReason("NOT_NOW"));
  EXPECT_THAT(kazakh_.DeadLetters(), IsEmpty());
}

TEST_F(DeadLetterTest, WhatExpiresWhileItWaitsIsListedAndItsServiceHearsOfIt) {
  const std::string exchange = Queue();
  states_.clock.Advance(absl::Hours(24 * 7));
  ASSERT_OK(Resume(exchange));
  const std::vector<store::DeadLetterRow> letters = kazakh_.DeadLetters();
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].state, v1::DELIVERY_STATE_EXPIRED);
  EXPECT_EQ(letters[0].reason, "EXPIRED");
  EXPECT_THAT(kazakh_.handler().settled.Await(1, states_.clock), SizeIs(1));
}

TEST_F(DeadLetterTest, AReleasedOneIsDeliveredOnceAsAnExchangeOfItsOwn) {
  const std::string exchange = Queue();
  ASSERT_OK(Resume(exchange));
  kyrgyz_.handler().refusal = absl::OkStatus();
  const AskResult released = Release(exchange);
  EXPECT_OK(released.status);
  EXPECT_EQ(released.summary.delivery_state(), v1::DELIVERY_STATE_DELIVERED);
  EXPECT_NE(released.exchange_id, exchange);
  EXPECT_THAT(kazakh_.DeadLetters(), IsEmpty());
  EXPECT_EQ(kyrgyz_.handler().handled, 1);

  const AskResult again = Release(exchange);
  EXPECT_THAT(again.status, HasReason("DEAD_LETTER_UNKNOWN"));
  EXPECT_EQ(again.summary.exchange_id(), "");
  EXPECT_EQ(kyrgyz_.handler().handled, 1);
}

// The partner did what was asked, and neither its reply nor those to the repetitions came back in time.
TEST_F(DeadLetterTest, WhatThePartnerHadDoneAlreadyIsNotDoneAgainWhenItIsReleased) {
  kyrgyz_.handler().refusal = absl::OkStatus();
  const std::string exchange = Queue();
  loses_replies_ = true;
  EXPECT_THAT(Resume(exchange), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(Resume(exchange), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_EQ(kyrgyz_.handler().handled, 1);
  loses_replies_ = false;
  is_up_ = false;
  states_.clock.Advance(absl::Hours(24 * 7) - absl::Seconds(1));  // the partner remembers the key until then
  store::OutboxRow row = kazakh_.FindWaiting(exchange).value();
  states_.clock.Advance(absl::Milliseconds(1000));
  ASSERT_OK(kazakh_.asking().Resume(row));
  ASSERT_THAT(kazakh_.DeadLetters(), SizeIs(1));
  is_up_ = true;
  EXPECT_OK(Release(exchange).status);
  EXPECT_EQ(kyrgyz_.handler().handled, 1);
}

TEST_F(DeadLetterTest, OneThatIsReleasedWhileTheLineIsDownWaitsAgain) {
  const std::string exchange = Queue("case 1");
  ASSERT_OK(Resume(exchange));
  is_up_ = false;
  const AskResult released = Release(exchange);
  EXPECT_OK(released.status);
  EXPECT_EQ(released.summary.delivery_state(), v1::DELIVERY_STATE_QUEUED);
  EXPECT_THAT(kazakh_.DeadLetters(), IsEmpty());
  EXPECT_EQ(kazakh_.FindWaiting(released.exchange_id)->order_token,
            kazakh_.parts().database.blind_index().OfOrderKey(kKyrgyz, "case 1"));
  is_up_ = true;
  ASSERT_OK(Resume(released.exchange_id));  // refused again
  ASSERT_THAT(kazakh_.DeadLetters(), SizeIs(1));
  EXPECT_EQ(kazakh_.DeadLetters()[0].exchange_id, released.exchange_id);
}

TEST_F(DeadLetterTest, WhatItsServiceDoesNotWantSentAnewStays) {
  const std::string exchange = Queue();
  ASSERT_OK(Resume(exchange));
  kazakh_.handler().unwilling = Error(absl::StatusCode::kFailedPrecondition, "SAID_OTHERWISE", "it was");
  EXPECT_THAT(Release(exchange).status, HasReason("SAID_OTHERWISE"));
  EXPECT_THAT(kazakh_.DeadLetters(), SizeIs(1));
}

TEST_F(DeadLetterTest, WhatTheLawForbidsMeanwhileIsNotReleased) {
  const std::string exchange = Queue();
  ASSERT_OK(Resume(exchange));
  const TestStates other("",
                         "prohibitions { id: \"never\" cites: \"1\" scope { operations: "
                         "OPERATION_READMISSION_SUBMIT } }");
  states_.treaties.Replace(*other.treaties.Get());
  const size_t entries = kazakh_.Entries().size();
  EXPECT_THAT(Release(exchange).status, HasReason("FORBIDDEN"));
  EXPECT_THAT(kazakh_.DeadLetters(), SizeIs(1));
  EXPECT_THAT(kazakh_.Entries(), SizeIs(entries));
}

TEST_F(DeadLetterTest, ADiscardedOneIsGone) {
  const std::string exchange = Queue();
  ASSERT_OK(Resume(exchange));
  EXPECT_OK(kazakh_.asking().Discard(exchange));
  EXPECT_THAT(kazakh_.DeadLetters(), IsEmpty());
  EXPECT_THAT(kazakh_.asking().Discard(exchange), HasReason("DEAD_LETTER_UNKNOWN"));
}

TEST_F(DeadLetterTest, OneThatCannotBeReadWaitsOnUntilItIsDiscarded) {
  const std::string exchange = Queue();
  Lose(exchange);
  EXPECT_THAT(Resume(exchange), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(kazakh_.DeadLetters(), SizeIs(1));
  EXPECT_EQ(kazakh_.DeadLetters()[0].state, v1::DELIVERY_STATE_QUEUED);
  EXPECT_EQ(kazakh_.DeadLetters()[0].reason, "UNREADABLE");
  EXPECT_THAT(Release(exchange).status, HasReason("STILL_WAITING"));
  ASSERT_OK(kazakh_.asking().Discard(exchange));
  EXPECT_THAT(kazakh_.DeadLetters(), IsEmpty());
  EXPECT_THAT(kazakh_.FindWaiting(exchange), StatusIs(absl::StatusCode::kNotFound));
  const v1::LogEntry end = kazakh_.Entries().back();
  EXPECT_EQ(end.kind(), v1::ENTRY_KIND_UNDELIVERED);
  EXPECT_EQ(end.exchange_id(), exchange);
  EXPECT_EQ(end.reason(), "UNREADABLE");
}

TEST_F(DeadLetterTest, OneThatCannotBeReadEndsWhenItExpires) {
  const std::string exchange = Queue();
  Lose(exchange);
  states_.clock.Advance(absl::Hours(24 * 7));
  ASSERT_OK(Resume(exchange));
  ASSERT_THAT(kazakh_.DeadLetters(), SizeIs(1));
  EXPECT_EQ(kazakh_.DeadLetters()[0].state, v1::DELIVERY_STATE_EXPIRED);
  EXPECT_THAT(Release(exchange).status, HasReason("UNREADABLE"));
  EXPECT_EQ(kazakh_.Entries().back().kind(), v1::ENTRY_KIND_UNDELIVERED);
}

TEST_F(DeadLetterTest, WhatIsAskedOfACaseWhileAnOlderOneWaitsWaitsBehindItThoughTheLineIsUp) {
  kyrgyz_.handler().refusal = absl::OkStatus();
  const std::string first = Queue("case 1");
  const AskResult second = kazakh_.AskInOrder(kKyrgyz, "case 1");
  EXPECT_OK(second.status);
  EXPECT_EQ(second.summary.delivery_state(), v1::DELIVERY_STATE_QUEUED);
  EXPECT_EQ(kyrgyz_.handler().handled, 0);
  EXPECT_EQ(kazakh_.AskInOrder(kKyrgyz, "case 2").summary.delivery_state(), v1::DELIVERY_STATE_DELIVERED);
  ASSERT_OK(Resume(first));
  EXPECT_EQ(kazakh_.AskInOrder(kKyrgyz, "case 1").summary.delivery_state(), v1::DELIVERY_STATE_QUEUED);
  ASSERT_OK(Resume(second.exchange_id));
}

}  // namespace
}  // namespace tamga::exchange
