#include "node/signer/signer_server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

#include "certs/csr.h"
#include "certs/principal.h"
#include "certs/purposes.h"
#include "node/base/check.h"
#include "node/base/log.h"

namespace tamga::signer {
namespace {

constexpr size_t kMostConnections = 16;
constexpr std::chrono::seconds kLongestSilence(60);
constexpr std::chrono::seconds kTransmission(5);

Until In(std::chrono::milliseconds time, const Descriptor& stop) {
  return {std::chrono::steady_clock::now() + time, stop.get()};
}

// A seal renews itself for its own key alone: whoever has taken over the node would else have it vouch for one of his.
bool IsForKey(absl::string_view csr, const certs::Signer& key) {
  const absl::StatusOr<certs::Csr> request = certs::Csr::FromDer(csr);
  return request.ok() && request->key_sha256() == key.key_id();
}

bool EndsConnection(Verdict verdict) { return verdict == Verdict::kMalformed || verdict == Verdict::kTypeRefused; }

}  // namespace

SignerServer::SignerServer(Descriptor listening, const certs::Signer& key, ServerRules rules, const Clock& clock)
    : listening_(std::move(listening)),
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      key_(key),
      rules_(std::move(rules)),
      rate_limit_(rules_.max_per_second, clock) {
  TAMGA_CHECK(stop_.get() >= 0);
  for (size_t i = 0; i < kMostConnections; ++i) threads_.emplace_back([this] { Loop(); });
}

SignerServer::~SignerServer() {
  const uint64_t one = 1;
  TAMGA_CHECK(::write(stop_.get(), &one, sizeof(one)) == sizeof(one));
  for (std::thread& thread : threads_) thread.join();
}

bool SignerServer::IsStopping() const {
  pollfd polled = {stop_.get(), POLLIN, 0};
  return ::poll(&polled, 1, 0) != 0;
}

// One thread serves one connection after the other.
void SignerServer::Loop() {
  while (!IsStopping()) {
    const absl::StatusOr<Descriptor> connection = Accept(listening_, In(kLongestSilence, stop_));
    if (connection.ok()) {
      Serve(*connection);
      continue;
    }
    // Another thread was faster, or there are no descriptors left; not to be tried again at full speed.
    pollfd polled = {stop_.get(), POLLIN, 0};
    ::poll(&polled, 1, 20);
  }
}

void SignerServer::Serve(const Descriptor& connection) {
  const absl::StatusOr<uid_t> user = UserOf(connection);
  if (!user.ok() || *user != rules_.client) {
    Log(Severity::kWarning, "signer: connection refused", {{"uid", user.ok() ? static_cast<int64_t>(*user) : -1}});
    return;
  }
  while (!IsStopping()) {
    const absl::StatusOr<std::string> bytes =
        ReceiveFrame(connection, kMaxRequestBytes, In(kLongestSilence, stop_), kTransmission);
    const bool is_bad_frame = absl::IsInvalidArgument(bytes.status());
    if (!bytes.ok() && !is_bad_frame) return;  // closed, silent, or we are stopping
    const Answer answer = bytes.ok() ? AnswerTo(*bytes) : Answer{Verdict::kMalformed, ""};
    if (is_bad_frame) Log(Severity::kWarning, "signer: frame refused", {{"detail", bytes.status().message()}});
    // Not ended by the stop, as what was signed may be needed.
    const Until until = {std::chrono::steady_clock::now() + kTransmission};
    if (!SendFrame(connection, WriteAnswer(answer), until).ok() || EndsConnection(answer.verdict)) return;
  }
}

Answer SignerServer::AnswerTo(absl::string_view bytes) {
  if (!rate_limit_.Take()) return {Verdict::kTooMany, ""};
  const absl::StatusOr<Request> request = ReadRequest(bytes);
  if (!request.ok()) {
    Log(Severity::kWarning, "signer: request refused", {{"detail", request.status().message()}});
    return {Verdict::kMalformed, ""};
  }
  return request->wanted == Wanted::kKeyId ? KeyId() : Sign(*request);
}

// A certificate request proves that its asker has the key; whoever lets a seal renew itself says so by the type.
Answer SignerServer::MakeCsr(const Request& request) {
  const absl::StatusOr<certs::Principal> principal = certs::ParseSpiffeId(request.payload);
  const bool is_seal = principal.ok() && principal->role == certs::Role::kSeal;
  if (!is_seal || request.type != certs::kCertificateRequestType) {
    Log(Severity::kWarning, "signer: request refused", {{"detail", "it is to certify something else than a seal"}});
    return {Verdict::kMalformed, ""};
  }
  absl::StatusOr<std::string> csr = key_.MakeCsr(*principal);
  if (csr.ok()) return {Verdict::kDone, *std::move(csr)};
  Log(Severity::kWarning, "signer: not signed", {{"detail", csr.status().message()}});
  return {Verdict::kUnavailable, ""};
}

// Whoever asks wants to know, too, whether anything can be signed: a token may be gone while this process lives.
Answer SignerServer::KeyId() {
  if (key_.helper() != nullptr) {
    key_.helper()->Check();
    if (const std::string fault = key_.helper()->facts().fault; !fault.empty()) {
      Log(Severity::kWarning, "signer: key out of reach", {{"detail", fault}});
      return {Verdict::kUnavailable, ""};
    }
  }
  return {Verdict::kDone, key_.key_id()};
}

Answer SignerServer::Sign(const Request& request) {
  if (rules_.types.find(request.type) == rules_.types.end()) {
    Log(Severity::kError, "signer: type refused", {{"type", request.type}});
    return {Verdict::kTypeRefused, ""};
  }
  if (request.wanted == Wanted::kCertificateRequest) return MakeCsr(request);
  if (request.type == certs::kCertificateRequestType && !IsForKey(request.payload, key_)) {
    Log(Severity::kError, "signer: request refused", {{"detail", "it is to certify another key than the seal's"}});
    return {Verdict::kMalformed, ""};
  }
  absl::StatusOr<std::string> signature = key_.Sign(request.type, request.payload);
  if (signature.ok()) return {Verdict::kDone, *std::move(signature)};
  Log(Severity::kWarning, "signer: not signed", {{"detail", signature.status().message()}});
  return {Verdict::kUnavailable, ""};
}

}  // namespace tamga::signer
