// Clients that are not ours: the guide's clients in C++ and JavaScript make real calls over mutual TLS.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kZone[] =
    "'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<' 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'";

struct Result {
  int exit_code = -1;
  std::string output;
};

Result RunCommand(const std::string& command) {
  Result result;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  std::array<char, 4096> buffer;
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    result.output.append(buffer.data(), count);
  }
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

class ClientsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kBorder, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    ASSERT_OK(federation_->StartAll());
  }

  // Writes a certificate for `caller` and gives the paths of roots, certificate and key.
  std::array<std::string, 3> WriteIdentity(const certs::Principal& caller) {
    SystemRng rng;
    const auto files = federation_->authority("KAZ").Issue(caller, absl::Hours(1), absl::Now(), rng);
    EXPECT_OK(files);
    const std::string folder = federation_->folder(kBorder);
    std::array<std::string, 3> paths = {folder + "/roots.pem", folder + "/client.pem", folder + "/client.key"};
    EXPECT_OK(WriteFile(paths[0], federation_->authority("KAZ").RootPem()));
    EXPECT_OK(WriteFile(paths[1], files->chain_pem));
    EXPECT_OK(WriteFile(paths[2], files->key_pem, 0600));
    return paths;
  }

  std::unique_ptr<Federation> federation_;
};

TEST_F(ClientsTest, TheClientInJavaScriptChecksATraveller) {
  const auto [roots, certificate, key] = WriteIdentity(SystemOf(kBorder));
  const Result result =
      RunCommand(absl::StrCat("node " TAMGA_SOURCE_DIR "/tests/node_client/check_traveller.js --address ",
                              federation_->address(kBorder), " --agency ", kBorder, " --roots ", roots, " --cert ",
                              certificate, " --key ", key, " --ask ", kKyrgyz, " ", kZone));
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output, HasSubstr("SOURCE_STATUS_NO_HIT"));
  EXPECT_THAT(result.output, HasSubstr("CIS-WANTED-SEARCH-2010"));
}

TEST_F(ClientsTest, TheClientInJavaScriptReadsTheReasonOfARefusal) {
  const auto [roots, certificate, key] = WriteIdentity(OperatorOf(kBorder));
  const Result result = RunCommand(absl::StrCat(
      "node " TAMGA_SOURCE_DIR "/tests/node_client/check_traveller.js --address ", federation_->address(kBorder),
      " --agency ", kBorder, " --roots ", roots, " --cert ", certificate, " --key ", key, " ", kZone));
  EXPECT_EQ(result.exit_code, 1) << result.output;
  EXPECT_THAT(result.output, HasSubstr("\"reason\":\"WRONG_ROLE\""));
}

TEST_F(ClientsTest, TheClientInJavaScriptRefusesAnotherAgencysNode) {
  const auto [roots, certificate, key] = WriteIdentity(SystemOf(kBorder));
  const Result result = RunCommand(absl::StrCat(
      "node " TAMGA_SOURCE_DIR "/tests/node_client/check_traveller.js --address ", federation_->address(kBorder),
      " --agency KAZ/tourism-agency --roots ", roots, " --cert ", certificate, " --key ", key, " ", kZone));
  EXPECT_EQ(result.exit_code, 1) << result.output;
  EXPECT_THAT(result.output, HasSubstr("not the node of KAZ/tourism-agency"));
}

TEST_F(ClientsTest, TheClientInCppChecksATraveller) {
  const auto [roots, certificate, key] = WriteIdentity(SystemOf(kBorder));
  const Result result =
      RunCommand(absl::StrCat(TAMGA_CPP_CLIENT " ", federation_->address(kBorder), " border-service.kaz.tamga ", roots,
                              " ", certificate, " ", key, " ", kZone, " ", kKyrgyz));
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output, HasSubstr("KGZ/interior-ministry: SOURCE_STATUS_NO_HIT"));
}

}  // namespace
}  // namespace tamga::testing
