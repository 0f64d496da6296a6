#include "node/safeguard/person_keys.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "node/base/check.h"

namespace tamga::safeguard {
namespace {

using Words = std::vector<std::string>;

bool IsApostrophe(UChar32 letter) {
  return letter == U'\'' || letter == U'`' || letter == U'\u2018' || letter == U'\u2019' || letter == U'\u02BB' ||
         letter == U'\u02BC';
}

// Letters, their marks and digits make words; Uzbek and Ukrainian apostrophes are written in many ways, and left out in
// as many; and one passport writes the letter yo, the next one ye.
Words WordsOf(const std::string& text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* folding = icu::Normalizer2::getNFKCCasefoldInstance(error);
  TAMGA_CHECK(U_SUCCESS(error));
  const icu::UnicodeString folded = folding->normalize(icu::UnicodeString::fromUTF8(text), error);
  Words words;
  if (U_FAILURE(error)) return words;
  icu::UnicodeString word;
  const auto end_word = [&] {
    if (word.isEmpty()) return;
    word.toUTF8String(words.emplace_back());
    word.remove();
  };
  for (int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    const UChar32 letter = folded.char32At(i);
    if (IsApostrophe(letter)) continue;
    if (u_isalnum(letter) || (U_GET_GC_MASK(letter) & U_GC_M_MASK) != 0) {
      word.append(letter == U'\u0451' ? static_cast<UChar32>(U'\u0435') : letter);
    } else {
      end_word();
    }
  }
  end_word();
  return words;
}

// The order of a name's parts differs from list to list.
std::string FormOf(Words words) {
  std::sort(words.begin(), words.end());
  return absl::StrJoin(words, " ");
}

void AddForm(Words words, std::set<std::string>& forms) {
  if (!words.empty()) forms.insert(FormOf(std::move(words)));
}

Words Joined(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::set<std::string> FormsOf(const v1::PersonName& name) {
  std::set<std::string> forms;
  AddForm(WordsOf(name.full_name()), forms);
  const Words surname = WordsOf(name.surname());
  const Words given = WordsOf(name.given_names());
  AddForm(Joined(surname, given), forms);
  if (!name.patronymic().empty()) AddForm(Joined(Joined(surname, given), WordsOf(name.patronymic())), forms);
  if (!surname.empty() && given.size() > 1) AddForm(Joined(surname, {given.front()}), forms);
  return forms;
}

// "1990-05-01", then "1990-05", "1990" and "": the date as far as it is known, and all that is known less of it.
std::vector<std::string> DatesFrom(const v1::PartialDate& date) {
  std::vector<std::string> dates = {""};
  if (date.year() == 0) return dates;
  dates.insert(dates.begin(), absl::StrFormat("%04d", date.year()));
  if (date.month() == 0) return dates;
  dates.insert(dates.begin(), absl::StrFormat("%04d-%02d", date.year(), date.month()));
  if (date.day() == 0) return dates;
  dates.insert(dates.begin(), absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day()));
  return dates;
}

// Names and documents hold no line break (CheckText), so that no key stands for two things. A name with the date as it
// is known, and a name with a date that is known further.
std::string BornOn(const std::string& form, const std::string& date) {
  return absl::StrCat("born-on\n", form, "\n", date);
}
std::string BornWithin(const std::string& form, const std::string& date) {
  return absl::StrCat("born-within\n", form, "\n", date);
}
std::string OfCase(const std::string& case_id) { return absl::StrCat("case\n", case_id); }

// Empty where a part is missing.
std::string OfDocument(const v1::TravelDocument& document) {
  const std::string number = absl::StrJoin(WordsOf(document.number()), "");
  const std::string issuer = absl::AsciiStrToUpper(document.issuing_state());
  return number.empty() || issuer.empty() ? "" : absl::StrCat("document\n", issuer, "\n", number);
}

void SeekNames(const v1::ProtectedPerson& person, std::set<std::string>& keys) {
  const std::vector<std::string> dates = DatesFrom(person.born_on());
  for (const v1::PersonName& name : person.names()) {
    for (const std::string& form : FormsOf(name)) {
      keys.insert(BornWithin(form, dates.front()));
      for (const std::string& date : dates) keys.insert(BornOn(form, date));
    }
  }
}

}  // namespace

v1::ProtectedPerson PersonOf(const v1::ReadmissionApplication& application) {
  v1::ProtectedPerson person;
  person.mutable_names()->MergeFrom(application.names());
  person.mutable_names()->MergeFrom(application.earlier_names());
  person.mutable_names()->MergeFrom(application.aliases());
  if (application.has_born_on()) *person.mutable_born_on() = application.born_on();
  *person.mutable_documents() = application.documents();
  return person;
}

std::set<std::string> FiledUnder(const v1::ProtectedPerson& person) {
  std::set<std::string> keys;
  if (person.born_on().year() != 0) {
    const std::vector<std::string> dates = DatesFrom(person.born_on());
    for (const v1::PersonName& name : person.names()) {
      for (const std::string& form : FormsOf(name)) {
        keys.insert(BornOn(form, dates.front()));
        for (size_t i = 1; i < dates.size(); ++i) keys.insert(BornWithin(form, dates[i]));
      }
    }
  }
  for (const v1::TravelDocument& document : person.documents()) {
    if (std::string key = OfDocument(document); !key.empty()) keys.insert(std::move(key));
  }
  for (const std::string& case_id : person.case_ids()) keys.insert(OfCase(case_id));
  return keys;
}

std::set<std::string> SoughtUnder(const v1::ReadmissionApplication& application, const std::string& case_id) {
  std::set<std::string> keys;
  SeekNames(PersonOf(application), keys);
  for (const v1::AccompanyingChild& child : application.children()) {
    v1::ProtectedPerson person;
    *person.add_names() = child.name();
    *person.mutable_born_on() = child.born_on();
    SeekNames(person, keys);
  }
  for (const v1::TravelDocument& document : application.documents()) {
    if (std::string key = OfDocument(document); !key.empty()) keys.insert(std::move(key));
  }
  if (!case_id.empty()) keys.insert(OfCase(case_id));
  return keys;
}

}  // namespace tamga::safeguard
