// Names of any script in the capital letters A to Z, as a reader of travel documents would spell them.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace tamga::watchlist {

// Text beyond this is not looked at; no name is nearly as long.
inline constexpr size_t kMaxNameBytes = 1024;

// The words of the name, separated by single spaces. Cyrillic follows ICAO Doc 9303 part 3 where it has a row, and for
// the letters of Kazakh, Kyrgyz, Tajik, Turkmen and Uzbek the usual practice of passports; Latin letters lose their
// marks; other scripts go by ICU's Any-Latin. Apostrophes vanish, as in the machine-readable zone; everything else that
// is no letter separates words. Any bytes are accepted: what is not UTF-8 separates words too. Thread-safe.
std::string LatinLetters(absl::string_view name);

}  // namespace tamga::watchlist
