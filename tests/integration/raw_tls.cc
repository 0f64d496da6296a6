#include "tests/integration/raw_tls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "certs/certificate.h"
#include "certs/openssl_ptr.h"
#include "certs/p256.h"

namespace tamga::testing {
namespace {

using SslCtxPtr = std::unique_ptr<SSL_CTX, certs::OpenSslDeleter<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, certs::OpenSslDeleter<SSL_free>>;

// The client's preface and an empty SETTINGS frame.
constexpr absl::string_view kGreeting("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);
constexpr int kFrameHeaderBytes = 9;
constexpr char kSettingsFrame = '\4';

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

bool Identify(SSL_CTX* context, const exchange::TlsIdentity& identity) {
  const absl::StatusOr<certs::CertificateChain> chain = certs::ParsePemChain(identity.chain_pem);
  const absl::StatusOr<certs::EvpPkeyPtr> key = certs::ParsePrivateKeyPem(identity.key_pem);
  if (!chain.ok() || !key.ok()) return false;
  bool good = SSL_CTX_use_certificate(context, chain->front().native()) == 1 &&
              SSL_CTX_use_PrivateKey(context, key->get()) == 1;
  for (size_t i = 1; i < chain->size(); ++i) {
    good = good && SSL_CTX_add1_chain_cert(context, (*chain)[i].native()) == 1;
  }
  return good;
}

bool Restrict(SSL_CTX* context, const RawTlsOptions& options) {
  SSL_CTX_clear_options(context, SSL_OP_NO_TLSv1_2);  // the node's own restriction holds for this process too
  if (SSL_CTX_set_min_proto_version(context, options.version) != 1) return false;
  if (SSL_CTX_set_max_proto_version(context, options.version) != 1) return false;
  if (options.application.empty()) return true;
  const std::string protocols =
      absl::StrCat(std::string(1, static_cast<char>(options.application.size())), options.application);
  return SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(protocols.data()),
                                 static_cast<unsigned>(protocols.size())) == 0;
}

}  // namespace

int ConnectTcp(const std::string& address) {
  uint32_t port = 0;
  sockaddr_in target = {};
  target.sin_family = AF_INET;
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &target.sin_addr) != 1) {
    return -1;
  }
  target.sin_port = htons(static_cast<uint16_t>(port));
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience = {60, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  if (fd >= 0 && ::connect(fd, reinterpret_cast<const sockaddr*>(&target), sizeof(target)) == 0) return fd;
  if (fd >= 0) ::close(fd);
  return -1;
}

Reached ConnectRaw(const std::string& address, const exchange::TlsIdentity& identity, const RawTlsOptions& options) {
  const SslCtxPtr context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr || !Identify(context.get(), identity) || !Restrict(context.get(), options)) {
    return Reached::kNowhere;
  }
  const Socket socket(ConnectTcp(address));
  const SslPtr ssl(SSL_new(context.get()));
  if (socket.fd() < 0 || SSL_set_fd(ssl.get(), socket.fd()) != 1) return Reached::kNowhere;
  if (SSL_connect(ssl.get()) != 1) return Reached::kHandshake;
  SSL_write(ssl.get(), kGreeting.data(), static_cast<int>(kGreeting.size()));
  char frame[kFrameHeaderBytes] = {};
  const bool greeted = SSL_read(ssl.get(), frame, sizeof(frame)) == kFrameHeaderBytes && frame[3] == kSettingsFrame;
  return greeted ? Reached::kServed : Reached::kClosed;
}

}  // namespace tamga::testing
