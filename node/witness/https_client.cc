#include "node/witness/https_client.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "certs/certificate.h"
#include "certs/wiper.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::witness {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;
using asio::ip::tcp;
using TimePoint = std::chrono::steady_clock::time_point;
using Request = http::request<http::string_body>;

constexpr int kSecurityLevel = 2;                    // OpenSSL's: RSA of 2048 bits, P-256, SHA-256 and better
constexpr absl::Duration kLongest = absl::Hours(1);  // what the steady clock can surely count

bool IsIp(const std::string& host) {
  ErrorCode error;
  asio::ip::make_address(host, error);
  return !error;
}

// "witness.example", "[::1]:8443".
std::string AuthorityOf(const HttpsServer& server) {
  const bool is_v6 = server.host.find(':') != std::string::npos;
  return absl::StrCat(is_v6 ? "[" : "", server.host, is_v6 ? "]" : "",
                      server.port == (server.is_plain ? 80 : 443) ? "" : absl::StrCat(":", server.port));
}

absl::Status TrustRoots(SSL_CTX* context, const std::string& roots_pem) {
  ASSIGN_OR_RETURN(const certs::CertificateChain roots, certs::ParsePemChain(roots_pem));
  bool taken = true;
  for (const certs::Certificate& root : roots) {
    taken = taken && X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root.native()) == 1;
  }
  return taken ? absl::OkStatus() : absl::FailedPreconditionError("OpenSSL does not take the roots");
}

// Has the handshake fail unless the certificate is of this server and good at `now`.
bool Expect(SSL* connection, const std::string& name, absl::Time now) {
  X509_VERIFY_PARAM* const rules = SSL_get0_param(connection);
  X509_VERIFY_PARAM_set_time(rules, absl::ToTimeT(now));
  if (IsIp(name)) return X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str()) == 1;
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(rules, name.data(), name.size()) == 1 &&
         SSL_set_tlsext_host_name(connection, name.c_str()) == 1;
}

absl::Status Failed(absl::string_view what, const ErrorCode& error) {
  if (error == beast::error::timeout) return absl::DeadlineExceededError("it did not answer in time");
  return absl::UnavailableError(absl::StrCat(what, ": ", error.message()));
}

absl::Status FailedToRead(const ErrorCode& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return absl::FailedPreconditionError(
        absl::StrCat("the header of its answer is longer than ", kMaxAnswerHeaderBytes, " bytes"));
  }
  if (error == http::error::body_limit) {
    return absl::FailedPreconditionError(absl::StrCat("its answer is longer than ", kMaxAnswerBodyBytes, " bytes"));
  }
  const bool is_cut = error == http::error::end_of_stream || error == http::error::partial_message;
  if (!is_cut && error.category() == ErrorCode(http::error::bad_method).category()) {
    return absl::FailedPreconditionError(absl::StrCat("its answer is no HTTP/1.1: ", error.message()));
  }
  return Failed("it broke off before it had answered", error);
}

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

// One connection with one request.
template <typename Stream>
class Exchange {
 public:
  // `context`: for TLS alone.
  template <typename... Context>
  explicit Exchange(TimePoint deadline, Context&... context) : stream_(io_, context...) {
    beast::get_lowest_layer(stream_).expires_at(deadline);
  }

  absl::Status Connect(const Addresses& addresses, uint16_t port) {
    std::vector<tcp::endpoint> endpoints;
    for (const std::string& address : addresses) {
      ErrorCode error;
      const asio::ip::address ip = asio::ip::make_address(address, error);
      if (!error) endpoints.emplace_back(ip, port);
    }
    const ErrorCode error =
        Await([&](auto done) { beast::get_lowest_layer(stream_).async_connect(endpoints, std::move(done)); });
    return error ? Failed("it cannot be connected to", error) : absl::OkStatus();
  }

  absl::Status Handshake(const std::string& name, absl::Time now) {
    SSL* const connection = stream_.native_handle();
    if (!Expect(connection, name, now)) {
      return absl::FailedPreconditionError(absl::StrCat("OpenSSL cannot look for the name ", name));
    }
    const ErrorCode error =
        Await([&](auto done) { stream_.async_handshake(asio::ssl::stream_base::client, std::move(done)); });
    if (!error) return absl::OkStatus();
    const long verdict = SSL_get_verify_result(connection);
    if (verdict == X509_V_OK) return Failed("no TLS 1.3 with it", error);
    return Error(absl::StatusCode::kUnauthenticated, "WITNESS_UNTRUSTED",
                 absl::StrCat("its certificate is not good for ", name, ": ", X509_verify_cert_error_string(verdict)));
  }

  absl::StatusOr<HttpsAnswer> Ask(const Request& request) {
    ErrorCode error = Await([&](auto done) { http::async_write(stream_, request, std::move(done)); });
    if (error) return Failed("it broke off before it was asked", error);
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.header_limit(kMaxAnswerHeaderBytes);
    parser.body_limit(kMaxAnswerBodyBytes);
    // The header first: Beast 1.74 forgets that a response is too long if some of its body comes along with the header.
    error = Await([&](auto done) { http::async_read_header(stream_, buffer, parser, std::move(done)); });
    if (!error) error = Await([&](auto done) { http::async_read(stream_, buffer, parser, std::move(done)); });
    if (error) return FailedToRead(error);
    http::response<http::string_body>& response = parser.get();
    return HttpsAnswer{response.result_int(), std::string(response[http::field::content_type]),
                       std::move(response.body())};
  }

 private:
  // Starts an operation and stays until it ends, or the connection's time does.
  template <typename Start>
  ErrorCode Await(Start start) {
    ErrorCode result;
    start([&result](ErrorCode error, const auto&... /*more*/) { result = error; });
    io_.restart();
    io_.run();
    return result;
  }

  asio::io_context io_{1};
  Stream stream_;
};

absl::StatusOr<exchange::SslCtxPtr> MakeContext(const exchange::TlsIdentity& identity, const std::string& roots_pem) {
  ASSIGN_OR_RETURN(exchange::SslCtxPtr context, exchange::MakeSslContext(exchange::TlsSide::kClient, identity));
  RETURN_IF_ERROR(TrustRoots(context.get(), roots_pem));
  SSL_CTX_set_security_level(context.get(), kSecurityLevel);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpsClient>> HttpsClient::Create(HttpsServer server, const Clock& clock) {
  if (server.is_plain) return std::unique_ptr<HttpsClient>(new HttpsClient(std::move(server), clock, nullptr));
  ASSIGN_OR_RETURN(exchange::SslCtxPtr context, MakeContext(server.identity, server.roots_pem));
  certs::Wipe(server.identity.key_pem);  // the context has it
  return std::unique_ptr<HttpsClient>(new HttpsClient(std::move(server), clock, std::move(context)));
}

HttpsClient::HttpsClient(HttpsServer server, const Clock& clock, exchange::SslCtxPtr context)
    : server_(std::move(server)), clock_(clock), context_(std::move(context)), lookup_(server_.host) {}

absl::Status HttpsClient::ReplaceIdentity(const exchange::TlsIdentity& identity) {
  if (server_.is_plain) return absl::OkStatus();
  ASSIGN_OR_RETURN(exchange::SslCtxPtr context, MakeContext(identity, server_.roots_pem));
  const MutexLock lock(mutex_);
  context_.swap(context);
  return absl::OkStatus();
}

exchange::SslCtxPtr HttpsClient::CurrentContext() {
  const MutexLock lock(mutex_);
  SSL_CTX_up_ref(context_.get());
  return exchange::SslCtxPtr(context_.get());
}

absl::StatusOr<Addresses> HttpsClient::FindHost(absl::Duration time) {
  if (IsIp(server_.host)) return Addresses{server_.host};
  return lookup_.Find(time);
}

absl::StatusOr<HttpsAnswer> HttpsClient::Post(const std::string& target, const std::string& body, absl::Duration time,
                                              const std::string& content_type) {
  if (time <= absl::ZeroDuration()) return absl::DeadlineExceededError("there was no time left to ask it");
  time = std::min(time, kLongest);
  const TimePoint deadline =
      std::chrono::steady_clock::now() +
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(absl::ToChronoNanoseconds(time));
  ASSIGN_OR_RETURN(const Addresses addresses, FindHost(time));
  Request request(http::verb::post, target, 11);
  request.set(http::field::host, AuthorityOf(server_));
  request.set(http::field::user_agent, "tamga/" TAMGA_VERSION);
  if (!content_type.empty()) request.set(http::field::content_type, content_type);
  request.keep_alive(false);
  request.body() = body;
  request.prepare_payload();

  if (server_.is_plain) {
    Exchange<PlainStream> exchange(deadline);
    RETURN_IF_ERROR(exchange.Connect(addresses, server_.port));
    return exchange.Ask(request);
  }
  asio::ssl::context context(CurrentContext().release());
  Exchange<TlsStream> exchange(deadline, context);
  RETURN_IF_ERROR(exchange.Connect(addresses, server_.port));
  RETURN_IF_ERROR(exchange.Handshake(server_.name, clock_.Now()));
  return exchange.Ask(request);
}

}  // namespace tamga::witness
