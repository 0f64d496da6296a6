// What the text parser's complaints leave unsaid: the word that was probably meant.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace tamga::policy {

// "; did you mean X?" for a complaint about an unknown field or enumerator in a document of type `root`; "" where
// nothing is near, or the complaint is about something else.
std::string HintFor(absl::string_view complaint, const google::protobuf::Descriptor& root);

}  // namespace tamga::policy
