// Random bytes that a published vector prescribes. For tests only.
#pragma once

#include <string>
#include <utility>

#include "node/base/check.h"
#include "node/base/rng.h"

namespace tamga::certs {

// Gives the bytes one after another, with zeros behind them where more are asked for at once than are left. Ends the
// program when none are left.
class FixedRng final : public Rng {
 public:
  explicit FixedRng(std::string bytes) : bytes_(std::move(bytes)) {}

  std::string Bytes(size_t size) override {
    TAMGA_CHECK(!bytes_.empty());
    std::string given = bytes_.substr(0, size);
    bytes_.erase(0, size);
    given.resize(size, '\0');
    return given;
  }

 private:
  std::string bytes_;
};

}  // namespace tamga::certs
