// SHA-256 of pieces one after the other, for those who hash much.
#pragma once

#include <array>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace tamga {

using Sha256Digest = std::array<char, 32>;

// As Sha256 (encoding.h) of all pieces joined. Nothing is copied or allocated.
Sha256Digest Sha256Of(std::initializer_list<absl::string_view> pieces);

// Of what comes piece by piece and is never there as a whole. Used by one thread.
class Sha256Hasher {
 public:
  Sha256Hasher();
  ~Sha256Hasher();
  Sha256Hasher(const Sha256Hasher&) = delete;
  Sha256Hasher& operator=(const Sha256Hasher&) = delete;

  void Update(absl::string_view piece);
  // 32 bytes. To be called once, and nothing after it.
  std::string Finish();

 private:
  evp_md_ctx_st* const context_;
};

}  // namespace tamga
