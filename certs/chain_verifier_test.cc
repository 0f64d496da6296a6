#include "certs/chain_verifier.h"

#include <openssl/x509v3.h>

#include "absl/strings/str_cat.h"
#include "certs/der.h"
#include "certs/openssl_ptr.h"
#include "certs/test_crl.h"
#include "certs/test_pki.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

// The three certificates of a chain: what holds of one is tried on each.
constexpr IssueOptions TestChain::*kLinks[] = {&TestChain::leaf, &TestChain::issuing, &TestChain::root};
constexpr const char* kLinkNames[] = {"leaf", "issuing", "root"};

// The chain with one link changed before it is signed.
TestChain WithChange(IssueOptions TestChain::*link, std::function<void(X509*)> change) {
  TestChain chain;
  (chain.*link).change = std::move(change);
  return chain;
}

void ExpectOnEachLink(const std::function<void(X509*)>& change, const char* reason) {
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_THAT(Verify(WithChange(kLinks[i], change), ServerRules()), HasReason(reason)) << kLinkNames[i];
  }
}

void AddRaw(X509* x509, const char* oid, bool is_critical, const std::string& value) {
  const std::unique_ptr<ASN1_OBJECT, OpenSslDeleter<ASN1_OBJECT_free>> object(OBJ_txt2obj(oid, 1));
  const std::unique_ptr<ASN1_OCTET_STRING, OpenSslDeleter<ASN1_OCTET_STRING_free>> octets(ASN1_OCTET_STRING_new());
  ASN1_OCTET_STRING_set(octets.get(), reinterpret_cast<const unsigned char*>(value.data()),
                        static_cast<int>(value.size()));
  const X509ExtensionPtr extension(
      X509_EXTENSION_create_by_OBJ(nullptr, object.get(), is_critical ? 1 : 0, octets.get()));
  ASSERT_EQ(X509_add_ext(x509, extension.get(), -1), 1);
}

void AddText(X509* x509, int nid, const char* value) {
  const X509ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value));
  ASSERT_NE(extension, nullptr);
  ASSERT_EQ(X509_add_ext(x509, extension.get(), -1), 1);
}

void AddPolicy(X509* x509, const char* oid) {
  const std::unique_ptr<CERTIFICATEPOLICIES, OpenSslDeleter<CERTIFICATEPOLICIES_free>> policies(
      CERTIFICATEPOLICIES_new());
  POLICYINFO* policy = POLICYINFO_new();
  policy->policyid = OBJ_txt2obj(oid, 1);
  sk_POLICYINFO_push(policies.get(), policy);
  ASSERT_EQ(X509_add1_ext_i2d(x509, NID_certificate_policies, policies.get(), 0, 0), 1);
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

// Root, `count` authorities below it, and a leaf; all but the root and the leaf in `others`.
struct LongChain {
  explicit LongChain(size_t count, const std::function<void(size_t, IssueOptions&)>& change = {}) {
    Issued issuer = Issue(Options("Root", 0, change), nullptr);
    root = {issuer.certificate};
    for (size_t i = 1; i <= count; ++i) {
      issuer = Issue(Options(absl::StrCat("Authority ", i), i, change), &issuer);
      others.push_back(issuer.certificate);
    }
    leaf = {Issue(Server(), &issuer).certificate};
  }

  absl::StatusOr<VerifiedPath> Verify(const ChainRules& rules = ServerRules()) const {
    return VerifyChain(root, others, leaf.front(), rules);
  }

  CertificateChain root;
  CertificateChain others;
  CertificateChain leaf;

 private:
  static IssueOptions Options(const std::string& name, size_t i,
                              const std::function<void(size_t, IssueOptions&)>& change) {
    IssueOptions options = AuthorityNamed(name);
    if (change) change(i, options);
    return options;
  }
};

TEST(ChainVerifierTest, FindsThePathAndItsValidity) {
  const LongChain chain(2);
  ASSERT_OK_AND_ASSIGN(const VerifiedPath verified, chain.Verify());
  ASSERT_EQ(verified.path.size(), 4u);
  EXPECT_EQ(verified.path[0].Der(), chain.leaf[0].Der());
  EXPECT_EQ(verified.path[1].Der(), chain.others[1].Der());
  EXPECT_EQ(verified.path[3].Der(), chain.root[0].Der());
  EXPECT_EQ(verified.validity.not_before, chain.leaf[0].NotBefore());
  EXPECT_EQ(verified.validity.not_after, chain.leaf[0].NotAfter());
  EXPECT_EQ(verified.revocation_as_of, absl::InfiniteFuture());
}

TEST(ChainVerifierTest, AnAnchorNeedNotBeARoot) {
  const LongChain chain(2);
  EXPECT_OK(VerifyChain({chain.others[0]}, {chain.others[1]}, chain.leaf[0], ServerRules()));
  EXPECT_OK(VerifyChain({chain.others[1]}, {}, chain.leaf[0], ServerRules()));
}

TEST(ChainVerifierTest, ACertificateThatIsItsOwnAnchorProvesNothing) {
  const LongChain chain(1);
  EXPECT_THAT(VerifyChain({chain.leaf[0]}, {}, chain.leaf[0], ServerRules()), HasReason("CERT_UNTRUSTED"));
  const Certificate alone = Issue(Server(), nullptr).certificate;
  EXPECT_THAT(VerifyChain({alone}, {}, alone, ServerRules()), HasReason("CERT_UNTRUSTED"));
  EXPECT_THAT(VerifyChain({}, chain.others, chain.leaf[0], ServerRules()), HasReason("CERT_UNTRUSTED"));
}

TEST(ChainVerifierTest, ASignatureThatDoesNotVerifyIsRefused) {
  TestChain chain;
  const Issued root = Issue(chain.root, nullptr);
  const Issued issuing = Issue(chain.issuing, &root);
  const Issued impostor = {issuing.certificate, MakeTestKey("P-256")};
  const Certificate leaf = Issue(chain.leaf, &impostor).certificate;
  EXPECT_THAT(VerifyChain({root.certificate}, {issuing.certificate}, leaf, ServerRules()), HasReason("CERT_UNTRUSTED"));
}

TEST(ChainVerifierTest, FourIntermediatesAreTakenAndFiveAreNot) {
  EXPECT_OK(LongChain(4).Verify());
  EXPECT_THAT(LongChain(5).Verify(), HasReason("CERT_PATH_TOO_LONG"));
  ChainRules rules = ServerRules();
  rules.path.max_intermediates = 5;
  EXPECT_OK(LongChain(5).Verify(rules));
  rules.path.max_intermediates = 0;
  EXPECT_OK(LongChain(0).Verify(rules));
  EXPECT_THAT(LongChain(1).Verify(rules), HasReason("CERT_PATH_TOO_LONG"));
}

TEST(ChainVerifierTest, APathLengthCountsTheAuthoritiesBelow) {
  // Three authorities below the root, one of the four with a path length.
  const auto verify = [](size_t where, int length) {
    return LongChain(3,
                     [&](size_t i, IssueOptions& options) {
                       if (i == where) options.basic_constraints = absl::StrCat("critical,CA:TRUE,pathlen:", length);
                     })
        .Verify();
  };
  EXPECT_OK(verify(0, 3));
  EXPECT_THAT(verify(0, 2), HasReason("CERT_PATH_TOO_LONG"));
  EXPECT_OK(verify(2, 1));
  EXPECT_THAT(verify(2, 0), HasReason("CERT_PATH_TOO_LONG"));
  EXPECT_OK(verify(3, 0));
}

TEST(ChainVerifierTest, AnAuthorityThatIssuesToItselfDoesNotCount) {
  IssueOptions options = AuthorityNamed("Root");
  options.basic_constraints = "critical,CA:TRUE,pathlen:0";
  const Issued old_root = Issue(options, nullptr);
  const Issued new_key = Issue(options, &old_root);
  const Certificate leaf = Issue(Server(), &new_key).certificate;
  EXPECT_OK(VerifyChain({old_root.certificate}, {new_key.certificate}, leaf, ServerRules()));
}

TEST(ChainVerifierTest, AnIssuerMustBeAnAuthorityThatMaySign) {
  struct Case {
    const char* basic_constraints;
    const char* key_usage;
    const char* reason;
  };
  const Case cases[] = {{"critical,CA:FALSE", "critical,keyCertSign", "CERT_BAD_ISSUER"},
                        {"", "critical,keyCertSign", "CERT_BAD_ISSUER"},
                        {"CA:TRUE", "critical,keyCertSign", "CERT_BAD_EXTENSION"},
                        {"critical,CA:TRUE", "", "CERT_BAD_KEY_USAGE"},
                        {"critical,CA:TRUE", "critical,cRLSign,digitalSignature", "CERT_BAD_KEY_USAGE"}};
  for (const Case& one : cases) {
    for (IssueOptions TestChain::*link : {&TestChain::issuing, &TestChain::root}) {
      TestChain chain;
      (chain.*link).basic_constraints = one.basic_constraints;
      (chain.*link).key_usage = one.key_usage;
      EXPECT_THAT(Verify(chain, ServerRules()), HasReason(one.reason)) << one.basic_constraints << one.key_usage;
    }
  }
}

TEST(ChainVerifierTest, AnIssuersPurposesHaveTheLeafs) {
  for (IssueOptions TestChain::*link : {&TestChain::issuing, &TestChain::root}) {
    TestChain chain;
    for (const char* good : {"serverAuth", "clientAuth,serverAuth", "serverAuth,anyExtendedKeyUsage"}) {
      (chain.*link).purposes = good;
      EXPECT_OK(Verify(chain, ServerRules())) << good;
    }
    for (const char* bad : {"clientAuth", "anyExtendedKeyUsage", "codeSigning"}) {
      (chain.*link).purposes = bad;
      EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_BAD_PURPOSE")) << bad;
    }
  }
}

TEST(ChainVerifierTest, ALeafsPurposesAreExactlyThoseNeeded) {
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

TEST(ChainVerifierTest, ALeafsKeyUsageHasWhatIsNeededAndDoesNotIssue) {
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

TEST(ChainVerifierTest, AnAuthorityIsNoLeaf) {
  TestChain chain;
  chain.leaf.basic_constraints = "critical,CA:TRUE";
  EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_IS_AUTHORITY"));
}

TEST(ChainVerifierTest, KeysAreThoseOfTheList) {
  struct Case {
    const char* kind;
    bool is_good;
  };
  const Case cases[] = {
      {"P-256", true},     {"P-384", true},     {"ED25519", true}, {"RSA-3072", true},   {"RSA-3080", true},
      {"P-224", false},    {"P-521", false},    {"ED448", false},  {"secp256k1", false}, {"brainpoolP256r1", false},
      {"RSA-2048", false}, {"RSA-3082", false}, {"DSA", false}};
  for (const Case& one : cases) {
    const SharedKey key = MakeTestKey(one.kind);
    for (size_t i = 0; i < 3; ++i) {
      TestChain chain;
      (chain.*kLinks[i]).key = key;
      const auto verified = Verify(chain, ServerRules());
      if (one.is_good) {
        EXPECT_OK(verified) << one.kind << " " << kLinkNames[i];
      } else {
        // What such a key has signed is no better than the key, and may be seen first.
        EXPECT_THAT(verified, ::testing::AnyOf(HasReason("CERT_WEAK_KEY"), HasReason("CERT_WEAK_SIGNATURE")))
            << one.kind << " " << kLinkNames[i];
      }
    }
  }
}

TEST(ChainVerifierTest, SignaturesAreThoseOfTheListButForTheAnchorsOwn) {
  for (const EVP_MD* good : {EVP_sha384(), EVP_sha512()}) {
    for (size_t i = 0; i < 3; ++i) {
      TestChain chain;
      (chain.*kLinks[i]).digest = good;
      EXPECT_OK(Verify(chain, ServerRules())) << kLinkNames[i];
    }
  }
  for (const EVP_MD* bad : {EVP_sha1(), EVP_sha224(), EVP_sha3_256()}) {
    for (size_t i = 0; i < 2; ++i) {
      TestChain chain;
      (chain.*kLinks[i]).digest = bad;
      EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_WEAK_SIGNATURE")) << kLinkNames[i];
    }
  }
  TestChain old_root;
  old_root.root.digest = EVP_sha1();
  EXPECT_OK(Verify(old_root, ServerRules()));
}

TEST(ChainVerifierTest, FewerSignaturesMayBeAskedFor) {
  ChainRules rules = ServerRules();
  rules.path.signatures = {SignatureAlgorithm::kEcdsaSha256};
  EXPECT_OK(Verify(TestChain(), rules));
  rules.path.signatures = {SignatureAlgorithm::kEcdsaSha384, SignatureAlgorithm::kEd25519};
  EXPECT_THAT(Verify(TestChain(), rules), HasReason("CERT_WEAK_SIGNATURE"));
}

TEST(ChainVerifierTest, SerialNumbersArePositiveAndHaveAtMostTwentyOctets) {
  const std::string most = absl::StrCat("0x7f", std::string(38, 'f'));
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_OK(Verify(WithChange(kLinks[i], [&](X509* x509) { SetSerial(x509, most.c_str()); }), ServerRules()));
    EXPECT_OK(Verify(WithChange(kLinks[i], [](X509* x509) { SetSerial(x509, "1"); }), ServerRules()));
  }
  const std::string sign_octet = absl::StrCat("0x80", std::string(38, '0'));
  const std::string longer = absl::StrCat("0x01", std::string(40, '0'));
  for (const std::string& bad : {std::string("0"), std::string("-1"), std::string("-0x80"), sign_octet, longer}) {
    ExpectOnEachLink([&](X509* x509) { SetSerial(x509, bad.c_str()); }, "CERT_BAD_SERIAL");
  }
}

TEST(ChainVerifierTest, TheVersionIsThree) {
  for (const long version : {X509_VERSION_1, X509_VERSION_2}) {
    ExpectOnEachLink([version](X509* x509) { X509_set_version(x509, version); }, "CERT_MALFORMED");
  }
}

TEST(ChainVerifierTest, NamesOfIssuersAreNotEmpty) {
  TestChain chain;
  chain.issuing.name = "";
  EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_MALFORMED"));
}

TEST(ChainVerifierTest, WithoutASubjectTheAlternativeNamesAreCritical) {
  TestChain chain;
  chain.leaf.name = "";
  EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_BAD_EXTENSION"));
  chain.leaf.names = "critical,DNS:server.example";
  EXPECT_OK(Verify(chain, ServerRules()));
}

TEST(ChainVerifierTest, UnknownExtensionsMayBeThereButNotCritical) {
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_OK(
        Verify(WithChange(kLinks[i], [](X509* x509) { AddRaw(x509, "1.2.3.4", false, "anything"); }), ServerRules()));
  }
  ExpectOnEachLink([](X509* x509) { AddRaw(x509, "1.2.3.4", true, "anything"); }, "CERT_BAD_EXTENSION");
}

TEST(ChainVerifierTest, ExtensionsThatAreNotActedUponMayNotBeCritical) {
  ExpectOnEachLink([](X509* x509) { AddText(x509, NID_info_access, "critical,OCSP;URI:http://ocsp.example/"); },
                   "CERT_BAD_EXTENSION");
  ExpectOnEachLink([](X509* x509) { AddText(x509, NID_crl_distribution_points, "critical,URI:http://crl.example/"); },
                   "CERT_BAD_EXTENSION");
}

TEST(ChainVerifierTest, NoExtensionOccursTwice) {
  ExpectOnEachLink(
      [](X509* x509) {
        AddRaw(x509, "1.2.3.4", false, "one");
        AddRaw(x509, "1.2.3.4", false, "other");
      },
      "CERT_BAD_EXTENSION");
  ExpectOnEachLink(
      [](X509* x509) {
        const X509ExtensionPtr copy(X509_EXTENSION_dup(X509_get_ext(x509, 0)));
        X509_add_ext(x509, copy.get(), -1);
      },
      "CERT_BAD_EXTENSION");
}

TEST(ChainVerifierTest, KeyIdentifiersAreThere) {
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

TEST(ChainVerifierTest, ConstraintsBelongIntoAuthoritiesAndAreCritical) {
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

TEST(ChainVerifierTest, ExtensionsAreInDer) {
  // CA:FALSE as a value, which DER leaves out.
  EXPECT_THAT(Verify(WithChange(&TestChain::leaf,
                                [](X509* x509) {
                                  Remove(x509, NID_basic_constraints);
                                  AddRaw(x509, "2.5.29.19", true, HexDecode("3003010100").value());
                                }),
                     ServerRules()),
              HasReason("CERT_BAD_EXTENSION"));
}

TEST(ChainVerifierTest, PoliciesAddUp) {
  const auto with_policies = [](const char* of_issuing, const char* of_leaf) {
    TestChain chain;
    chain.issuing.change = [of_issuing](X509* x509) {
      AddPolicy(x509, of_issuing);
      AddText(x509, NID_policy_constraints, "critical,requireExplicitPolicy:0");
    };
    if (*of_leaf != '\0') {
      chain.leaf.change = [of_leaf](X509* x509) { AddPolicy(x509, of_leaf); };
    }
    return Verify(chain, ServerRules());
  };
  EXPECT_OK(with_policies("1.2.3.4", "1.2.3.4"));
  EXPECT_THAT(with_policies("1.2.3.4", "1.2.3.5"), HasReason("CERT_BAD_POLICY"));
  EXPECT_THAT(with_policies("1.2.3.4", ""), HasReason("CERT_BAD_POLICY"));
}

TEST(ChainVerifierTest, TimesHoldForEveryCertificateWithTheSkewAllowed) {
  for (size_t i = 0; i < 3; ++i) {
    TestChain chain;
    IssueOptions& link = chain.*kLinks[i];
    const IssueOptions good = link;
    ChainRules rules = ServerRules();
    const auto verify_at = [&](absl::Duration skew) {
      rules.skew = skew;
      return Verify(chain, rules);
    };
    link.not_after = TestNow();
    EXPECT_OK(verify_at(absl::ZeroDuration())) << "through notAfter, RFC 5280 section 4.1.2.5";
    link.not_after = TestNow() - absl::Seconds(60);
    EXPECT_THAT(verify_at(absl::Seconds(59)), HasReason("CERT_EXPIRED")) << kLinkNames[i];
    EXPECT_OK(verify_at(absl::Seconds(60))) << kLinkNames[i];
    link = good;
    link.not_before = TestNow() + absl::Seconds(60);
    EXPECT_THAT(verify_at(absl::Seconds(59)), HasReason("CERT_NOT_YET_VALID")) << kLinkNames[i];
    EXPECT_OK(verify_at(absl::Seconds(60))) << kLinkNames[i];
  }
}

TEST(ChainVerifierTest, ACommonNameIsAnAlternativeNameOrIsNotThere) {
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

TEST(ChainVerifierTest, NamesComeFromTheAlternativeNamesAlone) {
  TestChain chain;
  chain.leaf.names = "";
  chain.leaf.common_name = "server.example";
  EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_BAD_IDENTITY"));
}

TEST(ChainVerifierTest, AlternativeNamesAreWellFormed) {
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
    chain.leaf.change = [hex](X509* x509) { AddRaw(x509, "2.5.29.17", false, HexDecode(hex).value()); };
    EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_BAD_IDENTITY")) << hex;
  }
}

TEST(ChainVerifierTest, TheExpectedNameIsAsked) {
  ChainRules rules = ServerRules();
  rules.names = {{ExpectedName::Kind::kDns, "server.example"}};
  EXPECT_OK(Verify(TestChain(), rules));
  rules.names = {{ExpectedName::Kind::kDns, "another.example"}};
  EXPECT_THAT(Verify(TestChain(), rules), HasReason("CERT_WRONG_NAME"));
}

TEST(ChainVerifierTest, AnIssuerOfAnotherStateEndsThePath) {
  ChainRules rules = ServerRules();
  rules.state = "KAZ";
  TestChain chain;
  EXPECT_OK(Verify(chain, rules));
  chain.issuing.name = "KAZ";
  EXPECT_OK(Verify(chain, rules));
  chain.issuing.name = "KGZ";
  EXPECT_THAT(Verify(chain, rules), HasReason("CERT_WRONG_STATE"));
  EXPECT_OK(Verify(chain, ServerRules()));
}

TEST(ChainVerifierTest, UniqueIdentifiersAreRefused) {
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

// Root and issuing authority, each with a list.
class RevokedPathTest : public ::testing::Test {
 protected:
  absl::StatusOr<VerifiedPath> VerifyWithLists(const ChainRules& given = ServerRules()) {
    ChainRules rules = given;
    rules.revocations = &revocations;
    return VerifyChain({root.certificate}, {issuing.certificate}, leaf.certificate, rules);
  }
  void AddOfRoot(const CrlOptions& options = {}) {
    ASSERT_OK(revocations.Add("", IssueCrl(options, root), root.certificate));
  }
  void AddOfIssuing(const CrlOptions& options = {}) {
    ASSERT_OK(revocations.Add("", IssueCrl(options, issuing), issuing.certificate));
  }

  const Issued root = Issue(AuthorityNamed("Root"), nullptr);
  const Issued issuing = Issue(AuthorityNamed("Issuing"), &root);
  const Issued leaf = Issue(Server(), &issuing);
  Revocations revocations;
};

TEST_F(RevokedPathTest, EveryLinkHasItsList) {
  EXPECT_THAT(VerifyWithLists(), HasReason("REVOCATION_UNKNOWN"));
  AddOfIssuing();
  EXPECT_THAT(VerifyWithLists(), HasReason("REVOCATION_UNKNOWN"));
  AddOfRoot({.this_update = TestNow() - absl::Hours(3), .next_update = TestNow() + absl::Hours(2)});
  ASSERT_OK_AND_ASSIGN(const VerifiedPath verified, VerifyWithLists());
  EXPECT_EQ(verified.revocation_as_of, TestNow() - absl::Hours(3));
  EXPECT_EQ(verified.validity.not_after, TestNow() + absl::Hours(2));
}

TEST_F(RevokedPathTest, ARevokedLeafOrIssuerIsRefused) {
  AddOfRoot();
  AddOfIssuing({.revoked = {leaf.certificate}});
  EXPECT_THAT(VerifyWithLists(), HasReason("CERT_REVOKED"));
  AddOfIssuing({.number = 2});
  EXPECT_OK(VerifyWithLists());
  AddOfRoot({.revoked = {issuing.certificate}, .number = 2});
  EXPECT_THAT(VerifyWithLists(), HasReason("CERT_REVOKED"));
}

TEST_F(RevokedPathTest, TheLeafsListHasAnAgeTheOthersTheirOwnWord) {
  AddOfRoot({.this_update = TestNow() - absl::Hours(24 * 30)});
  AddOfIssuing({.this_update = TestNow() - absl::Hours(5)});
  ChainRules rules = ServerRules();
  EXPECT_OK(VerifyWithLists(rules));
  rules.revocation_max_age = absl::Hours(5);
  EXPECT_OK(VerifyWithLists(rules));
  rules.revocation_max_age = absl::Hours(5) - absl::Seconds(1);
  EXPECT_THAT(VerifyWithLists(rules), HasReason("REVOCATION_STALE"));
  rules.skew = absl::Seconds(1);
  EXPECT_OK(VerifyWithLists(rules));
}

TEST_F(RevokedPathTest, AnAnchorsOwnRevocationIsNotAsked) {
  AddOfIssuing();
  ChainRules rules = ServerRules();
  rules.revocations = &revocations;
  EXPECT_OK(VerifyChain({issuing.certificate}, {}, leaf.certificate, rules));
}

}  // namespace
}  // namespace tamga::certs
