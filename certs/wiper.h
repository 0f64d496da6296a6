// Secrets that do not outlive the scope that needs them.
#pragma once

#include <openssl/crypto.h>

#include <string>

namespace tamga::certs {

// Overwrites the string and leaves it empty.
inline void Wipe(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

// Wipes the string, as long as it is then, however the scope is left.
class Wiper {
 public:
  explicit Wiper(std::string& secret) : secret_(secret) {}
  ~Wiper() { OPENSSL_cleanse(secret_.data(), secret_.size()); }
  Wiper(const Wiper&) = delete;
  Wiper& operator=(const Wiper&) = delete;

 private:
  std::string& secret_;
};

}  // namespace tamga::certs
