#include "certs/certificate.h"

#include "absl/strings/str_cat.h"
#include "certs/test_certificates.h"
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
