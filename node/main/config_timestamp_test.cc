#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/main/config.h"
#include "node/main/test_mistakes.h"
#include "node/main/test_node.h"

namespace tamga::node {
namespace {

using ::testing::SizeIs;

// The test's node with a time-stamp authority.
struct StampedNode {
  StampedNode() {
    files.Write("tsa.pem", AuthorityOf("KGZ").RootPem());
    v1::TimeStamping& stamping = *files.config.mutable_time_stamping();
    stamping.set_url("http://tsa.example/tsr/");
    stamping.set_roots_file("tsa.pem");
  }
  TestNode files;
};

v1::TimeStamping& StampingOf(TestNode& node) { return *node.config.mutable_time_stamping(); }

TEST(ConfigTimestampTest, WithoutItThereIsNone) {
  TestNode node;
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.WriteConfig(), TestNow()));
  EXPECT_FALSE(setup.time_stamping.has_value());
  EXPECT_FALSE(setup.config.has_time_stamping());
}

TEST(ConfigTimestampTest, AGoodOneIsLoadedWithItsDefaults) {
  StampedNode node;
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.files.WriteConfig(), TestNow()));
  ASSERT_TRUE(setup.time_stamping.has_value());
  EXPECT_EQ(setup.time_stamping->server.host, "tsa.example");
  EXPECT_EQ(setup.time_stamping->server.port, 80);
  EXPECT_TRUE(setup.time_stamping->server.is_plain);
  EXPECT_EQ(setup.time_stamping->target, "/tsr/");
  EXPECT_THAT(setup.time_stamping->authority.roots, SizeIs(1));
  EXPECT_EQ(setup.time_stamping->authority.policy_oid, "");
  EXPECT_EQ(setup.config.time_stamping().interval_s(), 60u);
  EXPECT_EQ(setup.config.time_stamping().late_after_s(), 14'400u);
  EXPECT_EQ(setup.config.time_stamping().roots_file(), node.files.Path("tsa.pem"));
}

TEST(ConfigTimestampTest, OverTlsTheServerHasRootsOfItsOwnIfTheyAreNamed) {
  StampedNode node;
  StampingOf(node.files).set_url("https://tsa.example:8443");
  StampingOf(node.files).set_policy_oid("1.3.6.1.4.1.99999.1");
  StampingOf(node.files).set_interval_s(5);
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.files.WriteConfig(), TestNow()));
  EXPECT_FALSE(setup.time_stamping->server.is_plain);
  EXPECT_EQ(setup.time_stamping->server.port, 8443);
  EXPECT_EQ(setup.time_stamping->server.name, "tsa.example");
  EXPECT_EQ(setup.time_stamping->server.roots_pem, AuthorityOf("KGZ").RootPem());
  EXPECT_EQ(setup.time_stamping->server.identity.chain_pem, setup.tls.chain_pem);
  EXPECT_EQ(setup.time_stamping->target, "/");
  EXPECT_EQ(setup.time_stamping->authority.policy_oid, "1.3.6.1.4.1.99999.1");
  EXPECT_EQ(setup.config.time_stamping().interval_s(), 5u);

  node.files.Write("tls-roots.pem", AuthorityOf("KAZ").RootPem());
  StampingOf(node.files).set_tls_roots_file("tls-roots.pem");
  ASSERT_OK_AND_ASSIGN(const NodeSetup other, LoadNodeSetup(node.files.WriteConfig(), TestNow()));
  EXPECT_EQ(other.time_stamping->server.roots_pem, AuthorityOf("KAZ").RootPem());
}

TEST(ConfigTimestampTest, EachMistakeNamesItsFieldAndItsFix) {
  struct Case {
    const char* field;
    const char* what;
    std::function<void(TestNode&)> spoil;
  };
  const Case cases[] = {
      {"url", "name http[s]://", [](TestNode& n) { StampingOf(n).clear_url(); }},
      {"url", "is no such URL", [](TestNode& n) { StampingOf(n).set_url("ftp://tsa.example"); }},
      {"url", "is no such URL", [](TestNode& n) { StampingOf(n).set_url("http://tsa.example/tsr?a=b"); }},
      {"url", "is no such URL", [](TestNode& n) { StampingOf(n).set_url("http://tsa.example:0/tsr"); }},
      {"roots_file", "name the PEM file", [](TestNode& n) { StampingOf(n).clear_roots_file(); }},
      {"roots_file", "none.pem", [](TestNode& n) { StampingOf(n).set_roots_file("none.pem"); }},
      {"roots_file", "ask the authority's operators", [](TestNode& n) { n.Write("tsa.pem", "hello"); }},
      {"roots_file", "not a self-signed root", [](TestNode& n) { StampingOf(n).set_roots_file("tls.pem"); }},
      {"interval_s", "must be 1 to 86400", [](TestNode& n) { StampingOf(n).set_interval_s(86'401); }},
      {"late_after_s", "must be 1 to", [](TestNode& n) { StampingOf(n).set_late_after_s(400u * 24 * 3'600); }},
      {"policy_oid", "dotted decimal", [](TestNode& n) { StampingOf(n).set_policy_oid("policy"); }},
      {"policy_oid", "dotted decimal", [](TestNode& n) { StampingOf(n).set_policy_oid("1.03.6"); }},
      {"tls_roots_file", "of no use over http://", [](TestNode& n) { StampingOf(n).set_tls_roots_file("tsa.pem"); }},
      {"tls_roots_file", "none.pem",
       [](TestNode& n) {
         StampingOf(n).set_url("https://tsa.example");
         StampingOf(n).set_tls_roots_file("none.pem");
       }},
  };
  for (const Case& spoilt : cases) {
    StampedNode node;
    spoilt.spoil(node.files);
    ExpectMistake(node.files, absl::StrCat("time_stamping.", spoilt.field), spoilt.what);
  }
}

TEST(ConfigTimestampTest, RevocationListsAreReadAtStart) {
  StampedNode node;
  StampingOf(node.files).add_crl_files("tsa.crl");
  ExpectMistake(node.files, "time_stamping.crl_files", "tsa.crl");
  node.files.Write("tsa.crl", "no list");
  ExpectMistake(node.files, "time_stamping.crl_files", "certificates of their issuers");
}

}  // namespace
}  // namespace tamga::node
