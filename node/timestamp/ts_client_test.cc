#include "node/timestamp/ts_client.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/authority.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/base/status_macros.h"
#include "node/timestamp/test_authority.h"
#include "node/timestamp/ts_token.h"
#include "node/witness/test_http_server.h"

namespace tamga::timestamp {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

class TsClientTest : public ::testing::Test {
 protected:
  // Asks the plain server.
  absl::StatusOr<std::string> Ask(absl::Duration time = absl::Seconds(60)) {
    witness::HttpsServer server;
    server.host = "127.0.0.1";
    server.port = server_.port();
    server.is_plain = true;
    ASSIGN_OR_RETURN(const std::unique_ptr<TsClient> client, MakeHttpTsClient(server, "/tsr", clock_));
    return client->Ask("query", time);
  }
  void Answer(const std::string& answer) {
    server_.SetAnswer([answer](const std::string&) { return answer; });
  }

  ManualClock clock_{certs::TestNow()};
  witness::TestHttpServer server_{
      [](const std::string& body) { return witness::HttpReply(absl::StrCat("reply to ", body)); }};
};

TEST_F(TsClientTest, AsksAsRfc3161Says) {
  ASSERT_OK_AND_ASSIGN(const std::string reply, Ask());
  EXPECT_EQ(reply, "reply to query");
  ASSERT_THAT(server_.requests(), SizeIs(1));
  EXPECT_THAT(server_.requests()[0],
              AllOf(StartsWith("POST /tsr HTTP/1.1\r\n"), HasSubstr("Content-Type: application/timestamp-query\r\n"),
                    HasSubstr(absl::StrCat("Host: 127.0.0.1:", server_.port(), "\r\n"))));
}

TEST_F(TsClientTest, TheTypeOfTheReplyMayHaveParametersAndAnyCase) {
  Answer(witness::HttpReply("reply", "200 OK", "Application/Timestamp-Reply; charset=binary"));
  EXPECT_OK(Ask());
}

TEST_F(TsClientTest, WhatIsNoReplyIsRefused) {
  for (const std::string& answer :
       {witness::HttpReply("reply", "500 Internal Server Error"), witness::HttpReply("reply", "404 Not Found"),
        witness::HttpReply("reply", "200 OK", "text/html"), witness::HttpReply("reply", "200 OK", ""),
        std::string("garbage\r\n\r\n"), std::string("HTTP/1.1 200 OK\r\nA b\r\n\r\n")}) {
    Answer(answer);
    EXPECT_THAT(Ask(), StatusIs(absl::StatusCode::kFailedPrecondition)) << answer;
  }
}

TEST_F(TsClientTest, NoRedirectIsFollowed) {
  Answer(absl::StrCat("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:", server_.port(),
                      "/other\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_THAT(Ask(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another address (status 307)")));
  EXPECT_THAT(server_.requests(), SizeIs(1));
}

TEST_F(TsClientTest, AReplyThatIsTooLongIsRefused) {
  const std::string too_long[] = {
      witness::HttpReply(std::string(kMaxResponseBytes + 1, 'x')),
      "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n",
      absl::StrCat("HTTP/1.1 200 OK\r\nX: ", std::string(witness::kMaxAnswerHeaderBytes, 'x'), "\r\n\r\n"),
  };
  for (const std::string& answer : too_long) {
    Answer(answer);
    EXPECT_THAT(Ask(), StatusIs(absl::StatusCode::kFailedPrecondition)) << answer.substr(0, 60);
  }
}

TEST_F(TsClientTest, AServerThatHangsIsNotWaitedFor) {
  Answer("");
  EXPECT_THAT(Ask(absl::Milliseconds(200)), StatusIs(absl::StatusCode::kDeadlineExceeded));
  Answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  EXPECT_THAT(Ask(), StatusIs(absl::StatusCode::kUnavailable));
}

// Over https:// the server's certificate counts, before anything is said.
TEST_F(TsClientTest, OverTlsTheServerMustBeTheOneThatItsRootsVouchFor) {
  SystemRng rng;
  absl::StatusOr<certs::StateAuthority> kaz = certs::StateAuthority::Create("KAZ", certs::TestNow(), rng);
  ASSERT_OK(kaz);
  ASSERT_OK_AND_ASSIGN(const certs::KeyAndCertificate pair, kaz->Issue({"KAZ/border-service", certs::Role::kNode, "n1"},
                                                                       absl::Hours(24), certs::TestNow(), rng));
  const exchange::TlsIdentity identity{pair.chain_pem, pair.key_pem};
  witness::TestHttpServer tls(identity, {witness::TestHttpManner::Does::kAnswer, witness::HttpReply("reply")});
  witness::HttpsServer server;
  server.host = "127.0.0.1";
  server.port = tls.port();
  server.name = "border-service.kaz.tamga";
  server.roots_pem = kaz->RootPem();
  server.identity = identity;
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<TsClient> client, MakeHttpTsClient(server, "/", clock_));
  ASSERT_OK_AND_ASSIGN(const std::string reply, client->Ask("query", absl::Seconds(60)));
  EXPECT_EQ(reply, "reply");
  server.roots_pem = certs::Kgz().RootPem();
  ASSERT_OK_AND_ASSIGN(client, MakeHttpTsClient(server, "/", clock_));
  EXPECT_THAT(client->Ask("query", absl::Seconds(60)), HasReason(kTimestampUntrusted));
  EXPECT_THAT(tls.requests(), SizeIs(1));
}

TEST_F(TsClientTest, TheTlsCertificateThatTookThePlaceOfAnotherIsShown) {
  SystemRng rng;
  absl::StatusOr<certs::StateAuthority> kaz = certs::StateAuthority::Create("KAZ", certs::TestNow(), rng);
  ASSERT_OK(kaz);
  std::vector<exchange::TlsIdentity> identities;
  std::vector<std::string> certificates;
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_AND_ASSIGN(
        const certs::KeyAndCertificate pair,
        kaz->Issue({"KAZ/border-service", certs::Role::kNode, "n1"}, absl::Hours(24), certs::TestNow(), rng));
    identities.push_back({pair.chain_pem, pair.key_pem});
    ASSERT_OK_AND_ASSIGN(const certs::CertificateChain chain, certs::ParsePemChain(pair.chain_pem));
    certificates.push_back(chain.front().Der());
  }
  witness::TestHttpServer tls(identities[0], {witness::TestHttpManner::Does::kAnswer, witness::HttpReply("reply")});
  witness::HttpsServer server;
  server.host = "127.0.0.1";
  server.port = tls.port();
  server.name = "border-service.kaz.tamga";
  server.roots_pem = kaz->RootPem();
  server.identity = identities[0];
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<TsClient> client, MakeHttpTsClient(server, "/", clock_));
  ASSERT_OK(client->Ask("query", absl::Seconds(60)));
  ASSERT_OK(client->Show(identities[1]));
  ASSERT_OK(client->Ask("query", absl::Seconds(60)));
  EXPECT_EQ(tls.shown(), certificates);
}

TEST_F(TsClientTest, OverPlainHttpThereIsNoCertificateToShow) {
  witness::HttpsServer server;
  server.host = "127.0.0.1";
  server.port = server_.port();
  server.is_plain = true;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<TsClient> client, MakeHttpTsClient(server, "/tsr", clock_));
  ASSERT_OK(client->Show({"no chain", "no key"}));
  EXPECT_OK(client->Ask("query", absl::Seconds(60)));
}

}  // namespace
}  // namespace tamga::timestamp
