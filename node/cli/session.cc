#include "node/cli/session.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/support/channel_arguments.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/exit_code.h"
#include "node/exchange/grpc_status.h"
#include "node/exchange/tls.h"

namespace tamga::cli {
namespace {

// As large as a node's own limit may be (Limits.max_message_bytes); answers to auditors can be that long.
constexpr int kMaxMessageBytes = 4 << 20;

std::shared_ptr<grpc::Channel> MakeChannel(const Profile& profile, const Clock& clock) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  return grpc::CreateCustomChannel(
      profile.node_address,
      exchange::MakeChannelCredentials(profile.identity, *profile.trust, clock, profile.node_agency), arguments);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Session>> Session::Open(const Environment& environment) {
  if (environment.settings.profile.empty()) {
    return Error(absl::StatusCode::kFailedPrecondition, "NO_PROFILE",
                 "this command asks a node, but it is not said which");
  }
  ASSIGN_OR_RETURN(Profile profile, LoadProfile(environment.settings.profile));
  return std::unique_ptr<Session>(new Session(std::move(profile), environment));
}

Session::Session(Profile profile, const Environment& environment)
    : profile_(std::move(profile)),
      timeout_(environment.settings.timeout),
      channel_(MakeChannel(profile_, environment.clock)) {}

void Session::SetDeadline(grpc::ClientContext& context) const {
  // gRPC's deadlines are of the machine's clock, whatever clock the rest goes by.
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(timeout_));
}

absl::Status Session::Finished(const grpc::Status& status) const {
  absl::Status result = exchange::FromGrpc(status);
  if (result.ok()) return result;
  // gRPC says nothing where a service is missing.
  if (absl::IsUnimplemented(result) && result.message().empty()) {
    result = absl::UnimplementedError(
        absl::StrCat("what answers at ", profile_.node_address,
                     " does not serve this; the profile must name a node, or tamga-authority for its commands"));
  }
  const absl::Status marked = FromNode(result);
  if (ExitCodeOf(marked) != kUnreachable) return marked;
  return Annotate(marked,
                  absl::StrCat("no answer from the node of ", profile_.node_agency, " at ", profile_.node_address));
}

}  // namespace tamga::cli
