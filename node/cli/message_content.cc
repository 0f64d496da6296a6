#include "node/cli/message_content.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/cli/display_text.h"
#include "node/cli/record_json.h"
#include "node/cli/record_text.h"
#include "node/exchange/message.h"
#include "node/exchange/operations.h"

namespace tamga::cli {
namespace {

using google::protobuf::Message;

absl::Status Invalid(absl::string_view why) {
  return Error(absl::StatusCode::kInvalidArgument, "MESSAGE_INVALID",
               absl::StrCat("this is no message that `audit open` wrote: ", why));
}

const Message* FindPrototype(const std::string& type) {
  const google::protobuf::Descriptor* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  return descriptor == nullptr ? nullptr
                               : google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor);
}

// The first fault counts: what follows may come of it.
void AddFault(std::string fault, MessageContent* content) {
  if (content->fault.empty()) content->fault = std::move(fault);
}

// What can be read of the bytes; null if nothing can. Only what reads as nodes read it is no fault.
std::unique_ptr<Message> ReadAs(const Message& prototype, const std::string& bytes, MessageContent* content) {
  absl::StatusOr<std::unique_ptr<Message>> strict = exchange::ParseStrictly(prototype, bytes);
  if (strict.ok()) return *std::move(strict);
  std::unique_ptr<Message> message(prototype.New());
  if (!message->ParseFromString(bytes)) {
    AddFault(absl::StrCat("what should be a ", prototype.GetTypeName(), " is none"), content);
    return nullptr;
  }
  AddFault(std::string(strict.status().message()), content);
  return message;
}

// Null as well, for a message that has a fault, if this program does not know the type: that may be the fault.
absl::StatusOr<std::unique_ptr<Message>> ReadTyped(const std::string& type, const std::string& bytes,
                                                   MessageContent* content) {
  const Message* prototype = FindPrototype(type);
  if (prototype != nullptr) return ReadAs(*prototype, bytes, content);
  if (content->fault.empty()) return Invalid(absl::StrCat("this program knows no ", DisplayText(type)));
  return std::unique_ptr<Message>();
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
  ReadAs(v1::SealedMessage::default_instance(), message.SerializeAsString(), &content);
  ReadAs(v1::MessageHeader::default_instance(), message.header(), &content);
  if (message.payload().empty() && content.header.payload_length() > 0) {
    AddFault("its payload is missing: it was erased, or cut off", &content);
    return content;
  }
  if (const absl::Status opened = exchange::OpenPayload(message, content.header).status(); !opened.ok()) {
    AddFault(std::string(opened.message()), &content);
  }
  if (message.payload().empty()) return content;
  v1::Payload payload;
  if (!payload.ParseFromString(message.payload())) {
    AddFault("its payload cannot be read", &content);
    return content;
  }
  ASSIGN_OR_RETURN(content.body, ReadTyped(content.header.payload_type(), payload.body(), &content));
  const auto* reply = dynamic_cast<v1::ExchangeReply*>(content.body.get());
  if (reply == nullptr || reply->result_type().empty()) return content;
  ASSIGN_OR_RETURN(content.result, ReadTyped(reply->result_type(), reply->result(), &content));
  return content;
}

void PrintContent(Environment& environment, const MessageContent& content) {
  if (environment.settings.output == OutputFormat::kJson) {
    const auto part = [&](const char* name, const Message* message) {
      if (message == nullptr) return std::string();
      const std::string json = RecordJson(*message);
      return absl::StrCat(",\n\"", name, "\": ", absl::StripTrailingAsciiWhitespace(json));
    };
    const std::string fault =
        content.fault.empty() ? "" : absl::StrCat("\"fault\": ", JsonString(content.fault), ",\n");
    const std::string header = RecordJson(content.header);
    environment.out << "{" << fault << "\"header\": " << absl::StripTrailingAsciiWhitespace(header)
                    << part("body", content.body.get()) << part("result", content.result.get()) << "}\n";
    return;
  }
  if (!content.fault.empty()) environment.out << "NOT WHAT WAS SEALED: " << DisplayText(content.fault) << "\n\n";
  PrintPart(environment, "HEADER", &content.header);
  PrintPart(environment, content.result == nullptr ? "CONTENT" : "REPLY", content.body.get());
  PrintPart(environment, "CONTENT", content.result.get());
}

}  // namespace tamga::cli
