#include "node/gost/helper.h"

#include <utility>

#include "certs/purposes.h"
#include "node/base/status_macros.h"

namespace tamga::gost {
namespace {

// Two, so that a peer that stalls does not hold up others.
constexpr int kThreads = 2;

Fields Failed(absl::string_view what) { return {"error", std::string(what)}; }

bool MayBeSigned(absl::string_view type) {
  return type == certs::kRequestType || type == certs::kReplyType || type == certs::kCourierType;
}

Fields Verify(const Fields& question) {
  const absl::Status verified = VerifyGost(question[1], question[2], question[3], question[4]);
  if (verified.ok()) return {"good"};
  return absl::IsUnauthenticated(verified) ? Fields{"bad"} : Failed(verified.message());
}

}  // namespace

absl::StatusOr<std::unique_ptr<Helper>> Helper::Start(const std::string& socket, std::unique_ptr<GostSigner> key) {
  RETURN_IF_ERROR(LoadGostEngine());
  ASSIGN_OR_RETURN(std::unique_ptr<ChannelListener> listener, ChannelListener::Open(socket));
  return std::unique_ptr<Helper>(new Helper(std::move(listener), std::move(key)));
}

Helper::Helper(std::unique_ptr<ChannelListener> listener, std::unique_ptr<GostSigner> key)
    : listener_(std::move(listener)), key_(std::move(key)) {
  for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { Serve(); });
}

Helper::~Helper() {
  listener_->Stop();
  for (std::thread& thread : threads_) thread.join();
}

void Helper::Serve() {
  while (true) {
    absl::StatusOr<Channel> channel = listener_->Accept();
    if (!channel.ok()) return;
    const absl::StatusOr<Fields> question = channel->Receive();
    // Whoever says nothing, or does not wait for the answer, is told nothing.
    if (question.ok()) channel->Send(Answer(*question)).IgnoreError();
  }
}

Fields Helper::Answer(const Fields& question) const {
  if (question.size() == 5 && question[0] == "verify") return Verify(question);
  if (question == Fields{"key"}) return {"done", key_ == nullptr ? std::string() : key_->key_id()};
  if (question.size() != 5 || question[0] != "sign") return Failed("this version knows no such question");
  if (key_ == nullptr) return Failed("there is no key to sign with; start tamga-gost with --key");
  if (question[1] != key_->algorithm() || question[2] != key_->key_id()) {
    return Failed("the key is another one than that of extra_seals.public_key_file");
  }
  if (!MayBeSigned(question[3])) return Failed("only requests and replies are signed");
  const absl::StatusOr<std::string> signature = key_->Sign(question[3], question[4]);
  return signature.ok() ? Fields{"done", *signature} : Failed(signature.status().message());
}

}  // namespace tamga::gost
