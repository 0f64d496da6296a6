// Keys under which the spellings of one name meet.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tamga::watchlist {

// The key of one word in capital letters A to Z. Words that differ only by the romanization (the Russian passport
// tables of 1997, 2010 and 2014, BGN/PCGN, and the Latin alphabets of the region) have one key: YULIYA and IULIIA,
// SERIKBAEV and SERIKBAYEV, ZHUMAGULOV and DZHUMAGULOV, KHAMID and HAMID. "" for "".
std::string WordKey(absl::string_view word);

// Keys of the words of a name in any script (see LatinLetters), each once, sorted.
std::vector<std::string> NameKeys(absl::string_view name);

// True for the key of what looks like a patronymic: -ovich, -evich, -ovna, -evna, -kyzy, -ogly in any spelling.
// Documents often leave it out. (-uly is no sign: too many surnames end so.)
bool IsPatronymicKey(absl::string_view key);

}  // namespace tamga::watchlist
