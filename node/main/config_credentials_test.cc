#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/main/config.h"
#include "node/main/config_parts.h"
#include "node/main/test_node.h"

namespace tamga::node {
namespace {

using ::testing::HasSubstr;

v1::NodeConfig Resolved(const char* folder, v1::NodeConfig config, Mistakes& mistakes) {
  ResolveCredentials(folder, config, mistakes);
  return config;
}

TEST(ConfigCredentialsTest, StandForFilesInTheServiceManagersFolderWhereverAFileIsNamed) {
  v1::NodeConfig config;
  config.set_data_dir("credential:data");
  config.set_vault_key_file("credential:vault");
  config.mutable_tls()->set_key_file("credential:tls.key");
  config.mutable_tls()->set_certificate_file("tls.pem");
  config.add_trust_bundles();
  config.add_trust_bundles()->set_roots_file("credential:roots");
  config.mutable_witnessing()->add_outside_witnesses()->mutable_client()->set_key_file("credential:client");
  Mistakes mistakes;
  const v1::NodeConfig resolved = Resolved("/run/credentials/tamga-node.service", config, mistakes);
  EXPECT_OK(mistakes.ToStatus());
  EXPECT_EQ(resolved.vault_key_file(), "/run/credentials/tamga-node.service/vault");
  EXPECT_EQ(resolved.tls().key_file(), "/run/credentials/tamga-node.service/tls.key");
  EXPECT_EQ(resolved.tls().certificate_file(), "tls.pem");
  EXPECT_EQ(resolved.trust_bundles(1).roots_file(), "/run/credentials/tamga-node.service/roots");
  EXPECT_EQ(resolved.witnessing().outside_witnesses(0).client().key_file(),
            "/run/credentials/tamga-node.service/client");
  EXPECT_EQ(resolved.data_dir(), "credential:data");  // no file
}

TEST(ConfigCredentialsTest, WhatEnrolmentIsToWriteIsNoCredential) {
  v1::NodeConfig config;
  config.mutable_tls()->set_key_file("credential:tls.key");
  config.mutable_tls()->set_certificate_file("tls.pem");
  config.mutable_seal()->set_key_file("credential:seal.key");
  config.mutable_seal()->set_certificate_file("credential:seal.pem");
  const auto mistakes_of = [](const v1::NodeConfig& checked) {
    Mistakes mistakes;
    Resolved("/run", checked, mistakes);
    return std::string(mistakes.ToStatus().message());
  };
  EXPECT_EQ(mistakes_of(config), "");
  config.mutable_enrolment()->set_authority_address("ca.example:7411");
  EXPECT_THAT(mistakes_of(config), HasSubstr("tls.key_file: is credential:tls.key"));
  EXPECT_THAT(mistakes_of(config), ::testing::Not(HasSubstr("seal.")));
  config.mutable_enrolment()->set_renew_seal(true);
  EXPECT_THAT(mistakes_of(config), HasSubstr("seal.key_file: is credential:seal.key"));
  EXPECT_THAT(mistakes_of(config), HasSubstr("seal.certificate_file: is credential:seal.pem"));
  EXPECT_THAT(mistakes_of(config), HasSubstr("leave out enrolment.renew_seal"));
}

TEST(ConfigCredentialsTest, MistakesNameTheFieldAndTheFix) {
  struct Case {
    const char* folder;
    const char* file;
    const char* fix;
  };
  for (const Case& c :
       {Case{nullptr, "credential:vault", "LoadCredential=vault:FILE"},
        Case{"", "credential:vault", "LoadCredential=vault:FILE"},
        Case{"credentials", "credential:vault", "let the service manager set it"},
        Case{"/run", "credential:", "without a slash"}, Case{"/run", "credential:..", "without a slash"},
        Case{"/run", "credential:.", "without a slash"}, Case{"/run", "credential:a/b", "without a slash"},
        Case{"/run", "credential:/etc/passwd", "without a slash"}}) {
    v1::NodeConfig config;
    config.add_trust_bundles()->set_roots_file(c.file);
    Mistakes mistakes;
    Resolved(c.folder, config, mistakes);
    EXPECT_THAT(mistakes.ToStatus(),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         ::testing::AllOf(::testing::StartsWith("trust_bundles[0].roots_file: "), HasSubstr(c.fix))))
        << c.file;
  }
}

// As a service manager starts it.
class Credentials {
 public:
  explicit Credentials(const std::string& folder) { ::setenv("CREDENTIALS_DIRECTORY", folder.c_str(), 1); }
  ~Credentials() { ::unsetenv("CREDENTIALS_DIRECTORY"); }
};

TEST(ConfigCredentialsTest, ANodeIsLoadedWithThem) {
  TestNode node;
  ASSERT_OK(MakeFolder(node.Path("credentials")));
  node.Write("credentials/vault", node.Read("vault.key"), 0400);
  node.Write("credentials/seal", node.Read("seal.key"), 0400);
  node.config.set_vault_key_file("credential:vault");
  node.config.mutable_seal()->set_key_file("credential:seal");
  {
    const Credentials credentials(node.Path("credentials"));
    EXPECT_OK(LoadNodeSetup(node.WriteConfig(), TestNow()));
  }
  EXPECT_THAT(LoadNodeSetup(node.WriteConfig(), TestNow()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       ::testing::AllOf(HasSubstr("vault_key_file: "), HasSubstr("seal.key_file: "),
                                        HasSubstr("CREDENTIALS_DIRECTORY is not set"))));
}

}  // namespace
}  // namespace tamga::node
