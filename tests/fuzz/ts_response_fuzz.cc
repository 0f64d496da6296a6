// Answers of time-stamp authorities, and tokens in evidence, as anybody may make them: none is good by roots that
// nobody has the key of, and what is read says the same when it is read again.
#include <cstddef>
#include <cstdint>
#include <string>

#include "node/base/check.h"
#include "node/timestamp/ts_token.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using tamga::timestamp::ReadToken;
  using tamga::timestamp::TokenIn;
  using tamga::timestamp::VerifyToken;
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string sha256(32, 's');
  const auto token = TokenIn(input);
  const absl::string_view inside = token.ok() ? absl::string_view(*token) : absl::string_view();
  for (const absl::string_view each : {input, inside}) {
    const auto read = ReadToken(each);
    TAMGA_CHECK(!VerifyToken(each, sha256, {}).ok());
    if (!read.ok()) continue;
    const auto again = ReadToken(each);
    TAMGA_CHECK(again.ok() && again->time == read->time && again->nonce == read->nonce);
  }
  return 0;
}
