#include "node/attachment/inbound_stream.h"

#include <memory>
#include <string>

#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "tamga/v1/attachment_service.grpc.pb.h"

namespace tamga::attachment {
namespace {

class AlwaysTheLane final : public exchange::PeerIdentity {
 public:
  absl::StatusOr<certs::Principal> Identify(const grpc::ServerContextBase& /*context*/) const override {
    return certs::Principal{"KAZ/border-service", certs::Role::kSystem, "lane-7"};
  }
};

class UploadService final : public v1::AttachmentService::CallbackService {
 public:
  UploadService(const exchange::RpcContext& rpc, WorkerPool& lookers, SenderPatience patience)
      : rpc_(rpc), lookers_(lookers), patience_(patience) {}

  grpc::ServerReadReactor<v1::UploadAttachmentRequest>* UploadAttachment(
      grpc::CallbackServerContext* context, v1::UploadAttachmentResponse* response) override {
    return new InboundStream<v1::UploadAttachmentRequest>(
        rpc_, lookers_, context, "AttachmentService.UploadAttachment",
        [](const exchange::Call&, const v1::UploadAttachmentRequest&) { return absl::OkStatus(); },
        [response](const exchange::Call&) {
          response->set_complete(true);
          return absl::OkStatus();
        },
        patience_);
  }

 private:
  const exchange::RpcContext& rpc_;
  WorkerPool& lookers_;
  const SenderPatience patience_;
};

class InboundStreamTest : public ::testing::Test {
 protected:
  void Begin(SenderPatience patience) {
    service_ = std::make_unique<UploadService>(rpc_, lookers_, patience);
    grpc::ServerBuilder builder;
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    stub_ = v1::AttachmentService::NewStub(server_->InProcessChannel({}));
    writer_ = stub_->UploadAttachment(&context_, &response_);
  }
  ~InboundStreamTest() override {
    context_.TryCancel();
    if (server_ != nullptr) server_->Shutdown();
  }

  AlwaysTheLane identity_;
  const exchange::AccessPolicy access_{"KAZ/border-service", {}, {}};
  ManualClock clock_{absl::FromUnixSeconds(1'795'000'000)};
  WorkerPool workers_{1, 10};
  WorkerPool lookers_{1, 10};
  exchange::CallPlaces places_{"KAZ", {1, 1, 1}};
  const exchange::RpcContext rpc_{identity_, access_, clock_, workers_, absl::Seconds(60), &places_};
  grpc::ClientContext context_;
  v1::UploadAttachmentResponse response_;
  std::unique_ptr<UploadService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::AttachmentService::Stub> stub_;
  std::unique_ptr<grpc::ClientWriter<v1::UploadAttachmentRequest>> writer_;
};

TEST_F(InboundStreamTest, ASenderWhoBringsAllIsAnswered) {
  Begin({});
  ASSERT_TRUE(writer_->Write(v1::UploadAttachmentRequest()));
  writer_->WritesDone();
  EXPECT_TRUE(writer_->Finish().ok());
  EXPECT_TRUE(response_.complete());
}

TEST_F(InboundStreamTest, ASenderWhoIsSilentLosesHisPlace) {
  Begin({std::chrono::milliseconds(5), 1'000'000});
  EXPECT_EQ(writer_->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(InboundStreamTest, ASenderWhoNeverEndsLosesHisPlace) {
  Begin({std::chrono::milliseconds(5), 2});
  while (writer_->Write(v1::UploadAttachmentRequest())) continue;
  EXPECT_EQ(writer_->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

}  // namespace
}  // namespace tamga::attachment
