#include "policy/spelling.h"

#include "gtest/gtest.h"

namespace tamga::policy {
namespace {

TEST(SpellingTest, CountsTheChangesBetweenTwoWords) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("police", "police"), 0u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("abc", ""), 3u);
  EXPECT_EQ(EditDistance("pollice", "police"), 1u);
  EXPECT_EQ(EditDistance("verison", "version"), 1u) << "two neighbours swapped are one slip";
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
}

TEST(SpellingTest, SuggestsTheNearestWordOnly) {
  EXPECT_EQ(DidYouMean("ANSWERRER", {"ASKER", "ANSWERER", "THIRD_STATE"}), "; did you mean ANSWERER?");
  EXPECT_EQ(DidYouMean("officer", {"SYSTEM", "OFFICER"}), "; did you mean OFFICER?");
  EXPECT_EQ(DidYouMean("GOVERNMENT", {"SYSTEM", "OFFICER"}), "");
  EXPECT_EQ(DidYouMean("", {"A"}), "");
}

TEST(SpellingTest, GivesNoAdviceThatWouldCostMoreThanReading) {
  EXPECT_EQ(DidYouMean(std::string(65, 'A'), {std::string(65, 'A')}), "");
  EXPECT_EQ(DidYouMean("AB", std::vector<absl::string_view>(201, "AB")), "");
}

}  // namespace
}  // namespace tamga::policy
