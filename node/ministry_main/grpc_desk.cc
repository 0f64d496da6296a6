#include "node/ministry_main/grpc_desk.h"

#include <chrono>
#include <utility>

#include "grpcpp/create_channel.h"
#include "grpcpp/support/channel_arguments.h"
#include "grpcpp/support/sync_stream.h"
#include "node/exchange/grpc_status.h"
#include "node/exchange/tls.h"
#include "tamga/v1/readmission_service.grpc.pb.h"

namespace tamga::ministry {
namespace {

// As large as a node's own limit may be (Limits.max_message_bytes).
constexpr int kMaxMessageBytes = 4 << 20;
// A watch may be silent for long: a node whose machine is gone is noticed by this. Nodes refuse more than one in five
// minutes.
constexpr int kKeepaliveMs = 6 * 60 * 1000;

std::shared_ptr<grpc::Channel> MakeChannel(const cli::Profile& profile, const Clock& clock) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  return grpc::CreateCustomChannel(
      profile.node_address,
      exchange::MakeChannelCredentials(profile.identity, *profile.trust, clock, profile.node_agency), arguments);
}

}  // namespace

// A call that Stop can end.
class GrpcDesk::UnderWay {
 public:
  explicit UnderWay(GrpcDesk& desk) : desk_(desk) {
    MutexLock lock(desk_.mutex_);
    desk_.under_way_.insert(&context);
    // A context that is cancelled before its call begins ends that at once.
    if (desk_.stopping_) context.TryCancel();
  }
  ~UnderWay() {
    MutexLock lock(desk_.mutex_);
    desk_.under_way_.erase(&context);
  }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

  grpc::ClientContext context;

 private:
  GrpcDesk& desk_;
};

GrpcDesk::GrpcDesk(cli::Profile profile, absl::Duration timeout, const Clock& clock)
    : profile_(std::move(profile)), timeout_(timeout), channel_(MakeChannel(profile_, clock)) {}

template <typename Request, typename Response, typename Method>
absl::StatusOr<Response> GrpcDesk::Call(Method method, const Request& request) {
  v1::ReadmissionService::Stub stub(channel_);
  UnderWay call(*this);
  // gRPC's deadlines are of the machine's clock.
  call.context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(timeout_));
  Response response;
  const absl::Status status = exchange::FromGrpc((stub.*method)(&call.context, request, &response));
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<v1::SubmitReadmissionResponse> GrpcDesk::Submit(const v1::SubmitReadmissionRequest& request) {
  return Call<v1::SubmitReadmissionRequest, v1::SubmitReadmissionResponse>(
      &v1::ReadmissionService::Stub::SubmitReadmission, request);
}

absl::StatusOr<v1::ActOnReadmissionCaseResponse> GrpcDesk::Act(const v1::ActOnReadmissionCaseRequest& request) {
  return Call<v1::ActOnReadmissionCaseRequest, v1::ActOnReadmissionCaseResponse>(
      &v1::ReadmissionService::Stub::ActOnReadmissionCase, request);
}

absl::StatusOr<v1::GetReadmissionCaseResponse> GrpcDesk::Get(const v1::GetReadmissionCaseRequest& request) {
  return Call<v1::GetReadmissionCaseRequest, v1::GetReadmissionCaseResponse>(
      &v1::ReadmissionService::Stub::GetReadmissionCase, request);
}

absl::StatusOr<v1::ListReadmissionCasesResponse> GrpcDesk::List(const v1::ListReadmissionCasesRequest& request) {
  return Call<v1::ListReadmissionCasesRequest, v1::ListReadmissionCasesResponse>(
      &v1::ReadmissionService::Stub::ListReadmissionCases, request);
}

absl::Status GrpcDesk::Watch(const v1::WatchReadmissionCasesRequest& request, const Take& take) {
  v1::ReadmissionService::Stub stub(channel_);
  UnderWay call(*this);
  const auto reader = stub.WatchReadmissionCases(&call.context, request);
  v1::WatchReadmissionCasesResponse change;
  bool wants_more = true;
  while (wants_more && reader->Read(&change)) wants_more = take(change);
  if (!wants_more) call.context.TryCancel();
  const grpc::Status finished = reader->Finish();
  return wants_more ? exchange::FromGrpc(finished) : absl::OkStatus();
}

void GrpcDesk::Stop() {
  MutexLock lock(mutex_);
  stopping_ = true;
  for (grpc::ClientContext* context : under_way_) context->TryCancel();
}

}  // namespace tamga::ministry
