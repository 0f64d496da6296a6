// The inbox and the outbox.
#include <vector>

#include "node/store/test_store.h"

namespace tamga::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using State = Reception::State;

constexpr char kSender[] = "KGZ/interior-ministry";

class InboxTest : public TestStore {
 protected:
  Reception Receive(absl::string_view id, absl::string_view digest) {
    Reception reception;
    EXPECT_OK(Commit([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(reception, transaction.RecordReceived(kSender, id, digest, kTestNow + absl::Minutes(5)));
      return absl::OkStatus();
    }));
    return reception;
  }

  Reception Claim(absl::string_view key, absl::string_view digest, absl::string_view id) {
    Reception reception;
    EXPECT_OK(Commit([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(reception, transaction.ClaimIdempotencyKey(kSender, key, digest, id, kTestNow));
      return absl::OkStatus();
    }));
    return reception;
  }

  void Prune(absl::Time now) {
    EXPECT_OK(Commit([&](Transaction& transaction) { return transaction.PruneInbox(now); }));
  }
};

TEST_F(InboxTest, AMessageIsNewOnceThenUnansweredThenAnswered) {
  EXPECT_EQ(Receive("id", "digest").state, State::kNew);
  EXPECT_EQ(Receive("id", "digest").state, State::kUnanswered);
  ASSERT_OK(Commit([](Transaction& transaction) { return transaction.SetAnswered(kSender, "id", "reply"); }));
  const Reception again = Receive("id", "digest");
  EXPECT_EQ(again.state, State::kAnswered);
  EXPECT_EQ(again.reply_blob, "reply");
}

TEST_F(InboxTest, TheSameIdWithOtherBytesContradicts) {
  Receive("id", "digest");
  EXPECT_EQ(Receive("id", "other").state, State::kContradictory);
  EXPECT_EQ(Read()->FindReceived(kSender, "id", "other").value().state, State::kContradictory);
}

TEST_F(InboxTest, SendersDoNotShareIds) {
  Receive("id", "digest");
  EXPECT_EQ(Read()->FindReceived("UZB/interior-ministry", "id", "digest").value().state, State::kNew);
}

TEST_F(InboxTest, AnAnswerNeedsItsMessage) {
  EXPECT_THAT(Commit([](Transaction& transaction) { return transaction.SetAnswered(kSender, "id", "reply"); }),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Commit([](Transaction& transaction) { return transaction.SetKeyAnswered(kSender, "key", "reply"); }),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(InboxTest, AnIdempotencyKeyNamesTheFirstExchange) {
  EXPECT_EQ(Claim("key", "body", "first").state, State::kNew);
  const Reception second = Claim("key", "body", "second");
  EXPECT_EQ(second.state, State::kUnanswered);
  EXPECT_EQ(second.exchange_id, "first");
  EXPECT_EQ(Claim("key", "other body", "third").state, State::kContradictory);
  ASSERT_OK(Commit([](Transaction& transaction) { return transaction.SetKeyAnswered(kSender, "key", "reply"); }));
  EXPECT_EQ(Read()->FindByIdempotencyKey(kSender, "key", "body").value().reply_blob, "reply");
}

TEST_F(InboxTest, ExpiredMessagesAndKeysAreForgotten) {
  Receive("id", "digest");
  Claim("key", "body", "id");
  ASSERT_OK(Commit([](Transaction& transaction) { return transaction.SetAnswered(kSender, "id", "reply"); }));
  Prune(kTestNow + absl::Minutes(5) - absl::Nanoseconds(1));
  EXPECT_EQ(Receive("id", "digest").state, State::kAnswered);
  Prune(kTestNow + absl::Minutes(5));
  EXPECT_EQ(Receive("id", "digest").state, State::kNew);
  EXPECT_EQ(Claim("key", "body", "id").state, State::kUnanswered);
  Prune(kTestNow + kIdempotencyPeriod);
  EXPECT_EQ(Claim("key", "body", "id").state, State::kNew);
}

TEST_F(InboxTest, UnansweredMessagesAreForgottenOneByOne) {
  Receive("id", "digest");
  const absl::Time end = kTestNow + absl::Minutes(5);
  EXPECT_TRUE(Read()->ExpiredUnanswered(end - absl::Nanoseconds(1), 10)->empty());
  Prune(end);
  const std::vector<ReceivedRow> rows = Read()->ExpiredUnanswered(end, 10).value();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].exchange_id, "id");
  const auto forget = [&](Transaction& transaction) { return transaction.ForgetReceived(rows[0]); };
  ASSERT_OK(Commit([](Transaction& transaction) { return transaction.SetAnswered(kSender, "id", "reply"); }));
  EXPECT_THAT(Commit(forget), StatusIs(absl::StatusCode::kAborted));
  Prune(end);
  Receive("id", "digest");
  ASSERT_OK(Commit(forget));
  EXPECT_EQ(Receive("id", "digest").state, State::kNew);
}

TEST_F(InboxTest, RoomIsCountedBySenderAndComesBackWithWhatIsForgotten) {
  const auto room = [this](absl::string_view sender, size_t most) {
    return Commit([&](Transaction& transaction) { return transaction.CheckRoomToRemember(sender, most); });
  };
  EXPECT_OK(room(kSender, 1));
  Receive("a", "digest");
  Receive("a", "digest");  // known, so it takes no more room
  EXPECT_OK(room(kSender, 2));
  EXPECT_THAT(room(kSender, 1), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(room(kSender, 1), HasReason("TOO_MANY_REMEMBERED"));
  EXPECT_OK(room("UZB/interior-ministry", 1));
  Claim("key 1", "body", "a");
  Claim("key 2", "body", "a");
  EXPECT_THAT(room(kSender, 2), HasReason("TOO_MANY_REMEMBERED"));
  EXPECT_OK(room(kSender, 3));
  Prune(kTestNow + kIdempotencyPeriod);  // keys; the message is not answered
  EXPECT_OK(room(kSender, 2));
  EXPECT_THAT(room(kSender, 1), HasReason("TOO_MANY_REMEMBERED"));
  ASSERT_OK(Commit([](Transaction& transaction) { return transaction.SetAnswered(kSender, "a", "reply"); }));
  EXPECT_THAT(room(kSender, 1), HasReason("TOO_MANY_REMEMBERED"));
  Prune(kTestNow + absl::Minutes(5));
  EXPECT_OK(room(kSender, 1));
}

TEST_F(InboxTest, WhatIsTakenBackTakesNoRoom) {
  EXPECT_THAT(Commit([](Transaction& transaction) -> absl::Status {
                RETURN_IF_ERROR(transaction.RecordReceived(kSender, "a", "digest", kTestNow).status());
                return absl::AbortedError("something else failed");
              }),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_OK(Commit([](Transaction& transaction) { return transaction.CheckRoomToRemember(kSender, 1); }));
}

class OutboxTest : public TestStore {
 protected:
  void Add(absl::string_view id, absl::string_view partner, absl::Duration due, absl::Duration expires,
           absl::string_view order_token = "") {
    OutboxRow row;
    row.exchange_id = std::string(id);
    row.partner = std::string(partner);
    row.operation = 1;
    row.message_blob = TestId(id);
    row.next_attempt_at = kTestNow + due;
    row.expires_at = kTestNow + expires;
    row.order_token = std::string(order_token);
    EXPECT_OK(Commit([&](Transaction& transaction) { return transaction.AddOutbox(row); }));
  }

  std::vector<std::string> DueAt(absl::Duration after, absl::string_view partner = "KGZ/x") {
    std::vector<std::string> ids;
    const std::vector<OutboxRow> rows = Read()->DueOutbox(partner, kTestNow + after, 10).value();
    ids.reserve(rows.size());
    for (const OutboxRow& row : rows) ids.push_back(row.exchange_id);
    return ids;
  }
};

TEST_F(OutboxTest, MessagesAreDueWhenTheirTimeOrTheirEndHasCome) {
  Add("a", "KGZ/x", absl::Seconds(10), absl::Hours(1));
  Add("b", "KGZ/x", absl::Seconds(5), absl::Hours(1));
  Add("c", "KGZ/x", absl::Hours(2), absl::Seconds(7));
  EXPECT_THAT(DueAt(absl::Seconds(4)), IsEmpty());
  EXPECT_THAT(DueAt(absl::Seconds(5)), ElementsAre("b"));
  EXPECT_THAT(DueAt(absl::Seconds(10)), ElementsAre("a", "b", "c"));
}

TEST_F(OutboxTest, EachPartnersMessagesAreDueApart) {
  Add("a", "KGZ/x", absl::ZeroDuration(), absl::Hours(1));
  Add("b", "UZB/y", absl::ZeroDuration(), absl::Hours(1));
  EXPECT_THAT(DueAt(absl::ZeroDuration(), "KGZ/x"), ElementsAre("a"));
  EXPECT_THAT(DueAt(absl::ZeroDuration(), "UZB/y"), ElementsAre("b"));
  EXPECT_THAT(DueAt(absl::ZeroDuration(), "TJK/z"), IsEmpty());
}

TEST_F(OutboxTest, AnAttemptIsCountedAndPutsOffTheNext) {
  Add("a", "KGZ/x", absl::ZeroDuration(), absl::Hours(1));
  ASSERT_OK(
      Commit([](Transaction& transaction) { return transaction.MarkAttempt("a", kTestNow + absl::Seconds(30)); }));
  EXPECT_THAT(DueAt(absl::Seconds(29)), IsEmpty());
  EXPECT_EQ(Read()->FindOutbox("a").value().attempts, 1);
  ASSERT_OK(
      Commit([](Transaction& transaction) { return transaction.PostponeOutbox("a", kTestNow + absl::Seconds(20)); }));
  EXPECT_THAT(DueAt(absl::Seconds(20)), ElementsAre("a"));
  EXPECT_EQ(Read()->FindOutbox("a").value().attempts, 1);
}

TEST_F(OutboxTest, AMessageWaitsOnceAndCanBeRemovedTwice) {
  Add("a", "KGZ/x", absl::ZeroDuration(), absl::Hours(1));
  const OutboxRow waiting = Read()->FindOutbox("a").value();
  EXPECT_THAT(Commit([&](Transaction& transaction) { return transaction.AddOutbox(waiting); }),
              StatusIs(absl::StatusCode::kAlreadyExists));
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK(Commit([](Transaction& transaction) { return transaction.RemoveOutbox("a"); }));
  }
  EXPECT_THAT(Read()->FindOutbox("a"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Commit([](Transaction& transaction) { return transaction.MarkAttempt("a", kTestNow); }),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Commit([](Transaction& transaction) { return transaction.PostponeOutbox("a", kTestNow); }),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(OutboxTest, WaitingMessagesAreListedOldestFirstAndCounted) {
  Add("2", "KGZ/x", absl::ZeroDuration(), absl::Hours(1));
  Add("1", "KGZ/x", absl::Hours(1), absl::Hours(2));
  Add("3", "UZB/y", absl::ZeroDuration(), absl::Hours(1));
  const std::vector<OutboxRow> rows = Read()->ListOutbox(2).value();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].exchange_id, "2");  // its id is of a later time, but it was committed first
  EXPECT_EQ(rows[1].exchange_id, "1");
  EXPECT_THAT(Read()->CountOutboxByPartner().value(), UnorderedElementsAre(Pair("KGZ/x", 2), Pair("UZB/y", 1)));
}

TEST_F(OutboxTest, AMessageIsNotDueWhileAnOlderOneOfItsOrderWaitsAndIsNot) {
  Add("a", "KGZ/x", absl::Seconds(10), absl::Hours(1), "case");
  Add("b", "KGZ/x", absl::ZeroDuration(), absl::Hours(1), "case");
  Add("c", "KGZ/x", absl::ZeroDuration(), absl::Hours(1), "other");
  Add("d", "UZB/y", absl::ZeroDuration(), absl::Hours(1), "case");
  Add("e", "KGZ/x", absl::ZeroDuration(), absl::Hours(1));
  EXPECT_THAT(DueAt(absl::ZeroDuration()), ElementsAre("c", "e"));
  EXPECT_THAT(DueAt(absl::ZeroDuration(), "UZB/y"), ElementsAre("d"));
  EXPECT_THAT(DueAt(absl::Seconds(10)), ElementsAre("a", "b", "c", "e"));
  EXPECT_TRUE(Read()->WaitsInOrder("KGZ/x", "case").value());
  EXPECT_FALSE(Read()->WaitsInOrder("KGZ/x", "").value());
  EXPECT_FALSE(Read()->WaitsInOrder("UZB/y", "other").value());
  ASSERT_OK(Commit([](Transaction& transaction) { return transaction.RemoveOutbox("a"); }));
  EXPECT_THAT(DueAt(absl::ZeroDuration()), ElementsAre("b", "c", "e"));
}

TEST_F(OutboxTest, WhatWasTriedBeforeCanBeMadeDueEarlier) {
  Add("a", "KGZ/x", absl::Seconds(10), absl::Hours(1), "case");
  Add("b", "KGZ/x", absl::ZeroDuration(), absl::Hours(1), "case");
  const auto due = [&] { return Read()->DueOutbox("KGZ/x", kTestNow, 10, absl::InfiniteFuture()).value().size(); };
  EXPECT_EQ(due(), 0u);  // the first attempt on the older one may be under way
  ASSERT_OK(
      Commit([](Transaction& transaction) { return transaction.MarkAttempt("a", kTestNow + absl::Minutes(5), true); }));
  EXPECT_EQ(due(), 2u);
  EXPECT_TRUE(Read()->FindOutbox("a").value().has_left);
}

TEST_F(OutboxTest, DeadLettersAreListedUntilTheyAreRemoved) {
  DeadLetterRow row{"a", "KGZ/x", 1, "", 3, "NOT_NOW", 2, kTestNow};
  ASSERT_OK(Commit([&](Transaction& transaction) { return transaction.PutDeadLetter(row); }));
  row.reason = "EXPIRED";
  ASSERT_OK(Commit([&](Transaction& transaction) { return transaction.PutDeadLetter(row); }));
  ASSERT_EQ(Read()->ListDeadLetters(10).value().size(), 1u);
  EXPECT_EQ(Read()->FindDeadLetter("a").value().reason, "EXPIRED");
  EXPECT_THAT(Read()->CountDeadLettersByPartner().value(), UnorderedElementsAre(Pair("KGZ/x", 1)));
  const auto remove = [](Transaction& transaction) { return transaction.RemoveDeadLetter("a"); };
  ASSERT_OK(Commit(remove));
  EXPECT_THAT(Commit(remove), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Read()->FindDeadLetter("a"), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace tamga::store
