#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "certs/pem.h"
#include "certs/test_crl.h"
#include "certs/test_pki.h"
#include "node/base/encoding.h"
#include "node/cli/test_cli.h"

namespace tamga::cli {
namespace {

using certs::AuthorityNamed;
using certs::CrlOptions;
using certs::Issue;
using certs::IssueCrlDer;
using certs::Issued;
using certs::IssueOptions;
using certs::Server;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Json = nlohmann::json;

// A root, an issuing authority and a server, as a case that succeeds.
class PkiVerifyTest : public CliTest {
 protected:
  Json Good() const { return CaseOf(Issue(Server(), &issuing)); }

  Json CaseOf(const Issued& leaf) const {
    return {{"id", "own::case"},
            {"validation_kind", "CLIENT"},
            {"trusted_certs", {root.certificate.Pem()}},
            {"untrusted_intermediates", {issuing.certificate.Pem()}},
            {"peer_certificate", leaf.certificate.Pem()},
            {"validation_time", "2026-11-23T12:00:00Z"},
            {"expected_peer_name", {{"kind", "DNS"}, {"value", "server.example"}}},
            {"expected_result", "FAILURE"}};
  }

  // "" if the case is taken, otherwise the reason.
  std::string ReasonOfCase(const Json& one) {
    EXPECT_EQ(RunWithInput(one.dump(), {"pki", "verify"}), 0) << err();
    const Json line = Json::parse(out(), nullptr, false);
    EXPECT_TRUE(line.is_object() && line.size() == 3) << out();
    if (!line.is_object()) return "no line";
    EXPECT_EQ(line["id"], one.value("id", ""));
    EXPECT_EQ(line["verdict"], line["reason"] == "" ? "SUCCESS" : "FAILURE");
    return line["reason"];
  }
  std::string ReasonOfLeaf(const IssueOptions& options) { return ReasonOfCase(CaseOf(Issue(options, &issuing))); }
  std::string ReasonWith(const char* field, const Json& value) {
    Json one = Good();
    one[field] = value;
    return ReasonOfCase(one);
  }
  static std::string CrlPem(const CrlOptions& options, const Issued& issuer) {
    return certs::WritePem("X509 CRL", IssueCrlDer(options, issuer));
  }

  const Issued root = Issue(AuthorityNamed("Root"), nullptr);
  const Issued issuing = Issue(AuthorityNamed("Issuing"), &root);
};

TEST_F(PkiVerifyTest, AGoodPathSucceedsWhateverTheCaseExpects) {
  EXPECT_EQ(ReasonOfCase(Good()), "");
  EXPECT_EQ(ReasonWith("expected_result", "SUCCESS"), "");
  EXPECT_EQ(ReasonWith("expected_result", 7), "");
}

TEST_F(PkiVerifyTest, SuitesAndLinesGiveALineForEachCase) {
  Json other = Good();
  other["id"] = "own::expired";
  other["validation_time"] = "2036-11-23T12:00:00Z";
  const std::string expected =
      "{\"id\":\"own::case\",\"verdict\":\"SUCCESS\",\"reason\":\"\"}\n"
      "{\"id\":\"own::expired\",\"verdict\":\"FAILURE\",\"reason\":\"CERT_EXPIRED\"}\n"
      "{\"id\":\"\",\"verdict\":\"FAILURE\",\"reason\":\"CASE_MALFORMED\"}\n";
  const Json suite = {{"version", 1}, {"testcases", {Good(), other, Json::object()}}};
  EXPECT_EQ(RunWithInput(suite.dump(2), {"pki", "verify"}), 0);
  EXPECT_EQ(out(), expected);
  EXPECT_EQ(RunWithInput(absl::StrCat(Good().dump(), "\n", other.dump(), "\n{}\n"), {"pki", "verify"}), 0);
  EXPECT_EQ(out(), expected);
  EXPECT_EQ(RunWithInput(suite.dump(), {"--output", "json", "pki", "verify"}), 0);
  EXPECT_EQ(out(), expected);
}

TEST_F(PkiVerifyTest, WhatIsNoJsonEndsWithTwo) {
  for (const char* text : {"", "hello", "[]", "{\"version\":1,\"testcases\":[}"}) {
    EXPECT_EQ(RunWithInput(text, {"pki", "verify"}), 2) << text;
    EXPECT_THAT(out(), IsEmpty());
    EXPECT_THAT(err(), HasSubstr("INVALID_FIELD"));
  }
  EXPECT_EQ(RunWithInput(std::string((64 << 20) + 1, ' '), {"pki", "verify"}), 2);
  EXPECT_THAT(err(), HasSubstr("64 MiB"));
}

TEST_F(PkiVerifyTest, TheNameIsAskedForAndOnlyWhatTheAlternativeNamesSay) {
  IssueOptions options = Server();
  options.names = "DNS:server.example,DNS:*.wild.example,IP:192.0.2.1,IP:2001:db8::1,email:a@mail.example";
  Json one = CaseOf(Issue(options, &issuing));
  const auto expect = [&](const char* kind, const char* value, const char* reason) {
    one["expected_peer_name"] = {{"kind", kind}, {"value", value}};
    EXPECT_EQ(ReasonOfCase(one), reason) << kind << " " << value;
  };
  expect("DNS", "server.example", "");
  expect("DNS", "a.wild.example", "");
  expect("DNS", "a.b.wild.example", "CERT_WRONG_NAME");
  expect("DNS", "192.0.2.1", "CERT_WRONG_NAME");
  expect("IP", "192.0.2.1", "");
  expect("IP", "2001:db8:0:0::1", "");
  expect("IP", "192.0.2.2", "CERT_WRONG_NAME");
  expect("RFC822", "a@mail.example", "");
  expect("RFC822", "A@mail.example", "CERT_WRONG_NAME");
  one["expected_peer_name"] = nullptr;
  EXPECT_EQ(ReasonOfCase(one), "");
  one["expected_peer_names"] = {{{"kind", "DNS"}, {"value", "server.example"}},
                                {{"kind", "IP"}, {"value", "192.0.2.2"}}};
  EXPECT_EQ(ReasonOfCase(one), "CERT_WRONG_NAME");
}

TEST_F(PkiVerifyTest, EachKindOfPeerHasItsPurpose) {
  IssueOptions client = Server();
  client.purposes = "clientAuth";
  Json one = CaseOf(Issue(client, &issuing));
  EXPECT_EQ(ReasonOfCase(one), "CERT_BAD_PURPOSE");
  one["validation_kind"] = "SERVER";
  EXPECT_EQ(ReasonOfCase(one), "");
  EXPECT_EQ(ReasonWith("validation_kind", "SERVER"), "CERT_BAD_PURPOSE");
  client.purposes = "clientAuth,emailProtection";
  one = CaseOf(Issue(client, &issuing));
  one["extended_key_usage"] = {"emailProtection", "clientAuth"};
  EXPECT_EQ(ReasonOfCase(one), "");
  one["extended_key_usage"] = {"clientAuth"};
  EXPECT_EQ(ReasonOfCase(one), "CERT_BAD_PURPOSE");
}

TEST_F(PkiVerifyTest, KeyUsagesAskedForMustBeThere) {
  EXPECT_EQ(ReasonWith("key_usage", {"digitalSignature"}), "");
  EXPECT_EQ(ReasonWith("key_usage", {"digitalSignature", "keyAgreement"}), "CERT_BAD_KEY_USAGE");
  IssueOptions more = Server();
  more.key_usage = "critical,digitalSignature,keyAgreement";
  Json one = CaseOf(Issue(more, &issuing));
  one["key_usage"] = {"digitalSignature", "keyAgreement"};
  EXPECT_EQ(ReasonOfCase(one), "");
  IssueOptions none = Server();
  none.key_usage = "";
  EXPECT_EQ(ReasonOfLeaf(none), "CERT_BAD_KEY_USAGE");
}

TEST_F(PkiVerifyTest, AlgorithmsAskedForMayOnlyNarrowTheList) {
  EXPECT_EQ(ReasonWith("signature_algorithms", Json::array()), "");
  EXPECT_EQ(ReasonWith("signature_algorithms", {"ecdsa-with-SHA256"}), "");
  EXPECT_EQ(ReasonWith("signature_algorithms", {"ECDSA_WITH_SHA256", "RSA_WITH_SHA1"}), "");
  EXPECT_EQ(ReasonWith("signature_algorithms", {"ecdsa-with-SHA384"}), "CERT_WEAK_SIGNATURE");
  EXPECT_EQ(ReasonWith("signature_algorithms", {"RSA_WITH_SHA1"}), "CERT_WEAK_SIGNATURE");
}

TEST_F(PkiVerifyTest, TheDepthIsTheNumberOfIntermediates) {
  EXPECT_EQ(ReasonWith("max_chain_depth", 1), "");
  EXPECT_EQ(ReasonWith("max_chain_depth", 0), "CERT_PATH_TOO_LONG");
  Json one = Good();
  one["trusted_certs"] = {issuing.certificate.Pem()};
  one["max_chain_depth"] = 0;
  EXPECT_EQ(ReasonOfCase(one), "") << "an authority may be trusted by itself";
}

TEST_F(PkiVerifyTest, TheTimeIsTheCasesOrNow) {
  EXPECT_EQ(ReasonWith("validation_time", nullptr), "") << "the test's clock stands at that hour";
  EXPECT_EQ(ReasonWith("validation_time", "2026-11-23T10:59:59Z"), "CERT_NOT_YET_VALID");
  EXPECT_EQ(ReasonWith("validation_time", "2026-11-24T12:00:00Z"), "");
  EXPECT_EQ(ReasonWith("validation_time", "2026-11-24T12:00:01Z"), "CERT_EXPIRED");
}

TEST_F(PkiVerifyTest, NothingTrustedMeansNothingTaken) {
  EXPECT_EQ(ReasonWith("trusted_certs", Json::array()), "CERT_UNTRUSTED");
  EXPECT_EQ(ReasonWith("untrusted_intermediates", Json::array()), "CERT_UNTRUSTED");
  Json one = Good();
  one["trusted_certs"] = {one["peer_certificate"]};
  EXPECT_EQ(ReasonOfCase(one), "CERT_UNTRUSTED");
}

TEST_F(PkiVerifyTest, WhatCannotBeReadIsMalformedAndAnUnreadableAnchorIsLeftOut) {
  EXPECT_EQ(ReasonWith("peer_certificate", "junk"), "CERT_MALFORMED");
  EXPECT_EQ(ReasonWith("untrusted_intermediates", {"junk"}), "CERT_MALFORMED");
  EXPECT_EQ(ReasonWith("trusted_certs", {"junk"}), "CERT_MALFORMED");
  EXPECT_EQ(ReasonWith("trusted_certs", {"junk", root.certificate.Pem()}), "");
  EXPECT_EQ(ReasonWith("peer_certificate", root.certificate.Pem() + issuing.certificate.Pem()), "CERT_MALFORMED");
}

TEST_F(PkiVerifyTest, WithListsEveryLinkIsAsked) {
  const Issued leaf = Issue(Server(), &issuing);
  Json one = CaseOf(leaf);
  const auto reason_with = [&](const std::vector<std::string>& lists) {
    one["crls"] = lists;
    return ReasonOfCase(one);
  };
  const std::string of_root = CrlPem({}, root);
  const std::string of_issuing = CrlPem({}, issuing);
  EXPECT_EQ(reason_with({}), "");
  EXPECT_EQ(reason_with({of_root, of_issuing}), "");
  EXPECT_EQ(reason_with({of_root}), "REVOCATION_UNKNOWN");
  EXPECT_EQ(reason_with({of_root, CrlPem({.revoked = {leaf.certificate}}, issuing)}), "CERT_REVOKED");
  EXPECT_EQ(reason_with({CrlPem({.revoked = {issuing.certificate}}, root), of_issuing}), "CERT_REVOKED");
  EXPECT_EQ(reason_with({of_root, CrlPem({.next_update = certs::TestNow() - absl::Seconds(1)}, issuing)}),
            "REVOCATION_STALE");
  EXPECT_EQ(reason_with({of_root, CrlPem({.this_update = certs::TestNow() + absl::Seconds(1)}, issuing)}),
            "REVOCATION_FROM_THE_FUTURE");
  EXPECT_EQ(reason_with({of_root, "junk"}), "REVOCATION_MALFORMED");
  const Issued impostor = {issuing.certificate, certs::MakeTestKey("P-256")};
  EXPECT_EQ(reason_with({of_root, CrlPem({}, impostor)}), "REVOCATION_UNTRUSTED");
  // Of an issuer that is not at hand, it is nobody's; of two, the newer counts, in either order.
  const std::string strangers = CrlPem({}, Issue(AuthorityNamed("Stranger"), nullptr));
  EXPECT_EQ(reason_with({strangers, of_root, of_issuing}), "");
  const std::string newer = CrlPem({.revoked = {leaf.certificate}, .number = 2}, issuing);
  EXPECT_EQ(reason_with({of_root, of_issuing, newer}), "CERT_REVOKED");
  EXPECT_EQ(reason_with({of_root, newer, of_issuing}), "CERT_REVOKED");
}

}  // namespace
}  // namespace tamga::cli
