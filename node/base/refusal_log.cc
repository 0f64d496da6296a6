#include "node/base/refusal_log.h"

#include <utility>

#include "node/base/error.h"
#include "node/base/log.h"

namespace tamga {
namespace {

constexpr absl::Duration kBetweenLines = absl::Seconds(1);

}  // namespace

void RefusalLog::Add(absl::string_view event, const std::string& reason, const std::string& detail) {
  const std::optional<int64_t> count = Count(reason);
  if (!count) return;
  Log(Severity::kWarning, event, {{"reason", reason}, {"count", *count}, {"detail", detail}});
}

void RefusalLog::Add(absl::string_view event, const absl::Status& why) {
  const std::string reason = ReasonOf(why);
  const std::optional<int64_t> count = Count(reason);
  if (!count) return;
  std::map<std::string, std::string> about = MetadataOf(why);
  Log(Severity::kWarning, event,
      {{"reason", reason},
       {"count", *count},
       {"subject", about["subject"]},
       {"serial", about["serial"]},
       {"issuer", about["issuer"]},
       {"detail", std::string(why.message())}});
}

std::optional<int64_t> RefusalLog::Count(const std::string& reason) {
  MutexLock lock(mutex_);
  Counted& counted = counted_[reason];
  ++counted.refusals;
  const absl::Time now = clock_.Now();
  // A clock that was put back silences nothing.
  if (absl::AbsDuration(now - counted.last_line) < kBetweenLines) return std::nullopt;
  counted.last_line = now;
  return std::exchange(counted.refusals, 0);
}

}  // namespace tamga
