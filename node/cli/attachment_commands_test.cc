#include <sys/stat.h>

#include <string>

#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class AttachmentCommandsTest : public NodeTest {
 protected:
  // The command for a file of these bytes and this name.
  int Add(const std::string& name, const std::string& bytes) {
    EXPECT_OK(WriteFile(Path(name), bytes));
    return RunAsCaller({"attachment", "add", "--case", "case-1", "--kind", "SCAN", "--file", Path(name), "--title",
                        "passport", "--pages", "2", "--case-reference", "R-1"});
  }
  int Get() {
    return RunAsCaller({"attachment", "get", "case-1", "attachment-1", "--out", Path("got.pdf"), "--purpose",
                        "READMISSION", "--case-reference", "R-1"});
  }
};

TEST_F(AttachmentCommandsTest, AddSendsTheManifestAndTheBytes) {
  const std::string bytes(600'000, 'x');
  ASSERT_EQ(Add("scan.PDF", bytes), 0) << err();
  const v1::AttachmentManifest& manifest = attachments_.began.manifest();
  EXPECT_EQ(manifest.case_id(), "case-1");
  EXPECT_EQ(manifest.attachment_id(), "");
  EXPECT_EQ(manifest.kind(), v1::ATTACHMENT_KIND_SCAN);
  EXPECT_EQ(manifest.media_type(), "application/pdf");
  EXPECT_EQ(manifest.title(), "passport");
  EXPECT_EQ(manifest.pages(), 2u);
  EXPECT_EQ(manifest.size(), bytes.size());
  EXPECT_EQ(manifest.sha256(), Sha256(bytes));
  EXPECT_EQ(attachments_.began.context().purpose(), v1::PURPOSE_READMISSION);
  EXPECT_EQ(attachments_.began.context().case_reference(), "R-1");
  EXPECT_EQ(attachments_.uploaded, bytes);
  EXPECT_THAT(out(), HasSubstr("attachment-1"));
}

TEST_F(AttachmentCommandsTest, AddGoesOnWhereAnUploadBrokeOff) {
  attachments_.known_bytes = 6;
  ASSERT_EQ(Add("scan.pdf", "whole scan"), 0) << err();
  EXPECT_EQ(attachments_.uploaded_from, 6u);
  EXPECT_EQ(attachments_.uploaded, "scan");
  EXPECT_THAT(err(), HasSubstr("going on at byte 6"));
}

TEST_F(AttachmentCommandsTest, AddBringsNothingThatTheCaseHas) {
  attachments_.is_complete = true;
  ASSERT_EQ(Add("scan.pdf", "whole scan"), 0) << err();
  EXPECT_EQ(attachments_.uploaded, "");
  EXPECT_THAT(err(), HasSubstr("has this attachment already"));
}

TEST_F(AttachmentCommandsTest, AFileThatIsNotThereOrOfNoKnownTypeIsNotSent) {
  EXPECT_EQ(Add("scan.unknown", "bytes"), 2);
  EXPECT_THAT(err(), HasSubstr("--media-type"));
  EXPECT_NE(RunAsCaller({"attachment", "add", "--case", "case-1", "--kind", "SCAN", "--file", Path("none.pdf"),
                         "--case-reference", "R-1"}),
            0);
  EXPECT_THAT(err(), HasSubstr("none.pdf"));
  EXPECT_EQ(attachments_.began.ByteSizeLong(), 0u);
}

TEST_F(AttachmentCommandsTest, SendSaysThatTheNodeGoesOnAndListHowFarItIs) {
  ASSERT_EQ(RunAsCaller({"attachment", "send", "case-1", "attachment-1", "--case-reference", "R-1"}), 0) << err();
  EXPECT_EQ(attachments_.sent.case_id(), "case-1");
  EXPECT_EQ(attachments_.sent.attachment_id(), "attachment-1");
  EXPECT_THAT(err(), HasSubstr("attachment list"));
  ASSERT_EQ(RunAsCaller({"attachment", "list", "case-1"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("attachment-1"), HasSubstr("SENDING"), HasSubstr("1048576"),
                           HasSubstr("passport, page 2"), HasSubstr("NOT_DELIVERED"), HasSubstr("INFECTED")));
}

TEST_F(AttachmentCommandsTest, GetWritesTheWholeForNobodyElseToRead) {
  ASSERT_EQ(Get(), 0) << err();
  EXPECT_EQ(attachments_.fetched.context().purpose(), v1::PURPOSE_READMISSION);
  EXPECT_EQ(ReadFile(Path("got.pdf")).value(), "whole scan");
  struct stat status = {};
  ASSERT_EQ(::stat(Path("got.pdf").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  EXPECT_NE(Get(), 0);
  EXPECT_THAT(err(), HasSubstr("is there already"));
}

TEST_F(AttachmentCommandsTest, GetLeavesNothingOfBytesThatAreNotTheWhole) {
  for (const char* bytes : {"whole", "whole scam"}) {
    attachments_.to_be_fetched = bytes;
    EXPECT_NE(Get(), 0);
    EXPECT_FALSE(ReadFile(Path("got.pdf")).ok());
    EXPECT_FALSE(ReadFile(Path("got.pdf.partial")).ok());
  }
}

}  // namespace
}  // namespace tamga::cli
