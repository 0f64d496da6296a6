#include "node/exchange/message_store.h"

#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/store/test_store.h"

namespace tamga::exchange {
namespace {

class MessageStoreTest : public store::TestStore {
 protected:
  const std::string blob_ = store::TestId("blob");
  const MessageKey key_ = {"KGZ/interior-ministry", NewUuidV7(store::kTestNow, rng_), v1::ENTRY_KIND_RECEIVED};
};

TEST_F(MessageStoreTest, AMessageIsReadUnderTheKeyItWasKeptUnderAndNoOther) {
  v1::SealedMessage message;
  message.set_header("header");
  ASSERT_OK(Commit(KeepMessage(key_, blob_, message, {}, store::kTestNow)));
  ASSERT_OK_AND_ASSIGN(const v1::SealedMessage read, ReadMessage(*vault_, key_, blob_));
  EXPECT_EQ(read.header(), "header");

  MessageKey other_counterpart = key_;
  other_counterpart.counterpart = "UZB/interior-ministry";
  MessageKey other_exchange = key_;
  other_exchange.exchange_id = NewUuidV7(store::kTestNow, rng_);
  MessageKey other_entry = key_;
  other_entry.entry = v1::ENTRY_KIND_ANSWERED;
  for (const MessageKey& other : {other_counterpart, other_exchange, other_entry}) {
    EXPECT_THAT(ReadMessage(*vault_, other, blob_), StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST_F(MessageStoreTest, DecisionsAreKeptBesideAMessageAndWithoutOne) {
  v1::SealedMessage message;
  message.set_header("header");
  v1::DecisionRecord decision;
  decision.set_reason("FORBIDDEN");
  ASSERT_OK(Commit(KeepMessage(key_, blob_, message, {decision}, store::kTestNow)));
  ASSERT_OK_AND_ASSIGN(const v1::KeptMessage both, ReadKept(*vault_, key_, blob_));
  EXPECT_EQ(both.message().header(), "header");
  ASSERT_EQ(both.decisions_size(), 1);
  EXPECT_EQ(both.decisions(0).reason(), "FORBIDDEN");

  MessageKey withheld = key_;
  withheld.entry = v1::ENTRY_KIND_WITHHELD;
  ASSERT_OK(Commit(KeepMessage(withheld, store::TestId("other"), {}, {decision}, store::kTestNow)));
  ASSERT_OK_AND_ASSIGN(const v1::KeptMessage alone, ReadKept(*vault_, withheld, store::TestId("other")));
  EXPECT_FALSE(alone.has_message());
  EXPECT_EQ(alone.decisions_size(), 1);
}

TEST_F(MessageStoreTest, AKeyNamesOneMessage) {
  ASSERT_OK(Commit(KeepMessage(key_, blob_, v1::SealedMessage(), {}, store::kTestNow)));
  EXPECT_THAT(Commit(KeepMessage(key_, store::TestId("other"), v1::SealedMessage(), {}, store::kTestNow)),
              HasReason("VERSION_CONFLICT"));
}

}  // namespace
}  // namespace tamga::exchange
