#include "certs/certificate.h"

#include "absl/strings/str_cat.h"
#include "certs/der.h"
#include "certs/test_certificates.h"
#include "certs/test_pki.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

TEST(CertificateTest, TellsWhatIsInIt) {
  LeafOptions options;
  options.not_before = TestNow() - absl::Hours(3);
  options.not_after = TestNow() + absl::Hours(5);
  const Certificate leaf = Kaz().Issue(options).front();
  EXPECT_EQ(leaf.NotBefore(), options.not_before);
  EXPECT_EQ(leaf.NotAfter(), options.not_after);
  EXPECT_EQ(leaf.SpkiSha256(), Sha256(leaf.Spki()));
  EXPECT_EQ(leaf.SerialHex().size(), 32u);
  ASSERT_OK_AND_ASSIGN(const Certificate again, Certificate::FromDer(leaf.Der()));
  EXPECT_EQ(again.Der(), leaf.Der());
}

TEST(CertificateTest, ASerialNumberHasOneForm) {
  EXPECT_TRUE(IsSerialHex(Kaz().Root().SerialHex()));
  const std::string twenty = absl::StrCat("7f", std::string(38, 'f'));
  for (const std::string& good : {std::string("01"), std::string("0a"), std::string("ff"), twenty}) {
    EXPECT_TRUE(IsSerialHex(good)) << good;
  }
  const std::string twenty_and_sign = absl::StrCat("80", std::string(38, 'f'));
  for (const std::string& bad : {std::string(), std::string("00"), std::string("000a"), std::string("0A"),
                                 std::string("012"), std::string("XY"), twenty + "00", twenty_and_sign}) {
    EXPECT_FALSE(IsSerialHex(bad)) << bad;
  }
}

TEST(CertificateTest, DerCutAnywhereIsRefused) {
  const std::string der = Kaz().Root().Der();
  for (size_t size = 0; size < der.size(); ++size) {
    EXPECT_THAT(Certificate::FromDer(der.substr(0, size)), HasReason("CERT_MALFORMED")) << size;
  }
}

TEST(CertificateTest, DerWithMoreBehindItIsRefused) {
  const std::string der = Kaz().Root().Der();
  EXPECT_THAT(Certificate::FromDer(der + std::string(1, '\0')), HasReason("CERT_MALFORMED"));
  EXPECT_THAT(Certificate::FromDer(der + der), HasReason("CERT_MALFORMED"));
}

TEST(CertificateTest, BerIsRefused) {
  // The outer length in four octets where two are enough: the same value, another encoding.
  const std::string der = Kaz().Root().Der();
  ASSERT_EQ(HexEncode(der.substr(0, 2)), "3082");
  const std::string ber = absl::StrCat(std::string("\x30\x84\x00\x00", 4), der.substr(2));
  EXPECT_THAT(Certificate::FromDer(ber), HasReason("CERT_MALFORMED"));
}

TEST(CertificateTest, BerInsideIsRefused) {
  // The first extension's "critical" said to be FALSE, which DER leaves out. OpenSSL keeps such bytes as they are.
  const std::string der = Kaz().Root().Der();
  const std::string key_id = HexDecode("301d0603551d0e0416").value();  // subjectKeyIdentifier of 20 octets
  absl::string_view outer = der;
  absl::string_view parts = TakeDerElement(outer)->content;
  const std::string signed_part(TakeDerElement(parts)->content);
  absl::string_view fields = signed_part;
  std::string before;
  DerElement field = *TakeDerElement(fields);
  for (; !fields.empty(); field = *TakeDerElement(fields)) absl::StrAppend(&before, field.whole);
  absl::string_view tagged = field.content;
  std::string extensions(TakeDerElement(tagged)->content);
  const auto with_extensions = [&] {
    return DerOf(0x30, absl::StrCat(DerOf(0x30, absl::StrCat(before, DerOf(0xa3, DerOf(0x30, extensions)))), parts));
  };
  ASSERT_EQ(with_extensions(), der);
  extensions.replace(extensions.find(key_id), key_id.size(), HexDecode("30200603551d0e0101000416").value());
  EXPECT_THAT(Certificate::FromDer(with_extensions()), HasReason("CERT_MALFORMED"));
}

TEST(CertificateTest, TimesHaveTheirForm) {
  // "261023120000Z" and the like in UTCTime: with an offset in place of Z, and without seconds.
  const std::string der = Kaz().Root().Der();
  const size_t at = der.find(std::string("\x17\x0d"));
  ASSERT_NE(at, std::string::npos);
  ASSERT_EQ(der[at + 14], 'Z');
  for (const auto& [offset, text] : {std::pair<size_t, const char*>(14, "0"), {10, "+0000"}, {12, "x"}, {4, "19"}}) {
    std::string altered = der;
    altered.replace(at + offset, std::string(text).size(), text);
    EXPECT_THAT(Certificate::FromDer(altered), HasReason("CERT_MALFORMED")) << text;
  }
}

TEST(CertificateTest, MoreThanSixteenKibibytesAreRefused) {
  EXPECT_THAT(Certificate::FromDer(std::string((16 << 10) + 1, '0')), HasReason("CERT_MALFORMED"));
}

TEST(CertificateTest, AChainIsReadInItsOrder) {
  const CertificateChain chain = Kaz().IssueGood(Role::kNode);
  ASSERT_OK_AND_ASSIGN(const CertificateChain read,
                       ParsePemChain(absl::StrCat(chain[0].Pem(), "# issuer\n", chain[1].Pem())));
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].Der(), chain[0].Der());
  EXPECT_EQ(read[1].Der(), chain[1].Der());
}

TEST(CertificateTest, PemWithJunkIsRefused) {
  const std::string pem = Kaz().RootPem();
  for (const std::string& text : {std::string(), "Bag Attributes\n" + pem, pem + "junk", pem.substr(1)}) {
    EXPECT_THAT(ParsePemChain(text), HasReason("CERT_MALFORMED")) << text;
  }
}

}  // namespace
}  // namespace tamga::certs
