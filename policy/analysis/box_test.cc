#include "policy/analysis/box.h"

#include <gmock/gmock.h>

#include <random>

namespace tamga::policy::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Three values, two values, and seventy, which take two words.
Layout ThreeDimensions() {
  Layout layout;
  layout.Add(3);
  layout.Add(2);
  layout.Add(70);
  return layout;
}

Box BoxOf(const Layout& layout, const std::vector<std::vector<size_t>>& values) {
  Box box(layout);
  for (size_t i = 0; i < values.size(); ++i) {
    for (const size_t value : values[i]) box.Put(layout.dimensions()[i], value);
  }
  return box;
}

TEST(BoxTest, AFullBoxHoldsEveryValueAndAnEmptyOneNone) {
  const Layout layout = ThreeDimensions();
  EXPECT_THAT(Box::Full(layout).Values(layout.dimensions()[2]), SizeIs(70));
  EXPECT_FALSE(analysis::IsEmpty(layout, Box::Full(layout)));
  EXPECT_TRUE(analysis::IsEmpty(layout, Box(layout)));
}

TEST(BoxTest, ABoxIsEmptyAsSoonAsOneDimensionIs) {
  const Layout layout = ThreeDimensions();
  Box box = Box::Full(layout);
  box.Clear(layout.dimensions()[1]);
  EXPECT_TRUE(analysis::IsEmpty(layout, box));
}

TEST(BoxTest, BoxesOverlapWhereEveryDimensionMeets) {
  const Layout layout = ThreeDimensions();
  const Box a = BoxOf(layout, {{0, 1}, {0}, {5, 69}});
  EXPECT_TRUE(Overlap(layout, a, BoxOf(layout, {{1, 2}, {0, 1}, {69}})));
  EXPECT_FALSE(Overlap(layout, a, BoxOf(layout, {{1, 2}, {1}, {69}})));
  EXPECT_EQ(Meet(a, BoxOf(layout, {{1, 2}, {0, 1}, {69}})), BoxOf(layout, {{1}, {0}, {69}}));
}

TEST(BoxTest, SubtractionLeavesPiecesApartFromEachOther) {
  const Layout layout = ThreeDimensions();
  const Box a = BoxOf(layout, {{0, 1}, {0, 1}, {3}});
  EXPECT_THAT(Subtract(layout, a, BoxOf(layout, {{1}, {1}, {3, 4}})),
              ElementsAre(BoxOf(layout, {{0}, {0, 1}, {3}}), BoxOf(layout, {{1}, {0}, {3}})));
  EXPECT_THAT(Subtract(layout, a, BoxOf(layout, {{2}, {1}, {3}})), ElementsAre(a));
  EXPECT_THAT(Subtract(layout, a, Box::Full(layout)), IsEmpty());
}

TEST(BoxTest, WhatSeveralBoxesCoverTogetherIsNotOutside) {
  const Layout layout = ThreeDimensions();
  const Box a = BoxOf(layout, {{0, 1}, {0, 1}, {3}});
  const Box left = BoxOf(layout, {{0}, {0, 1}, {3}});
  const Box right = BoxOf(layout, {{1, 2}, {0, 1}, {2, 3}});
  const Box* const covers[] = {&left, &right};
  Budget budget(100);
  EXPECT_EQ(FindOutside(layout, a, covers, &budget).value, std::nullopt);
  EXPECT_EQ(FindOutside(layout, a, absl::MakeSpan(covers, 1), &budget).value, BoxOf(layout, {{1}, {0, 1}, {3}}));
}

TEST(BoxTest, AQuestionBeyondTheBudgetIsNotDecided) {
  const Layout layout = ThreeDimensions();
  const Box a = Box::Full(layout);
  const Box left = BoxOf(layout, {{0}, {0, 1}, {3}});
  const Box* const covers[] = {&left};
  Budget none(1);
  EXPECT_FALSE(FindOutside(layout, a, covers, &none).is_decided);
  Budget little(1);
  const Decided<std::vector<Box>> rest = SubtractAll(layout, a, covers, &little);
  EXPECT_FALSE(rest.is_decided);
  EXPECT_THAT(rest.value, IsEmpty());
}

TEST(BoxTest, BoxesThatDifferInOneDimensionAreJoined) {
  const Layout layout = ThreeDimensions();
  EXPECT_THAT(Coalesce(layout, {BoxOf(layout, {{0}, {0}, {3}}), BoxOf(layout, {{1}, {0, 1}, {3}}),
                                BoxOf(layout, {{0}, {1}, {3}})}),
              ElementsAre(BoxOf(layout, {{0, 1}, {0, 1}, {3}})));
}

// Every point of a layout of 3 × 2 × 4 values, as boxes.
TEST(BoxTest, SubtractionAgreesWithTryingEveryPoint) {
  Layout layout;
  for (const size_t values : {3u, 2u, 4u}) layout.Add(values);
  std::mt19937_64 random(1);
  const auto random_box = [&] {
    Box box(layout);
    for (const Layout::Dimension& dimension : layout.dimensions()) {
      for (size_t value = 0; value < dimension.values; ++value) {
        if (random() % 3 != 0) box.Put(dimension, value);
      }
    }
    return box;
  };
  for (int round = 0; round < 2000; ++round) {
    const Box box = random_box();
    std::vector<Box> covers;
    for (size_t i = random() % 5; i > 0; --i) covers.push_back(random_box());
    std::vector<const Box*> pointers;
    for (const Box& cover : covers) pointers.push_back(&cover);
    Budget budget(10'000);
    const Decided<std::vector<Box>> rest = SubtractAll(layout, box, pointers, &budget);
    const Decided<std::optional<Box>> outside = FindOutside(layout, box, pointers, &budget);
    ASSERT_TRUE(rest.is_decided && outside.is_decided);
    const std::vector<Box> joined = Coalesce(layout, rest.value);
    bool any_outside = false;
    for (size_t i = 0; i < 24; ++i) {
      const Box point = BoxOf(layout, {{i % 3}, {i / 3 % 2}, {i / 6}});
      const auto holds = [&](const Box& other) { return Contains(other, point); };
      const bool is_outside = holds(box) && std::none_of(covers.begin(), covers.end(), holds);
      any_outside = any_outside || is_outside;
      ASSERT_EQ(std::count_if(rest.value.begin(), rest.value.end(), holds), is_outside ? 1 : 0) << round;
      ASSERT_EQ(std::count_if(joined.begin(), joined.end(), holds), is_outside ? 1 : 0) << round;
      ASSERT_TRUE(is_outside || !outside.value.has_value() || !holds(*outside.value)) << round;
    }
    ASSERT_EQ(outside.value.has_value(), any_outside) << round;
  }
}

}  // namespace
}  // namespace tamga::policy::analysis
