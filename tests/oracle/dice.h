// Random choices, the same for the same seed on every machine. Roll in statements of their own: the order in which the
// arguments of one call are evaluated is the compiler's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "node/base/rng.h"

namespace tamga::policy::oracle {

class Dice {
 public:
  explicit Dice(uint64_t seed) : rng_(seed) {}

  // 0 to `sides` - 1.
  size_t Roll(size_t sides) {
    const std::string bytes = rng_.Bytes(4);
    uint32_t number = 0;
    for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
    return number % sides;
  }

  // True once in so many.
  bool OneIn(size_t sides) { return Roll(sides) == 0; }

  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[Roll(from.size())];
  }

 private:
  SeededRng rng_;
};

}  // namespace tamga::policy::oracle
