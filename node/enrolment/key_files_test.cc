#include "node/enrolment/key_files.h"

#include <sys/stat.h>

#include "certs/authority.h"
#include "certs/p256.h"
#include "certs/test_certificates.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/store/test_folder.h"

namespace tamga::enrolment {
namespace {

class KeyFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const certs::KeyAndCertificate old = Issue();
    ASSERT_OK(WriteFile(files_.key_file, old.key_pem, 0600));
    ASSERT_OK(WriteFile(files_.certificate_file, old.chain_pem));
  }

  certs::KeyAndCertificate Issue() {
    return authority_.Issue({"KAZ/border-service", certs::Role::kNode, "main"}, absl::Hours(1), certs::TestNow(), rng_)
        .value();
  }
  // The chain for a key that PrepareKey made.
  std::string ChainFor(const std::string& key_pem) {
    const certs::EvpPkeyPtr key = certs::ParsePrivateKeyPem(key_pem).value();
    const certs::Principal node = {"KAZ/border-service", certs::Role::kNode, "main"};
    const certs::Csr request = certs::Csr::FromDer(certs::MakeCsr(node, *key).value()).value();
    return authority_.issuing().IssueFor(request, absl::Hours(1), certs::TestNow(), rng_).value();
  }
  static std::string Content(const std::string& path) { return ReadFile(path).value_or(""); }
  // Whether the key is the certificate's.
  bool FilesFit() const {
    const certs::EvpPkeyPtr key = certs::ParsePrivateKeyPem(Content(files_.key_file)).value();
    return certs::ParsePemChain(Content(files_.certificate_file))->front().Spki() == certs::SpkiOf(*key);
  }

  SystemRng rng_;
  const certs::StateAuthority authority_ = certs::StateAuthority::Create("KAZ", certs::TestNow(), rng_).value();
  store::TestFolder folder_;
  const KeyFiles files_ = {folder_.path() + "/tls.pem", folder_.path() + "/tls.key"};
};

TEST_F(KeyFilesTest, BothAreReplacedAndNothingIsLeftOver) {
  ASSERT_OK_AND_ASSIGN(const std::string key_pem, PrepareKey(files_, false));
  EXPECT_NE(Content(files_.key_file), key_pem);
  const std::string chain = ChainFor(key_pem);
  ASSERT_OK(Replace(files_, chain));
  EXPECT_EQ(Content(files_.key_file), key_pem);
  EXPECT_EQ(Content(files_.certificate_file), chain);
  ASSERT_OK_AND_ASSIGN(const std::vector<std::string> left, ListFolder(folder_.path(), ".next"));
  EXPECT_TRUE(left.empty());
  struct stat info = {};
  ASSERT_EQ(::stat(files_.key_file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(KeyFilesTest, APreparedKeyIsKeptWhereThatIsAsked) {
  ASSERT_OK_AND_ASSIGN(const std::string first, PrepareKey(files_, true));
  ASSERT_OK_AND_ASSIGN(const std::string again, PrepareKey(files_, true));
  ASSERT_OK_AND_ASSIGN(const std::string another, PrepareKey(files_, false));
  EXPECT_EQ(first, again);
  EXPECT_NE(first, another);
}

TEST_F(KeyFilesTest, APreparedKeyThatIsDiscardedIsGone) {
  const std::string before = Content(files_.key_file);
  DiscardKey(files_);  // there is none
  ASSERT_OK(PrepareKey(files_, true).status());
  DiscardKey(files_);
  ASSERT_OK_AND_ASSIGN(const std::vector<std::string> left, ListFolder(folder_.path(), ".next"));
  EXPECT_TRUE(left.empty());
  EXPECT_EQ(Content(files_.key_file), before);
}

TEST_F(KeyFilesTest, ACrashAnywhereLeavesFilesThatFitOrAreMended) {
  const std::string old_key = Content(files_.key_file);
  ASSERT_OK(FinishReplacement(files_));
  EXPECT_EQ(Content(files_.key_file), old_key);

  // After the key was prepared.
  ASSERT_OK_AND_ASSIGN(const std::string key_pem, PrepareKey(files_, false));
  ASSERT_OK(FinishReplacement(files_));
  EXPECT_EQ(Content(files_.key_file), old_key);
  EXPECT_TRUE(FilesFit());

  // After the certificate was written beside.
  const std::string chain = ChainFor(key_pem);
  ASSERT_OK(WriteFile(files_.certificate_file + ".next", chain));
  ASSERT_OK(FinishReplacement(files_));
  EXPECT_EQ(Content(files_.certificate_file), chain);
  EXPECT_TRUE(FilesFit());

  // Between the two renames.
  ASSERT_OK_AND_ASSIGN(const std::string next_key, PrepareKey(files_, false));
  const std::string next_chain = ChainFor(next_key);
  ASSERT_OK(WriteFile(files_.certificate_file + ".next", next_chain));
  ASSERT_OK(RenameFile(files_.key_file + ".next", files_.key_file));
  EXPECT_FALSE(FilesFit());
  ASSERT_OK(FinishReplacement(files_));
  EXPECT_EQ(Content(files_.certificate_file), next_chain);
  EXPECT_TRUE(FilesFit());
}

TEST_F(KeyFilesTest, ACertificateWhoseKeyIsNotThereIsRemoved) {
  const std::string before = Content(files_.certificate_file);
  for (const std::string& waiting : {Issue().chain_pem, std::string("half a certif")}) {
    ASSERT_OK(WriteFile(files_.certificate_file + ".next", waiting));
    ASSERT_OK(FinishReplacement(files_));
    EXPECT_EQ(Content(files_.certificate_file), before);
    EXPECT_THAT(ReadFile(files_.certificate_file + ".next"), StatusIs(absl::StatusCode::kNotFound));
  }
}

}  // namespace
}  // namespace tamga::enrolment
