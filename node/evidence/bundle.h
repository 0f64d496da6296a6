// Evidence bundles as files.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tamga/v1/evidence.pb.h"

namespace tamga::evidence {

// Most bytes of a bundle's file: several bundles of nodes, merged.
inline constexpr size_t kMostBundleBytes = 64u << 20;

// Most of what a bundle may hold, far more than nodes give: each message is held against each entry of its exchange.
inline constexpr int kMostLogs = 200;
inline constexpr int kMostGrowthOfLog = 4'000;
inline constexpr int kMostTimestampsOfLog = 1'000;
inline constexpr int kMostContradictions = 200;
inline constexpr int kMostRevocations = 200;
inline constexpr int kMostExchanges = 1'000;
inline constexpr int kMostEntries = 20'000;
inline constexpr int kMostEntriesOfExchange = 4'000;
inline constexpr int kMostMessagesOfExchange = 16;
inline constexpr int kMostDecisionsOfExchange = 64;

// InvalidArgument (BUNDLE_INVALID) unless the bytes are a bundle of this version, with nothing in it that this version
// does not know, and no more than the bounds above. What stands there twice is in the result once.
absl::StatusOr<v1::EvidenceBundle> ReadBundle(absl::string_view bytes);

// What either bundle holds, each thing once. Nothing is judged: what contradicts each other stands side by side.
v1::EvidenceBundle Merge(v1::EvidenceBundle bundle, const v1::EvidenceBundle& other);

}  // namespace tamga::evidence
