#include "node/ledger/entry_bundle.h"

#include "absl/strings/str_cat.h"
#include "node/base/check.h"

namespace tamga::ledger {
namespace {

constexpr size_t kLengthBytes = 2;  // big-endian

size_t ByteAt(absl::string_view text, size_t at) { return static_cast<unsigned char>(text[at]); }

}  // namespace

void AppendToBundle(absl::string_view entry, std::string& bundle) {
  TAMGA_CHECK(entry.size() <= kMaxBundledEntryBytes);
  bundle.push_back(static_cast<char>(entry.size() >> 8));
  bundle.push_back(static_cast<char>(entry.size() & 0xff));
  absl::StrAppend(&bundle, entry);
}

absl::StatusOr<std::vector<absl::string_view>> ParseBundle(absl::string_view bundle) {
  std::vector<absl::string_view> entries;
  while (!bundle.empty()) {
    const size_t length = bundle.size() < kLengthBytes ? 0 : ByteAt(bundle, 0) << 8 | ByteAt(bundle, 1);
    if (bundle.size() < kLengthBytes + length) {
      return absl::InvalidArgumentError(
          absl::StrCat("the bundle ends within its entry ", entries.size(), " (counted from 0)"));
    }
    entries.push_back(bundle.substr(kLengthBytes, length));
    bundle.remove_prefix(kLengthBytes + length);
  }
  return entries;
}

}  // namespace tamga::ledger
