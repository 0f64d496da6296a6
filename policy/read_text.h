// Reading a document of any kind from the text that people write and sign.
#pragma once

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "policy/findings.h"

namespace tamga::policy {

// Bytes.
constexpr size_t kLongestDocument = 1u << 20;
// Messages within messages.
constexpr int kDeepestNesting = 16;

// Parses `bytes` into `message`, which is empty, and fills `places`. Adds a finding for a text longer than
// kLongestDocument or nested deeper than kDeepestNesting, for what CheckTreatyText refuses, and for everything that is
// not plainly a field of the message: unknown fields and enumerators, fields written twice or by number. Whether the
// fields make sense is not looked at. `message` counts only while there is no finding.
void ReadText(absl::string_view bytes, google::protobuf::Message* message,
              google::protobuf::TextFormat::ParseInfoTree* places, Findings* findings);

}  // namespace tamga::policy
