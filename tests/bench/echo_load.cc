#include "tests/bench/echo_load.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "grpcpp/grpcpp.h"
#include "node/base/rng.h"
#include "node/base/text.h"
#include "tests/bench/echo.h"

namespace tamga::bench {

EchoPair::EchoPair(testing::Federation& federation, const std::string& asker, const std::string& answerer)
    : echo_(Start(federation, answerer, "", "")), relay_(Start(federation, asker, answerer, echo_.address)) {}

EchoPair::~EchoPair() {
  for (const Process& process : {relay_, echo_}) {
    ::kill(process.pid, SIGKILL);
    ::waitpid(process.pid, nullptr, 0);
  }
}

// The child writes its address into a pipe and waits to be killed.
EchoPair::Process EchoPair::Start(testing::Federation& federation, const std::string& agency,
                                  const std::string& upstream_agency, const std::string& upstream) {
  SystemRng rng;
  const SystemClock clock;
  const auto files = federation.authority(StateOf(agency))
                         .Issue({agency, certs::Role::kNode, "echo"}, absl::Hours(1), clock.Now(), rng);
  int ends[2];
  if (!files.ok() || ::pipe(ends) != 0) std::abort();
  Process process;
  process.pid = ::fork();
  if (process.pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const exchange::TlsIdentity identity{files->chain_pem, files->key_pem};
    std::shared_ptr<grpc::Channel> channel;
    if (!upstream.empty()) {
      channel = grpc::CreateChannel(
          upstream, exchange::MakeChannelCredentials(identity, federation.trust(), clock, upstream_agency));
    }
    const auto server = EchoServer::Start(identity, federation.trust(), clock, channel);
    if (!server.ok()) std::abort();
    const std::string line = (*server)->address() + "\n";
    if (::write(ends[1], line.data(), line.size()) < 0) std::abort();
    while (true) ::pause();
  }
  ::close(ends[1]);
  char c = 0;
  while (::read(ends[0], &c, 1) == 1 && c != '\n') process.address += c;
  ::close(ends[0]);
  return process;
}

EchoCaller::EchoCaller(testing::Federation& federation, const std::string& agency, const std::string& address,
                       size_t bytes)
    : payload_(bytes, 'x') {
  SystemRng rng;
  static const SystemClock clock;
  const auto files = federation.authority(StateOf(agency))
                         .Issue({agency, certs::Role::kSystem, "echo"}, absl::Hours(1), clock.Now(), rng);
  if (!files.ok()) std::abort();
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  stub_ = std::make_unique<grpc::GenericStub>(grpc::CreateCustomChannel(
      address, exchange::MakeChannelCredentials({files->chain_pem, files->key_pem}, federation.trust(), clock, agency),
      arguments));
}

bool EchoCaller::Call() {
  const grpc::Slice slice(payload_);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer reply;
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto call = stub_->PrepareUnaryCall(&context, "/tamga.bench.Echo/Echo", request, &queue);
  call->StartCall();
  grpc::Status status;
  call->Finish(&reply, &status, this);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return ok && status.ok();
}

}  // namespace tamga::bench
