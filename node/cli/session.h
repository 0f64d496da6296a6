// A caller's connection to its node.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/sync_stream.h"
#include "node/cli/environment.h"
#include "node/cli/profile.h"

namespace tamga::cli {

// Errors of every method are marked as the node's (see FromNode). Thread-compatible.
class Session {
 public:
  // Connects when first used. FailedPrecondition (NO_PROFILE) if no profile was given, or the profile's own error.
  static absl::StatusOr<std::unique_ptr<Session>> Open(const Environment& environment);

  // One call: session.Call(&v1::AdminService::Stub::GetNodeStatus, request).
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request) {
    Stub stub(channel_);
    grpc::ClientContext context;
    SetDeadline(context);
    Response response;
    const absl::Status status = Finished((stub.*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  // A call whose response is a stream; `take` gets each message, and may return false to end the call, which is then
  // OK. A stream has no deadline: it may be long and says how far it is.
  template <typename Stub, typename Request, typename Response, typename Take>
  absl::Status Receive(std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(grpc::ClientContext*,
                                                                                     const Request&),
                       const Request& request, Take take) {
    Stub stub(channel_);
    grpc::ClientContext context;
    const auto reader = (stub.*method)(&context, request);
    Response response;
    bool wants_more = true;
    while (wants_more && reader->Read(&response)) {
      if constexpr (std::is_same_v<std::invoke_result_t<Take&, const Response&>, bool>) {
        wants_more = take(response);
      } else {
        take(response);
      }
    }
    if (!wants_more) context.TryCancel();
    const grpc::Status finished = reader->Finish();
    return wants_more ? Finished(finished) : absl::OkStatus();
  }

  // A call whose request is a stream. `give` gets a function that sends one message and returns false when the node
  // takes no more; an error of `give` ends the call and is returned as it is.
  template <typename Stub, typename Request, typename Response, typename Give>
  absl::StatusOr<Response> Send(std::unique_ptr<grpc::ClientWriter<Request>> (Stub::*method)(grpc::ClientContext*,
                                                                                             Response*),
                                Give give) {
    Stub stub(channel_);
    grpc::ClientContext context;
    Response response;
    const auto writer = (stub.*method)(&context, &response);
    const absl::Status given = give([&](const Request& request) { return writer->Write(request); });
    if (!given.ok()) context.TryCancel();
    writer->WritesDone();
    const grpc::Status finished = writer->Finish();
    if (!given.ok()) return given;
    const absl::Status status = Finished(finished);
    if (!status.ok()) return status;
    return response;
  }

  // The agency whose node this is.
  const std::string& node_agency() const { return profile_.node_agency; }
  // Who calls.
  const certs::Principal& caller() const { return profile_.caller; }

 private:
  Session(Profile profile, const Environment& environment);

  void SetDeadline(grpc::ClientContext& context) const;
  absl::Status Finished(const grpc::Status& status) const;

  const Profile profile_;  // the channel refers to its trust store
  const absl::Duration timeout_;
  const std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace tamga::cli
