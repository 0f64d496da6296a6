// Entries of the exchange log, as the door writes them.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/decision.h"
#include "tamga/v1/log_entry.pb.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// Tells askers and cases apart in the log without naming them: HMAC-SHA-256 under a key of this node.
class Pseudonyms {
 public:
  explicit Pseudonyms(std::string key) : key_(std::move(key)) {}
  std::string OfAsker(const v1::Asker& asker) const;
  std::string OfCase(absl::string_view case_reference) const;
  // For contents that are recognised again, such as a repeated request.
  std::string OfContent(absl::string_view content) const;
  // For requests that officers agree to.
  std::string OfApproval(absl::string_view request) const;

 private:
  std::string Of(absl::string_view kind, absl::string_view value) const;
  const std::string key_;
};

// What all four entries of an exchange say: taken from the request's header.
v1::LogEntry StartEntry(v1::EntryKind kind, const v1::MessageHeader& request, absl::string_view own,
                        absl::string_view partner, const Pseudonyms& pseudonyms, absl::Time now);

// Adds what was decided.
void AddDecision(const policy::Decision& decision, v1::LogEntry* entry);

// Adds how the exchange ended: DENIED for a refusal by treaty, FAILED for any other, PERMITTED without one.
void AddOutcome(const v1::Refusal* refusal, v1::LogEntry* entry);

}  // namespace tamga::exchange
