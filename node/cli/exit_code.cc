#include "node/cli/exit_code.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "node/base/error.h"

namespace tamga::cli {
namespace {

// Payload of marked errors.
constexpr char kOrigin[] = "tamga.cli/origin";
constexpr char kNode[] = "node";
constexpr char kFault[] = "fault";

absl::Status Mark(absl::Status status, absl::string_view origin) {
  if (!status.ok()) status.SetPayload(kOrigin, absl::Cord(origin));
  return status;
}

std::string OriginOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kOrigin);
  return payload.has_value() ? std::string(*payload) : "";
}

ExitCode CodeOfNodeError(const absl::Status& status) {
  // A node that could say why was reached, even if it says that a partner could not be.
  const std::string reason = ReasonOf(status);
  if (reason == "INVALID_FIELD") return kUsage;  // what was asked is at fault, whoever saw it first
  const bool explained = !reason.empty();
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return explained ? kRefused : kUnreachable;
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kCancelled:
      return explained ? kRefused : kOther;
    default:
      return kRefused;
  }
}

ExitCode CodeOfLocalError(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnauthenticated:
      return kUsage;
    default:
      return kOther;
  }
}

}  // namespace

absl::Status FromNode(const absl::Status& status) { return Mark(status, kNode); }

absl::Status Fault(const absl::Status& status) { return Mark(status, kFault); }

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kSuccess;
  const std::string origin = OriginOf(status);
  if (origin == kFault) return kRefused;
  return origin == kNode ? CodeOfNodeError(status) : CodeOfLocalError(status);
}

}  // namespace tamga::cli
