#include "certs/certificate_form.h"

#include <openssl/x509v3.h>

#include "absl/strings/str_cat.h"
#include "certs/der.h"
#include "certs/openssl_ptr.h"
#include "certs/test_pki.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

// The chain with one link changed before it is signed.
TestChain WithChange(IssueOptions TestChain::*link, std::function<void(X509*)> change) {
  TestChain chain;
  (chain.*link).change = std::move(change);
  return chain;
}

void ExpectOnEachLink(const std::function<void(X509*)>& change, const char* reason) {
  for (const TestLink& link : kTestLinks) {
    EXPECT_THAT(Verify(WithChange(link.options, change), ServerRules()), HasReason(reason)) << link.name;
  }
}

void Remove(X509* x509, int nid) {
  const X509ExtensionPtr removed(X509_delete_ext(x509, X509_get_ext_by_NID(x509, nid, -1)));
  ASSERT_NE(removed, nullptr);
}

void SetSerial(X509* x509, const char* decimal) {
  const std::unique_ptr<ASN1_INTEGER, OpenSslDeleter<ASN1_INTEGER_free>> serial(s2i_ASN1_INTEGER(nullptr, decimal));
  ASSERT_NE(serial, nullptr);
  ASSERT_EQ(X509_set_serialNumber(x509, serial.get()), 1);
}

TEST(CertificateFormTest, SerialNumbersArePositiveAndHaveAtMostTwentyOctets) {
  const std::string most = absl::StrCat("0x7f", std::string(38, 'f'));
  for (const TestLink& link : kTestLinks) {
    EXPECT_OK(Verify(WithChange(link.options, [&](X509* x509) { SetSerial(x509, most.c_str()); }), ServerRules()));
    EXPECT_OK(Verify(WithChange(link.options, [](X509* x509) { SetSerial(x509, "1"); }), ServerRules()));
  }
  const std::string sign_octet = absl::StrCat("0x80", std::string(38, '0'));
  const std::string longer = absl::StrCat("0x01", std::string(40, '0'));
  for (const std::string& bad : {std::string("0"), std::string("-1"), std::string("-0x80"), sign_octet, longer}) {
    ExpectOnEachLink([&](X509* x509) { SetSerial(x509, bad.c_str()); }, "CERT_BAD_SERIAL");
  }
}

TEST(CertificateFormTest, TheVersionIsThree) {
  for (const long version : {X509_VERSION_1, X509_VERSION_2}) {
    ExpectOnEachLink([version](X509* x509) { X509_set_version(x509, version); }, "CERT_MALFORMED");
  }
}

TEST(CertificateFormTest, NamesOfIssuersAreNotEmpty) {
  TestChain chain;
  chain.issuing.name = "";
  EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_MALFORMED"));
}

TEST(CertificateFormTest, WithoutASubjectTheAlternativeNamesAreCritical) {
  TestChain chain;
  chain.leaf.name = "";
  EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_BAD_EXTENSION"));
  chain.leaf.names = "critical,DNS:server.example";
  EXPECT_OK(Verify(chain, ServerRules()));
}

TEST(CertificateFormTest, UnknownExtensionsMayBeThereButNotCritical) {
  for (const TestLink& link : kTestLinks) {
    EXPECT_OK(Verify(WithChange(link.options, [](X509* x509) { AddRawExtension(x509, "1.2.3.4", false, "anything"); }),
                     ServerRules()));
  }
  ExpectOnEachLink([](X509* x509) { AddRawExtension(x509, "1.2.3.4", true, "anything"); }, "CERT_BAD_EXTENSION");
}

TEST(CertificateFormTest, ExtensionsThatAreNotActedUponMayNotBeCritical) {
  ExpectOnEachLink([](X509* x509) { AddExtension(x509, NID_info_access, "critical,OCSP;URI:http://ocsp.example/"); },
                   "CERT_BAD_EXTENSION");
  ExpectOnEachLink(
      [](X509* x509) { AddExtension(x509, NID_crl_distribution_points, "critical,URI:http://crl.example/"); },
      "CERT_BAD_EXTENSION");
}

TEST(CertificateFormTest, NoExtensionOccursTwice) {
  ExpectOnEachLink(
      [](X509* x509) {
        AddRawExtension(x509, "1.2.3.4", false, "one");
        AddRawExtension(x509, "1.2.3.4", false, "other");
      },
      "CERT_BAD_EXTENSION");
  ExpectOnEachLink(
      [](X509* x509) {
        const X509ExtensionPtr copy(X509_EXTENSION_dup(X509_get_ext(x509, 0)));
        X509_add_ext(x509, copy.get(), -1);
      },
      "CERT_BAD_EXTENSION");
}

TEST(CertificateFormTest, KeyIdentifiersAreThere) {
  EXPECT_THAT(Verify(WithChange(&TestChain::leaf, [](X509* x509) { Remove(x509, NID_authority_key_identifier); }),
                     ServerRules()),
              HasReason("CERT_BAD_EXTENSION"));
  const Issued root = Issue(AuthorityNamed("Root"), nullptr);
  const Issued issuing = Issue(AuthorityNamed("Issuing"), &root);
  const Certificate leaf = Issue(Server(), &issuing).certificate;
  const auto without = [&](const Certificate& issuer) {
    return Altered(
        issuer, [](X509* x509) { Remove(x509, NID_subject_key_identifier); }, *root.key);
  };
  EXPECT_THAT(VerifyChain({root.certificate}, {without(issuing.certificate)}, leaf, ServerRules()),
              HasReason("CERT_BAD_EXTENSION"));
  EXPECT_THAT(VerifyChain({without(root.certificate)}, {issuing.certificate}, leaf, ServerRules()),
              HasReason("CERT_BAD_EXTENSION"));
}

TEST(CertificateFormTest, ConstraintsBelongIntoAuthoritiesAndAreCritical) {
  TestChain chain;
  chain.leaf.constraints = "critical,permitted;DNS:example";
  EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_BAD_EXTENSION"));
  chain = TestChain();
  chain.issuing.constraints = "permitted;DNS:example";
  EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_BAD_EXTENSION"));
  chain.issuing.constraints = "critical,permitted;DNS:example";
  EXPECT_OK(Verify(chain, ServerRules()));
  chain.issuing.constraints = "critical,permitted;DNS:another.example";
  EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_NAME_CONSTRAINT"));
}

TEST(CertificateFormTest, ExtensionsAreInDer) {
  // CA:FALSE as a value, which DER leaves out.
  EXPECT_THAT(Verify(WithChange(&TestChain::leaf,
                                [](X509* x509) {
                                  Remove(x509, NID_basic_constraints);
                                  AddRawExtension(x509, "2.5.29.19", true, HexDecode("3003010100").value());
                                }),
                     ServerRules()),
              HasReason("CERT_BAD_EXTENSION"));
}

TEST(CertificateFormTest, UniqueIdentifiersAreRefused) {
  // [2] BIT STRING of no bits after the key, which OpenSSL has no call for: put into the signed part by hand.
  const Issued root = Issue(AuthorityNamed("Root"), nullptr);
  const Certificate leaf = Issue(Server(), &root).certificate;
  absl::string_view outer = leaf.Der();
  absl::string_view parts = TakeDerElement(outer)->content;
  absl::string_view fields = TakeDerElement(parts)->content;
  std::string signed_part;
  for (int i = 0; i < 7; ++i) absl::StrAppend(&signed_part, TakeDerElement(fields)->whole);
  absl::StrAppend(&signed_part, HexDecode("820100").value(), fields);
  const std::string der = DerOf(0x30, absl::StrCat(DerOf(0x30, signed_part), parts));
  ASSERT_OK_AND_ASSIGN(const Certificate marked, Certificate::FromDer(der));
  EXPECT_THAT(VerifyChain({root.certificate}, {}, marked, ServerRules()), HasReason("CERT_MALFORMED"));
}

}  // namespace
}  // namespace tamga::certs
