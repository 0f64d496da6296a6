#include "certs/crl.h"

#include <openssl/x509v3.h>

#include "certs/openssl_ptr.h"
#include "certs/pem.h"
#include "certs/test_crl.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

struct CrlTest : public ::testing::Test {
  // What is said of a list with one thing changed.
  absl::Status StatusOf(const CrlOptions& options) { return Crl::FromDer(IssueCrlDer(options, issuer)).status(); }
  absl::Status StatusOfChange(std::function<void(X509_CRL*)> change) {
    CrlOptions options;
    options.change = std::move(change);
    return StatusOf(options);
  }

  const Issued issuer = Issue(AuthorityNamed("Issuer"), nullptr);
  const Certificate revoked = Issue(Server(), &issuer).certificate;
  const Certificate good = Issue(Server(), &issuer).certificate;
};

void AddText(X509_CRL* list, int nid, const char* value) {
  const X509ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value));
  ASSERT_NE(extension, nullptr);
  ASSERT_EQ(X509_CRL_add_ext(list, extension.get(), -1), 1);
}

TEST_F(CrlTest, TellsWhatIsInIt) {
  const std::string der = IssueCrlDer({.revoked = {revoked}, .number = 7}, issuer);
  ASSERT_OK_AND_ASSIGN(const Crl list, Crl::FromDer(der));
  EXPECT_EQ(list.Der(), der);
  EXPECT_EQ(list.ThisUpdate(), TestNow() - absl::Hours(1));
  EXPECT_EQ(list.NextUpdate(), TestNow() + absl::Hours(24));
  EXPECT_EQ(list.RevokedSince(revoked), TestNow() - absl::Hours(2));
  EXPECT_EQ(list.RevokedSince(good), std::nullopt);
  EXPECT_TRUE(list.IsSignedBy(issuer.certificate));
  EXPECT_FALSE(list.IsSignedBy(Issue(AuthorityNamed("Issuer"), nullptr).certificate));
  ASSERT_OK_AND_ASSIGN(const Crl from_pem, Crl::FromPem(WritePem("X509 CRL", der)));
  EXPECT_EQ(from_pem.Der(), der);
}

TEST_F(CrlTest, NumbersGrowBeyondOneOctet) {
  const Crl one = IssueCrl({.number = 0}, issuer);
  const Crl two = IssueCrl({.number = 255}, issuer);
  const Crl three = IssueCrl({.number = 256}, issuer);
  EXPECT_TRUE(one.IsOlderThan(two));
  EXPECT_TRUE(two.IsOlderThan(three));
  EXPECT_FALSE(three.IsOlderThan(two));
  EXPECT_FALSE(two.IsOlderThan(two));
  EXPECT_TRUE(two.HasNumberOf(IssueCrl({.number = 255}, issuer)));
  EXPECT_FALSE(two.HasNumberOf(three));
}

TEST_F(CrlTest, CutAnywhereItIsRefused) {
  const std::string der = IssueCrlDer({.revoked = {revoked}}, issuer);
  for (size_t size = 0; size < der.size(); ++size) {
    EXPECT_THAT(Crl::FromDer(der.substr(0, size)), HasReason("REVOCATION_MALFORMED")) << size;
  }
  EXPECT_THAT(Crl::FromDer(der + '\0'), HasReason("REVOCATION_MALFORMED"));
}

TEST_F(CrlTest, WithAnyBitFlippedItIsNotTheIssuers) {
  const std::string der = IssueCrlDer({.revoked = {revoked}}, issuer);
  int parsed = 0;
  for (size_t bit = 0; bit < der.size() * 8; ++bit) {
    std::string flipped = der;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    const absl::StatusOr<Crl> list = Crl::FromDer(flipped);
    if (!list.ok()) continue;
    ++parsed;
    EXPECT_FALSE(list->IsSignedBy(issuer.certificate)) << bit;
  }
  EXPECT_GT(parsed, 0);
}

TEST_F(CrlTest, WhatItMustHaveIsThere) {
  EXPECT_OK(StatusOf({}));
  EXPECT_THAT(StatusOf({.has_key_id = false}), HasReason("REVOCATION_MALFORMED"));
  EXPECT_THAT(StatusOf({.number = -1}), HasReason("REVOCATION_MALFORMED"));
  EXPECT_THAT(StatusOf({.digest = EVP_sha1()}), HasReason("REVOCATION_MALFORMED"));
  EXPECT_THAT(StatusOf({.this_update = TestNow(), .next_update = TestNow()}), HasReason("REVOCATION_MALFORMED"));
  EXPECT_THAT(StatusOfChange([](X509_CRL* list) { X509_CRL_set_version(list, 0); }), HasReason("REVOCATION_MALFORMED"));
}

TEST_F(CrlTest, OnlyCompleteListsOfOneIssuerAreRead) {
  const auto add_delta = [](X509_CRL* list) {
    const std::unique_ptr<ASN1_INTEGER, OpenSslDeleter<ASN1_INTEGER_free>> base(ASN1_INTEGER_new());
    ASN1_INTEGER_set(base.get(), 1);
    X509_CRL_add1_ext_i2d(list, NID_delta_crl, base.get(), 1, 0);
  };
  const auto add_distribution_point = [](bool is_critical) {
    return [is_critical](X509_CRL* list) {
      const std::unique_ptr<ISSUING_DIST_POINT, OpenSslDeleter<ISSUING_DIST_POINT_free>> point(
          ISSUING_DIST_POINT_new());
      point->onlyuser = 0xff;
      X509_CRL_add1_ext_i2d(list, NID_issuing_distribution_point, point.get(), is_critical ? 1 : 0, 0);
    };
  };
  EXPECT_THAT(StatusOfChange(add_delta), HasReason("REVOCATION_MALFORMED"));
  EXPECT_THAT(StatusOfChange(add_distribution_point(true)), HasReason("REVOCATION_MALFORMED"));
  EXPECT_THAT(StatusOfChange(add_distribution_point(false)), HasReason("REVOCATION_MALFORMED"));
}

TEST_F(CrlTest, CriticalExtensionsAndThoseThatOccurTwiceAreRefused) {
  const auto add = [](const char* value) { return [value](X509_CRL* list) { AddText(list, NID_info_access, value); }; };
  EXPECT_OK(StatusOfChange(add("caIssuers;URI:http://ca.example/")));
  EXPECT_THAT(StatusOfChange(add("critical,caIssuers;URI:http://ca.example/")), HasReason("REVOCATION_MALFORMED"));
  EXPECT_THAT(StatusOfChange([](X509_CRL* list) {
                const X509ExtensionPtr copy(X509_EXTENSION_dup(X509_CRL_get_ext(list, 0)));
                X509_CRL_add_ext(list, copy.get(), -1);
              }),
              HasReason("REVOCATION_MALFORMED"));
}

TEST_F(CrlTest, EntriesAreRead) {
  // The same certificate twice; a reason of delta lists; an entry that is another issuer's.
  EXPECT_THAT(StatusOf({.revoked = {revoked, revoked}}), HasReason("REVOCATION_MALFORMED"));
  const auto with_reason = [&](long code) {
    CrlOptions options = {.revoked = {revoked}};
    options.change = [code](X509_CRL* list) {
      const std::unique_ptr<ASN1_ENUMERATED, OpenSslDeleter<ASN1_ENUMERATED_free>> reason(ASN1_ENUMERATED_new());
      ASN1_ENUMERATED_set(reason.get(), code);
      X509_REVOKED_add1_ext_i2d(sk_X509_REVOKED_value(X509_CRL_get_REVOKED(list), 0), NID_crl_reason, reason.get(), 0,
                                0);
    };
    return StatusOf(options);
  };
  for (const long code : {0, 1, 6, 9, 10}) EXPECT_OK(with_reason(code)) << code;
  for (const long code : {7, 8, 11}) EXPECT_THAT(with_reason(code), HasReason("REVOCATION_MALFORMED")) << code;
  CrlOptions indirect = {.revoked = {revoked}};
  indirect.change = [](X509_CRL* list) {
    const std::unique_ptr<GENERAL_NAMES, OpenSslDeleter<GENERAL_NAMES_free>> names(GENERAL_NAMES_new());
    GENERAL_NAME* name = GENERAL_NAME_new();
    name->type = GEN_DIRNAME;
    name->d.directoryName = X509_NAME_dup(X509_CRL_get_issuer(list));
    sk_GENERAL_NAME_push(names.get(), name);
    X509_REVOKED_add1_ext_i2d(sk_X509_REVOKED_value(X509_CRL_get_REVOKED(list), 0), NID_certificate_issuer, names.get(),
                              1, 0);
  };
  EXPECT_THAT(StatusOf(indirect), HasReason("REVOCATION_MALFORMED"));
}

TEST_F(CrlTest, SizesAreBounded) {
  EXPECT_THAT(Crl::FromDer(std::string(Crl::kMaxDerBytes + 1, '0')), HasReason("REVOCATION_MALFORMED"));
}

TEST_F(CrlTest, PemWithAnythingElseIsRefused) {
  const std::string pem = WritePem("X509 CRL", IssueCrlDer({}, issuer));
  for (const std::string& text : {std::string(), "junk\n" + pem, pem + pem, issuer.certificate.Pem()}) {
    EXPECT_THAT(Crl::FromPem(text), HasReason("REVOCATION_MALFORMED"));
  }
}

}  // namespace
}  // namespace tamga::certs
