#include "node/audit/page_seal.h"

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/error.h"

namespace tamga::audit {
namespace {

constexpr size_t kSealBytes = 16;

}  // namespace

std::string PageSeal::Close(absl::string_view token) const {
  if (token.empty()) return "";
  const std::string seal = pseudonyms_.OfContent(absl::StrCat("page ", list_.size(), " ", list_, " ", token));
  return absl::StrCat(token, "-", HexEncode(seal.substr(0, kSealBytes)));
}

absl::StatusOr<std::string> PageSeal::Open(absl::string_view closed) const {
  std::string token(closed.substr(0, closed.rfind('-')));
  if (Close(token) == closed) return token;
  return InvalidField("page_token",
                      "not a token of this list; leave it empty to begin with the first page, and change nothing else "
                      "of the request on the way to the last");
}

}  // namespace tamga::audit
