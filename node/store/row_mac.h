// MACs over the rows that a node acts on, so that whoever can write to its database file, but does not have the node's
// keys, cannot change one unnoticed. A row that is gone, or was put back whole as it once was, is not noticed.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace tamga::store {

// HMAC-SHA-256. Thread-safe.
class RowMac {
 public:
  // NULL, a number or bytes.
  using Value = std::variant<std::monostate, int64_t, absl::string_view>;
  // As a Statement binds it.
  static Value Of(absl::Time time) { return absl::ToUnixNanos(time); }

  explicit RowMac(absl::string_view key) : key_(key) {}
  ~RowMac();
  RowMac(const RowMac&) = delete;
  RowMac& operator=(const RowMac&) = delete;

  // Of a row of `table` with the values of all its columns but the MAC's.
  std::string Make(absl::string_view table, std::initializer_list<Value> row) const;

 private:
  std::string key_;
};

// DataLoss (ROW_ALTERED) unless the MACs are equal. The message names the row by `what` and by a hash of `id`, as it is
// stored (blind_index.h).
absl::Status CheckRowMac(absl::string_view made, absl::string_view stored, absl::string_view what,
                         absl::string_view id);

}  // namespace tamga::store
