#include "node/safeguard/person_keys.h"

#include <algorithm>

#include "gtest/gtest.h"

namespace tamga::safeguard {
namespace {

v1::PersonName Name(const std::string& surname, const std::string& given, const std::string& patronymic = "") {
  v1::PersonName name;
  name.set_surname(surname);
  name.set_given_names(given);
  name.set_patronymic(patronymic);
  return name;
}

v1::PartialDate Date(uint32_t year, uint32_t month = 0, uint32_t day = 0) {
  v1::PartialDate date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

v1::TravelDocument Document(const std::string& issuer, const std::string& number) {
  v1::TravelDocument document;
  document.set_issuing_state(issuer);
  document.set_number(number);
  return document;
}

v1::ProtectedPerson Protected(const v1::PersonName& name, const v1::PartialDate& born_on) {
  v1::ProtectedPerson person;
  *person.add_names() = name;
  *person.mutable_born_on() = born_on;
  return person;
}

v1::ReadmissionApplication Applied(const v1::PersonName& name, const v1::PartialDate& born_on) {
  v1::ReadmissionApplication application;
  *application.add_names() = name;
  *application.mutable_born_on() = born_on;
  return application;
}

bool Finds(const v1::ReadmissionApplication& application, const v1::ProtectedPerson& person,
           const std::string& case_id = "") {
  const std::set<std::string> filed = FiledUnder(person);
  const std::set<std::string> sought = SoughtUnder(application, case_id);
  return std::any_of(sought.begin(), sought.end(), [&](const std::string& key) { return filed.count(key) != 0; });
}

TEST(PersonKeysTest, ANameIsTheSameInEveryCaseOrderAndWritingOfItsMarks) {
  const v1::PartialDate born_on = Date(1990, 5, 1);
  const v1::ProtectedPerson person = Protected(Name("Қасымов", "Ержан"), born_on);
  EXPECT_TRUE(Finds(Applied(Name("ҚАСЫМОВ", "ержан"), born_on), person));
  EXPECT_TRUE(Finds(Applied(Name("Ержан", "Қасымов"), born_on), person));
  v1::PersonName whole;
  whole.set_full_name("ЕРЖАН, ҚАСЫМОВ");
  EXPECT_TRUE(Finds(Applied(whole, born_on), person));
  EXPECT_FALSE(Finds(Applied(Name("Касымова", "Ержан"), born_on), person));
  // Composed and decomposed.
  EXPECT_TRUE(Finds(Applied(Name("A\u0308shirow", "Ba\u0301la"), born_on),
                    Protected(Name("\u00C4shirow", "B\u00E1la"), born_on)));
}

TEST(PersonKeysTest, HyphensApostrophesAndTheLetterYoDoNotMatter) {
  const v1::PartialDate born_on = Date(1990, 5, 1);
  EXPECT_TRUE(
      Finds(Applied(Name("O\u02BBrinboy ogli", "Jasur"), born_on), Protected(Name("O'rinboy-ogli", "Jasur"), born_on)));
  EXPECT_TRUE(Finds(Applied(Name("Семенов", "Петр"), born_on), Protected(Name("Семёнов", "Пётр"), born_on)));
}

TEST(PersonKeysTest, PatronymicAndFurtherGivenNamesMayBeMissing) {
  const v1::PartialDate born_on = Date(1990, 5, 1);
  const v1::ProtectedPerson person = Protected(Name("Ivanov", "Ivan Pavel", "Petrovich"), born_on);
  EXPECT_TRUE(Finds(Applied(Name("Ivanov", "Ivan Pavel"), born_on), person));
  EXPECT_TRUE(Finds(Applied(Name("Ivanov", "Ivan"), born_on), person));
  EXPECT_FALSE(Finds(Applied(Name("Ivanov", ""), born_on), person));
}

TEST(PersonKeysTest, DatesOfBirthAgreeAsFarAsBothAreKnown) {
  const v1::PersonName name = Name("SPECIMEN", "ANNA");
  for (const v1::PartialDate& known : {Date(1990), Date(1990, 5), Date(1990, 5, 1)}) {
    for (const v1::PartialDate& applied : {Date(1990), Date(1990, 5), Date(1990, 5, 1), Date(0)}) {
      EXPECT_TRUE(Finds(Applied(name, applied), Protected(name, known)))
          << known.DebugString() << applied.DebugString();
    }
    EXPECT_FALSE(Finds(Applied(name, Date(1991, 5, 1)), Protected(name, known)));
  }
  EXPECT_FALSE(Finds(Applied(name, Date(1990, 6)), Protected(name, Date(1990, 5, 1))));
  EXPECT_FALSE(Finds(Applied(name, Date(1990, 5, 2)), Protected(name, Date(1990, 5, 1))));
}

TEST(PersonKeysTest, EarlierNamesAliasesAndChildrenCount) {
  const v1::PartialDate born_on = Date(1990, 5, 1);
  v1::ReadmissionApplication application = Applied(Name("NOW", "ANNA"), born_on);
  *application.add_earlier_names() = Name("AT BIRTH", "ANNA");
  *application.add_aliases() = Name("ALSO", "ANYA");
  v1::AccompanyingChild& child = *application.add_children();
  *child.mutable_name() = Name("SPECIMEN", "BOLAT");
  *child.mutable_born_on() = Date(2015, 2, 3);
  EXPECT_TRUE(Finds(application, Protected(Name("At Birth", "Anna"), born_on)));
  EXPECT_TRUE(Finds(application, Protected(Name("Also", "Anya"), born_on)));
  EXPECT_TRUE(Finds(application, Protected(Name("Specimen", "Bolat"), Date(2015, 2, 3))));
  EXPECT_FALSE(Finds(application, Protected(Name("Specimen", "Bolat"), born_on)));
}

TEST(PersonKeysTest, ADocumentIsItsIssuerAndItsNumber) {
  v1::ProtectedPerson person;
  *person.add_documents() = Document("KGZ", "AN 123-456");
  v1::ReadmissionApplication application;
  *application.add_documents() = Document("KGZ", "an123456");
  EXPECT_TRUE(Finds(application, person));
  *application.mutable_documents(0) = Document("UZB", "AN123456");
  EXPECT_FALSE(Finds(application, person));
}

TEST(PersonKeysTest, ACaseIsFoundByItself) {
  v1::ProtectedPerson person;
  person.add_case_ids("019aa1c2-7d4e-7c3b-9a51-2f8e0d6b4c17");
  EXPECT_TRUE(Finds({}, person, "019aa1c2-7d4e-7c3b-9a51-2f8e0d6b4c17"));
  EXPECT_FALSE(Finds({}, person, "019aa1c2-7d4e-7c3b-9a51-2f8e0d6b4c18"));
}

TEST(PersonKeysTest, NothingIsFiledUnderANameAlone) {
  EXPECT_TRUE(FiledUnder(Protected(Name("SPECIMEN", "ANNA"), Date(0))).empty());
  EXPECT_TRUE(FiledUnder(Protected(Name("-", "..."), Date(1990))).empty());
}

}  // namespace
}  // namespace tamga::safeguard
