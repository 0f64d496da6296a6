#include "node/store/row_mac.h"

#include <openssl/crypto.h>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/error.h"

namespace tamga::store {
namespace {

constexpr size_t kShownHashDigits = 16;

// Eight bytes, big-endian.
std::string NumberBytes(uint64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(number >> shift & 0xff));
  return bytes;
}

// A kind and a length before each value: no two rows have the same bytes.
struct AppendTo {
  void operator()(std::monostate) const { bytes += 'n'; }
  void operator()(int64_t number) const { absl::StrAppend(&bytes, "i", NumberBytes(static_cast<uint64_t>(number))); }
  void operator()(absl::string_view value) const { absl::StrAppend(&bytes, "b", NumberBytes(value.size()), value); }
  std::string& bytes;
};

}  // namespace

RowMac::~RowMac() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::string RowMac::Make(absl::string_view table, std::initializer_list<Value> row) const {
  std::string bytes;
  AppendTo{bytes}(table);
  for (const Value& value : row) std::visit(AppendTo{bytes}, value);
  return HmacSha256(key_, bytes);
}

absl::Status CheckRowMac(absl::string_view made, absl::string_view stored, absl::string_view what,
                         absl::string_view id) {
  const bool equal = made.size() == stored.size() && CRYPTO_memcmp(made.data(), stored.data(), made.size()) == 0;
  if (equal) return absl::OkStatus();
  return Error(
      absl::StatusCode::kDataLoss, "ROW_ALTERED",
      absl::StrCat("the stored ", what, " whose id, as stored, has the SHA-256 ",
                   HexEncode(Sha256(id)).substr(0, kShownHashDigits),
                   "… was not written by this node: keep a copy of exchange.db as evidence and restore the last "
                   "good backup"));
}

}  // namespace tamga::store
