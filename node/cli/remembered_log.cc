#include "node/cli/remembered_log.h"

#include "absl/strings/str_cat.h"
#include "node/base/file.h"
#include "node/cli/log_check.h"
#include "node/ledger/note.h"

namespace tamga::cli {

absl::StatusOr<std::optional<RememberedLog>> LoadRememberedLog(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (absl::IsNotFound(text.status())) return std::nullopt;
  if (!text.ok()) return text.status();
  const size_t end = text->find('\n');
  if (end == std::string::npos || !ledger::ParseVkey(text->substr(0, end)).ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " does not hold a remembered log; name another file, or move this one away"));
  }
  RememberedLog log{text->substr(0, end), text->substr(end + 1)};
  if (LogCheck(*ledger::ParseVkey(log.vkey)).Open(log.checkpoint).ok()) return log;
  return absl::InvalidArgumentError(
      absl::StrCat(path,
                   ": the checkpoint in it is cut off or was changed, since the key in it did not sign it; "
                   "restore the file, or name another one and begin anew"));
}

OutputFile RememberedLogFile(const std::string& path, const RememberedLog& log) {
  return {path, absl::StrCat(log.vkey, "\n", log.checkpoint), kPublicMode};
}

}  // namespace tamga::cli
