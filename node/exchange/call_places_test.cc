#include "node/exchange/call_places.h"

#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::exchange {
namespace {

constexpr char kOwn[] = "KAZ/prosecutor-general";
constexpr char kOtherOwn[] = "KAZ/ombudsman";
constexpr char kKyrgyzProsecutor[] = "KGZ/prosecutor-general";
constexpr char kUzbekProsecutor[] = "UZB/prosecutor-general";
constexpr char kTajik[] = "TJK/prosecutor-general";

TEST(CallPlacesTest, AnAgencyHasItsNumberAndGetsThemBack) {
  CallPlaces places("KAZ", {2, 1, 3});
  absl::StatusOr<CallPlaces::Place> first = places.Take(kOwn);
  absl::StatusOr<CallPlaces::Place> second = places.Take(kOwn);
  absl::StatusOr<CallPlaces::Place> kyrgyz = places.Take(kKyrgyzProsecutor);
  ASSERT_OK(first);
  ASSERT_OK(second);
  ASSERT_OK(kyrgyz);
  EXPECT_THAT(places.Take(kOwn), HasReason("TOO_MANY_CALLS"));
  EXPECT_OK(places.Take(kOtherOwn));
  EXPECT_THAT(places.Take(kKyrgyzProsecutor), HasReason("TOO_MANY_CALLS"));
  first->reset();
  kyrgyz->reset();
  EXPECT_OK(places.Take(kOwn));
  EXPECT_OK(places.Take(kKyrgyzProsecutor));
}

TEST(CallPlacesTest, OtherStatesTogetherLeaveTheOwnStateRoom) {
  CallPlaces places("KAZ", {2, 2, 3});
  std::vector<CallPlaces::Place> taken;
  for (const char* agency : {kKyrgyzProsecutor, kKyrgyzProsecutor, kUzbekProsecutor}) {
    ASSERT_OK_AND_ASSIGN(CallPlaces::Place place, places.Take(agency));
    taken.push_back(std::move(place));
  }
  EXPECT_THAT(places.Take(kTajik), HasReason("TOO_MANY_CALLS"));
  EXPECT_OK(places.Take(kOwn));
  taken.pop_back();
  EXPECT_OK(places.Take(kTajik));
}

}  // namespace
}  // namespace tamga::exchange
