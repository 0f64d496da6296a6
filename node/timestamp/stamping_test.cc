#include "node/timestamp/stamping.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "certs/test_crl.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/test_log.h"
#include "node/timestamp/test_authority.h"
#include "node/timestamp/timestamp_loop.h"

namespace tamga::timestamp {
namespace {

using ::testing::HasSubstr;

// Keys are made once for the test program.
const TestTsa& Tsa() {
  static const TestTsa tsa(store::kTestNow);
  return tsa;
}

// In the place of the authority's server.
class FakeClient final : public TsClient {
 public:
  using Answer = std::function<absl::StatusOr<std::string>(const std::string& request)>;
  explicit FakeClient(Answer first) : answer(std::move(first)) {}
  absl::StatusOr<std::string> Ask(const std::string& request, absl::Duration /*time*/) override {
    ++asked;
    return answer(request);
  }
  absl::Status Show(const exchange::TlsIdentity& /*identity*/) override { return absl::OkStatus(); }
  Answer answer;
  int asked = 0;
};

class StampingTest : public ledger::TestLog {
 protected:
  void SetUp() override {
    TestLog::SetUp();
    Start();
  }

  void Start() {
    ASSERT_OK_AND_ASSIGN(sequencer_, StartSequencer());
    records_ = std::make_unique<store::Records>(*database_, *vault_, rng_);
    ASSERT_OK_AND_ASSIGN(stamping_, Stamping::Open({{{Tsa().root()}, ""},
                                                    client_,
                                                    absl::Hours(4),
                                                    absl::Seconds(5),
                                                    absl::Minutes(2),
                                                    *database_,
                                                    *records_,
                                                    *sequencer_,
                                                    clock_,
                                                    rng_,
                                                    [this] { return lists_; }}));
  }

  void Restart() {
    stamping_.reset();
    records_.reset();
    sequencer_.reset();
    Reopen();  // which calls SetUp
  }

  void Append(int count) {
    for (int i = 0; i < count; ++i) ASSERT_OK(sequencer_->Append({{}, ledger::TestEntry(next_++)}));
  }

  v1::TimeStampingStatus Stamp() {
    stamping_->StampIfGrown();
    return stamping_->Status();
  }

  FakeClient::Answer Good() {
    return [this](const std::string& request) { return Tsa().Answer(request, clock_.Now()); };
  }

  absl::StatusOr<std::shared_ptr<const certs::Revocations>> lists_ = std::shared_ptr<const certs::Revocations>();
  ManualClock clock_{store::kTestNow};
  FakeClient client_{Good()};
  uint64_t next_ = 0;
  std::unique_ptr<ledger::Sequencer> sequencer_;
  std::unique_ptr<store::Records> records_;
  std::unique_ptr<Stamping> stamping_;
};

TEST_F(StampingTest, ALogIsStampedWhenItHasGrownAndOnlyThen) {
  EXPECT_EQ(Stamp().size(), 0u);
  EXPECT_FALSE(Stamp().has_time());
  EXPECT_EQ(client_.asked, 0);
  Append(3);
  const v1::TimeStampingStatus status = Stamp();
  EXPECT_EQ(status.size(), 3u);
  EXPECT_EQ(FromProto(status.time()), clock_.Now());
  EXPECT_EQ(status.fault(), "");
  EXPECT_FALSE(status.late());
  EXPECT_EQ(Stamp().size(), 3u);
  EXPECT_EQ(client_.asked, 1);
  Append(1);
  clock_.Advance(absl::Minutes(1));
  EXPECT_EQ(Stamp().size(), 4u);
  EXPECT_EQ(client_.asked, 2);
}

// Three a day, for three days.
TEST_F(StampingTest, OfTimeStampsOlderThanAYearTheFirstOfEachDayIsKept) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  clock_.Advance(absl::FromCivil(absl::ToCivilDay(clock_.Now(), utc) + 1, utc) - clock_.Now());
  for (uint64_t size = 1; size <= 9; ++size) {
    Append(1);
    ASSERT_EQ(Stamp().size(), size);
    clock_.Advance(absl::Hours(8));
  }
  const auto size_over = [this](uint64_t size) {
    return ledger::CheckpointIn(stamping_->OldestOver(size)->checkpoint())->size;
  };
  stamping_->Prune();
  for (uint64_t size = 1; size <= 9; ++size) EXPECT_EQ(size_over(size), size);
  clock_.Advance(kKeepAll - absl::Hours(32));  // the sixth is now as old as all are kept
  stamping_->Prune();
  EXPECT_EQ(size_over(1), 1u);
  for (uint64_t size = 2; size <= 4; ++size) EXPECT_EQ(size_over(size), 4u);
  for (uint64_t size = 5; size <= 6; ++size) EXPECT_EQ(size_over(size), 6u);
  for (uint64_t size = 7; size <= 9; ++size) EXPECT_EQ(size_over(size), size);
  Restart();
  EXPECT_EQ(stamping_->Status().size(), 9u);
}

TEST_F(StampingTest, RevocationListsAreAskedEachTime) {
  Append(1);
  lists_ = absl::NotFoundError("lists.pem: no such file");
  EXPECT_THAT(Stamp().fault(), ::testing::HasSubstr("lists.pem"));
  certs::Revocations lists;
  certs::CrlOptions options;
  options.this_update = clock_.Now() - absl::Hours(1);
  options.next_update = clock_.Now() + absl::Hours(1);
  options.revoked = {Tsa().certificate()};
  ASSERT_OK(lists.Add("", certs::IssueCrl(options, Tsa().issuing()), Tsa().issuing().certificate));
  lists_ = std::make_shared<const certs::Revocations>(std::move(lists));
  EXPECT_THAT(Stamp().fault(), ::testing::HasSubstr("revoked"));
  EXPECT_EQ(stamping_->Status().size(), 0u);
  lists_ = std::shared_ptr<const certs::Revocations>();
  EXPECT_EQ(Stamp().size(), 1u);
}

TEST_F(StampingTest, FailedAttemptsAreCounted) {
  Append(1);
  client_.answer = [](const std::string&) { return absl::UnavailableError("down"); };
  EXPECT_EQ(Stamp().failures(), 1u);
  EXPECT_EQ(Stamp().failures(), 2u);
  client_.answer = Good();
  EXPECT_EQ(Stamp().failures(), 2u);
}

TEST_F(StampingTest, WhatIsStampedIsTheCheckpointAsTheLogSignedIt) {
  Append(2);
  const std::string note = sequencer_->NewestCheckpoint();
  Stamp();
  ASSERT_OK_AND_ASSIGN(const v1::TimeStampEvidence kept, stamping_->OldestOver(2));
  EXPECT_EQ(kept.checkpoint(), note);
  ASSERT_OK_AND_ASSIGN(const TimeStamp stamp, VerifyToken(kept.token(), Sha256(note), {{Tsa().root()}, ""}));
  EXPECT_EQ(stamp.time, clock_.Now());
}

TEST_F(StampingTest, TheOldestThatIsOverAnEntryIsFound) {
  for (const int count : {2, 3, 5}) {
    Append(count);
    Stamp();
  }
  const auto size_over = [this](uint64_t size) -> uint64_t {
    const absl::StatusOr<v1::TimeStampEvidence> kept = stamping_->OldestOver(size);
    if (!kept.ok()) return 0;
    return ledger::CheckpointIn(kept->checkpoint()).value().size;
  };
  EXPECT_EQ(size_over(0), 2u);
  EXPECT_EQ(size_over(1), 2u);
  EXPECT_EQ(size_over(2), 2u);
  EXPECT_EQ(size_over(3), 5u);
  EXPECT_EQ(size_over(5), 5u);
  EXPECT_EQ(size_over(6), 10u);
  EXPECT_EQ(size_over(10), 10u);
  EXPECT_THAT(stamping_->OldestOver(11), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(StampingTest, WhatWasStampedIsKnownAfterARestart) {
  Append(2);
  Stamp();
  Append(3);
  // The clock went back: what was kept last is still the newest.
  clock_.Advance(-absl::Seconds(30));
  const absl::Time time = clock_.Now();
  Stamp();
  Restart();
  const v1::TimeStampingStatus status = Stamp();
  EXPECT_EQ(status.size(), 5u);
  EXPECT_EQ(FromProto(status.time()), time);
  EXPECT_EQ(client_.asked, 2);
}

TEST_F(StampingTest, ALieIsNotKeptAndAskedAgain) {
  Append(1);
  TsaManner lies[4];
  lies[0].other_sha256 = Sha256("another log");
  lies[1].other_nonce = "\x41";
  lies[2].clock_error = absl::Hours(1);
  lies[3].by_sha1_id = true;
  for (const TsaManner& lie : lies) {
    client_.answer = [&](const std::string& request) { return Tsa().Answer(request, clock_.Now(), lie); };
    const v1::TimeStampingStatus status = Stamp();
    EXPECT_EQ(status.size(), 0u);
    EXPECT_NE(status.fault(), "");
  }
  client_.answer = [](const std::string&) { return RejectedResponse(); };
  EXPECT_THAT(Stamp().fault(), HasSubstr("PKIStatus 2"));
  client_.answer = [](const std::string&) { return absl::UnavailableError("it cannot be connected to"); };
  EXPECT_THAT(Stamp().fault(), HasSubstr("it cannot be connected to"));
  EXPECT_THAT(stamping_->OldestOver(1), StatusIs(absl::StatusCode::kNotFound));
  client_.answer = Good();
  EXPECT_EQ(Stamp().size(), 1u);
  EXPECT_EQ(Stamp().fault(), "");
}

TEST_F(StampingTest, AnAnswerIsGoodForOneRequestOnly) {
  std::string first;
  client_.answer = [&](const std::string& request) { return first = Tsa().Answer(request, clock_.Now()); };
  Append(1);
  Stamp();
  Append(1);
  client_.answer = [&](const std::string&) { return first; };
  EXPECT_EQ(Stamp().size(), 1u);
  EXPECT_NE(Stamp().fault(), "");
}

TEST_F(StampingTest, AnEntryThatWaitsTooLongIsLateAndExchangesGoOn) {
  clock_.Set(store::kTestNow);
  client_.answer = [](const std::string&) { return absl::UnavailableError("down"); };
  Append(1);
  clock_.Advance(absl::Hours(4));
  EXPECT_FALSE(Stamp().late());
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Stamp().late());
  Append(1);
  client_.answer = Good();
  EXPECT_EQ(Stamp().size(), 2u);
  EXPECT_FALSE(stamping_->Status().late());
}

TEST_F(StampingTest, TheLoopStampsWithoutBeingAsked) {
  Append(1);
  {
    const TimestampLoop loop(*stamping_, absl::Hours(1));
    const absl::Time patience = absl::Now() + absl::Seconds(60);
    while (stamping_->Status().size() == 0 && absl::Now() < patience) {
    }
  }
  EXPECT_EQ(stamping_->Status().size(), 1u);
}

}  // namespace
}  // namespace tamga::timestamp
