#include "policy/treaty_text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "node/base/check.h"
#include "node/base/text.h"

namespace tamga::policy {
namespace {

bool IsVisible(UChar32 character) {
  switch (u_charType(character)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
    case U_PRIVATE_USE_CHAR:
    case U_UNASSIGNED:
      return false;
    default:
      // Fillers and variation selectors, which have other types but are not drawn either.
      return !u_hasBinaryProperty(character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
  }
}

bool IsNfc(absl::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
  TAMGA_CHECK(U_SUCCESS(error));  // The tables of NFC are compiled into ICU.
  return nfc->isNormalizedUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), error) &&
         U_SUCCESS(error);
}

// Reports the first character that is not let in, if any. `text` is well-formed UTF-8.
void CheckCharacters(absl::string_view text, int line, Findings* findings) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t next = 0; next < length;) {
    const int column = next + 1;
    UChar32 character = 0;
    U8_NEXT(bytes, next, length, character);
    if (character == '\\') {
      findings->Add(line, column, "holds a backslash; write the character itself, and quote with '...' around \"");
      return;
    }
    if (!IsVisible(character)) {
      findings->Add(line, column,
                    absl::StrFormat("holds U+%04X, which cannot be seen; remove it", static_cast<unsigned>(character)));
      return;
    }
  }
}

}  // namespace

void CheckTreatyText(absl::string_view bytes, Findings* findings) {
  int line = 0;
  // No composition reaches over a line feed, so each line can be judged on its own.
  for (const absl::string_view text : absl::StrSplit(bytes, '\n')) {
    ++line;
    if (!IsUtf8(text)) {
      findings->Add(line, 1, "is not valid UTF-8; save the file as UTF-8");
      continue;
    }
    CheckCharacters(text, line, findings);
    if (!IsNfc(text)) findings->Add(line, 1, "is not in Unicode normal form C; save the file normalised");
  }
}

}  // namespace tamga::policy
