#include "node/log_server/log_server.h"

#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/mutex.h"
#include "node/base/status_macros.h"
#include "node/log_server/tls_context.h"

namespace tamga::log_server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;
using asio::ip::tcp;

constexpr int kThreads = 2;
constexpr unsigned kForbidden = 403;
constexpr unsigned kUnavailable = 503;
constexpr auto kPauseWithoutDescriptors = std::chrono::milliseconds(100);

absl::StatusOr<tcp::endpoint> ParseAddress(absl::string_view address) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  if (colon != absl::string_view::npos && absl::SimpleAtoi(address.substr(colon + 1), &port) && port <= 65535) {
    std::string host(address.substr(0, colon));
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    ErrorCode error;
    const asio::ip::address ip = asio::ip::make_address(host, error);
    if (!error) return tcp::endpoint(ip, static_cast<uint16_t>(port));
  }
  return InvalidField("log_listen", "must be an IP address and a port, such as 127.0.0.1:7402");
}

absl::Status Listen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint, absl::string_view address) {
  ErrorCode error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) return absl::OkStatus();
  return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot listen on ", address, " for the log"));
}

std::string TextOf(const tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  return endpoint.address().is_v6() ? absl::StrCat("[", host, "]:", endpoint.port())
                                    : absl::StrCat(host, ":", endpoint.port());
}

class Connection;

// Connections that have asked nothing yet, the oldest first: whoever they are, they must not keep out those who have.
class Newcomers {
 public:
  // To be followed by Remove before the connection is gone.
  void Add(Connection* connection);
  // Nothing happens if it is none of them.
  void Remove(Connection* connection);
  // Takes out the oldest if there are more than `most`.
  std::shared_ptr<Connection> TakeOldestBeyond(size_t most);

 private:
  Mutex mutex_;
  std::list<Connection*> connections_ ABSL_GUARDED_BY(mutex_);
};

// What all connections need, and how many there are.
struct Shared {
  const LogServerOptions options;
  RefusalLog refusals;
  const PeerRules rules;
  const HttpHandler handler;
  std::atomic<size_t> connections{0};  // of callers who have asked for something
  Newcomers newcomers;
};

HttpAnswer Refuse(unsigned status, const absl::Status& why) {
  HttpAnswer answer;
  answer.status = status;
  answer.body = absl::StrCat(ReasonOf(why), ": ", why.message(), "\n");
  return answer;
}

// What to answer to a request that could not be read; nothing if there is nobody to answer.
std::optional<HttpAnswer> AnswerToUnreadable(const ErrorCode& error) {
  HttpAnswer answer;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    answer.status = 431;
    answer.body = absl::StrCat("the header is longer than ", kMaxHeaderBytes, " bytes\n");
  } else if (error == http::error::body_limit) {
    answer.status = 413;
    answer.body = absl::StrCat("the body is longer than ", kMaxBodyBytes, " bytes\n");
  } else if (error != http::error::end_of_stream && error.category() == ErrorCode(http::error::bad_method).category()) {
    answer.status = 400;
    answer.body = "this is no HTTP/1.1 request\n";
  } else {
    return std::nullopt;
  }
  return answer;
}

// One connection, from its handshake to its end. It lives as long as something of it is under way.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, asio::ssl::context& context, Shared& shared)
      : stream_(std::move(socket), context), shared_(shared) {
    shared_.newcomers.Add(this);
  }
  ~Connection() {
    shared_.newcomers.Remove(this);
    if (is_known_) --shared_.connections;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Start() {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->Handshake(); });
  }

  // Unless it has asked for something meanwhile.
  void CutOff() {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] {
      if (!self->is_known_) beast::get_lowest_layer(self->stream_).close();
    });
  }

 private:
  void SetTime(absl::Duration time) {
    beast::get_lowest_layer(stream_).expires_after(absl::ToChronoMilliseconds(time));
  }

  void Handshake() {
    SetTime(shared_.options.handshake_time);
    stream_.async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](ErrorCode error) {
      if (!error) self->Read();
    });
  }

  // The time is for the whole request, so that nobody holds a connection by sending one byte now and then.
  void Read() {
    parser_.emplace();
    parser_->header_limit(kMaxHeaderBytes);
    parser_->body_limit(kMaxBodyBytes);
    SetTime(shared_.options.request_time);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](ErrorCode error, size_t /*bytes*/) { self->OnRead(error); });
  }

  void OnRead(ErrorCode error) {
    if (!error) {
      HttpAnswer answer = Answer();
      // Whoever is refused does not hold a place that others need.
      const bool keep_alive = is_known_ && answer.status != kForbidden && parser_->get().keep_alive();
      return Write(std::move(answer), parser_->get().method() == http::verb::head, keep_alive);
    }
    if (const std::optional<HttpAnswer> answer = AnswerToUnreadable(error)) return Write(*answer, false, false);
    if (error == http::error::end_of_stream) Close();
  }

  HttpAnswer Answer() {
    const absl::StatusOr<certs::Principal> caller = PeerOf(*stream_.native_handle(), shared_.rules);
    if (!caller.ok()) return Refuse(kForbidden, caller.status());
    if (!BecomeKnown()) {
      shared_.refusals.Add("connection refused", "TOO_MANY_CONNECTIONS");
      return Refuse(kUnavailable, Error(absl::StatusCode::kResourceExhausted, "TOO_MANY_CONNECTIONS",
                                        "as many callers are connected as are served; try again later"));
    }
    http::request<http::string_body>& request = parser_->get();
    return shared_.handler(
        *caller, {std::string(request.method_string()), std::string(request.target()), std::move(request.body())});
  }

  // False if there are as many known connections as there may be.
  bool BecomeKnown() {
    if (is_known_) return true;
    if (++shared_.connections > shared_.options.max_connections) {
      --shared_.connections;
      return false;
    }
    is_known_ = true;
    shared_.newcomers.Remove(this);
    return true;
  }

  void Write(HttpAnswer answer, bool head_only, bool keep_alive) {
    response_ = http::response<http::string_body>(http::int_to_status(answer.status), 11);
    response_.set(http::field::content_type, answer.content_type);
    response_.set(http::field::cache_control, answer.cache_control);
    if (!answer.allow.empty()) response_.set(http::field::allow, answer.allow);
    response_.content_length(answer.body.size());
    response_.keep_alive(keep_alive);
    if (!head_only) response_.body() = std::move(answer.body);
    SetTime(shared_.options.request_time);
    http::async_write(stream_, response_, [self = shared_from_this(), keep_alive](ErrorCode error, size_t /*bytes*/) {
      if (error) return;
      if (keep_alive) {
        self->Read();
      } else {
        self->Close();
      }
    });
  }

  void Close() {
    SetTime(shared_.options.handshake_time);
    stream_.async_shutdown([self = shared_from_this()](ErrorCode /*error*/) {});
  }

  beast::ssl_stream<beast::tcp_stream> stream_;
  Shared& shared_;
  bool is_known_ = false;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
};

void Newcomers::Add(Connection* connection) {
  MutexLock lock(mutex_);
  connections_.push_back(connection);
}

void Newcomers::Remove(Connection* connection) {
  MutexLock lock(mutex_);
  connections_.remove(connection);
}

std::shared_ptr<Connection> Newcomers::TakeOldestBeyond(size_t most) {
  MutexLock lock(mutex_);
  if (connections_.size() <= most) return nullptr;
  // Null if it is going by itself just now.
  std::shared_ptr<Connection> oldest = connections_.front()->weak_from_this().lock();
  connections_.pop_front();
  return oldest;
}

}  // namespace

// The members are destroyed from the last to the first: the connections, which the I/O context's handlers hold, before
// what they use.
class LogServer::Impl {
 public:
  Impl(const LogServerOptions& options, const certs::CurrentTrust& trust, const Clock& clock, HttpHandler handler)
      : shared_{options, RefusalLog(clock), {trust, clock, shared_.refusals}, std::move(handler), {}, {}} {}

  ~Impl() {
    io_.stop();
    for (std::thread& thread : threads_) thread.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  absl::Status Start(const exchange::TlsIdentity& identity) {
    ASSIGN_OR_RETURN(const tcp::endpoint endpoint, ParseAddress(shared_.options.address));
    RETURN_IF_ERROR(ReplaceIdentity(identity));
    RETURN_IF_ERROR(Listen(acceptor_, endpoint, shared_.options.address));
    ErrorCode error;
    address_ = TextOf(acceptor_.local_endpoint(error));
    Accept();
    for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { io_.run(); });
    return absl::OkStatus();
  }

  // Connections keep the context that they were made with.
  absl::Status ReplaceIdentity(const exchange::TlsIdentity& next) {
    ASSIGN_OR_RETURN(exchange::SslCtxPtr context, MakeTlsContext(next, shared_.rules));
    auto replacement = std::make_shared<asio::ssl::context>(context.release());
    MutexLock lock(mutex_);
    context_.swap(replacement);
    return absl::OkStatus();
  }

  const std::string& address() const { return address_; }

 private:
  std::shared_ptr<asio::ssl::context> CurrentContext() {
    MutexLock lock(mutex_);
    return context_;
  }

  void Accept() {
    acceptor_.async_accept(asio::make_strand(io_), [this](ErrorCode error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) return AcceptLater();
      std::make_shared<Connection>(std::move(socket), *CurrentContext(), shared_)->Start();
      const size_t most = shared_.options.max_newcomers;
      if (const std::shared_ptr<Connection> oldest = shared_.newcomers.TakeOldestBeyond(most)) {
        shared_.refusals.Add("connection refused", "TOO_MANY_NEWCOMERS");
        oldest->CutOff();
      }
      Accept();
    });
  }

  // Out of descriptors or memory: wait for others to close instead of spinning or giving up.
  void AcceptLater() {
    pause_.expires_after(kPauseWithoutDescriptors);
    pause_.async_wait([this](ErrorCode error) {
      if (!error) Accept();
    });
  }

  Shared shared_;
  Mutex mutex_;
  std::shared_ptr<asio::ssl::context> context_ ABSL_GUARDED_BY(mutex_);
  asio::io_context io_{kThreads};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer pause_{io_};
  std::string address_;
  std::vector<std::thread> threads_;
};

absl::StatusOr<std::unique_ptr<LogServer>> LogServer::Start(const LogServerOptions& options,
                                                            const exchange::TlsIdentity& identity,
                                                            const certs::CurrentTrust& trust, const Clock& clock,
                                                            HttpHandler handler) {
  auto impl = std::make_unique<Impl>(options, trust, clock, std::move(handler));
  RETURN_IF_ERROR(impl->Start(identity));
  return std::unique_ptr<LogServer>(new LogServer(std::move(impl)));
}

LogServer::LogServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

LogServer::~LogServer() = default;

absl::Status LogServer::ReplaceIdentity(const exchange::TlsIdentity& next) { return impl_->ReplaceIdentity(next); }

const std::string& LogServer::address() const { return impl_->address(); }

}  // namespace tamga::log_server
