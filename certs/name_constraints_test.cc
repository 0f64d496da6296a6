#include "certs/name_constraints.h"

#include <openssl/x509v3.h>

#include "absl/strings/str_cat.h"
#include "certs/openssl_der.h"
#include "certs/openssl_ptr.h"
#include "certs/test_pki.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

// Names of a leaf below an authority with constraints, both in OpenSSL's syntax.
absl::Status Check(const std::string& constraints, const std::string& names,
                   const IssueOptions& leaf_options = Server()) {
  IssueOptions authority = AuthorityNamed("Authority");
  authority.constraints = absl::StrCat("critical,", constraints);
  const Issued root = Issue(authority, nullptr);
  IssueOptions leaf = leaf_options;
  leaf.names = names;
  return CheckNameConstraints({Issue(leaf, &root).certificate, root.certificate});
}

// One row of the grid: a base, and a name that is inside it, outside it, or of which that cannot be told.
enum class Place { kInside, kOutside, kUnclear };

struct Row {
  const char* base;
  const char* name;
  Place place;
};

constexpr Row kGrid[] = {
    // URI: a host, or with a full stop first those below it.
    {"URI:kaz.tamga", "URI:spiffe://kaz.tamga/a/node/main", Place::kInside},
    {"URI:kaz.tamga", "URI:spiffe://KAZ.Tamga/a", Place::kInside},
    {"URI:KAZ.tamga", "URI:spiffe://kaz.tamga/a", Place::kInside},
    {"URI:kaz.tamga", "URI:https://kaz.tamga:8443/", Place::kInside},
    {"URI:kaz.tamga", "URI:https://kgz.tamga@kaz.tamga/", Place::kInside},
    {"URI:kaz.tamga", "URI:https://kaz.tamga@kgz.tamga/", Place::kOutside},
    {"URI:kaz.tamga", "URI:spiffe://sub.kaz.tamga/a", Place::kOutside},
    {"URI:kaz.tamga", "URI:spiffe://kaz.tamga.evil.example/a", Place::kOutside},
    {"URI:kaz.tamga", "URI:spiffe://evilkaz.tamga/a", Place::kOutside},
    {"URI:kaz.tamga", "URI:spiffe://kgz.tamga/kaz.tamga", Place::kOutside},
    {"URI:kaz.tamga", "URI:spiffe://kaz.tamga./a", Place::kUnclear},
    {"URI:kaz.tamga", "URI:urn:kaz:tamga", Place::kUnclear},
    {"URI:kaz.tamga", "URI:https://192.0.2.1/", Place::kUnclear},
    {"URI:kaz.tamga", "URI:spiffe:///a", Place::kUnclear},
    {"URI:kaz.tamga", "URI:spiffe://kaz%2etamga/a", Place::kUnclear},
    {"URI:.kaz.tamga", "URI:spiffe://sub.kaz.tamga/a", Place::kInside},
    {"URI:.kaz.tamga", "URI:spiffe://a.sub.KAZ.tamga/a", Place::kInside},
    {"URI:.kaz.tamga", "URI:spiffe://kaz.tamga/a", Place::kOutside},
    {"URI:.kaz.tamga", "URI:spiffe://evilkaz.tamga/a", Place::kOutside},
    // DNS: a name and those below it.
    {"DNS:kaz.tamga", "DNS:kaz.tamga", Place::kInside},
    {"DNS:kaz.tamga", "DNS:a.b.kaz.tamga", Place::kInside},
    {"DNS:kaz.tamga", "DNS:A.KAZ.tamga", Place::kInside},
    {"DNS:kaz.tamga", "DNS:*.kaz.tamga", Place::kInside},
    {"DNS:kaz.tamga", "DNS:*.a.kaz.tamga", Place::kInside},
    {"DNS:kaz.tamga", "DNS:evilkaz.tamga", Place::kOutside},
    {"DNS:kaz.tamga", "DNS:kaz.tamga.example", Place::kOutside},
    {"DNS:kaz.tamga", "DNS:tamga", Place::kOutside},
    {"DNS:kaz.tamga", "DNS:*.other.tamga", Place::kOutside},
    {"DNS:kaz.tamga", "DNS:a.kaz.tamga.", Place::kUnclear},
    {"DNS:kaz.tamga", "DNS:.kaz.tamga", Place::kUnclear},
    {"DNS:kaz.tamga", "DNS:a*.kaz.tamga", Place::kUnclear},
    // E-mail: a mailbox, a host, or with a full stop first those below it.
    {"email:a@kaz.tamga", "email:a@KAZ.tamga", Place::kInside},
    {"email:a@kaz.tamga", "email:A@kaz.tamga", Place::kOutside},
    {"email:a@kaz.tamga", "email:b@kaz.tamga", Place::kOutside},
    {"email:kaz.tamga", "email:b@kaz.tamga", Place::kInside},
    {"email:kaz.tamga", "email:b@sub.kaz.tamga", Place::kOutside},
    {"email:kaz.tamga", "email:kaz.tamga@kgz.tamga", Place::kOutside},
    {"email:.kaz.tamga", "email:b@sub.kaz.tamga", Place::kInside},
    {"email:.kaz.tamga", "email:b@kaz.tamga", Place::kOutside},
    {"email:kaz.tamga", "email:kaz.tamga", Place::kUnclear},
    // Addresses.
    {"IP:192.0.2.0/255.255.255.0", "IP:192.0.2.255", Place::kInside},
    {"IP:192.0.2.0/255.255.255.0", "IP:192.0.3.0", Place::kOutside},
    {"IP:192.0.2.128/255.255.255.128", "IP:192.0.2.127", Place::kOutside},
    {"IP:0.0.0.0/0.0.0.0", "IP:203.0.113.9", Place::kInside},
    {"IP:0.0.0.0/0.0.0.0", "IP:2001:db8::1", Place::kOutside},
    {"IP:2001:db8:0:0:0:0:0:0/ffff:ffff:0:0:0:0:0:0", "IP:2001:db8::1", Place::kInside},
    {"IP:2001:db8:0:0:0:0:0:0/ffff:ffff:0:0:0:0:0:0", "IP:2001:db9::1", Place::kOutside},
};

TEST(NameConstraintsTest, TheGridHolds) {
  for (const Row& row : kGrid) {
    const absl::Status permitted = Check(absl::StrCat("permitted;", row.base), row.name);
    const absl::Status excluded = Check(absl::StrCat("excluded;", row.base), row.name);
    if (row.place == Place::kInside) {
      EXPECT_OK(permitted) << row.base << " " << row.name;
    } else {
      EXPECT_THAT(permitted, HasReason("CERT_NAME_CONSTRAINT")) << row.base << " " << row.name;
    }
    if (row.place == Place::kOutside) {
      EXPECT_OK(excluded) << row.base << " " << row.name;
    } else {
      EXPECT_THAT(excluded, HasReason("CERT_NAME_CONSTRAINT")) << row.base << " " << row.name;
    }
  }
}

TEST(NameConstraintsTest, OtherKindsOfNamesAreLeftAlone) {
  const char* names[] = {"URI:spiffe://kaz.tamga/a", "DNS:kaz.tamga", "email:a@kaz.tamga", "IP:192.0.2.1"};
  const char* bases[] = {"URI:other.example", "DNS:other.example", "email:other.example", "IP:10.0.0.0/255.0.0.0"};
  for (size_t i = 0; i < 4; ++i) {
    for (size_t j = 0; j < 4; ++j) {
      const absl::Status status = Check(absl::StrCat("permitted;", bases[j]), names[i]);
      EXPECT_EQ(status.ok(), i != j) << names[i] << " " << bases[j];
    }
  }
}

TEST(NameConstraintsTest, AWildcardMustNotReachWhatIsExcluded) {
  EXPECT_THAT(Check("excluded;DNS:a.kaz.tamga", "DNS:*.kaz.tamga"), HasReason("CERT_NAME_CONSTRAINT"));
  EXPECT_OK(Check("excluded;DNS:a.b.kaz.tamga", "DNS:*.kaz.tamga"));  // one label only
  EXPECT_THAT(Check("permitted;DNS:a.kaz.tamga", "DNS:*.kaz.tamga"), HasReason("CERT_NAME_CONSTRAINT"));
}

TEST(NameConstraintsTest, OnePermittedBaseIsEnoughAndOneExcludedTooMuch) {
  EXPECT_OK(Check("permitted;DNS:kgz.tamga,permitted;DNS:kaz.tamga", "DNS:a.kaz.tamga"));
  EXPECT_THAT(Check("permitted;DNS:kaz.tamga,excluded;DNS:b.kaz.tamga", "DNS:a.kaz.tamga,DNS:b.kaz.tamga"),
              HasReason("CERT_NAME_CONSTRAINT"));
  EXPECT_THAT(Check("permitted;DNS:kaz.tamga", "DNS:a.kaz.tamga,DNS:a.kgz.tamga"), HasReason("CERT_NAME_CONSTRAINT"));
}

TEST(NameConstraintsTest, BasesThatAreNotWellFormedAreRefusedWhateverTheNames) {
  for (const char* base :
       {"DNS:.kaz.tamga", "DNS:kaz.tamga.", "DNS:*.kaz.tamga", "DNS:kaz tamga", "URI:https://kaz.tamga", "URI:.",
        "URI:kaz.tamga:443", "URI:..kaz.tamga", "email:a@", "email:@kaz.tamga", "email:.", "email:a@b@kaz.tamga",
        "IP:10.0.0.0/255.0.255.0", "IP:10.0.0.0/0.255.255.255"}) {
    for (const char* side : {"permitted;", "excluded;"}) {
      EXPECT_THAT(Check(absl::StrCat(side, base), "DNS:server.example"), HasReason("CERT_NAME_CONSTRAINT"))
          << side << base;
    }
  }
}

std::string Der(const std::string& hex) { return absl::StrCat("DER:", hex); }

TEST(NameConstraintsTest, OddStructuresAreRefused) {
  const std::string base = "820974616d67612e6b617a";  // dNSName "tamga.kaz"
  const std::string cases[] = {
      "3000",                            // nothing
      "3002a000",                        // permitted, but no subtree
      "3002a100",                        // excluded, but no subtree
      "3006a00430028200",                // a permitted base that is empty
      "3012a010300e" + base + "800101",  // a minimum
      "3012a010300e" + base + "810101",  // a maximum
      "3004a0028200",                    // no subtree where there should be one
      "300b87090a000000ff00000000",      // no side
      "300da00b300987070a0000ff000000",  // an address of seven octets
  };
  for (const std::string& hex : cases) {
    EXPECT_THAT(Check(Der(hex), "DNS:server.example"), HasReason("CERT_NAME_CONSTRAINT")) << hex;
  }
}

TEST(NameConstraintsTest, AnEmptyExcludedBaseExcludesItsWholeKind) {
  const std::string no_dns = Der("3006a10430028200");
  EXPECT_THAT(Check(no_dns, "DNS:server.example"), HasReason("CERT_NAME_CONSTRAINT"));
  EXPECT_OK(Check(no_dns, "URI:spiffe://kaz.tamga/a"));
}

TEST(NameConstraintsTest, AKindThatIsNotEvaluatedIsRefusedWhereItIsUsed) {
  const std::string no_registered_id = Der("3008a106300488022a03");  // excluded registeredID 1.2.3
  EXPECT_OK(Check(no_registered_id, "DNS:server.example"));
  EXPECT_THAT(Check(no_registered_id, "DNS:server.example,RID:1.2.4"), HasReason("CERT_NAME_CONSTRAINT"));
}

// The constraints, one directory name permitted or excluded, as text for Check.
std::string Directory(bool is_permitted, const std::vector<std::pair<const char*, const char*>>& attributes) {
  const NameConstraintsPtr constraints(NAME_CONSTRAINTS_new());
  GENERAL_SUBTREE* subtree = GENERAL_SUBTREE_new();
  X509_NAME* name = X509_NAME_new();
  for (const auto& [type, value] : attributes) {
    X509_NAME_add_entry_by_txt(name, type, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value), -1, -1, 0);
  }
  subtree->base->type = GEN_DIRNAME;
  subtree->base->d.directoryName = name;
  STACK_OF(GENERAL_SUBTREE)* subtrees = sk_GENERAL_SUBTREE_new_null();
  sk_GENERAL_SUBTREE_push(subtrees, subtree);
  (is_permitted ? constraints->permittedSubtrees : constraints->excludedSubtrees) = subtrees;
  unsigned char* bytes = nullptr;
  const int size =
      ASN1_item_i2d(reinterpret_cast<ASN1_VALUE*>(constraints.get()), &bytes, ASN1_ITEM_rptr(NAME_CONSTRAINTS));
  const std::string der(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return Der(HexEncode(der));
}

TEST(NameConstraintsTest, DirectoryNamesAreTheSubjectsBeginning) {
  IssueOptions leaf = Server();
  leaf.name = "Border Service";
  leaf.common_name = "server.example";
  const std::vector<std::pair<const char*, const char*>> inside[] = {
      {{"O", "Border Service"}}, {{"O", "border  service"}}, {{"O", "Border Service"}, {"CN", "server.example"}}};
  for (const auto& attributes : inside) {
    EXPECT_OK(Check(Directory(true, attributes), "DNS:server.example", leaf));
    EXPECT_THAT(Check(Directory(false, attributes), "DNS:server.example", leaf), HasReason("CERT_NAME_CONSTRAINT"));
  }
  const std::vector<std::pair<const char*, const char*>> outside[] = {
      {{"O", "Border"}},
      {{"CN", "server.example"}},
      {{"CN", "server.example"}, {"O", "Border Service"}},
      {{"O", "Border Service"}, {"CN", "server.example"}, {"OU", "x"}}};
  for (const auto& attributes : outside) {
    EXPECT_THAT(Check(Directory(true, attributes), "DNS:server.example", leaf), HasReason("CERT_NAME_CONSTRAINT"));
    EXPECT_OK(Check(Directory(false, attributes), "DNS:server.example", leaf));
  }
  EXPECT_THAT(Check(Directory(true, {}), "DNS:server.example", leaf), HasReason("CERT_NAME_CONSTRAINT"));
  EXPECT_THAT(Check(Directory(false, {}), "DNS:server.example", leaf), HasReason("CERT_NAME_CONSTRAINT"));
}

TEST(NameConstraintsTest, AnEmailAddressInTheSubjectIsANameToo) {
  IssueOptions leaf = Server();
  leaf.change = [](X509* x509) {
    X509_NAME_add_entry_by_NID(X509_get_subject_name(x509), NID_pkcs9_emailAddress, MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("a@kgz.tamga"), -1, -1, 0);
  };
  EXPECT_THAT(Check("permitted;email:kaz.tamga", "DNS:server.example", leaf), HasReason("CERT_NAME_CONSTRAINT"));
  EXPECT_OK(Check("permitted;email:kgz.tamga", "DNS:server.example", leaf));
}

TEST(NameConstraintsTest, TheyHoldForAllCertificatesBelow) {
  IssueOptions root_options = AuthorityNamed("Root");
  root_options.constraints = "critical,permitted;DNS:kaz.tamga";
  const Issued root = Issue(root_options, nullptr);
  IssueOptions middle_options = AuthorityNamed("Middle");
  middle_options.names = "DNS:ca.kgz.tamga";
  const Issued middle = Issue(middle_options, &root);
  const Certificate leaf = Issue(Server(), &middle).certificate;
  IssueOptions good = Server();
  good.names = "DNS:a.kaz.tamga";
  EXPECT_THAT(CheckNameConstraints({Issue(good, &middle).certificate, middle.certificate, root.certificate}),
              HasReason("CERT_NAME_CONSTRAINT"));
  EXPECT_THAT(CheckNameConstraints({leaf, middle.certificate, root.certificate}), HasReason("CERT_NAME_CONSTRAINT"));
  // One that issues to itself, with a new key, may go on under its own name.
  IssueOptions rolled_options = AuthorityNamed("Root");
  rolled_options.names = "DNS:ca.kgz.tamga";
  const Issued rolled = Issue(rolled_options, &root);
  EXPECT_OK(CheckNameConstraints({Issue(good, &rolled).certificate, rolled.certificate, root.certificate}));
}

TEST(NameConstraintsTest, TooManyComparisonsAreRefused) {
  std::string bases = "permitted;DNS:a0.kaz.tamga";
  std::string names = "DNS:a0.kaz.tamga";
  for (int i = 1; i < 600; ++i) absl::StrAppend(&bases, ",permitted;DNS:a", i, ".kaz");
  EXPECT_OK(Check(bases, names));
  for (int i = 1; i < 600; ++i) absl::StrAppend(&names, ",DNS:a0.kaz.tamga");
  EXPECT_OK(Check(bases, names));
  for (int i = 600; i < 1100; ++i) absl::StrAppend(&bases, ",excluded;DNS:a", i);
  for (int i = 600; i < 800; ++i) absl::StrAppend(&names, ",DNS:a0.kaz.tamga");
  EXPECT_OK(Check(bases, names));
  for (int i = 1100; i < 1400; ++i) absl::StrAppend(&bases, ",excluded;DNS:a", i);
  EXPECT_THAT(Check(bases, names), HasReason("CERT_NAME_CONSTRAINT"));
}

}  // namespace
}  // namespace tamga::certs
