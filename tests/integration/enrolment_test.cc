// A real issuing authority and a real node: the node's certificate comes by a join token, and is then renewed by
// itself.
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/authority.h"
#include "certs/crl.h"
#include "certs/p256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/unix_socket.h"
#include "node/store/test_folder.h"
#include "tests/federation/node_process.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::HasSubstr;

// A listening socket of the test's own, on a port of 127.0.0.1 that the kernel chose.
struct Socket {
  Socket() {
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in name = {};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(name);
    EXPECT_EQ(::bind(made, reinterpret_cast<sockaddr*>(&name), sizeof(name)), 0);
    EXPECT_EQ(::listen(made, 128), 0);
    EXPECT_EQ(::getsockname(made, reinterpret_cast<sockaddr*>(&name), &size), 0);
    address = absl::StrCat("127.0.0.1:", ntohs(name.sin_port));
    fd = ::fcntl(made, F_DUPFD_CLOEXEC, 64);  // out of the way of descriptor 3, where the program expects it
    ::close(made);
  }
  ~Socket() { ::close(fd); }

  std::string address;
  int fd = -1;
};

// Sees files come into their place in a folder.
class FolderWatch {
 public:
  explicit FolderWatch(const std::string& folder) : fd_(::inotify_init1(IN_CLOEXEC)) {
    EXPECT_GE(::inotify_add_watch(fd_, folder.c_str(), IN_MOVED_TO), 0);
  }
  ~FolderWatch() { ::close(fd_); }

  // Waits until `name` was replaced since the last time; false if that takes longer than a hanging node may.
  bool WaitFor(const std::string& name) {
    while (true) {
      pollfd waiting = {fd_, POLLIN, 0};
      if (::poll(&waiting, 1, 120'000) <= 0) return false;
      alignas(inotify_event) char buffer[4096];
      const ssize_t size = ::read(fd_, buffer, sizeof(buffer));
      bool seen = false;
      for (ssize_t at = 0; at < size;) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
        seen = seen || (event->len > 0 && name == event->name);
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      }
      if (seen) return true;
    }
  }

 private:
  const int fd_;
};

class EnrolmentTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    ASSERT_OK_AND_ASSIGN(const certs::StateAuthority::Files files, federation_->authority("KAZ").Save());
    ASSERT_OK(WriteFile(Path("root.pem"), files.root_pem));
    ASSERT_OK(WriteFile(Path("root.key"), files.root_key_pem, 0600));
    ASSERT_OK(WriteFile(Path("issuing.pem"), files.issuing_pem));
    ASSERT_OK(WriteFile(Path("issuing.key"), files.issuing_key_pem, 0600));
    ASSERT_OK(WriteFile(Path("authority.txtpb"),
                        "state: \"KAZ\" listen: \"127.0.0.1:0\" data_dir: \"data\" root_file: \"root.pem\"\n"
                        "issuing { certificate_file: \"issuing.pem\" key_file: \"issuing.key\" }\n"
                        "lifetimes { node_s: 600 seal_s: 600 }\n"));
    ASSERT_OK(authority_.Start());
    tls_pem_ = federation_->folder(kInterior) + "/tls.pem";
    tls_key_ = federation_->folder(kInterior) + "/tls.key";
  }

  std::string Path(const std::string& name) const { return absl::StrCat(folder_.path(), "/", name); }

  // Runs `tamga`; what it wrote, and its exit code behind that.
  static std::string Tamga(const std::string& arguments) {
    std::string output;
    FILE* pipe = ::popen(absl::StrCat("'", TAMGA_BINARY, "' ", arguments, " 2>&1 </dev/null").c_str(), "r");
    if (pipe == nullptr) return "cannot start";
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
    const int status = ::pclose(pipe);
    return absl::StrCat(output, "exit ", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  }
  std::string Enrol(const std::string& more) const {
    return Tamga(absl::StrCat("pki enrol --authority-address ", socket_.address, " --roots ", Path("root.pem"),
                              " --agency ", kInterior, " --name n1 --certificate ", tls_pem_, " --key ", tls_key_, " ",
                              more));
  }

  // For the interior ministry's "n1" of the role, in the file "token".
  void MakeToken(const std::string& role) const {
    ASSERT_THAT(Tamga(absl::StrCat("pki operator --authority ", folder_.path(),
                                   " --agency KAZ/issuing-authority --name anna --node-address ", socket_.address,
                                   " --out ", Path("anna"))),
                HasSubstr("exit 0"));
    ASSERT_THAT(Tamga(absl::StrCat("--profile ", Path("anna/anna.txtpb"), " pki token --agency ", kInterior, " --role ",
                                   role, " --name n1 --out ", Path("token"))),
                HasSubstr("exit 0"));
  }

  certs::Certificate AtHand() const { return certs::ParsePemChain(ReadFile(tls_pem_).value())->front(); }
  // Whether the files fit, and the State's roots vouch for them.
  void CheckFiles() const {
    const certs::EvpPkeyPtr key = certs::ParsePrivateKeyPem(ReadFile(tls_key_).value()).value();
    const certs::CertificateChain chain = certs::ParsePemChain(ReadFile(tls_pem_).value()).value();
    EXPECT_EQ(chain.front().Spki(), certs::SpkiOf(*key));
    ASSERT_OK_AND_ASSIGN(const certs::Principal named,
                         federation_->trust().Get()->Verify(chain, certs::Usage::kTlsServer, absl::Now()));
    EXPECT_EQ(named.SpiffeId(), "spiffe://kaz.tamga/interior-ministry/node/n1");
  }

  std::unique_ptr<Federation> federation_;
  store::TestFolder folder_;
  const Socket socket_;
  NodeProcess authority_{TAMGA_AUTHORITY_BINARY, Path("authority.txtpb"), Path("authority.log"), socket_.fd};
  std::string tls_pem_;
  std::string tls_key_;
};

TEST_F(EnrolmentTest, ANodeEnrolsByATokenAndRenewsByItsCertificate) {
  MakeToken("node");
  EXPECT_THAT(Enrol("--token-file " + Path("token")), HasSubstr("FILE_EXISTS"));
  const std::string issued_by_hand = AtHand().SerialHex();
  EXPECT_THAT(Enrol("--force --token-file " + Path("token")), HasSubstr("exit 0"));
  const std::string by_token = AtHand().SerialHex();
  EXPECT_NE(by_token, issued_by_hand);
  CheckFiles();

  v1::NodeConfig config = federation_->config(kInterior);
  config.mutable_enrolment()->set_authority_address(socket_.address);
  config.mutable_enrolment()->set_renew_after_percent(1);  // of 10 minutes: always due
  ASSERT_OK(federation_->Reconfigure(kInterior, config));
  FolderWatch watch(federation_->folder(kInterior));
  ASSERT_OK(federation_->node(kInterior).Start());
  ASSERT_OK(federation_->WaitUntilServing(kInterior));
  ASSERT_TRUE(watch.WaitFor("tls.pem")) << federation_->node(kInterior).LogText() << authority_.LogText();
  const std::string first = AtHand().SerialHex();
  EXPECT_NE(first, by_token);
  // Again, by the certificate that it renewed.
  ASSERT_TRUE(watch.WaitFor("tls.pem")) << federation_->node(kInterior).LogText() << authority_.LogText();
  EXPECT_EQ(federation_->node(kInterior).Terminate(), 0);
  EXPECT_NE(AtHand().SerialHex(), first);
  CheckFiles();
  EXPECT_THAT(federation_->node(kInterior).LogText(), HasSubstr("certificate renewed"));

  // Whoever finds the token is told no, and what came of it is revoked.
  const std::string last = AtHand().Der();
  EXPECT_THAT(Enrol("--force --token-file " + Path("token")), HasSubstr("TOKEN_USED"));
  ASSERT_OK_AND_ASSIGN(const certs::Certificate revoked, certs::Certificate::FromDer(last));
  EXPECT_THAT(Tamga(absl::StrCat("pki revocations --authority-address ", socket_.address, " --state KAZ --roots ",
                                 Path("root.pem"), " --out ", Path("kaz.crl.pem"))),
              HasSubstr("exit 0"));
  ASSERT_OK_AND_ASSIGN(const std::string pem, ReadFile(Path("kaz.crl.pem")));
  ASSERT_OK_AND_ASSIGN(const certs::Crl list, certs::Crl::FromPem(pem));
  EXPECT_TRUE(list.RevokedSince(revoked).has_value());
  EXPECT_THAT(Enrol(""), HasSubstr("CERT_REVOKED"));
  EXPECT_THAT(authority_.LogText(), HasSubstr("join token used twice"));
}

TEST_F(EnrolmentTest, ASealWhoseKeyIsInAProcessOfItsOwnIsEnrolledByARequestAndRenewsItself) {
  const std::string home = federation_->folder(kInterior);
  ASSERT_OK(WriteFile(home + "/signer.txtpb",
                      "socket: \"s\" key_file: \"seal.key\"\n"
                      "types: \"application/vnd.tamga.request.v1\" types: \"application/vnd.tamga.reply.v1\"\n"
                      "types: \"application/vnd.tamga.checkpoint.v1\"\n"
                      "types: \"application/vnd.tamga.certificate-request.v1\"\n"));
  NodeProcess signer(TAMGA_SIGNER_BINARY, home + "/signer.txtpb", home + "/signer.log", -1);
  ASSERT_OK(signer.Start());
  const absl::Time end = absl::Now() + absl::Seconds(60);
  while (!ConnectTo(home + "/s", {std::chrono::steady_clock::now()}).ok()) {
    ASSERT_LT(absl::Now(), end) << signer.LogText();
    ::sched_yield();
  }
  MakeToken("seal");
  EXPECT_THAT(Tamga(absl::StrCat("pki csr --agency ", kInterior, " --role seal --name n1 --signer-socket ", home,
                                 "/s --out ", Path("seal.csr"))),
              HasSubstr("exit 0"));
  EXPECT_THAT(Tamga(absl::StrCat("pki enrol --authority-address ", socket_.address, " --roots ", Path("root.pem"),
                                 " --agency ", kInterior, " --role seal --name n1 --token-file ", Path("token"),
                                 " --csr ", Path("seal.csr"), " --force --certificate ", home, "/seal.pem")),
              HasSubstr("exit 0"));

  v1::NodeConfig config = federation_->config(kInterior);
  config.mutable_seal()->clear_key_file();
  config.mutable_seal()->set_signer_socket("s");
  config.mutable_enrolment()->set_authority_address(socket_.address);
  config.mutable_enrolment()->set_renew_after_percent(1);
  config.mutable_enrolment()->set_renew_seal(true);
  ASSERT_OK(federation_->Reconfigure(kInterior, config));
  const auto at_hand = [&] { return certs::ParsePemChain(ReadFile(home + "/seal.pem").value())->front(); };
  const certs::Certificate by_token = at_hand();
  FolderWatch watch(home);
  ASSERT_OK(federation_->node(kInterior).Start());
  ASSERT_OK(federation_->WaitUntilServing(kInterior));
  // Once by the seal that came by the token, and once by the one that was renewed.
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(watch.WaitFor("seal.pem")) << federation_->node(kInterior).LogText() << signer.LogText();
  }
  const absl::Time patience = absl::Now() + absl::Seconds(60);
  while (federation_->node(kInterior).LogText().find("seal taken over") == std::string::npos) {
    ASSERT_LT(absl::Now(), patience) << federation_->node(kInterior).LogText();
    ::sched_yield();
  }
  EXPECT_EQ(federation_->node(kInterior).Terminate(), 0);
  EXPECT_NE(at_hand().SerialHex(), by_token.SerialHex());
  EXPECT_EQ(at_hand().Spki(), by_token.Spki());
  EXPECT_THAT(ReadFile(home + "/seal.key.next"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(EnrolmentTest, ANodeWhoseAuthorityIsDownServes) {
  authority_.Kill();
  v1::NodeConfig config = federation_->config(kInterior);
  config.mutable_enrolment()->set_authority_address("127.0.0.1:1");
  config.mutable_enrolment()->set_renew_after_percent(1);
  ASSERT_OK(federation_->Reconfigure(kInterior, config));
  const std::string before = AtHand().SerialHex();
  ASSERT_OK(federation_->node(kInterior).Start());
  ASSERT_OK(federation_->WaitUntilServing(kInterior));
  EXPECT_EQ(federation_->node(kInterior).Terminate(), 0);
  EXPECT_EQ(AtHand().SerialHex(), before);
  CheckFiles();
}

}  // namespace
}  // namespace tamga::testing
