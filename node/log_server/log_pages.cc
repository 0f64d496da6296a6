#include "node/log_server/log_pages.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/error.h"
#include "node/ledger/add_checkpoint.h"

namespace tamga::log_server {
namespace {

using ledger::TilePath;

// Only who has a certificate may have it, so no shared cache may keep it.
constexpr char kForGood[] = "private, max-age=31536000, immutable";
constexpr char kForAWhile[] = "private, max-age=3600";
constexpr char kNotAtAll[] = "no-store";

unsigned StatusOfError(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return 400;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      return 503;
    default:
      return 500;
  }
}

HttpAnswer Refuse(const absl::Status& status) {
  HttpAnswer answer;
  answer.status = StatusOfError(status.code());
  const std::string reason = ReasonOf(status);
  answer.body = absl::StrCat(reason, reason.empty() ? "" : ": ", status.message(), "\n");
  return answer;
}

HttpAnswer RefuseMethod(absl::string_view allowed) {
  HttpAnswer answer;
  answer.status = 405;
  answer.allow = std::string(allowed);
  answer.body = absl::StrCat("only ", allowed, " is answered here\n");
  return answer;
}

HttpAnswer Serve(const TilePath& path, std::string content) {
  HttpAnswer answer;
  answer.body = std::move(content);
  if (path.kind == TilePath::Kind::kCheckpoint) {
    answer.cache_control = kNotAtAll;
    return answer;
  }
  answer.content_type = "application/octet-stream";
  answer.cache_control = path.partial() ? kForAWhile : kForGood;
  return answer;
}

}  // namespace

HttpAnswer LogPages::Answer(const certs::Principal& caller, HttpRequest request) const {
  if (request.target == ledger::kAddCheckpointPath) return AnswerAddCheckpoint(caller, std::move(request));
  return AnswerTile(caller, request);
}

HttpAnswer LogPages::AnswerTile(const certs::Principal& caller, const HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") return RefuseMethod("GET, HEAD");
  const absl::Status access = exchange::CheckAccess(access_, caller, "LogServer.GetTile");
  if (!access.ok()) return Refuse(access);
  absl::string_view target = request.target;
  absl::ConsumePrefix(&target, "/");
  const absl::StatusOr<TilePath> path = ledger::ParseTilePath("path", target);
  if (!path.ok()) return Refuse(path.status());
  absl::StatusOr<std::string> content = auditor_.ReadTile(caller, *path);
  if (!content.ok()) return Refuse(content.status());
  if (path->kind == TilePath::Kind::kEntries) {
    // As the same call over gRPC.
    if (const absl::Status logged = readings_.Add(caller, "GetTiles"); !logged.ok()) return Refuse(logged);
  }
  return Serve(*path, *std::move(content));
}

HttpAnswer LogPages::AnswerAddCheckpoint(const certs::Principal& caller, HttpRequest request) const {
  if (!add_checkpoint_) {
    return Refuse(Error(absl::StatusCode::kNotFound, "NO_WITNESS", "this node cosigns no other logs"));
  }
  if (request.method != "POST") return RefuseMethod("POST");
  const absl::Status access = exchange::CheckAccess(access_, caller, "LogServer.AddCheckpoint");
  if (!access.ok()) return Refuse(access);
  return add_checkpoint_(std::move(request.body));
}

}  // namespace tamga::log_server
