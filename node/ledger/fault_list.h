// The faults that an audit has found, up to a bound.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "node/ledger/log_verifier.h"

namespace tamga::ledger {

class FaultList {
 public:
  void Add(absl::string_view detail) { Add({std::nullopt, "", std::string(detail)}); }
  void AddAt(uint64_t index, absl::string_view exchange_id, absl::string_view detail) {
    Add({index, std::string(exchange_id), std::string(detail)});
  }
  bool full() const { return faults_.size() >= kMaxFaults; }
  std::vector<LogFault> Take() { return std::move(faults_); }

 private:
  void Add(LogFault fault) {
    if (!full()) faults_.push_back(std::move(fault));
  }

  std::vector<LogFault> faults_;
};

}  // namespace tamga::ledger
