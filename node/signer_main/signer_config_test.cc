#include "node/signer_main/signer_config.h"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "certs/p256.h"
#include "certs/seal.h"
#include "certs/test_token.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"

namespace tamga::signer {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kTypes[] = "types: \"application/vnd.tamga.request.v1\" types: \"application/vnd.tamga.reply.v1\"\n";

class SignerConfigTest : public testing::Test {
 protected:
  SignerConfigTest() : key_(certs::GenerateP256Key().value()), folder_(testing::TempDir() + "/signer.XXXXXX") {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
    Write("seal.key", certs::WritePrivateKeyPem(*key_).value());
  }
  ~SignerConfigTest() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, absl::string_view content, unsigned mode = 0600) {
    EXPECT_OK(WriteFile(folder_ + "/" + name, content, mode));
  }
  absl::StatusOr<SignerSetup> Load(absl::string_view text) {
    Write("signer.txtpb", text);
    return LoadSignerSetup(folder_ + "/signer.txtpb");
  }
  void ExpectMistake(absl::string_view text, const std::string& field, const std::string& fix) {
    EXPECT_THAT(Load(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                     AllOf(testing::StartsWith(field + ": "), HasSubstr(fix), Not(HasSubstr("\n")))))
        << text;
  }

  const certs::EvpPkeyPtr key_;
  std::string folder_;
};

TEST_F(SignerConfigTest, AKeyInAFileIsOpenedWithTheDefaults) {
  ASSERT_OK_AND_ASSIGN(const SignerSetup setup,
                       Load(absl::StrCat("socket: \"signer.sock\" key_file: \"seal.key\"\n", kTypes)));
  EXPECT_EQ(setup.config.socket(), folder_ + "/signer.sock");
  EXPECT_EQ(setup.key->key_id(), Sha256(certs::SpkiOf(*key_)));
  EXPECT_THAT(setup.rules.types, testing::ElementsAre(certs::kReplyType, certs::kRequestType));
  EXPECT_EQ(setup.rules.client, ::geteuid());
  EXPECT_EQ(setup.rules.max_per_second, 1'000u);
}

TEST_F(SignerConfigTest, AKeyInATokenIsOpened) {
  certs::TestToken token("tamga-test");
  token.Import("seal", *key_);
  Write("pin", absl::StrCat(certs::kTestPin, "\n"));
  ASSERT_OK_AND_ASSIGN(
      const SignerSetup setup,
      Load(absl::StrCat("socket: \"signer.sock\" pkcs11 { module: \"", certs::kSoftHsm,
                        "\" token_label: \"tamga-test\" key_label: \"seal\" pin_file: \"pin\" }\n", kTypes)));
  EXPECT_EQ(setup.key->key_id(), Sha256(certs::SpkiOf(*key_)));
  EXPECT_OK(setup.key->Sign(certs::kRequestType, "header"));
}

TEST_F(SignerConfigTest, EveryMistakeNamesItsFieldAndHowToMendIt) {
  const std::string socket = "socket: \"signer.sock\" ";
  const std::string key = "key_file: \"seal.key\" ";
  Write("open.key", "x", 0644);
  Write("text.key", "hello");
  ExpectMistake(key + kTypes, "socket", "name the Unix socket");
  ExpectMistake(socket + kTypes, "key_file", "or a pkcs11");
  ExpectMistake(socket + "key_file: \"none.key\" " + kTypes, "key_file", "put it there");
  ExpectMistake(socket + "key_file: \"open.key\" " + kTypes, "key_file", "chmod 600");
  ExpectMistake(socket + "key_file: \"text.key\" " + kTypes, "key_file", "must be one P-256 key");
  ExpectMistake(socket + key + "pkcs11 {} " + kTypes, "key_file", "leave one");
  ExpectMistake(socket + key + "types: \"application/vnd.tamga.request.v1\"", "types",
                "lacks application/vnd.tamga.reply.v1");
  ExpectMistake(socket + key + kTypes + "types: \"application/vnd.tamga.checkpoint\"", "types",
                "application/vnd.tamga.checkpoint.v1");
  ExpectMistake(socket + key + kTypes + "types: \"application/vnd.tamga.act.v1\"", "types", "nobody asks");
  ExpectMistake(socket + key + kTypes + "types: \"a b\"", "types", "nobody asks");
  ExpectMistake(socket + key + "client_user: \"no such user\" " + kTypes, "client_user", "tamga-node runs as");
  ExpectMistake(socket + key + "max_per_second: 100001 " + kTypes, "max_per_second", "at most 100000");
}

}  // namespace
}  // namespace tamga::signer
