// The IP addresses of a host, within a time.
#pragma once

#include <functional>
#include <future>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/base/mutex.h"

namespace tamga::witness {

using Addresses = std::vector<std::string>;  // "192.0.2.1", "2001:db8::1"

// What the system answers, /etc/hosts and DNS alike. Blocks for as long as these take. Unavailable if there is no
// address.
absl::StatusOr<Addresses> AskSystemForAddresses(const std::string& host);

// Looks up one name, again and again. The system's lookup can neither be stopped nor given a time, so it runs on a
// thread that nobody waits for to the end: never more than one, unless callers come at once. Thread-safe.
class NameLookup {
 public:
  using Ask = std::function<absl::StatusOr<Addresses>(const std::string& host)>;

  // `ask` is thread-safe and refers to nothing that ends before the program.
  explicit NameLookup(std::string host, Ask ask = AskSystemForAddresses);

  // DeadlineExceeded if there is no answer within `time`; the next call then waits for the same answer. Otherwise what
  // `ask` says.
  absl::StatusOr<Addresses> Find(absl::Duration time);

 private:
  using Answer = std::shared_future<absl::StatusOr<Addresses>>;

  const std::string host_;
  const Ask ask_;
  Mutex mutex_;
  Answer under_way_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga::witness
