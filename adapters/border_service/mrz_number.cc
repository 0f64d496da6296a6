#include "adapters/border_service/mrz_number.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "adapters/border_service/mrz_check_digit.h"

namespace tamga::adapters {
namespace {

bool GoesOn(const MrzLayout& layout, const std::vector<std::string>& lines) {
  if (layout.format != MrzFormat::kTd1 && layout.format != MrzFormat::kTd2) return false;
  const bool full = MrzText(lines, layout.number).find('<') == absl::string_view::npos;
  return full && lines[layout.number.line][layout.number.end] == '<';
}

}  // namespace

MrzNumber FindMrzNumber(const MrzLayout& layout, const std::vector<std::string>& lines) {
  MrzNumber number;
  number.covered = {layout.number};
  number.check = {layout.number.line, layout.number.end, layout.number.end + 1};
  number.optional = layout.optional;

  const absl::string_view optional = MrzText(lines, layout.optional);
  const size_t tail = std::min(optional.find('<'), optional.size());
  if (GoesOn(layout, lines) && tail >= 2) {
    const size_t begin = layout.optional.begin;
    number.covered.push_back({layout.optional.line, begin, begin + tail - 1});
    number.check = {layout.optional.line, begin + tail - 1, begin + tail};
    number.optional.begin = begin + tail;
  }
  for (const MrzSpan& span : number.covered) absl::StrAppend(&number.value, MrzText(lines, span));
  number.value.erase(std::remove(number.value.begin(), number.value.end(), '<'), number.value.end());
  return number;
}

}  // namespace tamga::adapters
