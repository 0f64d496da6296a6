#include "node/cli/message_content.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/display_text.h"
#include "node/cli/record_json.h"
#include "node/cli/record_text.h"

namespace tamga::cli {
namespace {

using google::protobuf::Message;

absl::Status Invalid(absl::string_view why) {
  return Error(absl::StatusCode::kInvalidArgument, "MESSAGE_INVALID",
               absl::StrCat("this is no message that `audit open` wrote: ", why));
}

absl::StatusOr<std::unique_ptr<Message>> ReadTyped(const std::string& type, const std::string& bytes) {
  const google::protobuf::Descriptor* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (descriptor == nullptr) return Invalid(absl::StrCat("this program knows no ", DisplayText(type)));
  std::unique_ptr<Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
  if (!message->ParseFromString(bytes)) return Invalid(absl::StrCat("what should be a ", type, " is none"));
  return message;
}

void PrintPart(Environment& environment, absl::string_view title, const Message* part) {
  if (part == nullptr) return;
  environment.out << title << "\n" << RecordText(*part) << "\n";
}

}  // namespace

absl::StatusOr<MessageContent> ReadContent(const v1::SealedMessage& message) {
  MessageContent content;
  if (message.header().empty() || !content.header.ParseFromString(message.header())) {
    return Invalid("it has no header");
  }
  if (message.payload().empty()) return content;
  v1::Payload payload;
  if (!payload.ParseFromString(message.payload())) return Invalid("its payload cannot be read");
  ASSIGN_OR_RETURN(content.body, ReadTyped(content.header.payload_type(), payload.body()));
  const auto* reply = dynamic_cast<v1::ExchangeReply*>(content.body.get());
  if (reply == nullptr || reply->result_type().empty()) return content;
  ASSIGN_OR_RETURN(content.result, ReadTyped(reply->result_type(), reply->result()));
  return content;
}

void PrintContent(Environment& environment, const MessageContent& content) {
  if (environment.settings.output == OutputFormat::kJson) {
    const auto part = [&](const char* name, const Message* message) {
      if (message == nullptr) return std::string();
      const std::string json = RecordJson(*message);
      return absl::StrCat(",\n\"", name, "\": ", absl::StripTrailingAsciiWhitespace(json));
    };
    const std::string header = RecordJson(content.header);
    environment.out << "{\"header\": " << absl::StripTrailingAsciiWhitespace(header) << part("body", content.body.get())
                    << part("result", content.result.get()) << "}\n";
    return;
  }
  PrintPart(environment, "HEADER", &content.header);
  PrintPart(environment, content.result == nullptr ? "CONTENT" : "REPLY", content.body.get());
  PrintPart(environment, "CONTENT", content.result.get());
}

}  // namespace tamga::cli
