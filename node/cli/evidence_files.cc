#include "node/cli/evidence_files.h"

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/evidence/bundle.h"

namespace tamga::cli {
namespace {

constexpr size_t kMostMessageBytes = 1u << 20;

}  // namespace

absl::StatusOr<v1::EvidenceBundle> ReadBundleFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, evidence::kMostBundleBytes));
  if (bytes.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "BUNDLE_INVALID",
                 absl::StrCat(path, " is empty; give the file that `tamga audit evidence --out` wrote"));
  }
  absl::StatusOr<v1::EvidenceBundle> bundle = evidence::ReadBundle(bytes);
  if (!bundle.ok()) return Annotate(bundle.status(), path);
  return bundle;
}

absl::StatusOr<v1::SealedMessage> ReadMessageFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMostMessageBytes));
  v1::SealedMessage message;
  if (message.ParseFromString(bytes) && !message.header().empty()) return message;
  return Error(absl::StatusCode::kInvalidArgument, "MESSAGE_INVALID",
               absl::StrCat(path, " holds no sealed message; give the file that `tamga audit open --out` wrote"));
}

}  // namespace tamga::cli
