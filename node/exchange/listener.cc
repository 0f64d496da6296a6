#include "node/exchange/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/failpoint.h"
#include "node/base/status_macros.h"

namespace tamga::exchange {
namespace {

constexpr int kFirstPassedDescriptor = 3;  // SD_LISTEN_FDS_START

// The socket passed by the service manager, or -1.
int PassedSocket() {
  const char* pid = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  int pid_value = 0;
  int count_value = 0;
  const bool for_us = pid != nullptr && count != nullptr && absl::SimpleAtoi(pid, &pid_value) &&
                      absl::SimpleAtoi(count, &count_value) && pid_value == ::getpid() && count_value >= 1;
  return for_us ? kFirstPassedDescriptor : -1;
}

absl::StatusOr<int> Bind(absl::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == absl::string_view::npos) return InvalidField("listen", "must be host:port, such as 127.0.0.1:7401");
  std::string host(address.substr(0, colon));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const std::string port(address.substr(colon + 1));
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) {
    return InvalidField("listen", absl::StrCat(address, " is not an IP address with a port"));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  if (fd >= 0) ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (fd < 0 || ::bind(fd, found->ai_addr, found->ai_addrlen) != 0 || ::listen(fd, 1024) != 0) {
    const absl::Status status = absl::ErrnoToStatus(errno, absl::StrCat("cannot listen on ", address));
    if (fd >= 0) ::close(fd);
    return status;
  }
  return fd;
}

std::string LocalAddress(int fd) {
  sockaddr_storage storage = {};
  socklen_t size = sizeof(storage);
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0 ||
      ::getnameinfo(reinterpret_cast<sockaddr*>(&storage), size, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "unknown";
  }
  return storage.ss_family == AF_INET6 ? absl::StrCat("[", host, "]:", port) : absl::StrCat(host, ":", port);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Open(absl::string_view address, const ConnectionBounds& bounds) {
  int fd = PassedSocket();
  if (fd < 0) {
    ASSIGN_OR_RETURN(fd, Bind(address));
  }
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  const int stop_fd = ::eventfd(0, EFD_CLOEXEC);
  if (stop_fd < 0) {
    const absl::Status status = absl::ErrnoToStatus(errno, "cannot make an eventfd");
    ::close(fd);
    return status;
  }
  return std::unique_ptr<Listener>(new Listener(fd, stop_fd, bounds, LocalAddress(fd)));
}

Listener::Listener(int fd, int stop_fd, const ConnectionBounds& bounds, std::string address)
    : fd_(fd),
      stop_fd_(stop_fd),
      max_descriptors_(bounds.descriptors),
      connections_(bounds.per_address),
      address_(std::move(address)) {}

Listener::~Listener() {
  Stop();
  ::close(stop_fd_);
  ::close(fd_);
}

void Listener::Start(std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor) {
  acceptor_ = std::move(acceptor);
  thread_ = std::thread([this] { AcceptLoop(); });
}

void Listener::Stop() {
  if (!thread_.joinable()) return;
  const uint64_t one = 1;
  while (::write(stop_fd_, &one, sizeof(one)) < 0 && errno == EINTR) {
  }
  thread_.join();
}

absl::string_view Listener::RefusalOf(int connection, const sockaddr_storage& peer) {
  // The kernel gives the lowest free number, so a number this high means that as many descriptors are in use.
  if (connection >= max_descriptors_) return "TOO_MANY_CONNECTIONS";
  const std::optional<ConnectionPeer> known = PeerOf(peer);
  if (known && !connections_.Add(connection, *known)) return "TOO_MANY_OF_ADDRESS";
  return "";
}

void Listener::AcceptLoop() {
  while (true) {
    pollfd waits[] = {{fd_, POLLIN, 0}, {stop_fd_, POLLIN, 0}};
    if (::poll(waits, 2, -1) < 0 && errno != EINTR) return;
    if (waits[1].revents != 0) return;
    TAMGA_FAILPOINT("listener.accepting");
    sockaddr_storage peer = {};
    socklen_t size = sizeof(peer);
    const int connection = ::accept4(fd_, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection < 0) {
      // Out of descriptors or memory: wait for others to close instead of spinning or giving up.
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) ::poll(&waits[1], 1, 100);
      continue;
    }
    ++taken_;
    if (const absl::string_view reason = RefusalOf(connection, peer); !reason.empty()) {
      refusals_.Add("connection refused", std::string(reason));
      ::close(connection);
      continue;
    }
    const int on = 1;
    ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
    parameters.listener_fd = fd_;
    parameters.fd = connection;
    acceptor_->HandleNewConnection(&parameters);
  }
}

}  // namespace tamga::exchange
