#include "node/cli/message_content.h"

#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

v1::SealedMessage Sealed(const google::protobuf::Message& body) {
  v1::MessageHeader header;
  header.set_from("KGZ/interior-ministry");
  header.set_payload_type(body.GetTypeName());
  v1::Payload payload;
  payload.set_body(body.SerializeAsString());
  v1::SealedMessage message;
  message.set_header(header.SerializeAsString());
  message.set_payload(payload.SerializeAsString());
  return message;
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

TEST(MessageContentTest, OfAnErasedPayloadTheHeaderIsLeft) {
  v1::SealedMessage message = Sealed(Application());
  message.clear_payload();
  EXPECT_THAT(Printed(message), AllOf(HasSubstr("HEADER"), Not(HasSubstr("CONTENT"))));
}

TEST(MessageContentTest, WhatIsNoMessageIsRefused) {
  EXPECT_THAT(ReadContent(v1::SealedMessage()), HasReason("MESSAGE_INVALID"));
  v1::SealedMessage message = Sealed(Application());
  message.set_payload("\xff");
  EXPECT_THAT(ReadContent(message), HasReason("MESSAGE_INVALID"));
  v1::MessageHeader header;
  header.set_payload_type("tamga.v1.Unheard");
  message = Sealed(Application());
  message.set_header(header.SerializeAsString());
  EXPECT_THAT(ReadContent(message), HasReason("MESSAGE_INVALID"));
  v1::ExchangeReply reply;
  reply.set_result_type(Application().GetTypeName());
  reply.set_result("\xff");
  EXPECT_THAT(ReadContent(Sealed(reply)), HasReason("MESSAGE_INVALID"));
}

}  // namespace
}  // namespace tamga::cli
