// What a sealed message says, for people.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "node/cli/environment.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::cli {

struct MessageContent {
  v1::MessageHeader header;
  std::unique_ptr<google::protobuf::Message> body;    // null where the payload is withheld, missing or unreadable
  std::unique_ptr<google::protobuf::Message> result;  // what an answer tells; null otherwise
  // How the payload is not the one that the header was sealed with, or holds what no node writes; empty if all is well.
  std::string fault;
};

// Reads header, body and, of a reply, the result by the types that they name, and checks the payload against the header
// (exchange::OpenPayload). No signature is verified; that is what evidence is for. InvalidArgument (MESSAGE_INVALID) if
// there is no header, or for a type that this program does not know.
absl::StatusOr<MessageContent> ReadContent(const v1::SealedMessage& message);

// As JSON an object of "header", "body" and "result", otherwise text. A fault comes first.
void PrintContent(Environment& environment, const MessageContent& content);

}  // namespace tamga::cli
