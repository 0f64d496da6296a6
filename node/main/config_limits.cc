// Bounds on what callers can use up.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "node/base/check.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

struct Range {
  const char* field;
  uint32_t usual;
  uint32_t least;
  uint32_t most;
};

void Complete(const Range& range, v1::Limits& limits, Mistakes& mistakes) {
  const google::protobuf::FieldDescriptor* field = limits.GetDescriptor()->FindFieldByName(range.field);
  TAMGA_CHECK(field != nullptr);
  const google::protobuf::Reflection& reflection = *limits.GetReflection();
  const uint32_t value = reflection.GetUInt32(limits, field);
  if (value == 0) return reflection.SetUInt32(&limits, field, range.usual);
  if (value >= range.least && value <= range.most) return;
  mistakes.Add(absl::StrCat("limits.", range.field),
               absl::StrCat("is ", value, "; must be ", range.least, " to ", range.most, ", or 0 for ", range.usual));
}

}  // namespace

void CompleteLimits(uint32_t process_descriptors, v1::Limits& limits, Mistakes& mistakes) {
  const Range ranges[] = {
      {"max_message_bytes", 1u << 20, 64u << 10, 4u << 20},
      {"max_concurrent_streams", 64, 1, 1'000},
      {"max_call_ms", 30'000, 100, 600'000},
      {"partner_timeout_ms", 10'000, 100, 600'000},
      {"workers", 32, 1, 1'000},
      {"max_queued_calls", 1'024, 1, 100'000},
      {"max_clock_skew_s", 120, 1, 3'600},
      {"drain_ms", 10'000, 1, 600'000},
      {"max_connections_per_address", 64, 1, 100'000},
      {"max_remembered_per_partner", 200'000, 1, 100'000'000},
  };
  for (const Range& range : ranges) Complete(range, limits, mistakes);
  // The other half is for files, partners and whatever the node opens itself.
  const uint32_t half = process_descriptors / 2;
  if (limits.max_descriptors() == 0) limits.set_max_descriptors(half);
  if (limits.max_descriptors() > half) {
    mistakes.Add("limits.max_descriptors",
                 absl::StrCat("is ", limits.max_descriptors(), "; must be 1 to ", half, ", half of the ",
                              process_descriptors, " that the system allows the process, or 0 for ", half,
                              "; for more raise LimitNOFILE= of the unit"));
  }
  const uint32_t workers = limits.workers();
  Complete({"max_partner_calls", std::max(workers - workers / 4, 1u), 1, workers}, limits, mistakes);
  if (limits.partner_timeout_ms() > limits.max_call_ms()) {
    mistakes.Add("limits.partner_timeout_ms",
                 absl::StrCat("is longer than max_call_ms, ", limits.max_call_ms(),
                              "; a call must outlast the partner's answer: lower it or raise max_call_ms"));
  }
}

}  // namespace tamga::node
