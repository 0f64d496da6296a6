// Who looks at attachments, and how much of them is kept.
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "node/attachment/manifest_checks.h"
#include "node/base/unix_socket.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

constexpr uint32_t kUsualTimeoutS = 300;
constexpr uint32_t kMostTimeoutS = 3'600;
constexpr uint64_t kUsualUnfinished = uint64_t{2} << 30;
constexpr uint64_t kMostUnfinished = uint64_t{100} << 30;

}  // namespace

void CompleteAttachments(v1::NodeConfig& config, Mistakes& mistakes) {
  v1::Attachments& attachments = *config.mutable_attachments();
  if (!attachments.scanner_socket().empty() && !attachments.scanner_address().empty()) {
    mistakes.Add("attachments.scanner_address", "is given beside scanner_socket; name one of them");
  }
  if (attachments.scanner_socket().size() > kMaxSocketPathBytes) {
    mistakes.Add("attachments.scanner_socket",
                 absl::StrCat("is longer than ", kMaxSocketPathBytes, " bytes; let clamd listen at a shorter path"));
  }
  if (!attachments.scanner_address().empty()) {
    CheckListenAddress("attachments.scanner_address", attachments.scanner_address(), mistakes);
  }
  if (attachments.scanner_timeout_s() == 0) attachments.set_scanner_timeout_s(kUsualTimeoutS);
  if (attachments.scanner_timeout_s() > kMostTimeoutS) {
    mistakes.Add("attachments.scanner_timeout_s",
                 absl::StrCat("is ", attachments.scanner_timeout_s(), "; must be 1 to ", kMostTimeoutS));
  }
  if (attachments.max_bytes() == 0) attachments.set_max_bytes(attachment::kMostBytes);
  if (attachments.max_bytes() > attachment::kMostBytes) {
    mistakes.Add("attachments.max_bytes",
                 absl::StrCat("is ", attachments.max_bytes(), "; must be 1 to ", attachment::kMostBytes));
  }
  if (attachments.max_unfinished_bytes() == 0) attachments.set_max_unfinished_bytes(kUsualUnfinished);
  if (attachments.max_unfinished_bytes() < attachment::kMostBytes ||
      attachments.max_unfinished_bytes() > kMostUnfinished) {
    mistakes.Add("attachments.max_unfinished_bytes",
                 absl::StrCat("is ", attachments.max_unfinished_bytes(), "; must be ", attachment::kMostBytes, " to ",
                              kMostUnfinished));
  }
}

}  // namespace tamga::node
