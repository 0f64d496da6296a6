// An agency's system follows its cases: it is told what changed since its cursor, also by a node that was killed in
// between.
#include <memory>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/exchange/grpc_status.h"
#include "tests/integration/case_desks.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using absl::StatusCode;

// A stream of changes of Kazakhstan's cases.
class CaseStream {
 public:
  CaseStream(v1::ReadmissionService::Stub& desk, const std::string& cursor) : context_(Patience()), cursor_(cursor) {
    v1::WatchReadmissionCasesRequest request;
    request.set_cursor(cursor);
    stream_ = desk.WatchReadmissionCases(context_.get(), request);
  }
  ~CaseStream() {
    if (stream_ != nullptr) End().IgnoreError();
  }

  // The next word; nothing when the stream has ended.
  std::optional<v1::WatchReadmissionCasesResponse> Next() {
    v1::WatchReadmissionCasesResponse response;
    has_ended_ = !stream_->Read(&response);
    if (has_ended_) return std::nullopt;
    cursor_ = response.cursor();
    return response;
  }
  // Reads until the case is told in that state. False if the stream ends before.
  bool AwaitTold(const std::string& case_id, v1::ReadmissionState state) {
    while (const auto told = Next()) {
      if (told->case_().case_id() == case_id && told->case_().state() == state) return true;
    }
    return false;
  }
  // How the stream ended, or ends now that the caller goes.
  absl::Status End() {
    if (!has_ended_) {
      context_->TryCancel();
      v1::WatchReadmissionCasesResponse rest;
      while (stream_->Read(&rest)) continue;
    }
    const absl::Status status = exchange::FromGrpc(stream_->Finish());
    stream_ = nullptr;
    return status;
  }

  // After the last that was read.
  const std::string& cursor() const { return cursor_; }

 private:
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchReadmissionCasesResponse>> stream_;
  std::string cursor_;
  bool has_ended_ = false;
};

class CaseWatchTest : public CaseDesksTest {
 protected:
  void SetUp() override {
    StartDesks(MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz}), 20'000);
  }
};

TEST_F(CaseWatchTest, GoesOnFromItsCursorAfterTheNodeWasKilled) {
  auto stream = std::make_unique<CaseStream>(Desk(kInterior), "");
  const auto first = stream->Next();
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(first->has_case_()) << "there is nothing new yet";
  const std::string case_id = Submit(1).case_id();
  ASSERT_TRUE(stream->AwaitTold(case_id, v1::READMISSION_STATE_RECEIVED));
  const std::string cursor = stream->cursor();
  federation_->node(kInterior).Kill();
  EXPECT_FALSE(stream->AwaitTold(case_id, v1::READMISSION_STATE_VERIFYING));
  stream.reset();

  Start(kInterior);
  ASSERT_TRUE(Act(kKyrgyz, case_id, v1::READMISSION_STEP_KIND_VERIFY).ok());
  AwaitDelivery();
  // What changed while nobody watched, and nothing of before.
  CaseStream resumed(Desk(kInterior), cursor);
  int told = 0;
  while (const auto next = resumed.Next()) {
    if (!next->has_case_()) break;  // it has caught up
    ++told;
    EXPECT_EQ(next->case_().case_id(), case_id);
    EXPECT_EQ(next->case_().state(), v1::READMISSION_STATE_VERIFYING);
  }
  EXPECT_GE(told, 1);
  ASSERT_TRUE(Act(kKyrgyz, case_id, v1::READMISSION_STEP_KIND_ACCEPT).ok());
  EXPECT_TRUE(resumed.AwaitTold(case_id, v1::READMISSION_STATE_ACCEPTED));
}

TEST_F(CaseWatchTest, ToldEverythingBeforeItSaysThatItHasCaughtUpAndNothingTwice) {
  std::string cursor;
  {
    CaseStream stream(Desk(kInterior), "");
    ASSERT_TRUE(stream.Next().has_value());
    cursor = stream.cursor();
  }
  const std::string one = Submit(1).case_id();
  const std::string two = Submit(2).case_id();
  CaseStream stream(Desk(kInterior), cursor);
  EXPECT_TRUE(stream.AwaitTold(one, v1::READMISSION_STATE_RECEIVED));
  EXPECT_TRUE(stream.AwaitTold(two, v1::READMISSION_STATE_RECEIVED));
  CaseStream after(Desk(kInterior), stream.cursor());
  const auto next = after.Next();
  ASSERT_TRUE(next.has_value());
  EXPECT_FALSE(next->has_case_());
}

TEST_F(CaseWatchTest, RefusesWhatIsNoCursor) {
  CaseStream stream(Desk(kInterior), "nonsense");
  EXPECT_FALSE(stream.Next().has_value());
  EXPECT_THAT(stream.End(), StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tamga::testing
