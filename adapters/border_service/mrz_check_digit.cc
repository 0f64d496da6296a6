#include "adapters/border_service/mrz_check_digit.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tamga::adapters {
namespace {

constexpr size_t kMaxMisreadings = 3;

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

int Value(char c) {
  if (c == '<') return 0;
  return IsDigit(c) ? c - '0' : c - 'A' + 10;
}

// What a reader may have taken for `c`; 0 if nothing is easily confused with it.
char Confused(char c) {
  constexpr absl::string_view kPairs = "O0I1B8S5Z2";
  const size_t at = kPairs.find(c);
  return at == absl::string_view::npos ? '\0' : kPairs[at ^ 1];
}

}  // namespace

char MrzCheckDigit(absl::string_view characters) {
  constexpr int kWeights[] = {7, 3, 1};
  int sum = 0;
  for (size_t i = 0; i < characters.size(); ++i) sum += Value(characters[i]) * kWeights[i % 3];
  return static_cast<char>('0' + sum % 10);
}

absl::string_view MrzText(const std::vector<std::string>& lines, const MrzSpan& span) {
  return absl::string_view(lines[span.line]).substr(span.begin, span.end - span.begin);
}

bool MrzDigitFits(const std::vector<std::string>& lines, const MrzChecked& checked) {
  std::string characters;
  for (const MrzSpan& span : checked.covered) absl::StrAppend(&characters, MrzText(lines, span));
  return lines[checked.digit.line][checked.digit.begin] == MrzCheckDigit(characters);
}

std::string MrzMisreadings(const std::vector<std::string>& lines, const MrzChecked& checked) {
  std::vector<std::string> found;
  std::vector<std::string> changed = lines;
  const auto try_other_readings = [&](const MrzSpan& span, bool digits_only) {
    for (size_t i = span.begin; i < span.end && found.size() < kMaxMisreadings; ++i) {
      char& c = changed[span.line][i];
      const char as_read = c;
      const char other = Confused(c);
      if (other == '\0' || (digits_only && !IsDigit(other))) continue;
      c = other;
      if (MrzDigitFits(changed, checked)) {
        found.push_back(absl::StrCat("line ", span.line + 1, " position ", i + 1, " as ", std::string(1, other)));
      }
      c = as_read;
    }
  };
  for (const MrzSpan& span : checked.covered) try_other_readings(span, checked.digits_only);
  try_other_readings(checked.digit, true);
  return found.empty() ? "" : absl::StrCat("reading ", absl::StrJoin(found, ", or "), " would fit");
}

}  // namespace tamga::adapters
