#include "node/readmission/forms/form_words.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::readmission {
namespace {

// Every enumerator but the zero value has words of its own in each language.
template <typename Enum>
void ExpectWordsForEach() {
  const auto& type = *google::protobuf::GetEnumDescriptor<Enum>();
  for (int i = 1; i < type.value_count(); ++i) {
    for (const v1::Language language : {v1::LANGUAGE_EN, v1::LANGUAGE_RU, v1::LANGUAGE_KK}) {
      EXPECT_NE(FormWordOf(language, static_cast<Enum>(type.value(i)->number())), type.value(i)->name());
    }
  }
}

TEST(FormWordsTest, EveryEnumeratorThatAFormShowsHasWordsInEachLanguage) {
  ExpectWordsForEach<v1::PersonCategory>();
  ExpectWordsForEach<v1::EvidenceTier>();
  ExpectWordsForEach<v1::ReadmissionProcedure>();
  ExpectWordsForEach<v1::CivilStatus>();
  ExpectWordsForEach<v1::RefusalCode>();
  ExpectWordsForEach<v1::Ternary>();
  EXPECT_EQ(FormWordOf(v1::LANGUAGE_RU, v1::CIVIL_STATUS_UNSPECIFIED), "");
}

TEST(FormWordsTest, NoKeyStandsTwiceAndNoneIsWithoutALanguage) {
  std::set<std::string> keys;
  for (const std::string& key : FormWordKeys()) {
    EXPECT_TRUE(keys.insert(key).second) << key;
    const std::string english = FormWord(v1::LANGUAGE_EN, key);
    const std::string russian = FormWord(v1::LANGUAGE_RU, key);
    const std::string kazakh = FormWord(v1::LANGUAGE_KK, key);
    EXPECT_NE(english, "") << key;
    EXPECT_NE(russian, "") << key;
    EXPECT_NE(kazakh, "") << key;
    EXPECT_NE(english, russian) << key;
  }
}

}  // namespace
}  // namespace tamga::readmission
