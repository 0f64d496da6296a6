#include <sys/stat.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/test_node.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kExchange[] = "018f3c2e-7000-7000-8000-000000000000";
constexpr char kNotVerifiedHere[] = "is not verified here";

// A node that opens its message to whoever asks.
class AuditOpenTest : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    v1::ReadmissionSubmission body;
    body.mutable_application()->add_names()->set_surname("SPECIMEN");
    v1::Payload payload;
    payload.set_salt(std::string(32, 's'));
    payload.set_body(body.SerializeAsString());
    v1::SealedMessage& message = *audit_.opening.mutable_message();
    message.set_payload(payload.SerializeAsString());
    v1::MessageHeader header;
    header.set_payload_type(body.GetTypeName());
    header.set_payload_length(message.payload().size());
    header.set_payload_sha256(Sha256(message.payload()));
    header.set_commitment(
        HmacSha256(payload.salt(), absl::StrCat("tamga/commitment/v1", absl::string_view("\0", 1), payload.body())));
    message.set_header(header.SerializeAsString());
  }

  int Open(const std::vector<std::string>& options) {
    std::vector<std::string> arguments = {"audit",   "open", kExchange,          "--partner", "KGZ/interior-ministry",
                                          "--entry", "SENT", "--case-reference", "AUDIT-7"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return RunAsCaller(arguments);
  }

  unsigned ModeOf(const std::string& name) {
    struct stat info = {};
    EXPECT_EQ(::stat(Path(name).c_str(), &info), 0) << name;
    return info.st_mode & 0777;
  }
};

TEST_F(AuditOpenTest, NoConsentIsUsedUpForAFileThatCannotBeWritten) {
  ASSERT_OK(WriteFile(Path("there"), "something"));
  EXPECT_EQ(Open({"--out", Path("there")}), 2);
  EXPECT_THAT(err(), HasSubstr("reason: FILE_EXISTS"));
  EXPECT_EQ(Open({"--out", Path("there/message")}), 2);
  EXPECT_THAT(err(), HasSubstr("there is no folder"));
  EXPECT_EQ(Open({"--out", Path("node"), "--force"}), 2);
  EXPECT_THAT(err(), HasSubstr("is a folder; name a file"));
  EXPECT_EQ(audit_.opened, 0);
  EXPECT_EQ(ReadFile(Path("there")).value(), "something");
}

TEST_F(AuditOpenTest, WhatWasOpenedIsForItsReaderAlone) {
  ASSERT_EQ(Open({"--out", Path("new/folder/message")}), 0) << err();
  EXPECT_EQ(ModeOf("new/folder/message"), 0600u);
  EXPECT_EQ(Open({"--out", Path("new/folder/message"), "--force"}), 0) << err();
  EXPECT_EQ(audit_.opened, 2);
}

TEST_F(AuditOpenTest, EvidenceIsForItsReaderAloneAndAskedForOnlyIfItCanBeKept) {
  audit_.evidence.mutable_bundle()->set_version(1);
  ASSERT_EQ(RunAsCaller({"audit", "evidence", kExchange, "--out", Path("evidence")}), 0) << err();
  EXPECT_EQ(ModeOf("evidence"), 0600u);
  EXPECT_EQ(RunAsCaller({"audit", "evidence", kExchange, "--out", Path("evidence")}), 2);
  EXPECT_THAT(err(), HasSubstr("reason: FILE_EXISTS"));
}

TEST_F(AuditOpenTest, AMessageIsShownAndItsSealSaidNotToBeVerified) {
  ASSERT_EQ(Open({"--out", Path("message")}), 0) << err();
  EXPECT_EQ(Run({"audit", "message", Path("message")}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("SPECIMEN"), Not(HasSubstr("NOT WHAT WAS SEALED"))));
  EXPECT_THAT(err(), HasSubstr(kNotVerifiedHere));
}

TEST_F(AuditOpenTest, AMessageThatWasAlteredIsShownAsSuch) {
  const std::string intact = audit_.opening.message().payload();
  std::string altered = intact;
  altered[altered.find("SPECIMEN")] = 'X';
  v1::SealedMessage message = audit_.opening.message();
  for (const std::string& payload : {altered, intact.substr(0, intact.size() - 3), std::string()}) {
    message.set_payload(payload);
    ASSERT_OK(WriteFile(Path("message"), message.SerializeAsString()));
    EXPECT_EQ(Run({"audit", "message", Path("message")}), 1);
    EXPECT_EQ(out().find("NOT WHAT WAS SEALED: "), 0u) << out();
    EXPECT_THAT(out(), HasSubstr("HEADER"));
    EXPECT_THAT(err(), AllOf(HasSubstr("reason: MESSAGE_ALTERED"), HasSubstr(kNotVerifiedHere)));
  }
  message.set_payload(altered);
  ASSERT_OK(WriteFile(Path("message"), message.SerializeAsString()));
  EXPECT_EQ(Run({"audit", "message", Path("message"), "--output", "json"}), 1);
  EXPECT_THAT(out(), AllOf(HasSubstr("{\"fault\": \"the payload is not the one"), HasSubstr("XPECIMEN")));
  ASSERT_OK(WriteFile(Path("message"), ""));
  EXPECT_EQ(Run({"audit", "message", Path("message")}), 2);
  EXPECT_THAT(out(), IsEmpty());
  EXPECT_THAT(err(), HasSubstr("holds no sealed message"));
}

}  // namespace
}  // namespace tamga::cli
