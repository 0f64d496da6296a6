#include "policy/analysis/query.h"

#include <gmock/gmock.h>

#include "policy/analysis/fixture.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::policy::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Who(const v1::Treaty& treaty, v1::DataClass data_class, v1::RecordKind record_kind) {
  std::vector<std::string> sentences;
  for (const Sight& sight : WhoMaySee(Compile({{&treaty}, {}}), data_class, record_kind)) {
    sentences.push_back(sight.sentence);
  }
  return sentences;
}

constexpr char kAsylum[] =
    "prohibitions { id: \"asylum\" cites: \"2\" when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_YES } }";

TEST(QueryTest, WhoMaySeeAClassComesWithArticleConditionsAndExceptions) {
  const v1::Treaty treaty = Small(Grant("check",
                                        "when { attribute: ATTRIBUTE_AGE at_least: 18 } "
                                        "reply { level: DISCLOSURE_LEVEL_PARTIAL classes: DATA_CLASS_IDENTITY }") +
                                  Grant("hit") + kAsylum);
  EXPECT_THAT(Who(treaty, v1::DATA_CLASS_IDENTITY, v1::RECORD_KIND_WATCHLIST),
              ElementsAre("AAA/border or AAA/police may see IDENTITY of WATCHLIST records in replies of BBB/police to "
                          "WATCHLIST_CHECK, for BORDER_CHECK when AGE is at least 18, by SMALL art. 1; not where "
                          "ASYLUM_CLAIM_OPEN is YES or unknown of SMALL art. 2"));
  EXPECT_THAT(Who(treaty, v1::DATA_CLASS_IDENTITY, v1::RECORD_KIND_READMISSION), IsEmpty());
  EXPECT_THAT(Who(treaty, v1::DATA_CLASS_DOCUMENT, v1::RECORD_KIND_WATCHLIST), IsEmpty());
}

TEST(QueryTest, AClassAboveACeilingIsNotSeen) {
  const v1::Treaty treaty =
      Small(Grant("check") + "ceilings { id: \"c\" cites: \"3\" reply { level: DISCLOSURE_LEVEL_HIT_NO_HIT } }");
  EXPECT_THAT(Who(treaty, v1::DATA_CLASS_REFERENCE, v1::RECORD_KIND_WATCHLIST), IsEmpty());
  EXPECT_THAT(Who(treaty, v1::DATA_CLASS_OUTCOME, v1::RECORD_KIND_WATCHLIST), testing::SizeIs(1));
}

TEST(QueryTest, SafeguardsAreSeenByNobody) {
  EXPECT_THAT(Who(Small(Grant("check", "reply { level: DISCLOSURE_LEVEL_FULL }")), v1::DATA_CLASS_SAFEGUARD,
                  v1::RECORD_KIND_WATCHLIST),
              IsEmpty());
}

TEST(QueryTest, AFieldHasItsOwnClassOrThatOfWhatHoldsIt) {
  const auto class_of = [](const google::protobuf::Descriptor* record, absl::string_view path) {
    const auto data_class = ClassOfField(*record, path);
    return data_class.ok() ? v1::DataClass_Name(*data_class) : std::string(data_class.status().message());
  };
  EXPECT_EQ(class_of(v1::PersonName::descriptor(), "surname"), "DATA_CLASS_IDENTITY");
  EXPECT_EQ(class_of(v1::ReadmissionCase::descriptor(), "application.earlier_names.surname"), "DATA_CLASS_IDENTITY");
  EXPECT_EQ(class_of(v1::ReadmissionCase::descriptor(), "application"), "DATA_CLASS_UNSPECIFIED");
  EXPECT_EQ(class_of(v1::ReadmissionCase::descriptor(), "reply_due_at.seconds"), "DATA_CLASS_REFERENCE");
  EXPECT_EQ(class_of(v1::PersonName::descriptor(), "nothing"),
            "nothing: is no field of PersonName: there is no nothing");
  EXPECT_EQ(class_of(v1::PersonName::descriptor(), "surname.more"),
            "surname.more: is no field of PersonName: there is no more");
}

}  // namespace
}  // namespace tamga::policy::analysis
