#include "certs/trust_store.h"

#include <functional>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/certificate_builder.h"
#include "certs/p256.h"
#include "certs/test_certificates.h"
#include "certs/test_crl.h"
#include "certs/test_pki.h"
#include "gtest/gtest.h"
#include "node/base/check.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

using ::testing::HasSubstr;

TrustStore KazAndKgz() { return TrustStore::Build({{"KAZ", Kaz().RootPem()}, {"KGZ", Kgz().RootPem()}}).value(); }

TEST(TrustStoreTest, VouchesForAGoodChain) {
  const TrustStore trust = KazAndKgz();
  ASSERT_OK_AND_ASSIGN(const Principal kaz, trust.Verify(Kaz().Issue({}), Usage::kTlsClient, TestNow()));
  EXPECT_EQ(kaz, (Principal{"KAZ/border-service", Role::kSystem, "lane-7"}));
  ASSERT_OK_AND_ASSIGN(const Principal kgz, trust.Verify(Kgz().IssueGood(Role::kNode), Usage::kTlsServer, TestNow()));
  EXPECT_EQ(kgz, (Principal{"KGZ/border-service", Role::kNode, "main"}));
}

TEST(TrustStoreTest, TheValidityIsThatOfTheWholePath) {
  const TrustStore trust = KazAndKgz();
  LeafOptions options;
  options.not_before = TestNow() - absl::Hours(24 * 400);
  options.not_after = TestNow() + absl::Hours(24 * 5000);
  const CertificateChain chain = Kaz().Issue(options);
  ASSERT_OK_AND_ASSIGN(const Vouched vouched, trust.Vouch(chain, Usage::kTlsClient, TestNow()));
  EXPECT_EQ(vouched.validity.not_before, chain[1].NotBefore());
  EXPECT_EQ(vouched.validity.not_after, chain[1].NotAfter());
  EXPECT_OK(trust.Verify(chain, Usage::kTlsClient, vouched.validity.not_before));
  EXPECT_OK(trust.Verify(chain, Usage::kTlsClient, vouched.validity.not_after));
  EXPECT_THAT(trust.Verify(chain, Usage::kTlsClient, vouched.validity.not_after + absl::Nanoseconds(1)),
              HasReason("CERT_EXPIRED"));
  EXPECT_THAT(trust.Verify(chain, Usage::kTlsClient, vouched.validity.not_before - absl::Nanoseconds(1)),
              HasReason("CERT_NOT_YET_VALID"));
}

struct Refusal {
  const char* name;
  const char* reason;
  std::function<CertificateChain()> chain;
  Usage usage = Usage::kTlsClient;
};

[[maybe_unused]] std::ostream& operator<<(std::ostream& out, const Refusal& refusal) { return out << refusal.name; }

// A chain from KAZ's authority with one thing changed.
std::function<CertificateChain()> Changed(std::function<void(LeafOptions&)> change) {
  return [change = std::move(change)] {
    LeafOptions options;
    change(options);
    return Kaz().Issue(options);
  };
}

std::function<CertificateChain()> WithNames(std::string names) {
  return Changed([names = std::move(names)](LeafOptions& options) { options.names = names; });
}

std::function<CertificateChain()> WithKey(std::function<EVP_PKEY*()> generate) {
  return Changed([generate = std::move(generate)](LeafOptions& options) {
    static std::vector<EvpPkeyPtr> keys;
    options.key = keys.emplace_back(generate()).get();
  });
}

std::function<CertificateChain()> Good(Role role) {
  return [role] { return Kaz().IssueGood(role); };
}

const char kLane7[] = "URI:spiffe://kaz.tamga/border-service/system/lane-7";

class RefusalTest : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusalTest, HasItsReason) {
  const absl::StatusOr<Principal> result = KazAndKgz().Verify(GetParam().chain(), GetParam().usage, TestNow());
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(result, HasReason(GetParam().reason));
  // Whoever it is, the refusal does not say so.
  EXPECT_THAT(std::string(result.status().message()), ::testing::Not(HasSubstr("lane-7")));
}

const Refusal kTime[] = {
    {"Expired", "CERT_EXPIRED", Changed([](auto& options) { options.not_after = TestNow() - absl::Seconds(1); })},
    {"NotYetValid", "CERT_NOT_YET_VALID",
     Changed([](auto& options) { options.not_before = TestNow() + absl::Seconds(1); })},
};

const Refusal kIdentity[] = {
    {"NoAlternativeName", "CERT_BAD_IDENTITY", WithNames("")},
    {"OnlyADnsName", "CERT_BAD_IDENTITY", WithNames("DNS:border-service.kaz.tamga")},
    {"TwoUris", "CERT_BAD_IDENTITY",
     WithNames(absl::StrCat(kLane7, ",URI:spiffe://kaz.tamga/border-service/system/lane-8"))},
    {"TheSameUriTwice", "CERT_BAD_IDENTITY", WithNames(absl::StrCat(kLane7, ",", kLane7))},
    {"AnEmailName", "CERT_BAD_IDENTITY", WithNames(absl::StrCat(kLane7, ",email:someone@kaz.tamga"))},
    {"AnAddress", "CERT_BAD_IDENTITY", WithNames(absl::StrCat(kLane7, ",IP:192.0.2.1"))},
    {"AnotherName", "CERT_BAD_IDENTITY", WithNames(absl::StrCat(kLane7, ",otherName:1.2.3.4;UTF8:someone"))},
    {"UpperCase", "CERT_BAD_IDENTITY", WithNames("URI:spiffe://KAZ.tamga/border-service/system/lane-7")},
    {"AnotherScheme", "CERT_BAD_IDENTITY", WithNames("URI:https://kaz.tamga/border-service/system/lane-7")},
    {"DnsNameOfAnotherState", "CERT_BAD_IDENTITY", WithNames(absl::StrCat(kLane7, ",DNS:border.kgz.tamga"))},
    {"DnsNameOfAllTheWorld", "CERT_BAD_IDENTITY", WithNames(absl::StrCat(kLane7, ",DNS:kaz.tamga.example"))},
    {"Wildcard", "CERT_BAD_IDENTITY", WithNames(absl::StrCat(kLane7, ",DNS:*.kaz.tamga"))},
    {"UnknownState", "CERT_UNKNOWN_STATE", WithNames("URI:spiffe://uzb.tamga/border-service/system/lane-7")},
};

const Refusal kTrust[] = {
    {"NoCertificate", "CERT_MISSING", [] { return CertificateChain(); }},
    {"OtherStatesRootWithOurName", "CERT_UNTRUSTED", [] { return Kgz().Issue({}); }},
    {"OurRootWithOtherStatesName", "CERT_UNTRUSTED", WithNames("URI:spiffe://kgz.tamga/border-service/system/lane-7")},
    {"ARootOfTheSameStateThatIsNotOurs", "CERT_UNTRUSTED",
     [] {
       static const TestAuthority impostor("KAZ");
       return impostor.Issue({});
     }},
    {"SelfSigned", "CERT_UNTRUSTED", [] { return SelfSigned({}); }},
    {"MissingIntermediate", "CERT_UNTRUSTED", [] { return CertificateChain{Kaz().Issue({})[0]}; }},
    {"ForeignIntermediate", "CERT_UNTRUSTED",
     [] {
       return CertificateChain{Kaz().Issue({})[0], Kgz().Issue({})[1]};
     }},
    {"IssuerBeforeLeaf", "CERT_BAD_IDENTITY",
     [] {
       const CertificateChain chain = Kaz().Issue({});
       return CertificateChain{chain[1], chain[0]};
     }},
    {"SixCertificates", "CERT_PATH_TOO_LONG",
     [] {
       const CertificateChain chain = Kaz().Issue({});
       return CertificateChain{chain[0], chain[1], chain[1], chain[1], chain[1], chain[1]};
     }},
};

const Refusal kProfile[] = {
    {"CaAsLeaf", "CERT_IS_AUTHORITY", Changed([](auto& options) { options.basic_constraints = "critical,CA:TRUE"; })},
    {"ACommonNameThatIsNoAlternativeName", "CERT_NAMES_DIFFER",
     Changed([](auto& options) { options.common_name = "somebody-else"; })},
    {"NoKeyUsage", "CERT_BAD_KEY_USAGE", Changed([](auto& options) { options.key_usage = ""; })},
    {"NoExtendedKeyUsage", "CERT_BAD_PURPOSE", Changed([](auto& options) { options.key_purposes = ""; })},
    {"AnyExtendedKeyUsage", "CERT_BAD_PURPOSE",
     Changed([](auto& options) { options.key_purposes = "anyExtendedKeyUsage"; })},
    {"OneExtendedKeyUsageTooMany", "CERT_BAD_PURPOSE",
     Changed([](auto& options) { options.key_purposes = "clientAuth,serverAuth"; })},
    {"SystemAsServer", "CERT_WRONG_USAGE", Good(Role::kSystem), Usage::kTlsServer},
    {"OfficerAsServer", "CERT_WRONG_USAGE", Good(Role::kOfficer), Usage::kTlsServer},
    {"SealAsClient", "CERT_WRONG_USAGE", Good(Role::kSeal)},
    {"SealAsServer", "CERT_WRONG_USAGE", Good(Role::kSeal), Usage::kTlsServer},
    {"NodeAsSeal", "CERT_WRONG_USAGE", Good(Role::kNode), Usage::kSeal},
    {"SystemAsSeal", "CERT_WRONG_USAGE", Good(Role::kSystem), Usage::kSeal},
    {"SealNameWithTlsPurpose", "CERT_BAD_PURPOSE", WithNames("URI:spiffe://kaz.tamga/border-service/seal/main"),
     Usage::kSeal},
    {"NodeNameWithClientPurposeOnly", "CERT_BAD_PURPOSE", WithNames("URI:spiffe://kaz.tamga/border-service/node/main"),
     Usage::kTlsServer},
    {"P384Key", "CERT_WEAK_KEY", WithKey([] { return EVP_EC_gen("P-384"); })},
    {"Secp256k1Key", "CERT_WEAK_KEY", WithKey([] { return EVP_EC_gen("secp256k1"); })},
    {"Rsa1024Key", "CERT_WEAK_KEY", WithKey([] { return EVP_RSA_gen(1024); })},
    {"Ed25519Key", "CERT_WEAK_KEY", WithKey([] { return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); })},
};

std::string NameOf(const ::testing::TestParamInfo<Refusal>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Time, RefusalTest, ::testing::ValuesIn(kTime), NameOf);
INSTANTIATE_TEST_SUITE_P(Identity, RefusalTest, ::testing::ValuesIn(kIdentity), NameOf);
INSTANTIATE_TEST_SUITE_P(Trust, RefusalTest, ::testing::ValuesIn(kTrust), NameOf);
INSTANTIATE_TEST_SUITE_P(Profile, RefusalTest, ::testing::ValuesIn(kProfile), NameOf);

// The leaf's key usage is digitalSignature and nothing else: each of the nine bits, alone and beside it.
TEST(TrustStoreTest, TheKeyUsageIsExactlyDigitalSignature) {
  const TrustStore trust = KazAndKgz();
  for (const char* usage : {"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
                            "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"}) {
    LeafOptions options;
    options.key_usage = absl::StrCat("critical,", usage);
    const bool is_right = std::string(usage) == "digitalSignature";
    const auto alone = trust.Verify(Kaz().Issue(options), Usage::kTlsClient, TestNow());
    options.key_usage = absl::StrCat("critical,digitalSignature,", usage);
    const auto beside = trust.Verify(Kaz().Issue(options), Usage::kTlsClient, TestNow());
    if (is_right) {
      EXPECT_OK(alone);
      EXPECT_OK(beside);
    } else {
      EXPECT_THAT(alone, HasReason("CERT_BAD_KEY_USAGE")) << usage;
      EXPECT_THAT(beside, HasReason("CERT_BAD_KEY_USAGE")) << usage;
    }
  }
}

TEST(TrustStoreTest, ClocksMayDifferByTheSkew) {
  TrustOptions options;
  options.skew = absl::Minutes(2);
  ASSERT_OK_AND_ASSIGN(const TrustStore trust, TrustStore::Build({{"KAZ", Kaz().RootPem()}}, options));
  const CertificateChain chain = Kaz().Issue({});
  EXPECT_OK(trust.Verify(chain, Usage::kTlsClient, chain[0].NotAfter() + absl::Minutes(2)));
  EXPECT_THAT(trust.Verify(chain, Usage::kTlsClient, chain[0].NotAfter() + absl::Minutes(2) + absl::Seconds(1)),
              HasReason("CERT_EXPIRED"));
  EXPECT_OK(trust.Verify(chain, Usage::kTlsClient, chain[0].NotBefore() - absl::Minutes(2)));
  EXPECT_THAT(trust.Verify(chain, Usage::kTlsClient, chain[0].NotBefore() - absl::Minutes(2) - absl::Seconds(1)),
              HasReason("CERT_NOT_YET_VALID"));
}

TEST(TrustStoreTest, AnExpiredIssuerEndsItsLeaf) {
  const TestAuthority old("KAZ", TestNow() - absl::Hours(24 * 800));
  ASSERT_OK_AND_ASSIGN(const TrustStore trust, TrustStore::Build({{"KAZ", old.RootPem()}}));
  EXPECT_THAT(trust.Verify(old.Issue({}), Usage::kTlsClient, TestNow()), HasReason("CERT_EXPIRED"));
}

// A self-signed root; `names` and `constraints` are extensions in OpenSSL's syntax, left out where empty.
struct RootOptions {
  std::string country = {};
  std::string organization = "Ministry of the Interior";
  std::string names = {};
  std::string constraints = {};
};

Certificate MakeRoot(const RootOptions& options, EVP_PKEY& key) {
  SystemRng rng;
  CertificateSpec spec = {options.organization,
                          "Root",
                          TestNow() - absl::Hours(1),
                          TestNow() + absl::Hours(24),
                          {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "critical,keyCertSign"}},
                          options.country};
  if (!options.names.empty()) spec.extensions.push_back({NID_subject_alt_name, options.names});
  if (!options.constraints.empty()) spec.extensions.push_back({NID_name_constraints, options.constraints});
  return BuildCertificate(spec, key, nullptr, key, rng).value();
}

absl::Status BundleOfKaz(const RootOptions& options) {
  const EvpPkeyPtr key = GenerateP256Key().value();
  return TrustStore::Build({{"KAZ", MakeRoot(options, *key).Pem()}}).status();
}

TEST(TrustStoreTest, ARootThatNamesAnotherStateIsRefused) {
  EXPECT_THAT(TrustStore::Build({{"KGZ", Kaz().RootPem()}}), HasReason("INVALID_FIELD"));
  const RootOptions others[] = {
      {.country = "KG"},
      {.country = "KZ", .organization = "KGZ"},
      {.organization = "KGZ"},
      {.names = "URI:spiffe://kgz.tamga"},
      {.names = "URI:spiffe://kaz.tamga,URI:spiffe://KGZ.tamga/authority"},
      {.names = "DNS:authority.kgz.tamga"},
  };
  for (const RootOptions& options : others) {
    EXPECT_THAT(BundleOfKaz(options),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("the bundle of KAZ holds a root that names KGZ; it belongs into the bundle of KGZ")))
        << options.country << " " << options.organization << " " << options.names;
  }
}

TEST(TrustStoreTest, ARootThatNamesItsOwnStateOrNoneIsTaken) {
  const RootOptions good[] = {
      {},
      {.country = "KZ", .organization = "KAZ", .names = "URI:spiffe://kaz.tamga,DNS:authority.kaz.tamga"},
      {.organization = "MIA"},                                                // three capitals, but no State's code
      {.names = "DNS:pki.gov.kz,DNS:kgz.tamga.example,URI:https://tamga/x"},  // outside the trust domains
  };
  for (const RootOptions& options : good) {
    EXPECT_OK(BundleOfKaz(options)) << options.organization << " " << options.names;
  }
}

TEST(TrustStoreTest, ARootsNameConstraintsHoldEvenInTheWrongBundle) {
  const EvpPkeyPtr key = GenerateP256Key().value();
  const Certificate root = MakeRoot({.constraints = "critical,permitted;URI:kaz.tamga"}, *key);
  ASSERT_OK_AND_ASSIGN(const TrustStore misfiled, TrustStore::Build({{"KGZ", root.Pem()}}));
  SystemRng rng;
  const CertificateSpec spec = {"KGZ/border-service",
                                "",
                                TestNow() - absl::Hours(1),
                                TestNow() + absl::Hours(1),
                                {{NID_basic_constraints, "critical,CA:FALSE"},
                                 {NID_key_usage, "critical,digitalSignature"},
                                 {NID_ext_key_usage, "clientAuth"},
                                 {NID_subject_alt_name, "URI:spiffe://kgz.tamga/border-service/system/lane-7"}}};
  ASSERT_OK_AND_ASSIGN(const Certificate leaf, BuildCertificate(spec, *key, &root, *key, rng));
  EXPECT_THAT(misfiled.Verify({leaf}, Usage::kTlsClient, TestNow()), HasReason("CERT_NAME_CONSTRAINT"));
}

IssueOptions SystemOf(const std::string& domain) {
  IssueOptions options = Server();
  options.purposes = "clientAuth";
  options.names = absl::StrCat("URI:spiffe://", domain, "/border-service/system/lane-7");
  return options;
}

TEST(TrustStoreTest, AnIntermediateThatNamesAnotherStateEndsThePath) {
  // As when one State's root certifies another's authority: it does not come to speak for the first.
  const Issued root = Issue(AuthorityNamed("KAZ"), nullptr);
  ASSERT_OK_AND_ASSIGN(const TrustStore trust, TrustStore::Build({{"KAZ", root.certificate.Pem()}}));
  const auto verify = [&](const IssueOptions& authority) {
    const Issued issuing = Issue(authority, &root);
    const Certificate leaf = Issue(SystemOf("kaz.tamga"), &issuing).certificate;
    return trust.Verify({leaf, issuing.certificate}, Usage::kTlsClient, TestNow());
  };
  EXPECT_OK(verify(AuthorityNamed("KAZ")));
  EXPECT_OK(verify(AuthorityNamed("Ministry of the Interior")));
  EXPECT_THAT(verify(AuthorityNamed("KGZ")), HasReason("CERT_WRONG_STATE"));
  IssueOptions by_name = AuthorityNamed("Ministry of the Interior");
  by_name.names = "URI:spiffe://kgz.tamga";
  EXPECT_THAT(verify(by_name), HasReason("CERT_WRONG_STATE"));
}

TEST(TrustStoreTest, ARootInTwoBundlesIsRefused) {
  IssueOptions options = AuthorityNamed("Ministry of the Interior");
  const Issued root = Issue(options, nullptr);
  options.key = root.key;
  const Issued again = Issue(options, nullptr);  // another certificate of the same key
  EXPECT_OK(TrustStore::Build({{"KAZ", root.certificate.Pem() + again.certificate.Pem()}}).status());
  for (const Issued* other : {&root, &again}) {
    EXPECT_THAT(TrustStore::Build({{"KAZ", root.certificate.Pem()}, {"KGZ", other->certificate.Pem()}}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("whose key is in the bundle of KAZ as well")));
  }
}

TEST(TrustStoreTest, ARootThatNoPathMayEndInIsRefused) {
  IssueOptions weak = AuthorityNamed("KAZ");
  weak.key = MakeTestKey("P-521");
  IssueOptions unknown = AuthorityNamed("KAZ");
  unknown.change = [](X509* x509) { X509_set_version(x509, X509_VERSION_1); };
  for (const IssueOptions& options : {weak, unknown}) {
    EXPECT_THAT(TrustStore::Build({{"KAZ", Issue(options, nullptr).certificate.Pem()}}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("holds a root that cannot be used")));
  }
}

TEST(TrustStoreTest, WithRevocationListsEveryLinkIsAsked) {
  const Issued root = Issue(AuthorityNamed("KAZ"), nullptr);
  const Issued issuing = Issue(AuthorityNamed("KAZ authority"), &root);
  const Certificate leaf = Issue(SystemOf("kaz.tamga"), &issuing).certificate;
  const auto verify = [&](const std::shared_ptr<const Revocations>& revocations) {
    TrustOptions options;
    options.revocations = revocations;
    options.revocation_max_age = absl::Hours(72);
    return TrustStore::Build({{"KAZ", root.certificate.Pem()}}, options)
        ->Vouch({leaf, issuing.certificate}, Usage::kTlsClient, TestNow());
  };
  EXPECT_OK(verify(nullptr));
  auto lists = std::make_shared<Revocations>();
  EXPECT_THAT(verify(lists), HasReason("REVOCATION_UNKNOWN"));
  ASSERT_OK(lists->Add("KAZ", IssueCrl({}, root), root.certificate));
  ASSERT_OK(lists->Add("KGZ", IssueCrl({}, issuing), issuing.certificate));
  EXPECT_THAT(verify(lists), HasReason("REVOCATION_UNKNOWN")) << "another State's lists are not looked at";
  ASSERT_OK(lists->Add("KAZ", IssueCrl({.next_update = TestNow() + absl::Hours(1)}, issuing), issuing.certificate));
  ASSERT_OK_AND_ASSIGN(const Vouched vouched, verify(lists));
  EXPECT_EQ(vouched.validity.not_after, TestNow() + absl::Hours(1)) << "what is remembered ends with the list";
  ASSERT_OK(lists->Add("KAZ", IssueCrl({.revoked = {leaf}, .number = 2}, issuing), issuing.certificate));
  EXPECT_THAT(verify(lists), HasReason("CERT_REVOKED"));
}

TEST(TrustStoreTest, EveryFlippedBitOfALeafIsRefused) {
  const TrustStore trust = KazAndKgz();
  const CertificateChain chain = Kaz().Issue({});
  for (size_t bit = 0; bit < chain[0].Der().size() * 8; ++bit) {
    std::string der = chain[0].Der();
    der[bit / 8] = static_cast<char>(der[bit / 8] ^ (1 << (bit % 8)));
    const absl::StatusOr<Certificate> leaf = Certificate::FromDer(der);
    if (!leaf.ok()) continue;
    EXPECT_FALSE(trust.Verify({*leaf, chain[1]}, Usage::kTlsClient, TestNow()).ok()) << bit;
  }
}

TEST(TrustStoreTest, KnowsOnlyTheStatesOfItsBundles) {
  const TrustStore trust = KazAndKgz();
  EXPECT_TRUE(trust.Knows("KAZ"));
  EXPECT_FALSE(trust.Knows("UZB"));
  EXPECT_FALSE(trust.Knows("kaz"));
  EXPECT_EQ(trust.AllRootsPem(), absl::StrCat(Kaz().RootPem(), Kgz().RootPem()));
}

TEST(TrustStoreTest, BadBundlesAreRefused) {
  const std::string root = Kaz().RootPem();
  const CertificateChain chain = Kaz().Issue({});
  const std::vector<std::pair<std::string, std::string>> bundles[] = {
      {{"kaz", root}},
      {{"", root}},
      {{"KAZ", ""}},
      {{"KAZ", "junk\n" + root}},
      {{"KAZ", root}, {"KAZ", root}},
      {{"KAZ", chain[1].Pem()}},
      {{"KAZ", SelfSigned({}).front().Pem()}},
      {{"KAZ", root + chain[0].Pem()}},
  };
  for (const auto& bundle : bundles) {
    EXPECT_THAT(TrustStore::Build(bundle), HasReason("INVALID_FIELD")) << bundle.front().second;
  }
}

// A State whose authorities' keys are at hand, and a system of it.
struct ListedState {
  CertificateChain IssueSystem() const {
    IssueOptions options = Server();
    options.purposes = "clientAuth";
    options.names = "URI:spiffe://kaz.tamga/border-service/system/lane-7";
    return {Issue(options, &issuing).certificate, issuing.certificate};
  }
  // With these lists; a null one is left out.
  TrustStore With(const CrlOptions* of_root, const CrlOptions* of_issuing, std::set<std::string> not_required = {},
                  absl::Duration max_age = absl::InfiniteDuration()) const {
    auto lists = std::make_shared<Revocations>();
    const auto add = [&](const CrlOptions* list, const Issued& issuer) {
      if (list != nullptr) TAMGA_CHECK(lists->Add("KAZ", IssueCrl(*list, issuer), issuer.certificate).ok());
    };
    add(of_root, root);
    add(of_issuing, issuing);
    return TrustStore::Build({{"KAZ", root.certificate.Pem()}}).value().With(lists, std::move(not_required), max_age);
  }

  const Issued root = Issue(AuthorityNamed("Root"), nullptr);
  const Issued issuing = Issue(AuthorityNamed("Issuing"), &root);
  const CertificateChain system = IssueSystem();
};

TEST(TrustStoreListsTest, WhereListsAreNotRequiredThoseThatAreHeldBind) {
  const ListedState state;
  const CrlOptions good;
  const CrlOptions revoking = {.revoked = {state.system.front()}};
  const CrlOptions old = {.next_update = TestNow() - absl::Minutes(1)};
  const auto verify = [&](const TrustStore& trust) {
    return trust.Verify(state.system, Usage::kTlsClient, TestNow()).status();
  };
  EXPECT_THAT(verify(state.With(nullptr, &good)), HasReason("REVOCATION_UNKNOWN"));
  EXPECT_OK(verify(state.With(&good, &good)));
  EXPECT_OK(verify(state.With(nullptr, nullptr, {"KAZ"})));
  EXPECT_OK(verify(state.With(nullptr, &good, {"KAZ"})));
  EXPECT_THAT(verify(state.With(nullptr, nullptr, {"KGZ"})), HasReason("REVOCATION_UNKNOWN"));
  EXPECT_THAT(verify(state.With(nullptr, &revoking, {"KAZ"})), HasReason("CERT_REVOKED"));
  EXPECT_THAT(verify(state.With(nullptr, &old, {"KAZ"})), HasReason("REVOCATION_STALE"));
  EXPECT_THAT(verify(state.With(&old, nullptr, {"KAZ"})), HasReason("REVOCATION_STALE"));
}

TEST(TrustStoreListsTest, AboutListsOneTalksWithWhomOnlyAListIsMissingFor) {
  const ListedState state;
  const CrlOptions revoking = {.revoked = {state.system.front()}};
  const CrlOptions old = {.next_update = TestNow() - absl::Minutes(1)};
  const CrlOptions old_and_revoking = {.revoked = {state.system.front()}, .next_update = TestNow() - absl::Minutes(1)};
  const auto vouch = [&](const TrustStore& trust) {
    return trust.Vouch(state.system, Usage::kTlsClient, TestNow(), OldLists::kTaken).status();
  };
  EXPECT_OK(vouch(state.With(nullptr, nullptr)));
  EXPECT_OK(vouch(state.With(&old, &old)));
  EXPECT_THAT(vouch(state.With(nullptr, &revoking)), HasReason("CERT_REVOKED"));
  EXPECT_THAT(vouch(state.With(nullptr, &old_and_revoking)), HasReason("CERT_REVOKED"));
  EXPECT_THAT(
      state.With(nullptr, nullptr).Vouch(Kgz().IssueGood(Role::kNode), Usage::kTlsClient, TestNow(), OldLists::kTaken),
      HasReason("CERT_UNKNOWN_STATE"));
}

TEST(TrustStoreListsTest, AStatesWordIsAsOldAsTheNewestListThatIsNotARoots) {
  const ListedState state;
  const CrlOptions of_root = {.this_update = TestNow() - absl::Minutes(1)};
  const CrlOptions of_issuing = {.this_update = TestNow() - absl::Minutes(30)};
  EXPECT_EQ(state.With(&of_root, &of_issuing).RevocationsAsOf("KAZ"), TestNow() - absl::Minutes(30));
  EXPECT_EQ(state.With(&of_root, nullptr).RevocationsAsOf("KAZ"), TestNow() - absl::Minutes(1));
  EXPECT_EQ(state.With(&of_root, &of_issuing).IssuersListsAsOf("KAZ"), TestNow() - absl::Minutes(30));
  EXPECT_EQ(state.With(&of_root, nullptr).IssuersListsAsOf("KAZ"), std::nullopt);
  EXPECT_EQ(state.With(nullptr, nullptr).RevocationsAsOf("KAZ"), absl::InfinitePast());
  EXPECT_EQ(state.With(&of_root, &of_issuing).RevocationsAsOf("KGZ"), absl::InfinitePast());
  EXPECT_EQ(TrustStore::Build({{"KAZ", state.root.certificate.Pem()}})->RevocationsAsOf("KAZ"), absl::InfinitePast());
}

TEST(TrustStoreListsTest, ARefusalSaysWhoseCertificateItIsAbout) {
  const ListedState state;
  const CrlOptions revoking = {.revoked = {state.system.front()}};
  const absl::Status refused =
      state.With(nullptr, &revoking, {"KAZ"}).Verify(state.system, Usage::kTlsClient, TestNow()).status();
  EXPECT_THAT(refused, HasReason("CERT_REVOKED"));
  EXPECT_EQ(MetadataOf(refused)["subject"], "spiffe://kaz.tamga/border-service/system/lane-7");
  EXPECT_EQ(MetadataOf(refused)["serial"], state.system.front().SerialHex());
  EXPECT_EQ(MetadataOf(refused)["issuer"], "O=Issuing");
}

TEST(TrustStoreListsTest, APathsListsAreAsOldAsTheOldestOfItsIssuersAndThatOfAnotherIssuerCountsForNothing) {
  const ListedState state;
  const Issued other = Issue(AuthorityNamed("Another"), &state.root);
  const CrlOptions of_root = {.this_update = TestNow() - absl::Hours(900)};
  const CrlOptions of_issuing = {.this_update = TestNow() - absl::Hours(30)};
  Revocations lists;
  ASSERT_OK(lists.Add("KAZ", IssueCrl(of_root, state.root), state.root.certificate));
  ASSERT_OK(lists.Add("KAZ", IssueCrl(of_issuing, state.issuing), state.issuing.certificate));
  ASSERT_OK(lists.Add("KAZ", IssueCrl({.this_update = TestNow() - absl::Minutes(1)}, other), other.certificate));
  const TrustStore trust = TrustStore::Build({{"KAZ", state.root.certificate.Pem()}})
                               ->With(std::make_shared<const Revocations>(lists), {}, absl::InfiniteDuration());
  const absl::StatusOr<Vouched> vouched = trust.Vouch(state.system, Usage::kTlsClient, TestNow(), OldLists::kTaken);
  ASSERT_OK(vouched);
  EXPECT_EQ(trust.RevocationsAsOf("KAZ"), TestNow() - absl::Minutes(1));
  EXPECT_EQ(trust.RevocationsAsOf(vouched->path), TestNow() - absl::Hours(30));
  // A root that certifies directly is asked itself.
  EXPECT_EQ(trust.RevocationsAsOf({state.system.front(), state.root.certificate}), TestNow() - absl::Hours(900));
  EXPECT_EQ(state.With(nullptr, nullptr).RevocationsAsOf(vouched->path), absl::InfinitePast());
}

}  // namespace
}  // namespace tamga::certs
