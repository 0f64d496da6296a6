#include <string>

#include "certs/test_pki.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/main/config.h"
#include "node/main/test_node.h"

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

}  // namespace
}  // namespace tamga::node
