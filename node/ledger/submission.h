// What callers hand to the log and what they get back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "node/store/effects.h"

namespace tamga::ledger {

// Most submissions that one commit takes.
inline constexpr size_t kMaxBatch = 512;

struct Submission {
  store::Effects effects;            // become durable together with the entry
  std::optional<std::string> entry;  // serialised v1::LogEntry, at most 4,096 bytes
};

struct Appended {
  uint64_t index = 0;      // of the entry; without an entry, the size of the log
  uint64_t tree_size = 0;  // of `checkpoint`
  std::string checkpoint;  // signed note over a tree that holds the entry
};

}  // namespace tamga::ledger
