#include "node/cli/limbo_case.h"

#include <openssl/x509v3.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "node/base/matchers.h"

namespace tamga::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kSmallest[] =
    R"({"id": "a::b", "validation_kind": "CLIENT", "trusted_certs": ["root"], "peer_certificate": "leaf"})";

std::string Suite(const std::string& cases) { return absl::StrCat(R"({"version": 1, "testcases": [)", cases, "]}"); }

// The smallest case with one more field.
std::string With(const std::string& field) {
  const std::string smallest = kSmallest;
  return absl::StrCat(smallest.substr(0, smallest.size() - 1), ", ", field, "}");
}

absl::StatusOr<LimboCase> ReadOne(const std::string& text) {
  const absl::StatusOr<std::vector<ReadCase>> cases = ReadLimboCases(text);
  if (!cases.ok()) return cases.status();
  EXPECT_THAT(*cases, SizeIs(1));
  return cases->front().content;
}

TEST(LimboCaseTest, ReadsEveryFieldThatSaysHowToVerify) {
  ASSERT_OK_AND_ASSIGN(const LimboCase read, ReadOne(R"({
    "id": "all", "features": null, "importance": "high", "description": "d", "conflicts_with": [],
    "validation_kind": "SERVER", "trusted_certs": ["a", "b"], "untrusted_intermediates": ["c"],
    "peer_certificate": "d", "peer_certificate_key": "k", "validation_time": "2026-11-23T14:00:00+02:00",
    "signature_algorithms": ["ecdsa-with-SHA256"], "key_usage": ["digitalSignature", "keyAgreement"],
    "extended_key_usage": ["clientAuth", "emailProtection"], "expected_result": "SUCCESS",
    "expected_peer_name": {"kind": "DNS", "value": "x.example"},
    "expected_peer_names": [{"kind": "IP", "value": "192.0.2.1"}, {"kind": "RFC822", "value": "a@x.example"}],
    "max_chain_depth": 2, "crls": ["e"]})"));
  EXPECT_FALSE(read.peer_is_server);
  EXPECT_THAT(read.trusted_certs, ElementsAre("a", "b"));
  EXPECT_THAT(read.untrusted_intermediates, ElementsAre("c"));
  EXPECT_EQ(read.peer_certificate, "d");
  EXPECT_THAT(read.crls, ElementsAre("e"));
  EXPECT_EQ(read.validation_time, absl::FromCivil(absl::CivilHour(2026, 11, 23, 12), absl::UTCTimeZone()));
  EXPECT_THAT(read.signature_algorithms, ElementsAre("ecdsa-with-SHA256"));
  EXPECT_EQ(read.key_usage, static_cast<uint32_t>(KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT));
  EXPECT_THAT(read.purposes, ElementsAre("1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4"));
  ASSERT_THAT(read.names, SizeIs(3));
  EXPECT_EQ(read.names[0].kind, certs::ExpectedName::Kind::kDns);
  EXPECT_EQ(read.names[1].kind, certs::ExpectedName::Kind::kAddress);
  EXPECT_EQ(read.names[2].value, "a@x.example");
  EXPECT_EQ(read.max_intermediates, 2u);
}

TEST(LimboCaseTest, WhatIsNullOrAbsentIsNotSaid) {
  for (const std::string& text :
       {std::string(kSmallest),
        With(R"("untrusted_intermediates": null, "validation_time": null, "signature_algorithms": null,
                "key_usage": null, "extended_key_usage": null, "expected_peer_name": null,
                "expected_peer_names": null, "max_chain_depth": null, "crls": null)")}) {
    ASSERT_OK_AND_ASSIGN(const LimboCase read, ReadOne(text));
    EXPECT_TRUE(read.peer_is_server);
    EXPECT_EQ(read.validation_time, std::nullopt);
    EXPECT_EQ(read.key_usage, 0u);
    EXPECT_THAT(read.purposes, IsEmpty());
    EXPECT_THAT(read.names, IsEmpty());
    EXPECT_EQ(read.max_intermediates, std::nullopt);
    EXPECT_THAT(read.crls, IsEmpty());
  }
}

TEST(LimboCaseTest, ASuiteAndLinesGiveTheSameCases) {
  ASSERT_OK_AND_ASSIGN(const auto suite, ReadLimboCases(Suite(absl::StrCat(kSmallest, ",", kSmallest))));
  ASSERT_OK_AND_ASSIGN(const auto lines, ReadLimboCases(absl::StrCat(kSmallest, "\r\n\n  ", kSmallest, "\n")));
  ASSERT_OK_AND_ASSIGN(const auto one, ReadLimboCases(kSmallest));
  ASSERT_OK_AND_ASSIGN(const auto none, ReadLimboCases(Suite("")));
  EXPECT_THAT(suite, SizeIs(2));
  EXPECT_THAT(lines, SizeIs(2));
  EXPECT_THAT(one, SizeIs(1));
  EXPECT_THAT(none, IsEmpty());
  EXPECT_EQ(lines[1].id, "a::b");
}

TEST(LimboCaseTest, ACaseThatCannotBeReadIsMalformedAndTheOthersAreRead) {
  const std::string bad[] = {
      R"({"id": "x"})",
      R"({"id": 7, "validation_kind": "CLIENT", "trusted_certs": [], "peer_certificate": "leaf"})",
      With(R"("max_chain_depth": -1)"),
      With(R"("max_chain_depth": "2")"),
      With(R"("validation_time": "yesterday")"),
      With(R"("validation_time": 5)"),
      With(R"("key_usage": ["everything"])"),
      With(R"("extended_key_usage": ["everything"])"),
      With(R"("expected_peer_name": "x.example")"),
      With(R"("expected_peer_name": {"kind": "URI", "value": "x"})"),
      With(R"("expected_peer_names": {"kind": "DNS", "value": "x"})"),
      With(R"("untrusted_intermediates": "pem")"),
      With(R"("untrusted_intermediates": [7])"),
      With(absl::StrCat(R"("crls": [")", std::string((2 << 20) + 1, 'x'), "\"]")),
      With(absl::StrCat(R"("untrusted_intermediates": [")", std::string((64 << 10) + 1, 'x'), "\"]")),
      R"({"id": "x", "validation_kind": "BOTH", "trusted_certs": [], "peer_certificate": "leaf"})",
      R"({"id": "x", "validation_kind": "CLIENT", "trusted_certs": []})",
  };
  for (const std::string& one : bad) {
    ASSERT_OK_AND_ASSIGN(const auto cases, ReadLimboCases(Suite(absl::StrCat(one, ",", kSmallest))));
    ASSERT_THAT(cases, SizeIs(2)) << one.substr(0, 200);
    EXPECT_THAT(cases[0].content, HasReason("CASE_MALFORMED")) << one.substr(0, 200);
    EXPECT_OK(cases[1].content);
  }
  ASSERT_OK_AND_ASSIGN(const auto numbers, ReadLimboCases(Suite("7, null, [], \"x\"")));
  ASSERT_THAT(numbers, SizeIs(4));
  for (const ReadCase& one : numbers) EXPECT_THAT(one.content, HasReason("CASE_MALFORMED"));
}

TEST(LimboCaseTest, MoreThan512CertificatesAreNoCase) {
  std::string list = "\"x\"";
  for (int i = 1; i < 510; ++i) absl::StrAppend(&list, ",\"x\"");
  EXPECT_OK(ReadOne(With(absl::StrCat("\"untrusted_intermediates\": [", list, "]"))));
  absl::StrAppend(&list, ",\"x\"");
  EXPECT_THAT(ReadOne(With(absl::StrCat("\"untrusted_intermediates\": [", list, "]"))), HasReason("CASE_MALFORMED"));
}

TEST(LimboCaseTest, WhatIsNoJsonOrNoSuiteIsAnError) {
  for (const std::string& text :
       {std::string(), std::string("\n\n"), std::string("hello"), std::string("[1]"), std::string(R"({"id": )"),
        std::string(R"({"testcases": []})"), std::string(R"({"version": 2, "testcases": []})"),
        std::string(R"({"version": 1, "testcases": {}})"), absl::StrCat(kSmallest, "\nhello"), With(R"("id": "twice")"),
        std::string("{\"a\":\"\xff\"}"), With("\"deep\": " + std::string(100, '['))}) {
    EXPECT_THAT(ReadLimboCases(text), HasReason("INVALID_FIELD")) << text;
  }
  EXPECT_THAT(ReadLimboCases(absl::StrCat(kSmallest, "\nhello")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 2")));
}

TEST(LimboCaseTest, ALineIsOneObject) {
  EXPECT_EQ(LimboLine("a::b", absl::OkStatus()), R"({"id":"a::b","verdict":"SUCCESS","reason":""})");
  EXPECT_EQ(LimboLine("\"\n", Error(absl::StatusCode::kUnauthenticated, "CERT_EXPIRED", "it")),
            R"({"id":"\"\n","verdict":"FAILURE","reason":"CERT_EXPIRED"})");
}

}  // namespace
}  // namespace tamga::cli
