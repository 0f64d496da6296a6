#include "node/witness/https_witness_peer.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/authority.h"
#include "certs/p256.h"
#include "certs/test_certificates.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/witness/test_http_server.h"

namespace tamga::witness {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Does = TestHttpManner::Does;

constexpr char kServerName[] = "border-service.kaz.tamga";

std::string Answer(absl::string_view status, absl::string_view body, absl::string_view headers = "") {
  return absl::StrCat("HTTP/1.1 ", status, "\r\n", headers, "Content-Length: ", body.size(), "\r\n\r\n", body);
}

class HttpsWitnessPeerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    SystemRng rng;
    kaz_ = new certs::StateAuthority(*certs::StateAuthority::Create("KAZ", certs::TestNow(), rng));
  }

  static exchange::TlsIdentity Issue(const certs::Principal& principal) {
    SystemRng rng;
    const auto files = kaz_->Issue(principal, absl::Hours(24), certs::TestNow(), rng);
    EXPECT_OK(files);
    return {files->chain_pem, files->key_pem};
  }

  void Start(TestHttpManner manner) {
    server_ = std::make_unique<TestHttpServer>(identity_, std::move(manner));
    address_.port = server_->port();
  }
  void StartAnswering(std::string answer) { Start({Does::kAnswer, std::move(answer)}); }

  absl::StatusOr<v1::AddCheckpointResponse> Ask(absl::Duration time = absl::Minutes(1)) {
    absl::StatusOr<std::unique_ptr<WitnessPeer>> peer = MakeHttpsWitnessPeer(address_, "/logs", clock_);
    if (!peer.ok()) return peer.status();
    return (*peer)->AddCheckpoint("old 0\n\nnote", clock_.Now() + time);
  }

  static certs::StateAuthority* kaz_;
  ManualClock clock_{certs::TestNow()};
  const exchange::TlsIdentity identity_ = Issue({"KAZ/border-service", certs::Role::kNode, "n1"});
  HttpsServer address_{"127.0.0.1", 0, kServerName, kaz_->RootPem(), identity_};
  std::unique_ptr<TestHttpServer> server_;
};

certs::StateAuthority* HttpsWitnessPeerTest::kaz_ = nullptr;

TEST_F(HttpsWitnessPeerTest, ItPostsTheBodyBelowTheBaseUrl) {
  StartAnswering(Answer("200 OK", "lines\n"));
  ASSERT_OK_AND_ASSIGN(const v1::AddCheckpointResponse response, Ask());
  EXPECT_EQ(response.status(), 200u);
  EXPECT_EQ(response.body(), "lines\n");
  ASSERT_THAT(server_->requests(), SizeIs(1));
  EXPECT_THAT(server_->requests()[0], AllOf(StartsWith("POST /logs/add-checkpoint HTTP/1.1\r\n"),
                                            HasSubstr(absl::StrCat("\r\nHost: 127.0.0.1:", address_.port, "\r\n")),
                                            HasSubstr("\r\nConnection: close\r\n"), EndsWith("\r\n\r\nold 0\n\nnote")));
}

TEST_F(HttpsWitnessPeerTest, ASizeIsHandedOnIfItIsSaidToBeOne) {
  StartAnswering("");
  for (const char* type : {"text/x.tlog.size", "Text/X.Tlog.Size ; charset=utf-8"}) {
    server_->SetAnswer(Answer("409 Conflict", "42\n", absl::StrCat("Content-Type: ", type, "\r\n")));
    ASSERT_OK_AND_ASSIGN(const v1::AddCheckpointResponse response, Ask());
    EXPECT_EQ(response.status(), 409u);
    EXPECT_EQ(response.body(), "42\n");
    EXPECT_EQ(response.seen_checkpoint(), "");
  }
  for (const char* header : {"", "Content-Type: text/plain\r\n", "Content-Type: text/x.tlog.sizes\r\n"}) {
    server_->SetAnswer(Answer("409 Conflict", "42\n", header));
    EXPECT_THAT(Ask(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("text/x.tlog.size"))) << header;
  }
}

// Whatever else they say is of no use, and may be anything.
TEST_F(HttpsWitnessPeerTest, RefusalsAreHandedOnWithTheirStatusAlone) {
  StartAnswering("");
  for (const uint32_t status : {400u, 403u, 404u, 422u, 429u, 500u, 503u}) {
    server_->SetAnswer(Answer(absl::StrCat(status, " No"), "why not\n"));
    ASSERT_OK_AND_ASSIGN(const v1::AddCheckpointResponse response, Ask());
    EXPECT_EQ(response.status(), status);
    EXPECT_EQ(response.body(), "");
  }
}

TEST_F(HttpsWitnessPeerTest, NoRedirectIsFollowed) {
  StartAnswering("");
  server_->SetAnswer(
      Answer("307 Temporary Redirect", "", absl::StrCat("Location: https://127.0.0.1:", address_.port, "/a\r\n")));
  ASSERT_OK_AND_ASSIGN(const v1::AddCheckpointResponse response, Ask());
  EXPECT_EQ(response.status(), 307u);
  EXPECT_THAT(server_->requests(), SizeIs(1));
}

TEST_F(HttpsWitnessPeerTest, ACertificateOfAnotherNameIsRefused) {
  StartAnswering(Answer("200 OK", ""));
  for (const char* name : {"127.0.0.1", "::1", "localhost", "interior-ministry.kaz.tamga", "kaz.tamga"}) {
    address_.name = name;
    const absl::Status refused = Ask().status();
    EXPECT_THAT(refused, HasReason("WITNESS_UNTRUSTED")) << name;
    EXPECT_THAT(refused.message(), AllOf(HasSubstr(name), HasSubstr("mismatch")));
  }
  EXPECT_THAT(server_->requests(), SizeIs(0));
}

TEST_F(HttpsWitnessPeerTest, ACertificateThatTheGivenRootsDoNotVouchForIsRefused) {
  StartAnswering(Answer("200 OK", ""));
  SystemRng rng;
  address_.roots_pem = certs::StateAuthority::Create("KAZ", certs::TestNow(), rng)->RootPem();
  EXPECT_THAT(Ask(), HasReason("WITNESS_UNTRUSTED"));
  address_.roots_pem = kaz_->RootPem();
  EXPECT_OK(Ask());
  clock_.Advance(absl::Hours(25));
  EXPECT_THAT(Ask(), HasReason("WITNESS_UNTRUSTED"));
  EXPECT_THAT(Ask().status().message(), HasSubstr("expired"));
  clock_.Advance(-absl::Hours(49));
  EXPECT_THAT(Ask().status().message(), HasSubstr("not yet valid"));
  EXPECT_THAT(server_->requests(), SizeIs(1));
}

TEST_F(HttpsWitnessPeerTest, ACertificateThatIsForClientsAloneIsRefused) {
  const certs::EvpPkeyPtr key = *certs::GenerateP256Key();
  certs::LeafOptions options;
  options.names = absl::StrCat("URI:spiffe://kaz.tamga/border-service/node/n1,DNS:", kServerName);
  options.key = key.get();
  address_.roots_pem = certs::Kaz().RootPem();
  for (const auto& [purposes, is_good] : {std::pair("serverAuth", true), std::pair("clientAuth", false)}) {
    options.key_purposes = purposes;
    const certs::CertificateChain chain = certs::Kaz().Issue(options);
    TestHttpServer server({absl::StrCat(chain[0].Pem(), chain[1].Pem()), *certs::WritePrivateKeyPem(*key)},
                          {Does::kAnswer, Answer("200 OK", "")});
    address_.port = server.port();
    const absl::Status asked = Ask().status();
    if (is_good) {
      EXPECT_OK(asked);
    } else {
      EXPECT_THAT(asked, HasReason("WITNESS_UNTRUSTED"));
      EXPECT_THAT(asked.message(), HasSubstr("purpose"));
    }
  }
}

TEST_F(HttpsWitnessPeerTest, OlderVersionsOfTlsAreRefused) {
  Start({Does::kAnswer, Answer("200 OK", ""), TLS1_2_VERSION});
  EXPECT_THAT(Ask(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("TLS 1.3")));
  EXPECT_THAT(server_->requests(), SizeIs(0));
}

TEST_F(HttpsWitnessPeerTest, AnAnswerThatIsTooLongIsRefused) {
  StartAnswering("");
  const std::string too_long[] = {
      Answer("200 OK", std::string(kMaxAnswerBodyBytes + 1, 'x')),
      "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 16385\r\n\r\nx",
      absl::StrCat("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4001\r\n", std::string(0x4001, 'x'),
                   "\r\n0\r\n\r\n"),
      absl::StrCat("HTTP/1.1 404 Not Found\r\n\r\n", std::string(kMaxAnswerBodyBytes + 1, 'x')),
      Answer("200 OK", "", absl::StrCat("X: ", std::string(kMaxAnswerHeaderBytes, 'x'), "\r\n")),
      std::string(kMaxAnswerHeaderBytes + kMaxAnswerBodyBytes, 'H'),
  };
  for (const std::string& answer : too_long) {
    server_->SetAnswer(answer);
    EXPECT_THAT(Ask(), StatusIs(absl::StatusCode::kFailedPrecondition)) << answer.substr(0, 60);
  }
  server_->SetAnswer(Answer("200 OK", std::string(kMaxAnswerBodyBytes, 'x')));
  ASSERT_OK_AND_ASSIGN(const v1::AddCheckpointResponse response, Ask());
  EXPECT_THAT(response.body(), SizeIs(kMaxAnswerBodyBytes));
}

TEST_F(HttpsWitnessPeerTest, WhatIsNotHttpIsRefused) {
  StartAnswering("");
  for (const char* answer :
       {"hello\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 200 OK\r\nA b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "\x16\x03\x01 and more of this\r\n\r\n"}) {
    server_->SetAnswer(answer);
    EXPECT_THAT(Ask(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no HTTP/1.1"))) << answer;
  }
}

TEST_F(HttpsWitnessPeerTest, AnAnswerThatIsCutAnywhereIsNone) {
  StartAnswering("");
  const std::string whole = Answer("200 OK", "lines\n", "Content-Type: text/plain\r\n");
  for (size_t size = 0; size < whole.size(); ++size) {
    server_->SetAnswer(whole.substr(0, size));
    EXPECT_THAT(Ask(), StatusIs(absl::StatusCode::kUnavailable)) << size;
  }
}

TEST_F(HttpsWitnessPeerTest, WhoSaysNothingIsNotWaitedFor) {
  for (const Does does : {Does::kSayNothing, Does::kReadAndSayNothing}) {
    Start({does});
    EXPECT_THAT(Ask(absl::Milliseconds(200)), StatusIs(absl::StatusCode::kDeadlineExceeded));
  }
}

TEST_F(HttpsWitnessPeerTest, WhoseTimeIsOverIsNotAsked) {
  StartAnswering(Answer("200 OK", ""));
  EXPECT_THAT(Ask(absl::ZeroDuration()), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(Ask(-absl::InfiniteDuration()), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(server_->requests(), SizeIs(0));
  EXPECT_OK(Ask(absl::InfiniteDuration()));
}

TEST_F(HttpsWitnessPeerTest, WhoClosesAtOnceOrDoesNotListenIsUnavailable) {
  Start({Does::kCloseAtOnce});
  EXPECT_THAT(Ask(), StatusIs(absl::StatusCode::kUnavailable));
  server_.reset();
  EXPECT_THAT(Ask(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("connect")));
}

TEST_F(HttpsWitnessPeerTest, AHostIsFoundByItsName) {
  StartAnswering(Answer("200 OK", ""));
  address_.host = "localhost";
  EXPECT_OK(Ask());
  EXPECT_THAT(server_->requests(), SizeIs(1));
  EXPECT_THAT(server_->requests().at(0), HasSubstr(absl::StrCat("Host: localhost:", address_.port, "\r\n")));
}

TEST_F(HttpsWitnessPeerTest, RootsOrAnIdentityThatCannotBeReadAreAnError) {
  HttpsServer server = address_;
  server.roots_pem = "no roots";
  EXPECT_FALSE(MakeHttpsWitnessPeer(server, "", clock_).ok());
  server = address_;
  server.identity.key_pem = "no key";
  EXPECT_FALSE(MakeHttpsWitnessPeer(server, "", clock_).ok());
}

}  // namespace
}  // namespace tamga::witness
