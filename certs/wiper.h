// Secrets that do not outlive the scope that needs them.
#pragma once

#include <openssl/crypto.h>

#include <string>

namespace tamga::certs {

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
