#include "node/watchlist/name_key.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/watchlist/latin_letters.h"

namespace tamga::watchlist {
namespace {

TEST(LatinLetters, SpellsTheAlphabetsOfTheRegion) {
  EXPECT_EQ(LatinLetters("Щеглова Юлия"), "SHCHEGLOVA IULIIA");
  EXPECT_EQ(LatinLetters("БЕКТҰРҒАНОВ Ерсұлтан"), "BEKTURGANOV ERSULTAN");
  EXPECT_EQ(LatinLetters("Ҷамшед Ҳаким Ӯғлӣ"), "JAMSHED HAKIM UGLI");
  EXPECT_EQ(LatinLetters("Ўзбек"), LatinLetters("Oʻzbek"));
  EXPECT_EQ(LatinLetters("Müller Ñandú Şahin Əliyev"), "MULLER NANDU SAHIN ALIYEV");
  EXPECT_EQ(LatinLetters("Γεώργιος"), "GEORGIOS");
}

TEST(LatinLetters, SeparatesAtHyphensAndJoinsAtApostrophesAndMarks) {
  EXPECT_EQ(LatinLetters("  Al-Tikriti,  D'Artagnan (II) "), "AL TIKRITI DARTAGNAN II");
  EXPECT_EQ(LatinLetters("O'zbek O`zbek O´zbek Oʻzbek O’zbek"), "OZBEK OZBEK OZBEK OZBEK OZBEK");
  EXPECT_EQ(LatinLetters("Ива\u0301нов"), "IVANOV");
  EXPECT_EQ(LatinLetters("Й"), LatinLetters("И\u0306")) << "composed and decomposed forms are one";
  EXPECT_EQ(LatinLetters("ＡＢ"), "AB") << "full-width forms are compatible";
}

TEST(LatinLetters, TakesAnyBytesInBoundedWork) {
  EXPECT_LE(LatinLetters(std::string(1 << 20, 'A')).size(), kMaxNameBytes);
  std::string cyrillic;
  for (int i = 0; i < (1 << 19); ++i) cyrillic += "Щ";
  EXPECT_LE(LatinLetters(cyrillic).size(), 4 * kMaxNameBytes);
  for (int byte = 0x80; byte < 0x100; ++byte) {
    EXPECT_EQ(LatinLetters(std::string("AB") + static_cast<char>(byte) + "CD"), "AB CD");
  }
  EXPECT_EQ(LatinLetters(std::string("AB\0CD", 5)), "AB CD");
  EXPECT_EQ(LatinLetters(""), "");
}

TEST(NameKey, JoinsPublishedRomanizationsWithTheirOriginal) {
  const auto text = ReadFile(std::string(TAMGA_SOURCE_DIR) + "/tests/data/translit/names.tsv");
  ASSERT_OK(text);
  int checked = 0;
  for (const absl::string_view row : absl::StrSplit(*text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> cells = absl::StrSplit(row, '\t');
    if (cells[0] == "system") continue;
    EXPECT_EQ(NameKeys(cells[2]), NameKeys(cells[3])) << row;
    ++checked;
  }
  EXPECT_GE(checked, 40);
}

TEST(NameKey, JoinsTheSpellingsThatPeopleHold) {
  for (const auto& [a, b] : std::vector<std::pair<const char*, const char*>>{
           {"SERIKBAEV", "SERIKBAYEV"},
           {"ERZHAN", "YERZHAN"},
           {"ZHUMAGULOV", "DZHUMAGULOV"},
           {"KHAMID", "HAMID"},
           {"IULIIA", "YULIYA"},
           {"SHCHEGLOVA", "SHCHEGLOVA"},
           {"JAMSHED", "DZHAMSHED"},
           {"MUHADOV", "MUHADOW"},
           {"TOJIEV", "TOZHIYEV"},
           {"FARXOD", "FARKHOD"},
           {"ALEXEI", "ALEKSEY"},
           {"ANDREI", "ANDREY"},
           {"VIDNYI", "VIDNYY"},
           {"QIZI", "KYZY"},
           {"MUELLER", "MÜLLER"},
           {"IOURII", "Юрий"},
           {"AKHMEDOV", "AHMEDOV"},
           {"TSOI", "TSOY"},
       }) {
    EXPECT_EQ(NameKeys(a), NameKeys(b)) << a << " " << b;
  }
}

TEST(NameKey, KeepsDifferentNamesApart) {
  const std::vector<const char*> names = {"IVANOV", "IVANOVA",  "PETROV", "SASHA", "SASA",  "CHOI",  "TSOI",
                                          "KIM",    "KHIM",     "UMAR",   "OMAR",  "ALI",   "ALIEV", "SHARIPOV",
                                          "HAMID",  "HAMIDOVA", "ZHANAR", "ZANAR", "GALIN", "HALIN"};
  for (size_t i = 0; i < names.size(); ++i) {
    for (size_t j = i + 1; j < names.size(); ++j) {
      EXPECT_NE(NameKeys(names[i]), NameKeys(names[j])) << names[i] << " " << names[j];
    }
  }
}

TEST(NameKey, NamesEachWordOnceInOrder) {
  EXPECT_THAT(NameKeys("Petr Ivan PETR"), ::testing::ElementsAre("IVAN", "PETR"));
  EXPECT_THAT(NameKeys("42 - ?"), ::testing::IsEmpty());
  EXPECT_EQ(WordKey(""), "");
}

TEST(NameKey, KnowsPatronymicsInAnySpelling) {
  for (const char* name : {"Хаматович", "KHAMATOVICH", "Sergeyevich", "Ивановна", "Zhanpeisovna", "Жанпейісқызы"}) {
    EXPECT_TRUE(IsPatronymicKey(NameKeys(name)[0])) << name;
  }
  for (const char* name : {"RASULI", "UMAROV", "IVANOVA", "ANNA"}) {
    EXPECT_FALSE(IsPatronymicKey(NameKeys(name)[0])) << name;
  }
}

}  // namespace
}  // namespace tamga::watchlist
