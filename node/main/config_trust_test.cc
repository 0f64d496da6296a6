#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "certs/test_pki.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/main/config.h"
#include "node/main/test_node.h"
#include "node/treaty/sign_act.h"
#include "node/treaty/test_treaties.h"
#include "node/treaty/treaty_folder.h"
#include "policy/root_fixture.h"

namespace tamga::node {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The test's node with this root in the bundle of KGZ.
struct NodeWithRoot {
  explicit NodeWithRoot(const std::string& constraints) {
    certs::IssueOptions root = certs::AuthorityNamed("Root");
    root.constraints = constraints;
    root.not_after = TestNow() + absl::Hours(24 * 365);
    files.Write("KGZ.pem", certs::Issue(root, nullptr).certificate.Pem());
  }
  absl::Status Load() { return LoadNodeSetup(files.WriteConfig(), TestNow()).status(); }

  TestNode files;
};

TEST(TrustConfigTest, ARootIsConstrainedToItsStatesNames) {
  EXPECT_OK(NodeWithRoot("critical,permitted;URI:kgz.tamga").Load());
  EXPECT_OK(NodeWithRoot("critical,permitted;URI:kgz.tamga,permitted;DNS:kgz.tamga,excluded;URI:x.kgz.tamga").Load());
  for (const char* constraints :
       {"", "critical,permitted;DNS:kgz.tamga", "critical,permitted;URI:kaz.tamga", "critical,permitted;URI:.kgz.tamga",
        "critical,excluded;URI:kaz.tamga", "critical,permitted;URI:kgz.tamga,permitted;URI:kaz.tamga"}) {
    NodeWithRoot node(constraints);
    EXPECT_THAT(node.Load(),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(StartsWith("trust_bundles[1].roots_file: "), HasSubstr("unconstrained: true"))))
        << constraints;
    node.files.config.mutable_trust_bundles(1)->set_unconstrained(true);
    EXPECT_OK(node.Load()) << constraints;
  }
}

// KGZ names a root of its own as the only one, by two keys of its treaty office.
void NameAnotherRoot(const TestNode& node) {
  const std::string folder = node.Path("treaties");
  ASSERT_OK_AND_ASSIGN(treaty::TreatySources sources, treaty::ReadTreatyFolder(folder));
  const auto second_key = certs::Ed25519Key::FromSeed(std::string(32, '2')).value();
  const certs::Issued root = certs::Issue(certs::AuthorityNamed("Another"), nullptr);
  std::vector<v1::SignedAct> acts = sources.acts.at("KGZ");
  const size_t before = acts.size();
  const std::string head = "state: \"KGZ\"\neffective_on: \"2026-11-20\"\ncitation: \"Order 1\"\n";
  acts.push_back(treaty::SignNextAct("KGZ", acts,
                                     absl::StrCat(head, "change_keys { office { state: \"KGZ\" keys: \"",
                                                  HexEncode(treaty::TestOfficeKey("KGZ").public_key()), "\" keys: \"",
                                                  HexEncode(second_key.public_key()), "\" threshold: 1 } }\n")));
  acts.push_back(
      treaty::SignNextAct("KGZ", acts, absl::StrCat(head, "change_roots {\n", policy::RootText("KGZ", root), "}\n")));
  treaty::SignAct(second_key, &acts.back());
  treaty::TreatySources more;
  more.acts["KGZ"].assign(acts.begin() + static_cast<std::ptrdiff_t>(before), acts.end());
  ASSERT_OK(treaty::AddToTreatyFolder(folder, more));
}

TEST(TrustConfigTest, ARootThatItsStateHasNeverNamedIsToldBeforeTheStart) {
  TestNode node;
  ASSERT_OK(LoadNodeSetup(node.WriteConfig(), TestNow()));
  NameAnotherRoot(node);
  EXPECT_THAT(LoadNodeSetup(node.WriteConfig(), TestNow()).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(StartsWith("trust_bundles[1].roots_file: "), HasSubstr("TRUST_CONTRADICTED"))));
}

}  // namespace
}  // namespace tamga::node
