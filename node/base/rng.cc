#include "node/base/rng.h"

#include <openssl/rand.h>

#include "node/base/check.h"

namespace tamga {

std::string SystemRng::Bytes(size_t size) {
  std::string bytes(size, '\0');
  TAMGA_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) == 1);
  return bytes;
}

SeededRng::SeededRng(uint64_t seed) : state_(seed) {}

std::string SeededRng::Bytes(size_t size) {
  MutexLock lock(mutex_);
  std::string bytes;
  bytes.reserve(size + 8);
  while (bytes.size() < size) {  // SplitMix64
    state_ += 0x9e3779b97f4a7c15u;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<char>(z >> (8 * i)));
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace tamga
