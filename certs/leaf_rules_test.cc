#include "certs/leaf_rules.h"

#include <openssl/x509v3.h>

#include "absl/strings/str_cat.h"
#include "certs/test_pki.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

TEST(LeafRulesTest, ALeafsPurposesAreExactlyThoseNeeded) {
  TestChain chain;
  for (const char* bad : {"", "clientAuth", "serverAuth,clientAuth", "anyExtendedKeyUsage",
                          "serverAuth,anyExtendedKeyUsage", "serverAuth,serverAuth"}) {
    chain.leaf.purposes = bad;
    EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_BAD_PURPOSE")) << bad;
  }
  ChainRules rules = ServerRules();
  rules.leaf.purposes = {kClientAuth, kServerAuth};
  chain.leaf.purposes = "serverAuth,clientAuth";
  EXPECT_OK(Verify(chain, rules));
  chain.issuing.purposes = "serverAuth";
  EXPECT_THAT(Verify(chain, rules), HasReason("CERT_BAD_PURPOSE"));
  rules.leaf.purposes = {"2.5.29.37.0"};
  chain = TestChain();
  chain.leaf.purposes = "anyExtendedKeyUsage";
  EXPECT_THAT(Verify(chain, rules), HasReason("CERT_BAD_PURPOSE"));
}

TEST(LeafRulesTest, ALeafsKeyUsageHasWhatIsNeededAndDoesNotIssue) {
  struct Bit {
    const char* name;
    uint32_t bit;
  };
  const Bit bits[] = {{"digitalSignature", KU_DIGITAL_SIGNATURE},
                      {"nonRepudiation", KU_NON_REPUDIATION},
                      {"keyEncipherment", KU_KEY_ENCIPHERMENT},
                      {"dataEncipherment", KU_DATA_ENCIPHERMENT},
                      {"keyAgreement", KU_KEY_AGREEMENT},
                      {"keyCertSign", KU_KEY_CERT_SIGN},
                      {"cRLSign", KU_CRL_SIGN},
                      {"encipherOnly", KU_ENCIPHER_ONLY},
                      {"decipherOnly", KU_DECIPHER_ONLY}};
  for (const Bit& has : bits) {
    TestChain chain;
    chain.leaf.key_usage = absl::StrCat("critical,", has.name);
    const bool issues = has.bit == KU_KEY_CERT_SIGN || has.bit == KU_CRL_SIGN;
    for (const Bit& needs : bits) {
      ChainRules rules = ServerRules();
      rules.leaf.needed_key_usage = needs.bit;
      const auto verified = Verify(chain, rules);
      if (has.bit == needs.bit && !issues) {
        EXPECT_OK(verified) << has.name;
      } else {
        EXPECT_THAT(verified, HasReason("CERT_BAD_KEY_USAGE")) << has.name << " for " << needs.name;
      }
    }
    chain.leaf.key_usage = absl::StrCat("critical,digitalSignature,", has.name);
    const auto beside = Verify(chain, ServerRules());
    if (issues) {
      EXPECT_THAT(beside, HasReason("CERT_BAD_KEY_USAGE")) << has.name;
    } else {
      EXPECT_OK(beside) << has.name;
    }
  }
  TestChain without;
  without.leaf.key_usage = "";
  EXPECT_THAT(Verify(without, ServerRules()), HasReason("CERT_BAD_KEY_USAGE"));
}

TEST(LeafRulesTest, AnAuthorityIsNoLeaf) {
  TestChain chain;
  chain.leaf.basic_constraints = "critical,CA:TRUE";
  EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_IS_AUTHORITY"));
}

TEST(LeafRulesTest, ACommonNameIsAnAlternativeNameOrIsNotThere) {
  TestChain chain;
  chain.leaf.names = "DNS:server.example,DNS:*.wild.example,IP:192.0.2.1,email:somebody@mail.example,URI:urn:a:b";
  for (const char* good :
       {"server.example", "SERVER.example", "*.wild.example", "192.0.2.1", "somebody@mail.example", "urn:a:b", ""}) {
    chain.leaf.common_name = good;
    EXPECT_OK(Verify(chain, ServerRules())) << good;
  }
  for (const char* bad : {"Somebody", "a.wild.example", "example", "server.example ", "192.0.2.2"}) {
    chain.leaf.common_name = bad;
    EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_NAMES_DIFFER")) << bad;
  }
  // Whatever an authority calls itself.
  chain = TestChain();
  chain.issuing.common_name = "An authority";
  EXPECT_OK(Verify(chain, ServerRules()));
}

TEST(LeafRulesTest, NamesComeFromTheAlternativeNamesAlone) {
  TestChain chain;
  chain.leaf.names = "";
  chain.leaf.common_name = "server.example";
  EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_BAD_IDENTITY"));
}

TEST(LeafRulesTest, AlternativeNamesAreWellFormed) {
  for (const char* bad : {"DNS:*", "DNS:*.example", "DNS:f*.server.example", "DNS:a.*.example", "DNS:server.example.",
                          "DNS:.server.example", "DNS:a_b.example", "DNS:192.0.2.1", "URI:server.example",
                          "email:example", "email:a b@server.example"}) {
    TestChain chain;
    chain.leaf.names = absl::StrCat("DNS:server.example,", bad);
    EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_BAD_IDENTITY")) << bad;
  }
  for (const char* hex : {"3000", "30028200", "30058703010203"}) {  // no name; an empty one; an address of three octets
    TestChain chain;
    chain.leaf.names = "";
    chain.leaf.change = [hex](X509* x509) { AddRawExtension(x509, "2.5.29.17", false, HexDecode(hex).value()); };
    EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_BAD_IDENTITY")) << hex;
  }
}

TEST(LeafRulesTest, TheExpectedNameIsAsked) {
  ChainRules rules = ServerRules();
  rules.names = {{ExpectedName::Kind::kDns, "server.example"}};
  EXPECT_OK(Verify(TestChain(), rules));
  rules.names = {{ExpectedName::Kind::kDns, "another.example"}};
  EXPECT_THAT(Verify(TestChain(), rules), HasReason("CERT_WRONG_NAME"));
}

}  // namespace
}  // namespace tamga::certs
