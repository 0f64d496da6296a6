#include "node/cli/message_content.h"

#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

v1::SealedMessage Sealed(const std::string& body_type, const std::string& body) {
  v1::Payload payload;
  payload.set_salt(std::string(32, 's'));
  payload.set_body(body);
  v1::SealedMessage message;
  message.set_payload(payload.SerializeAsString());
  v1::MessageHeader header;
  header.set_from("KGZ/interior-ministry");
  header.set_payload_type(body_type);
  header.set_payload_length(message.payload().size());
  header.set_payload_sha256(Sha256(message.payload()));
  header.set_commitment(
      HmacSha256(payload.salt(), absl::StrCat("tamga/commitment/v1", absl::string_view("\0", 1), body)));
  message.set_header(header.SerializeAsString());
  return message;
}

v1::SealedMessage Sealed(const google::protobuf::Message& body) {
  return Sealed(body.GetTypeName(), body.SerializeAsString());
}

v1::ReadmissionSubmission Application() {
  v1::ReadmissionSubmission submission;
  submission.mutable_application()->add_names()->set_surname("SPECIMEN");
  return submission;
}

std::string Printed(const v1::SealedMessage& message, OutputFormat format = OutputFormat::kTable) {
  const absl::StatusOr<MessageContent> content = ReadContent(message);
  EXPECT_OK(content);
  std::istringstream in;
  std::ostringstream out, err;
  ManualClock clock(absl::UnixEpoch());
  SystemRng rng;
  Environment environment{in, out, err, false, false, clock, rng, {}};
  environment.settings.output = format;
  if (content.ok()) PrintContent(environment, *content);
  return out.str();
}

TEST(MessageContentTest, IsShownByTheTypesThatTheMessageNames) {
  EXPECT_THAT(Printed(Sealed(Application())),
              AllOf(HasSubstr("HEADER"), HasSubstr("KGZ/interior-ministry"), HasSubstr("SPECIMEN")));
  v1::ExchangeReply reply;
  reply.set_result_type(Application().GetTypeName());
  reply.set_result(Application().SerializeAsString());
  EXPECT_THAT(Printed(Sealed(reply)), AllOf(HasSubstr("REPLY"), HasSubstr("CONTENT"), HasSubstr("SPECIMEN")));
  EXPECT_THAT(Printed(Sealed(reply), OutputFormat::kJson),
              AllOf(HasSubstr("{\"header\": {"), HasSubstr("\"body\": {"), HasSubstr("\"result\": {")));
}

TEST(MessageContentTest, OfAPayloadThatIsMissingTheHeaderIsLeft) {
  v1::SealedMessage message = Sealed(Application());
  message.clear_payload();
  EXPECT_THAT(Printed(message), AllOf(StartsWith("NOT WHAT WAS SEALED: its payload is missing"), HasSubstr("HEADER"),
                                      Not(HasSubstr("CONTENT"))));
  v1::MessageHeader withheld;
  withheld.set_payload_withheld(true);
  withheld.set_payload_sha256(Sha256(""));
  message.set_header(withheld.SerializeAsString());
  EXPECT_THAT(Printed(message), StartsWith("HEADER"));
}

// "" if there is none.
std::string FaultOf(const v1::SealedMessage& message) {
  const absl::StatusOr<MessageContent> content = ReadContent(message);
  EXPECT_OK(content);
  return content.ok() ? content->fault : "";
}

TEST(MessageContentTest, WhatWasAlteredIsAFaultAndShownAsFarAsItCanBe) {
  EXPECT_EQ(FaultOf(Sealed(Application())), "");
  v1::SealedMessage message = Sealed(Application());
  message.mutable_payload()->at(message.payload().find("SPECIMEN")) = 'X';
  EXPECT_THAT(FaultOf(message), HasSubstr("not the one that was sealed"));
  EXPECT_THAT(Printed(message), HasSubstr("XPECIMEN"));
  message.set_payload("\xff");
  EXPECT_THAT(FaultOf(message), HasSubstr("not the one that was sealed"));
  EXPECT_THAT(Printed(message), AllOf(HasSubstr("HEADER"), Not(HasSubstr("CONTENT"))));
  // The type may be what was altered.
  v1::MessageHeader header;
  header.set_payload_type("tamga.v1.Unheard");
  header.set_payload_length(7);
  message = Sealed(Application());
  message.set_header(header.SerializeAsString());
  EXPECT_THAT(FaultOf(message), HasSubstr("not the one that was sealed"));
  // What its sender sealed, though no node makes it.
  EXPECT_THAT(FaultOf(Sealed(Application().GetTypeName(), "\xff")), HasSubstr("is none"));
  EXPECT_THAT(FaultOf(Sealed(Application().GetTypeName(), "\xf8\x3f\x01")), HasSubstr("does not know"));
  v1::ExchangeReply reply;
  reply.set_result_type(Application().GetTypeName());
  reply.set_result("\xff");
  EXPECT_THAT(FaultOf(Sealed(reply)), HasSubstr("is none"));
  message = Sealed(Application());
  message.mutable_header()->append("\xf8\x3f\x01");
  EXPECT_THAT(FaultOf(message), HasSubstr("does not know"));
}

TEST(MessageContentTest, WhatIsNoMessageIsRefused) {
  EXPECT_THAT(ReadContent(v1::SealedMessage()), HasReason("MESSAGE_INVALID"));
  v1::SealedMessage message = Sealed(Application());
  message.set_header("\xff");
  EXPECT_THAT(ReadContent(message), HasReason("MESSAGE_INVALID"));
  EXPECT_THAT(ReadContent(Sealed("tamga.v1.Unheard", "")), HasReason("MESSAGE_INVALID"));
}

}  // namespace
}  // namespace tamga::cli
