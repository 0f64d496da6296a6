#include "node/cli/fact_argument.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;

TEST(FactArgumentTest, EachKindOfFactIsRead) {
  ASSERT_OK_AND_ASSIGN(const auto facts, ParseFacts({"asylum-claim-open=no", "AGE=17", "EMERGENCY_GROUND=NONE"}));
  ASSERT_EQ(facts.size(), 3u);
  EXPECT_EQ(facts[0].attribute(), v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN);
  EXPECT_EQ(facts[0].flag(), v1::TERNARY_NO);
  EXPECT_EQ(facts[1].number(), 17);
  EXPECT_EQ(facts[2].choice(), "NONE");
}

struct Mistake {
  const char* text;
  const char* says;
};

class FactMistakeTest : public ::testing::TestWithParam<Mistake> {};

TEST_P(FactMistakeTest, SaysWhatTheFactTakes) {
  EXPECT_THAT(ParseFacts({GetParam().text}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().says)));
}

TEST(FactArgumentTest, AFactIsSaidOnce) {
  EXPECT_THAT(ParseFacts({"AGE=17", "ASYLUM_CLAIM_OPEN=NO", "age=17"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--fact: AGE is given twice")));
}

INSTANTIATE_TEST_SUITE_P(Mistakes, FactMistakeTest,
                         ::testing::Values(Mistake{"HEIGHT=2", "ASYLUM_CLAIM_OPEN"},
                                           Mistake{"ASYLUM_CLAIM_OPEN", "YES or NO"},
                                           Mistake{"ASYLUM_CLAIM_OPEN=MAYBE", "YES or NO"},
                                           Mistake{"AGE=-1", "number from"}, Mistake{"AGE=old", "number from"},
                                           Mistake{"EMERGENCY_GROUND=HASTE", "NONE"}, Mistake{"", "NAME=VALUE"}));

}  // namespace
}  // namespace tamga::cli
