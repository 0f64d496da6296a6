#include "adapters/border_service/mrz_checks.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "adapters/border_service/mrz_check_digit.h"
#include "adapters/border_service/mrz_date.h"
#include "adapters/border_service/mrz_number.h"
#include "adapters/country_codes.h"

namespace tamga::adapters {
namespace {

using Lines = std::vector<std::string>;

// Passed if `problem` is empty.
v1::DocumentCheck Result(absl::string_view name, absl::string_view problem) {
  v1::DocumentCheck check;
  check.set_name(std::string(name));
  check.set_passed(problem.empty());
  check.set_detail(std::string(problem));
  return check;
}

std::string Place(const MrzSpan& span) {
  if (span.end == span.begin + 1) return absl::StrCat("line ", span.line + 1, " position ", span.end);
  return absl::StrCat("line ", span.line + 1, " positions ", span.begin + 1, " to ", span.end);
}

bool IsFiller(absl::string_view text) { return text.find_first_not_of('<') == absl::string_view::npos; }

// What kind of document may carry the format: passports TD3, visas MRV, cards TD1 and TD2.
bool IsDocumentCodeOf(MrzFormat format, char code) {
  switch (format) {
    case MrzFormat::kTd3:
      return code == 'P';
    case MrzFormat::kMrvA:
    case MrzFormat::kMrvB:
      return code == 'V';
    case MrzFormat::kTd1:
    case MrzFormat::kTd2:
      return code == 'A' || code == 'C' || code == 'I';
  }
  return false;
}

bool AreNames(absl::string_view text) {
  const bool has_digit = std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return !has_digit && text[0] != '<';
}

v1::DocumentCheck CheckForm(const MrzLayout& layout, const Lines& lines) {
  std::string problem;
  if (!IsDocumentCodeOf(layout.format, lines[0][0])) {
    problem = absl::StrCat("line 1 position 1 is not the code of a ", MrzFormatName(layout.format), " document");
  } else if (!AreNames(MrzText(lines, layout.names))) {
    problem = absl::StrCat(Place(layout.names), " must hold names: letters and fillers, beginning with a letter");
  } else if (IsFiller(MrzText(lines, layout.number))) {
    problem = absl::StrCat(Place(layout.number), " hold no document number");
  } else if (const char sex = lines[layout.sex.line][layout.sex.begin]; sex != 'F' && sex != 'M' && sex != '<') {
    problem = absl::StrCat(Place(layout.sex), " must be F, M or a filler");
  }
  return Result("zone format", problem);
}

v1::DocumentCheck CheckDigit(absl::string_view what, const Lines& lines, const MrzChecked& checked) {
  std::string problem;
  if (!MrzDigitFits(lines, checked)) {
    const std::string misreadings = MrzMisreadings(lines, checked);
    problem =
        absl::StrCat(Place(checked.digit), " is not the check digit of the ", what, "; ",
                     misreadings.empty() ? "read the zone again and compare it with the printed data" : misreadings);
  }
  return Result(absl::StrCat(what, " check digit"), problem);
}

// A field with its check digit right behind it.
MrzChecked Checked(const MrzSpan& field, bool digits_only) {
  return {{field}, {field.line, field.end, field.end + 1}, digits_only};
}

// Behind empty optional data a filler may stand instead of the digit 0.
bool IsUnchecked(const Lines& lines, const MrzSpan& optional) {
  return IsFiller(MrzText(lines, optional)) && lines[optional.line][optional.end] == '<';
}

v1::DocumentCheck CheckCode(absl::string_view what, const Lines& lines, const MrzSpan& span) {
  const absl::string_view code = MrzText(lines, span);
  const bool known = IsIssuerCode(code.substr(0, code.find_last_not_of('<') + 1));
  return Result(absl::StrCat(what, " code"),
                known ? "" : absl::StrCat(Place(span), " hold no ISO 3166 or ICAO 9303 code"));
}

constexpr absl::string_view kNoDate = " hold no date; each part must be two digits, or two fillers where unknown";

v1::DocumentCheck CheckBirth(const Lines& lines, const MrzSpan& span, absl::CivilDay today) {
  const bool read = ReadMrzBirth(MrzText(lines, span), today).has_value();
  return Result("birth date", read ? "" : absl::StrCat(Place(span), kNoDate));
}

v1::DocumentCheck CheckExpiry(const Lines& lines, const MrzSpan& span, absl::CivilDay today) {
  const std::optional<v1::PartialDate> date = ReadMrzExpiry(MrzText(lines, span), today);
  std::string problem;
  if (!date) {
    problem = absl::StrCat(Place(span), kNoDate);
  } else if (date->year() == 0) {
    problem = absl::StrCat(Place(span), " hold no year; compare with the printed date of expiry");
  } else if (LastDay(*date) < today) {
    problem = "the document has expired";
  }
  return Result("expiry date", problem);
}

}  // namespace

std::vector<v1::DocumentCheck> CheckMrz(const MrzLayout& layout, const Lines& lines, absl::CivilDay today) {
  const MrzNumber number = FindMrzNumber(layout, lines);
  std::vector<v1::DocumentCheck> checks;
  checks.push_back(CheckForm(layout, lines));
  checks.push_back(CheckDigit("document number", lines, {number.covered, number.check}));
  checks.push_back(CheckDigit("birth date", lines, Checked(layout.birth, true)));
  checks.push_back(CheckDigit("expiry date", lines, Checked(layout.expiry, true)));
  if (layout.optional_has_check_digit) {
    checks.push_back(IsUnchecked(lines, layout.optional)
                         ? Result("optional data check digit", "")
                         : CheckDigit("optional data", lines, Checked(layout.optional, false)));
  }
  if (!layout.composite.empty()) {
    checks.push_back(CheckDigit("composite", lines, {layout.composite, layout.composite_check}));
  }
  checks.push_back(CheckCode("issuer", lines, kMrzIssuer));
  checks.push_back(CheckCode("nationality", lines, layout.nationality));
  checks.push_back(CheckBirth(lines, layout.birth, today));
  checks.push_back(CheckExpiry(lines, layout.expiry, today));
  return checks;
}

}  // namespace tamga::adapters
