#include "node/base/text.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"

namespace tamga {
namespace {

// Length of the well-formed character at the start of `text`, 0 if there is none.
size_t CharacterLength(absl::string_view text) {
  const auto at = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = at(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xc2 && first <= 0xdf   ? 2
                        : (first & 0xf0) == 0xe0         ? 3
                        : first >= 0xf0 && first <= 0xf4 ? 4
                                                         : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && at(1) < 0xa0) || (first == 0xf0 && at(1) < 0x90);
  const bool surrogate = first == 0xed && at(1) > 0x9f;
  const bool too_large = first == 0xf4 && at(1) > 0x8f;
  return overlong || surrogate || too_large ? 0 : length;
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const size_t length = CharacterLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string ReplaceInvalidUtf8(absl::string_view text) {
  std::string result;
  while (!text.empty()) {
    const size_t length = CharacterLength(text);
    absl::StrAppend(&result, length == 0 ? "?" : text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return result;
}

absl::Status CheckReference(absl::string_view field, absl::string_view value) {
  bool valid = !value.empty() && value.size() <= 64;
  for (const char c : value) {
    valid =
        valid && (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '/' || c == '.' || c == '_');
  }
  if (valid) return absl::OkStatus();
  return InvalidField(field,
                      "must be 1 to 64 characters of A-Z a-z 0-9 - / . _ (a file or staff number, never a name)");
}

absl::Status CheckText(absl::string_view field, absl::string_view value, size_t max_bytes) {
  if (value.size() > max_bytes) {
    return InvalidField(field, absl::StrCat("is ", value.size(), " bytes long; at most ", max_bytes, " are allowed"));
  }
  if (!IsUtf8(value)) return InvalidField(field, "is not valid UTF-8");
  for (const char c : value) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return InvalidField(field, "holds a control character; remove it");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckAgency(absl::string_view field, absl::string_view value) {
  const size_t slash = value.find('/');
  bool valid = slash == 3 && value.size() > 4 && value.size() <= 64;
  for (size_t i = 0; i < value.size() && valid; ++i) {
    const char c = value[i];
    const auto byte = static_cast<unsigned char>(c);
    valid = i < 3 ? absl::ascii_isupper(byte)
                  : i == 3 || absl::ascii_islower(byte) || absl::ascii_isdigit(byte) || c == '-';
  }
  if (valid) return absl::OkStatus();
  return InvalidField(field, "must name an agency, such as KAZ/border-service");
}

std::string StateOf(absl::string_view agency) {
  const size_t slash = agency.find('/');
  return slash == absl::string_view::npos ? "" : std::string(agency.substr(0, slash));
}

std::string Sentence(absl::string_view clause) {
  std::string sentence(clause);
  if (!sentence.empty()) sentence.front() = absl::ascii_toupper(static_cast<unsigned char>(sentence.front()));
  if (!absl::EndsWith(sentence, ".")) sentence += '.';
  return sentence;
}

}  // namespace tamga
