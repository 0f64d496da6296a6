#include "node/cli/display_text.h"

#include <cstdint>

#include "node/base/text.h"

namespace tamga::cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Unicode's bidirectional controls, line and paragraph separators, and C1 controls.
constexpr Range kUnsafe[] = {{0x80, 0x9F}, {0x61C, 0x61C}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2066, 0x2069}};

constexpr Range kZeroWidth[] = {{0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},
                                {0x64B, 0x65F},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D},
                                {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};

constexpr Range kDoubleWidth[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},  {0x3041, 0xA4CF}, {0xAC00, 0xD7A3},
                                  {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},  {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6},
                                  {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};

template <size_t N>
bool IsIn(const Range (&ranges)[N], char32_t point) {
  for (const Range& range : ranges) {
    if (point >= range.first && point <= range.last) return true;
  }
  return false;
}

// The character at the front of well-formed UTF-8, and its bytes.
struct Character {
  char32_t point;
  absl::string_view bytes;
};

Character FirstCharacter(absl::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t point = size == 1 ? lead : lead & (0x7Fu >> size);
  for (size_t i = 1; i < size; ++i) point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  return {point, text.substr(0, size)};
}

bool IsUnsafe(char32_t point) { return point < 0x20 || point == 0x7F || IsIn(kUnsafe, point); }

std::string Harmless(absl::string_view text, absl::string_view allowed) {
  const std::string valid = ReplaceInvalidUtf8(text);
  std::string result;
  for (absl::string_view rest = valid; !rest.empty();) {
    const Character character = FirstCharacter(rest);
    const bool keep = !IsUnsafe(character.point) || allowed.find(character.bytes) != absl::string_view::npos;
    result.append(keep ? character.bytes.data() : "?", keep ? character.bytes.size() : 1);
    rest.remove_prefix(character.bytes.size());
  }
  return result;
}

}  // namespace

std::string DisplayText(absl::string_view text) { return Harmless(text, ""); }

std::string DisplayLines(absl::string_view text) { return Harmless(text, "\n"); }

size_t DisplayWidth(absl::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const Character character = FirstCharacter(text);
    if (!IsIn(kZeroWidth, character.point)) width += IsIn(kDoubleWidth, character.point) ? 2 : 1;
    text.remove_prefix(character.bytes.size());
  }
  return width;
}

}  // namespace tamga::cli
