#include "node/main/probe.h"

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "certs/openssl_ptr.h"
#include "node/base/descriptor.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/exchange/ssl_context.h"

namespace tamga::node {
namespace {

using SslPtr = std::unique_ptr<SSL, certs::OpenSslDeleter<SSL_free>>;
using Time = std::chrono::steady_clock::time_point;  // wall clocks jump

constexpr std::chrono::milliseconds kInterval{5'000};
constexpr unsigned char kHttp2[] = {2, 'h', '2'};  // ALPN, RFC 7301
// The client's preface and an empty SETTINGS frame (RFC 9113 section 3.4).
constexpr absl::string_view kGreeting("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);

// False when the time is over.
bool AwaitEvents(int fd, short events, Time until) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd wait = {fd, events, 0};
    if (::poll(&wait, 1, static_cast<int>(left)) > 0) return true;
  }
}

absl::Status TooLate() { return absl::DeadlineExceededError("the listener did not answer in time"); }

absl::Status Connect(const Descriptor& socket, const addrinfo& target, Time until) {
  if (socket.get() < 0) return absl::ErrnoToStatus(errno, "no socket for a probe of the listener");
  int error = ::connect(socket.get(), target.ai_addr, target.ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    if (!AwaitEvents(socket.get(), POLLOUT, until)) return TooLate();
    socklen_t size = sizeof(error);
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  }
  if (error == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("nobody listens: ", absl::ErrnoToStatus(error, "connect").message()));
}

enum class Outcome { kDone, kEnded, kLate };

// Repeats a step of TLS until it is done or the other side has ended the connection.
Outcome Complete(SSL* ssl, int fd, Time until, absl::FunctionRef<int()> step) {
  while (true) {
    ERR_clear_error();
    const int result = step();
    if (result > 0) return Outcome::kDone;
    const int error = SSL_get_error(ssl, result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      ERR_clear_error();
      return Outcome::kEnded;
    }
    if (!AwaitEvents(fd, error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, until)) return Outcome::kLate;
  }
}

absl::Status Greet(SSL* ssl, int fd, Time until) {
  char first = 0;
  Outcome outcome = Complete(ssl, fd, until, [ssl] { return SSL_connect(ssl); });
  if (outcome == Outcome::kDone) {
    outcome = Complete(ssl, fd, until,
                       [ssl] { return SSL_write(ssl, kGreeting.data(), static_cast<int>(kGreeting.size())); });
  }
  if (outcome == Outcome::kDone) outcome = Complete(ssl, fd, until, [&] { return SSL_read(ssl, &first, 1); });
  if (outcome == Outcome::kLate) return TooLate();
  if (outcome == Outcome::kDone) SSL_shutdown(ssl);
  return absl::OkStatus();
}

}  // namespace

absl::Status ProbeListener(const std::string& address, const exchange::TlsIdentity& identity, absl::Duration patience) {
  const Time until = std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(patience);
  ASSIGN_OR_RETURN(const exchange::SslCtxPtr context, exchange::MakeSslContext(exchange::TlsSide::kClient, identity));
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return absl::InvalidArgumentError("the listener has no address with a port");
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), address.c_str() + colon + 1, &hints, &found) != 0) {
    return absl::InvalidArgumentError("the listener has no IP address");
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  const Descriptor socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  RETURN_IF_ERROR(Connect(socket, *found, until));
  const SslPtr ssl(SSL_new(context.get()));
  if (ssl == nullptr || SSL_set_fd(ssl.get(), socket.get()) != 1 ||
      SSL_set_alpn_protos(ssl.get(), kHttp2, sizeof(kHttp2)) != 0) {
    return absl::InternalError("OpenSSL gives no connection for a probe of the listener");
  }
  return Greet(ssl.get(), socket.get(), until);
}

void ListenerWatch::Look() {
  const absl::Status answered = parts_.probe();
  const Progress now = parts_.progress();
  // One of those that were taken may be the probe's own.
  const bool works = now.taken > before_.taken + 1 && now.answered > before_.answered;
  before_ = now;
  const bool was_busy = std::exchange(is_busy_, !answered.ok() && works);
  if (is_busy_ && !was_busy) {
    Log(Severity::kWarning, "listener is busy",
        {{"reason", "LISTENER_BUSY"}, {"detail", "it takes connections, but answered its own too late"}});
  }
  if (answered.ok() || works) {
    if (misses_ >= kMostMisses) {
      Log(Severity::kInfo, "listener answers again");
      parts_.set_serving(true);
    }
    misses_ = 0;
  } else if (misses_ < kMostMisses && ++misses_ == kMostMisses) {
    Log(Severity::kError, "listener does not answer",
        {{"reason", "LISTENER_DEAD"}, {"detail", std::string(answered.message())}});
    parts_.set_serving(false);
  }
  if (misses_ < kMostMisses) parts_.feed_watchdog();
}

SelfProbe::SelfProbe(ListenerWatch::Parts parts)
    : watch_(std::move(parts)), thread_(kInterval, RepeatingThread::First::kAtOnce, [this] { watch_.Look(); }) {}

}  // namespace tamga::node
