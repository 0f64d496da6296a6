#include "node/watchlist/name_key.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "node/watchlist/latin_letters.h"

namespace tamga::watchlist {
namespace {

struct Spelling {
  absl::string_view from;
  absl::string_view to;
};

// Consonants. Longer spellings come before those that they begin with. Classes that no Latin letter is left for are
// named by letters that have become free: X is sh, Q is ch.
constexpr Spelling kConsonants[] = {
    {"SHCH", "X"}, {"SCH", "X"}, {"SH", "X"},  // shch, sh
    {"TCH", "Q"},  {"CH", "Q"},                // ch
    {"DZH", "J"},  {"DJ", "J"},  {"ZH", "J"},  // zh, j
    {"KH", "H"},   {"KS", "H"},  {"X", "H"},   // kh; x is kh in Uzbek, ks in Russian names
    {"TS", "C"},   {"TC", "C"},  {"TZ", "C"},  // ts
    {"GH", "G"},   {"CK", "K"},  {"Q", "K"},  {"PH", "F"}, {"W", "V"}};

// Vowels, once every Y is an I: one step after the other, since each looks at what the one before has left.
constexpr Spelling kFrenchVowels[] = {{"OU", "U"}};
constexpr Spelling kIotatedVowels[] = {{"IE", "E"}, {"IO", "E"}};              // ye, yo
constexpr Spelling kMarkedVowels[] = {{"AE", "A"}, {"OE", "O"}, {"UE", "U"}};  // ICAO's form of letters with two dots

template <size_t kSize>
std::string Rewrite(absl::string_view word, const Spelling (&spellings)[kSize]) {
  std::string result;
  while (!word.empty()) {
    const auto* spelling = std::find_if(std::begin(spellings), std::end(spellings),
                                        [&](const Spelling& s) { return absl::StartsWith(word, s.from); });
    if (spelling == std::end(spellings)) {
      result.push_back(word[0]);
      word.remove_prefix(1);
    } else {
      result.append(spelling->to.data(), spelling->to.size());
      word.remove_prefix(spelling->from.size());
    }
  }
  return result;
}

void MakeDoublesSingle(std::string& word) { word.erase(std::unique(word.begin(), word.end()), word.end()); }

}  // namespace

std::string WordKey(absl::string_view word) {
  std::string key = Rewrite(word, kConsonants);
  std::replace(key.begin(), key.end(), 'Y', 'I');
  MakeDoublesSingle(key);
  key = Rewrite(key, kFrenchVowels);
  key = Rewrite(key, kIotatedVowels);
  MakeDoublesSingle(key);
  key = Rewrite(key, kMarkedVowels);
  MakeDoublesSingle(key);
  return key;
}

std::vector<std::string> NameKeys(absl::string_view name) {
  std::vector<std::string> keys;
  const std::string words = LatinLetters(name);
  for (const absl::string_view word : absl::StrSplit(words, ' ', absl::SkipEmpty())) keys.push_back(WordKey(word));
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

bool IsPatronymicKey(absl::string_view key) {
  static const auto& endings = *new std::vector<std::string>{WordKey("OVICH"), WordKey("EVICH"), WordKey("OVNA"),
                                                             WordKey("EVNA"),  WordKey("KYZY"),  WordKey("OGLY")};
  return std::any_of(endings.begin(), endings.end(),
                     [&](const std::string& ending) { return absl::EndsWith(key, ending); });
}

}  // namespace tamga::watchlist
