// The files that `audit evidence` and `audit open` write, read back.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "tamga/v1/evidence.pb.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::cli {

// Errors of the file, and of evidence::ReadBundle, naming the file.
absl::StatusOr<v1::EvidenceBundle> ReadBundleFile(const std::string& path);

// Errors of the file; InvalidArgument (MESSAGE_INVALID) if it holds no sealed message.
absl::StatusOr<v1::SealedMessage> ReadMessageFile(const std::string& path);

}  // namespace tamga::cli
