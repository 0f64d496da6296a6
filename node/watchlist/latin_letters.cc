#include "node/watchlist/latin_letters.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <iterator>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "node/base/check.h"

namespace tamga::watchlist {
namespace {

// What ICU's chain below would get wrong: it knows neither passports nor the letters of Central Asia. Capitals only;
// "" is a letter that is not written in Latin.
const absl::flat_hash_map<char16_t, const char*>& Letters() {
  static const auto& letters = *new absl::flat_hash_map<char16_t, const char*>{
      // Russian, ICAO Doc 9303 part 3 section 6.
      {u'А', "A"},
      {u'Б', "B"},
      {u'В', "V"},
      {u'Г', "G"},
      {u'Д', "D"},
      {u'Е', "E"},
      {u'Ё', "E"},
      {u'Ж', "ZH"},
      {u'З', "Z"},
      {u'И', "I"},
      {u'Й', "I"},
      {u'К', "K"},
      {u'Л', "L"},
      {u'М', "M"},
      {u'Н', "N"},
      {u'О', "O"},
      {u'П', "P"},
      {u'Р', "R"},
      {u'С', "S"},
      {u'Т', "T"},
      {u'У', "U"},
      {u'Ф', "F"},
      {u'Х', "KH"},
      {u'Ц', "TS"},
      {u'Ч', "CH"},
      {u'Ш', "SH"},
      {u'Щ', "SHCH"},
      {u'Ъ', ""},  // not IE: nothing but passports from 2014 on writes it
      {u'Ы', "Y"},
      {u'Ь', ""},
      {u'Э', "E"},
      {u'Ю', "IU"},
      {u'Я', "IA"},
      // Ukrainian and Belarusian, the same section.
      {u'Ґ', "G"},
      {u'Є', "IE"},
      {u'І', "I"},
      {u'Ї', "I"},
      // Central Asia, practice of passports.
      {u'Ә', "A"},
      {u'Ғ', "G"},
      {u'Җ', "J"},
      {u'Қ', "K"},
      {u'Ң', "N"},
      {u'Ө', "O"},
      {u'Ұ', "U"},
      {u'Ү', "U"},
      {u'Һ', "H"},
      {u'Ҳ', "H"},
      {u'Ҷ', "J"},
      {u'Ӣ', "I"},
      {u'Ӯ', "U"},
      {u'Ў', "O"},
      // Azerbaijani Latin.
      {u'Ə', "A"},
  };
  return letters;
}

bool IsApostrophe(char16_t c) {
  constexpr char16_t kApostrophes[] = {u'\'', u'`', u'"', u'\u00b4', u'\u2018', u'\u2019', u'\u201d'};
  return std::find(std::begin(kApostrophes), std::end(kApostrophes), c) != std::end(kApostrophes);
}

// Left over by ICU: marks, modifiers, and letters for which it knows no Latin form.
bool IsLetterOrMark(char16_t c) { return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK)) != 0; }

const icu::Normalizer2& Nfkc() {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(error);
  TAMGA_CHECK(U_SUCCESS(error));
  return *nfkc;
}

// Never destroyed: names may be read until the process ends.
const icu::Transliterator& AnyToLatin() {
  static const icu::Transliterator* const any_to_latin = [] {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Transliterator* made =
        icu::Transliterator::createInstance("Any-Latin; Latin-ASCII; Any-Upper", UTRANS_FORWARD, error);
    TAMGA_CHECK(U_SUCCESS(error));
    return made;
  }();
  return *any_to_latin;
}

// Before compatible forms are made one, which would take an acute accent for a space.
icu::UnicodeString WithoutApostrophes(const icu::UnicodeString& text) {
  icu::UnicodeString result;
  for (int32_t i = 0; i < text.length(); ++i) {
    if (!IsApostrophe(text[i])) result.append(text[i]);
  }
  return result;
}

// Capitals, compatible forms made one, our own letters replaced.
icu::UnicodeString WithOwnLetters(absl::string_view name) {
  UErrorCode error = U_ZERO_ERROR;
  const auto size = static_cast<int32_t>(name.size());
  const icu::UnicodeString as_given = icu::UnicodeString::fromUTF8({name.data(), size});
  icu::UnicodeString text = Nfkc().normalize(WithoutApostrophes(as_given), error);
  TAMGA_CHECK(U_SUCCESS(error));
  text.toUpper(icu::Locale::getRoot());
  icu::UnicodeString result;
  for (int32_t i = 0; i < text.length(); ++i) {
    if (const auto letter = Letters().find(text[i]); letter != Letters().end()) {
      result.append(icu::UnicodeString(letter->second, -1, US_INV));
    } else {
      result.append(text[i]);
    }
  }
  return result;
}

}  // namespace

std::string LatinLetters(absl::string_view name) {
  icu::UnicodeString text = WithOwnLetters(name.substr(0, kMaxNameBytes));
  AnyToLatin().transliterate(text);
  std::string words;
  for (int32_t i = 0; i < text.length(); ++i) {
    const char16_t c = text[i];
    if (c >= u'A' && c <= u'Z') {
      words.push_back(static_cast<char>(c));
    } else if (!IsApostrophe(c) && !IsLetterOrMark(c) && !words.empty() && words.back() != ' ') {
      words.push_back(' ');
    }
  }
  absl::StripTrailingAsciiWhitespace(&words);
  return words;
}

}  // namespace tamga::watchlist
