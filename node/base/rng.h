// Randomness as an argument.
#pragma once

#include <cstdint>
#include <string>

#include "node/base/mutex.h"

namespace tamga {

// Thread-safe.
class Rng {
 public:
  virtual ~Rng() = default;
  // `size` random bytes.
  virtual std::string Bytes(size_t size) = 0;
};

// OpenSSL's generator, fit for keys. Ends the process if the system has no randomness to give.
class SystemRng final : public Rng {
 public:
  std::string Bytes(size_t size) override;
};

// The same bytes for the same seed. For simulations and tests only.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(uint64_t seed);
  std::string Bytes(size_t size) override;

 private:
  Mutex mutex_;
  uint64_t state_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tamga
