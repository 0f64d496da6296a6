#include "node/attachment/media_type.h"

#include <magic.h>

#include <memory>

#include "absl/strings/str_cat.h"

namespace tamga::attachment {
namespace {

struct CloseMagic {
  void operator()(magic_t cookie) const { ::magic_close(cookie); }
};
using Magic = std::unique_ptr<magic_set, CloseMagic>;

// The bytes are a stranger's: nothing is unpacked, and parsers that no attachment needs stay closed.
constexpr int kFlags = MAGIC_MIME_TYPE | MAGIC_ERROR | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF |
                       MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_CDF;

absl::Status Unreadable(const Magic& magic) {
  const char* const why = magic == nullptr ? nullptr : ::magic_error(magic.get());
  return absl::InternalError(absl::StrCat("the database of media types cannot be read: ", why == nullptr ? "" : why,
                                          "; install the system's package with the file magic.mgc"));
}

}  // namespace

absl::StatusOr<std::string> MediaTypeOf(absl::string_view bytes) {
  // One for each question: a cookie serves one thread, and the database is a file in the system's cache.
  const Magic magic(::magic_open(kFlags));
  if (magic == nullptr || ::magic_load(magic.get(), nullptr) != 0) return Unreadable(magic);
  const char* const type = ::magic_buffer(magic.get(), bytes.data(), bytes.size());
  if (type == nullptr) return Unreadable(magic);
  return std::string(type);
}

}  // namespace tamga::attachment
