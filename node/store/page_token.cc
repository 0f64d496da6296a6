#include "node/store/page_token.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/encoding.h"
#include "node/base/error.h"

namespace tamga::store {

std::string MakePageToken(const PageEnd& end) {
  return HexEncode(absl::StrCat(absl::ToUnixNanos(end.time), " ", end.name));
}

absl::StatusOr<std::optional<PageEnd>> ReadPageToken(absl::string_view token) {
  if (token.empty()) return std::optional<PageEnd>();
  const absl::StatusOr<std::string> text = HexDecode(token);
  if (text.ok()) {
    const std::vector<std::string> parts = absl::StrSplit(*text, absl::MaxSplits(' ', 1));
    int64_t nanos = 0;
    if (parts.size() == 2 && absl::SimpleAtoi(parts[0], &nanos)) {
      PageEnd end{absl::FromUnixNanos(nanos), parts[1]};
      if (MakePageToken(end) == token) return std::optional<PageEnd>(std::move(end));
    }
  }
  return InvalidField("page_token", "not a token of this list; leave it empty to begin with the first page");
}

}  // namespace tamga::store
