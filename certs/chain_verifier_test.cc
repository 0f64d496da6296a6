#include "certs/chain_verifier.h"

#include <openssl/x509v3.h>

#include "absl/strings/str_cat.h"
#include "certs/openssl_ptr.h"
#include "certs/test_crl.h"
#include "certs/test_pki.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

void AddPolicy(X509* x509, const char* oid) {
  const std::unique_ptr<CERTIFICATEPOLICIES, OpenSslDeleter<CERTIFICATEPOLICIES_free>> policies(
      CERTIFICATEPOLICIES_new());
  POLICYINFO* policy = POLICYINFO_new();
  policy->policyid = OBJ_txt2obj(oid, 1);
  sk_POLICYINFO_push(policies.get(), policy);
  ASSERT_EQ(X509_add1_ext_i2d(x509, NID_certificate_policies, policies.get(), 0, 0), 1);
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

TEST(ChainVerifierTest, NamesAreLookedAtUnlessNobodyGoesByThem) {
  TestChain chain;
  ChainRules rules = ServerRules();
  chain.leaf.names = "";
  chain.leaf.common_name = "Time-stamps 1";
  EXPECT_THAT(Verify(chain, rules), HasReason("CERT_BAD_IDENTITY"));
  rules.is_named = false;
  EXPECT_OK(Verify(chain, rules));
  // Nothing else is left out.
  chain.leaf.purposes = "clientAuth";
  EXPECT_THAT(Verify(chain, rules), HasReason("CERT_BAD_PURPOSE"));
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
    for (const TestLink& link : kTestLinks) {
      TestChain chain;
      (chain.*link.options).key = key;
      const auto verified = Verify(chain, ServerRules());
      if (one.is_good) {
        EXPECT_OK(verified) << one.kind << " " << link.name;
      } else {
        // What such a key has signed is no better than the key, and may be seen first.
        EXPECT_THAT(verified, ::testing::AnyOf(HasReason("CERT_WEAK_KEY"), HasReason("CERT_WEAK_SIGNATURE")))
            << one.kind << " " << link.name;
      }
    }
  }
}

TEST(ChainVerifierTest, SignaturesAreThoseOfTheListButForTheAnchorsOwn) {
  for (const EVP_MD* good : {EVP_sha384(), EVP_sha512()}) {
    for (const TestLink& link : kTestLinks) {
      TestChain chain;
      (chain.*link.options).digest = good;
      EXPECT_OK(Verify(chain, ServerRules())) << link.name;
    }
  }
  for (const EVP_MD* bad : {EVP_sha1(), EVP_sha224(), EVP_sha3_256()}) {
    for (const TestLink& link : kTestLinks) {
      if (link.options == &TestChain::root) continue;
      TestChain chain;
      (chain.*link.options).digest = bad;
      EXPECT_THAT(Verify(chain, ServerRules()), HasReason("CERT_WEAK_SIGNATURE")) << link.name;
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

TEST(ChainVerifierTest, PoliciesAddUp) {
  const auto with_policies = [](const char* of_issuing, const char* of_leaf) {
    TestChain chain;
    chain.issuing.change = [of_issuing](X509* x509) {
      AddPolicy(x509, of_issuing);
      AddExtension(x509, NID_policy_constraints, "critical,requireExplicitPolicy:0");
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
  for (const TestLink& link : kTestLinks) {
    TestChain chain;
    IssueOptions& options = chain.*link.options;
    const IssueOptions good = options;
    ChainRules rules = ServerRules();
    const auto verify_at = [&](absl::Duration skew) {
      rules.skew = skew;
      return Verify(chain, rules);
    };
    options.not_after = TestNow();
    EXPECT_OK(verify_at(absl::ZeroDuration())) << "through notAfter, RFC 5280 section 4.1.2.5";
    options.not_after = TestNow() - absl::Seconds(60);
    EXPECT_THAT(verify_at(absl::Seconds(59)), HasReason("CERT_EXPIRED")) << link.name;
    EXPECT_OK(verify_at(absl::Seconds(60))) << link.name;
    options = good;
    options.not_before = TestNow() + absl::Seconds(60);
    EXPECT_THAT(verify_at(absl::Seconds(59)), HasReason("CERT_NOT_YET_VALID")) << link.name;
    EXPECT_OK(verify_at(absl::Seconds(60))) << link.name;
  }
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
