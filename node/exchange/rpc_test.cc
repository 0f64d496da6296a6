#include "node/exchange/rpc.h"

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::exchange {
namespace {

using Stream = ResponseStream<v1::VerifyLogResponse>;
using Work = std::function<absl::Status(Stream&)>;

constexpr absl::Duration kPatience = absl::Seconds(10);

class AlwaysTheAuditor final : public PeerIdentity {
 public:
  absl::StatusOr<certs::Principal> Identify(const grpc::ServerContextBase& /*context*/) const override {
    if (revoked) return Error(absl::StatusCode::kUnauthenticated, "CERT_REVOKED", "it has been revoked");
    return certs::Principal{"KAZ/prosecutor-general", certs::Role::kAuditor, "auditor-1"};
  }
  std::atomic<bool> revoked = false;
};

class StreamingService final : public v1::AuditService::CallbackService {
 public:
  StreamingService(const RpcContext& rpc, Work work) : rpc_(rpc), work_(std::move(work)) {}

  grpc::ServerWriteReactor<v1::VerifyLogResponse>* VerifyLog(grpc::CallbackServerContext* context,
                                                             const v1::VerifyLogRequest* /*request*/) override {
    return ServeResponseStream<v1::VerifyLogResponse>(rpc_, context, "AuditService.VerifyLog", kPatience,
                                                      [this](const Call&, Stream& stream) { return work_(stream); });
  }

 private:
  const RpcContext& rpc_;
  const Work work_;
};

v1::VerifyLogResponse Numbered(uint64_t number) {
  v1::VerifyLogResponse response;
  response.set_entries_checked(number);
  return response;
}

// Within one process a response is under way until the caller reads it.
class ResponseStreamTest : public ::testing::Test {
 protected:
  // Begins a call that `work` answers.
  void Call(Work work) {
    service_ = std::make_unique<StreamingService>(rpc_, std::move(work));
    grpc::ServerBuilder builder;
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    stub_ = v1::AuditService::NewStub(server_->InProcessChannel({}));
    responses_ = stub_->VerifyLog(&context_, v1::VerifyLogRequest());
  }
  ~ResponseStreamTest() override {
    context_.TryCancel();
    if (server_ != nullptr) server_->Shutdown();
  }

  // Waits until the only worker is free.
  void WaitForWorker() {
    std::promise<void> free;
    ASSERT_OK(workers_.Run([&] { free.set_value(); }));
    free.get_future().wait();
  }

  std::vector<uint64_t> ReadAll() {
    std::vector<uint64_t> numbers;
    v1::VerifyLogResponse response;
    while (responses_->Read(&response)) numbers.push_back(response.entries_checked());
    return numbers;
  }

  AlwaysTheAuditor identity_;
  const AccessPolicy access_{"KAZ/border-service", {}, {"KAZ/prosecutor-general"}};
  ManualClock clock_{absl::FromUnixSeconds(1'795'000'000)};
  WorkerPool workers_{1, 10};
  const RpcContext rpc_{identity_, access_, clock_, workers_, absl::Seconds(60)};
  grpc::ClientContext context_;
  std::unique_ptr<StreamingService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::AuditService::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<v1::VerifyLogResponse>> responses_;
};

TEST_F(ResponseStreamTest, ACallerWhoDoesNotReadHoldsNoWorkerAndStillGetsTheLastResponse) {
  std::promise<void> begun;
  Call([&](Stream& stream) {
    begun.set_value();
    for (uint64_t number = 1; number <= 9; ++number) EXPECT_TRUE(stream.Write(Numbered(number)));
    return absl::OkStatus();
  });
  begun.get_future().wait();
  WaitForWorker();
  const std::vector<uint64_t> read = ReadAll();
  ASSERT_GE(read.size(), 2u);
  EXPECT_EQ(read.front(), 1u);
  EXPECT_EQ(read.back(), 9u);
  EXPECT_TRUE(responses_->Finish().ok());
}

TEST_F(ResponseStreamTest, AnErrorComesAfterTheResponseThatIsUnderWay) {
  std::promise<void> begun;
  Call([&](Stream& stream) -> absl::Status {
    begun.set_value();
    for (uint64_t number = 1; number <= 9; ++number) EXPECT_TRUE(stream.Write(Numbered(number)));
    return absl::DataLossError("the log is damaged");
  });
  begun.get_future().wait();
  WaitForWorker();
  EXPECT_EQ(ReadAll().front(), 1u);
  EXPECT_EQ(responses_->Finish().error_code(), grpc::StatusCode::DATA_LOSS);
}

TEST_F(ResponseStreamTest, ACallerWhoIsRevokedMeanwhileGetsNoMore) {
  Call([&](Stream& stream) {
    EXPECT_TRUE(stream.Write(Numbered(1)));
    identity_.revoked = true;
    EXPECT_FALSE(stream.Write(Numbered(2)));
    identity_.revoked = false;
    EXPECT_FALSE(stream.Write(Numbered(3)));
    return absl::OkStatus();
  });
  const std::vector<uint64_t> read = ReadAll();
  ASSERT_LE(read.size(), 1u);  // the first may have been under way
  for (const uint64_t number : read) EXPECT_EQ(number, 1u);
  EXPECT_THAT(FromGrpc(responses_->Finish()), HasReason("CERT_REVOKED"));
}

TEST_F(ResponseStreamTest, ACallerWhoTakesNothingCountsAsGone) {
  std::promise<void> begun;
  Call([&](Stream& stream) -> absl::Status {
    begun.set_value();
    EXPECT_TRUE(stream.Write(Numbered(1)));
    clock_.Advance(kPatience - absl::Nanoseconds(1));
    EXPECT_TRUE(stream.Write(Numbered(2)));
    clock_.Advance(absl::Nanoseconds(1));
    EXPECT_FALSE(stream.Write(Numbered(3)));
    return absl::CancelledError("the caller is gone");
  });
  begun.get_future().wait();
  WaitForWorker();
  ReadAll();
  EXPECT_EQ(responses_->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(ResponseStreamTest, ACallerWhoHangsUpIsNoticed) {
  std::promise<void> begun;
  Call([&](Stream& stream) -> absl::Status {
    begun.set_value();
    while (stream.Write(Numbered(1))) continue;
    return absl::CancelledError("the caller is gone");
  });
  begun.get_future().wait();
  context_.TryCancel();
  WaitForWorker();
  EXPECT_EQ(responses_->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(RunOnWorkerTest, CallsWaitInTheLaneOfTheirCallersState) {
  const AlwaysTheAuditor identity;
  const AccessPolicy access;
  const ManualClock clock(absl::FromUnixSeconds(1'795'000'000));
  const auto from = [&](const char* agency) {
    return Call{{agency, certs::Role::kNode, "n1"}, absl::InfiniteFuture(), [] { return false; }};
  };
  std::promise<void> open;
  std::promise<void> other_served;
  std::promise<void> last_served;
  std::unique_ptr<CallLanes> lanes;  // outlives the workers
  WorkerPool workers(2, 10);
  lanes = std::make_unique<CallLanes>(workers, 1, 10);
  const RpcContext rpc{identity, access, clock, workers, absl::Seconds(60), nullptr, lanes.get()};
  const auto wait = [opened = open.get_future().share()] { opened.wait(); };
  ASSERT_OK(RunOnWorker(rpc, from("KGZ/interior-ministry"), wait));
  ASSERT_OK(RunOnWorker(rpc, from("KGZ/border-service"), [&, wait] {
    wait();
    last_served.set_value();
  }));
  ASSERT_OK(RunOnWorker(rpc, from("UZB/interior-ministry"), [&] { other_served.set_value(); }));
  other_served.get_future().wait();  // for ever, if the two had both workers
  open.set_value();
  last_served.get_future().wait();
}

}  // namespace
}  // namespace tamga::exchange
