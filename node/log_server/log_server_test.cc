#include "node/log_server/log_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "certs/authority.h"
#include "certs/openssl_der.h"
#include "certs/p256.h"
#include "certs/test_certificates.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/audit/test_log.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/ledger/cosignature.h"
#include "node/log_server/log_pages.h"
#include "node/log_server/tls_context.h"
#include "node/witness/test_nodes.h"

namespace tamga::log_server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kGet[] = "GET /a HTTP/1.1\r\nHost: log\r\n\r\n";

// A connection to "127.0.0.1:7402". The caller closes it.
int ConnectTcp(const std::string& address) {
  uint32_t port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
  sockaddr_in target = {};
  target.sin_family = AF_INET;
  target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  target.sin_port = htons(static_cast<uint16_t>(port));
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience = {60, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&target), sizeof(target)), 0);
  return fd;
}

// A client's connection over TLS that says what it is told to.
class Client {
 public:
  Client(const std::string& address, const exchange::TlsIdentity& identity, int newest = TLS1_3_VERSION)
      : context_(SSL_CTX_new(TLS_client_method())), fd_(ConnectTcp(address)) {
    SSL_CTX_set_max_proto_version(context_.get(), newest);
    if (!identity.chain_pem.empty()) Identify(identity);
    ssl_ = SSL_new(context_.get());
    SSL_set_fd(ssl_, fd_);
    // With TLS 1.3 a client learns only from the first answer that its certificate was refused.
    connected_ = SSL_connect(ssl_) == 1;
  }
  ~Client() {
    SSL_free(ssl_);
    ::close(fd_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }

  void Send(absl::string_view text) {
    if (connected_ && !text.empty()) SSL_write(ssl_, text.data(), static_cast<int>(text.size()));
  }

  // One answer, header and body; what there is of it if the server closes before. `head` if no body follows.
  std::string Receive(bool head = false) {
    std::string answer;
    while (connected_ && !IsWhole(answer, head)) {
      char buffer[4096];
      const int count = SSL_read(ssl_, buffer, sizeof(buffer));
      if (count <= 0) break;
      answer.append(buffer, static_cast<size_t>(count));
    }
    return answer;
  }

  // What the server showed, in DER.
  std::string ServerCertificate() const {
    const X509* shown = SSL_get0_peer_certificate(ssl_);
    return shown == nullptr ? "" : certs::ToDer<i2d_X509>(shown);
  }

  // Waits for the server's end. False if it says something first.
  bool WaitForEnd() {
    char byte = 0;
    return !connected_ || SSL_read(ssl_, &byte, 1) <= 0;
  }

 private:
  void Identify(const exchange::TlsIdentity& identity) {
    const auto chain = certs::ParsePemChain(identity.chain_pem);
    const auto key = certs::ParsePrivateKeyPem(identity.key_pem);
    ASSERT_OK(chain);
    ASSERT_OK(key);
    SSL_CTX_use_certificate(context_.get(), chain->front().native());
    SSL_CTX_use_PrivateKey(context_.get(), key->get());
    for (size_t i = 1; i < chain->size(); ++i) SSL_CTX_add1_chain_cert(context_.get(), (*chain)[i].native());
  }

  static bool IsWhole(absl::string_view answer, bool head) {
    const size_t end = answer.find("\r\n\r\n");
    if (end == absl::string_view::npos) return false;
    if (head) return true;
    constexpr absl::string_view kLength = "Content-Length: ";
    const size_t at = answer.find(kLength);
    const absl::string_view length = answer.substr(at + kLength.size());
    size_t bytes = 0;
    return at != absl::string_view::npos && absl::SimpleAtoi(length.substr(0, length.find('\r')), &bytes) &&
           answer.size() >= end + 4 + bytes;
  }

  exchange::SslCtxPtr context_;
  const int fd_;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
};

class LogServerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ::signal(SIGPIPE, SIG_IGN);
    SystemRng rng;
    kaz_ = new certs::StateAuthority(*certs::StateAuthority::Create("KAZ", certs::TestNow(), rng));
    kgz_ = new certs::StateAuthority(*certs::StateAuthority::Create("KGZ", certs::TestNow(), rng));
    trust_ = new certs::CurrentTrust(*certs::TrustStore::Build({{"KAZ", kaz_->RootPem()}, {"KGZ", kgz_->RootPem()}}));
  }

  static exchange::TlsIdentity Issue(const certs::StateAuthority& authority, const certs::Principal& principal,
                                     absl::Duration lifetime = absl::Hours(24)) {
    SystemRng rng;
    const auto files = authority.Issue(principal, lifetime, certs::TestNow(), rng);
    EXPECT_OK(files);
    return {files->chain_pem, files->key_pem};
  }

  void Start(const LogServerOptions& options = {}) {
    Start(options, [](const certs::Principal& caller, const HttpRequest& request) {
      HttpAnswer answer;
      if (request.target == "/forbidden") answer.status = 403;
      answer.body =
          absl::StrCat(request.method, " ", request.target, " by ", caller.SpiffeId(), " with ", request.body.size());
      return answer;
    });
  }
  void Start(LogServerOptions options, HttpHandler handler) {
    options.address = "127.0.0.1:0";
    ASSERT_OK_AND_ASSIGN(
        server_, LogServer::Start(options, Issue(*kaz_, {"KAZ/border-service", certs::Role::kNode, "n1"}), *trust_,
                                  clock_, std::move(handler)));
  }

  std::string Ask(const exchange::TlsIdentity& identity, absl::string_view request, bool head = false) {
    Client client(server_->address(), identity);
    client.Send(request);
    return client.Receive(head);
  }

  static certs::StateAuthority* kaz_;
  static certs::StateAuthority* kgz_;
  static certs::CurrentTrust* trust_;
  ManualClock clock_{certs::TestNow()};
  const exchange::TlsIdentity auditor_ = Issue(*kaz_, {"KAZ/prosecutor-general", certs::Role::kAuditor, "a"});
  std::unique_ptr<LogServer> server_;
};

certs::StateAuthority* LogServerTest::kaz_ = nullptr;
certs::StateAuthority* LogServerTest::kgz_ = nullptr;
certs::CurrentTrust* LogServerTest::trust_ = nullptr;

TEST_F(LogServerTest, ARequestIsHandedOnWithWhoAsksAndTheAnswerWithItsHeaders) {
  Start();
  EXPECT_THAT(Ask(auditor_, kGet),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"),
                    HasSubstr("Cache-Control: no-store\r\n"),
                    HasSubstr("\r\n\r\nGET /a by spiffe://kaz.tamga/prosecutor-general/auditor/a with 0")));
}

TEST_F(LogServerTest, AConnectionServesSeveralRequestsAlsoThoseThatCameTogether) {
  Start();
  Client client(server_->address(), auditor_);
  for (int i = 0; i < 3; ++i) {
    client.Send(kGet);
    EXPECT_THAT(client.Receive(), HasSubstr("GET /a by"));
  }
  client.Send("HEAD /b HTTP/1.1\r\n\r\nPOST /c HTTP/1.1\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
  EXPECT_THAT(client.Receive(true), HasSubstr("Content-Length: "));
  EXPECT_THAT(client.Receive(), HasSubstr("POST /c by spiffe://kaz.tamga/prosecutor-general/auditor/a with 5"));
  EXPECT_TRUE(client.WaitForEnd());
}

TEST_F(LogServerTest, WithoutACertificateNothingIsAnswered) {
  Start();
  EXPECT_EQ(Ask({}, kGet), "");
}

TEST_F(LogServerTest, CertificatesThatNoStateVouchesForAreRefused) {
  Start();
  SystemRng rng;
  const auto stranger = certs::StateAuthority::Create("KAZ", certs::TestNow(), rng);
  ASSERT_OK(stranger);
  EXPECT_EQ(Ask(Issue(*stranger, {"KAZ/prosecutor-general", certs::Role::kAuditor, "a"}), kGet), "");
  const auto unknown = certs::StateAuthority::Create("UZB", certs::TestNow(), rng);
  ASSERT_OK(unknown);
  EXPECT_EQ(Ask(Issue(*unknown, {"UZB/prosecutor-general", certs::Role::kAuditor, "a"}), kGet), "");
  // A seal is no client, and a chain without its issuer is none.
  EXPECT_EQ(Ask(Issue(*kaz_, {"KAZ/border-service", certs::Role::kSeal, "n1"}), kGet), "");
  exchange::TlsIdentity cut = auditor_;
  cut.chain_pem.resize(cut.chain_pem.find("-----END CERTIFICATE-----") + 26);
  EXPECT_EQ(Ask(cut, kGet), "");
  EXPECT_THAT(Ask(Issue(*kgz_, {"KGZ/prosecutor-general", certs::Role::kAuditor, "a"}), kGet), HasSubstr("200 OK"));
}

TEST_F(LogServerTest, AnExpiredCertificateIsRefusedAlsoOnAConnectionThatWasMadeBefore) {
  Start();
  const exchange::TlsIdentity shortly =
      Issue(*kaz_, {"KAZ/prosecutor-general", certs::Role::kAuditor, "a"}, absl::Hours(1));
  Client client(server_->address(), shortly);
  client.Send(kGet);
  EXPECT_THAT(client.Receive(), HasSubstr("200 OK"));
  clock_.Advance(absl::Hours(2));
  client.Send(kGet);
  EXPECT_THAT(client.Receive(), AllOf(StartsWith("HTTP/1.1 403 "), HasSubstr("CERT_EXPIRED")));
  EXPECT_EQ(Ask(shortly, kGet), "");
  EXPECT_THAT(Ask(auditor_, kGet), HasSubstr("200 OK"));
}

TEST_F(LogServerTest, OlderVersionsOfTlsAreRefused) {
  Start();
  EXPECT_FALSE(Client(server_->address(), auditor_, TLS1_2_VERSION).connected());
}

TEST_F(LogServerTest, AHeaderOrBodyThatIsTooLongEndsTheConnection) {
  Start();
  const std::string header = absl::StrCat("GET /a HTTP/1.1\r\nX: ", std::string(kMaxHeaderBytes, 'x'), "\r\n\r\n");
  EXPECT_THAT(Ask(auditor_, header), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(Ask(auditor_, absl::StrCat("GET /", std::string(kMaxHeaderBytes, 'x'))), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(Ask(auditor_, absl::StrCat("POST /a HTTP/1.1\r\nContent-Length: ", kMaxBodyBytes + 1, "\r\n\r\n")),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Ask(auditor_, absl::StrCat("POST /a HTTP/1.1\r\nContent-Length: ", kMaxBodyBytes + 1, "\r\n\r\n",
                                         std::string(kMaxBodyBytes + 1, 'x'))),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Ask(auditor_, "POST /a HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Ask(auditor_, absl::StrCat("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n20001\r\n",
                                         std::string(0x20001, 'x'), "\r\n0\r\n\r\n")),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Ask(auditor_, absl::StrCat("POST /a HTTP/1.1\r\nContent-Length: ", kMaxBodyBytes, "\r\n\r\n",
                                         std::string(kMaxBodyBytes, 'x'))),
              HasSubstr("with 131072"));
}

TEST_F(LogServerTest, WhatIsNotHttpIsRefused) {
  Start();
  for (const char* request :
       {"hello\r\n\r\n", "GET\r\n\r\n", "GET /a HTTP/2.0\r\n\r\n", "GET /a HTTP/1.1\r\nA b\r\n\r\n",
        "POST /a HTTP/1.1\r\nContent-Length: x\r\n\r\n", "\x16\x03\x01\r\n\r\n"}) {
    EXPECT_THAT(Ask(auditor_, request), StartsWith("HTTP/1.1 400 ")) << request;
  }
}

TEST_F(LogServerTest, WhoIsSlowIsCutOff) {
  LogServerOptions options;
  options.handshake_time = absl::Milliseconds(200);
  options.request_time = absl::Milliseconds(200);
  Start(options);
  Client silent(server_->address(), auditor_);
  EXPECT_TRUE(silent.WaitForEnd());
  Client slow(server_->address(), auditor_);
  slow.Send("GET /a HTTP/1.1\r\nHost:");
  EXPECT_TRUE(slow.WaitForEnd());
  // Without a handshake either.
  const int fd = ConnectTcp(server_->address());
  char byte = 0;
  EXPECT_EQ(::recv(fd, &byte, 1, 0), 0);
  ::close(fd);
}

TEST_F(LogServerTest, CallersBeyondTheBoundAreRefused) {
  LogServerOptions options;
  options.max_connections = 2;
  Start(options);
  auto first = std::make_unique<Client>(server_->address(), auditor_);
  Client second(server_->address(), auditor_);
  first->Send(kGet);
  second.Send(kGet);
  EXPECT_THAT(first->Receive(), HasSubstr("200 OK"));
  EXPECT_THAT(second.Receive(), HasSubstr("200 OK"));
  Client third(server_->address(), auditor_);
  third.Send(kGet);
  EXPECT_THAT(third.Receive(), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("TOO_MANY_CONNECTIONS")));
  EXPECT_TRUE(third.WaitForEnd());
  second.Send(kGet);
  EXPECT_THAT(second.Receive(), HasSubstr("200 OK"));
}

TEST_F(LogServerTest, WhoSaysNothingKeepsNobodyOut) {
  LogServerOptions options;
  options.max_connections = 2;
  options.max_newcomers = 4;
  options.handshake_time = absl::Hours(1);
  Start(options);
  Client known(server_->address(), auditor_);
  known.Send(kGet);
  EXPECT_THAT(known.Receive(), HasSubstr("200 OK"));
  std::vector<int> silent;
  for (int i = 0; i < 12; ++i) silent.push_back(ConnectTcp(server_->address()));
  EXPECT_THAT(Ask(auditor_, kGet), HasSubstr("200 OK"));
  // The oldest went, and whoever was answered before stays.
  char byte = 0;
  EXPECT_EQ(::recv(silent.front(), &byte, 1, 0), 0);
  known.Send(kGet);
  EXPECT_THAT(known.Receive(), HasSubstr("200 OK"));
  for (const int fd : silent) ::close(fd);
}

TEST_F(LogServerTest, WhoIsRefusedDoesNotStay) {
  Start();
  Client client(server_->address(), Issue(*kgz_, {"KGZ/border-service", certs::Role::kSystem, "s"}));
  client.Send("GET /forbidden HTTP/1.1\r\n\r\n");
  EXPECT_THAT(client.Receive(), StartsWith("HTTP/1.1 403 "));
  EXPECT_TRUE(client.WaitForEnd());
}

// The door of a witness, with all that is behind it.
TEST_F(LogServerTest, ACheckpointThatIsPostedGetsTheWitnesssCosignature) {
  SeededRng rng(3);
  witness::TestNode kazakh("KAZ/border-service", clock_, rng);
  witness::TestNode kyrgyz("KGZ/interior-ministry", clock_, rng);
  kazakh.Start({&kyrgyz});
  kyrgyz.Start({&kazakh});
  audit::TestLog log;
  const audit::Auditor auditor = log.MakeAuditor();
  const audit::ReadingLog readings = log.MakeReadingLog();
  const LogPages pages(
      {"KAZ/border-service", {"KGZ/interior-ministry"}, {"KAZ/prosecutor-general"}}, auditor, readings,
      [&](const std::string& body) {
        witness::WitnessAnswer answer = kazakh.witness().AnswerHttp(body);
        return HttpAnswer{static_cast<unsigned>(answer.status), std::move(answer.content_type), std::move(answer.body)};
      });
  Start({},
        [&](const certs::Principal& caller, HttpRequest request) { return pages.Answer(caller, std::move(request)); });
  Client client(server_->address(), Issue(*kgz_, {"KGZ/interior-ministry", certs::Role::kNode, "n1"}));
  const auto post = [&](const std::string& body) {
    client.Send(absl::StrCat("POST /add-checkpoint HTTP/1.1\r\nContent-Length: ", body.size(), "\r\n\r\n", body));
    return client.Receive();
  };
  kyrgyz.Append(3);
  const std::string cosigned = post(kyrgyz.BodySince(0));
  ASSERT_THAT(cosigned, StartsWith("HTTP/1.1 200 OK\r\n"));
  ledger::Note note = ledger::ParseNote(kyrgyz.Checkpoint()).value();
  ASSERT_OK_AND_ASSIGN(note.signatures, ledger::ParseSignatures(cosigned.substr(cosigned.find("\r\n\r\n") + 4)));
  EXPECT_OK(ledger::CosignedAt(note, kazakh.witness_key().key(), certs::VerifyEd25519));
  kyrgyz.Append(2);
  EXPECT_THAT(post(kyrgyz.BodySince(0)), AllOf(StartsWith("HTTP/1.1 409 "), HasSubstr("Content-Type: text/x.tlog.size"),
                                               HasSubstr("\r\n\r\n3\n")));
  EXPECT_THAT(post(kyrgyz.BodySince(3)), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(post("old 3\n\nno note"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(LogServerTest, ItStopsWhileConnectionsAreOpen) {
  Start();
  Client client(server_->address(), auditor_);
  client.Send(kGet);
  EXPECT_THAT(client.Receive(), HasSubstr("200 OK"));
  server_.reset();
  EXPECT_TRUE(client.WaitForEnd());
}

TEST_F(LogServerTest, AnotherIdentityIsShownToNewConnectionsWhileOldOnesGoOn) {
  Start();
  Client before(server_->address(), auditor_);
  before.Send(kGet);
  EXPECT_THAT(before.Receive(), HasSubstr("200 OK"));
  const exchange::TlsIdentity next = Issue(*kaz_, {"KAZ/border-service", certs::Role::kNode, "n1"});
  const std::string next_certificate = certs::ParsePemChain(next.chain_pem)->front().Der();
  ASSERT_OK(server_->ReplaceIdentity(next));
  EXPECT_NE(before.ServerCertificate(), next_certificate);
  EXPECT_EQ(Client(server_->address(), auditor_).ServerCertificate(), next_certificate);
  before.Send(kGet);
  EXPECT_THAT(before.Receive(), HasSubstr("200 OK"));

  EXPECT_FALSE(server_->ReplaceIdentity({"no chain", "no key"}).ok());
  EXPECT_EQ(Client(server_->address(), auditor_).ServerCertificate(), next_certificate);
}

TEST_F(LogServerTest, AnAddressThatCannotBeListenedOnIsAnError) {
  Start();
  const auto handler = [](const certs::Principal&, const HttpRequest&) { return HttpAnswer(); };
  const exchange::TlsIdentity identity = Issue(*kaz_, {"KAZ/border-service", certs::Role::kNode, "n1"});
  LogServerOptions options;
  for (const std::string& address : {std::string(), std::string("localhost:1"), std::string("127.0.0.1"),
                                     std::string("127.0.0.1:65536"), server_->address()}) {
    options.address = address;
    EXPECT_FALSE(LogServer::Start(options, identity, *trust_, clock_, handler).ok()) << address;
  }
  options.address = "127.0.0.1:0";
  EXPECT_FALSE(LogServer::Start(options, {"no chain", "no key"}, *trust_, clock_, handler).ok());
}

}  // namespace
}  // namespace tamga::log_server
