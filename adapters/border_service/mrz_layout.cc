#include "adapters/border_service/mrz_layout.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::adapters {
namespace {

MrzLayout Td1() {
  return {.format = MrzFormat::kTd1,
          .lines = 3,
          .length = 30,
          .names = {2, 0, 30},
          .number = {0, 5, 14},
          .birth = {1, 0, 6},
          .sex = {1, 7, 8},
          .expiry = {1, 8, 14},
          .nationality = {1, 15, 18},
          .optional = {0, 15, 30},
          .second_optional = {1, 18, 29},
          .optional_has_check_digit = false,
          .composite_check = {1, 29, 30},
          .composite = {{0, 5, 30}, {1, 0, 7}, {1, 8, 15}, {1, 18, 29}}};
}

// The formats of two lines differ only in their ends. `composite_end` is the end of what the composite digit covers;
// 0 for visas, which have no such digit.
MrzLayout TwoLines(MrzFormat format, size_t length, size_t optional_end, size_t composite_end) {
  MrzLayout layout{.format = format,
                   .lines = 2,
                   .length = length,
                   .names = {0, 5, length},
                   .number = {1, 0, 9},
                   .birth = {1, 13, 19},
                   .sex = {1, 20, 21},
                   .expiry = {1, 21, 27},
                   .nationality = {1, 10, 13},
                   .optional = {1, 28, optional_end},
                   .second_optional = {},
                   .optional_has_check_digit = format == MrzFormat::kTd3,
                   .composite_check = {},
                   .composite = {}};
  if (composite_end != 0) {
    layout.composite_check = {1, composite_end, composite_end + 1};
    layout.composite = {{1, 0, 10}, {1, 13, 20}, {1, 21, composite_end}};
  }
  return layout;
}

const std::array<MrzLayout, 5>& Layouts() {
  static const auto& layouts =
      *new std::array<MrzLayout, 5>{Td1(), TwoLines(MrzFormat::kTd2, 36, 35, 35), TwoLines(MrzFormat::kTd3, 44, 42, 43),
                                    TwoLines(MrzFormat::kMrvA, 44, 44, 0), TwoLines(MrzFormat::kMrvB, 36, 36, 0)};
  return layouts;  // never destroyed: layouts are handed out by address
}

absl::Status CheckAlphabet(const std::vector<std::string>& lines) {
  for (size_t line = 0; line < lines.size(); ++line) {
    for (size_t i = 0; i < lines[line].size(); ++i) {
      const auto byte = static_cast<unsigned char>(lines[line][i]);
      if (absl::ascii_isupper(byte) || absl::ascii_isdigit(byte) || byte == '<') continue;
      return InvalidField("mrz_lines",
                          absl::StrCat("line ", line + 1, ", position ", i + 1, ": only A-Z, 0-9 and < are allowed"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::string_view MrzFormatName(MrzFormat format) {
  switch (format) {
    case MrzFormat::kTd1:
      return "TD1";
    case MrzFormat::kTd2:
      return "TD2";
    case MrzFormat::kTd3:
      return "TD3";
    case MrzFormat::kMrvA:
      return "MRV-A";
    case MrzFormat::kMrvB:
      return "MRV-B";
  }
  return "";
}

absl::StatusOr<const MrzLayout*> FindMrzLayout(const std::vector<std::string>& lines) {
  if (lines.size() != 2 && lines.size() != 3) {
    return InvalidField("mrz_lines", absl::StrCat("has ", lines.size(), " lines; a zone has two or three"));
  }
  RETURN_IF_ERROR(CheckAlphabet(lines));
  const bool is_visa = !lines[0].empty() && lines[0][0] == 'V';
  for (const MrzLayout& layout : Layouts()) {
    const bool for_visas = layout.format == MrzFormat::kMrvA || layout.format == MrzFormat::kMrvB;
    if (layout.lines != lines.size() || layout.length != lines[0].size()) continue;
    if (layout.lines == 2 && for_visas != is_visa) continue;
    for (size_t line = 1; line < lines.size(); ++line) {
      if (lines[line].size() == layout.length) continue;
      return InvalidField("mrz_lines", absl::StrCat("line ", line + 1, " has ", lines[line].size(), " characters; ",
                                                    layout.length, " are expected"));
    }
    return &layout;
  }
  return InvalidField("mrz_lines", absl::StrCat("line 1 has ", lines[0].size(), " characters; ",
                                                lines.size() == 3 ? "30" : "36 or 44", " are expected"));
}

}  // namespace tamga::adapters
