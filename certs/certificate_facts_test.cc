#include "certs/certificate_facts.h"

#include "certs/test_pki.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamga::certs {
namespace {

using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(CertificateFactsTest, TheyNameThePrincipalTheNumberAndTheIssuer) {
  const Issued root = Issue(AuthorityNamed("Ministry of Justice"), nullptr);
  IssueOptions options = Server();
  options.names = "URI:spiffe://kaz.tamga/border-service/node/n1";
  const Certificate leaf = Issue(options, &root).certificate;
  EXPECT_THAT(FactsOf(leaf),
              UnorderedElementsAre(Pair("subject", "spiffe://kaz.tamga/border-service/node/n1"),
                                   Pair("serial", leaf.SerialHex()), Pair("issuer", "O=Ministry of Justice")));
}

TEST(CertificateFactsTest, NamesThatAreNoPrincipalsAreNotRepeatedAndLongOnesAreCut) {
  const Issued root = Issue(AuthorityNamed(std::string(60, 'x')), nullptr);
  IssueOptions options = Server();
  options.name = "Somebody's name";
  options.names = "email:somebody@example";
  const std::map<std::string, std::string> facts = FactsOf(Issue(options, &root).certificate);
  EXPECT_EQ(facts.at("subject"), "");
  EXPECT_LE(facts.at("issuer").size(), 200u);
}

}  // namespace
}  // namespace tamga::certs
