#include "node/domain/page_size.h"

#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::domain {
namespace {

TEST(PageSizeTest, IsOneHundredUnlessAskedFor) {
  EXPECT_EQ(PageSize(0).value(), 100u);
  EXPECT_EQ(PageSize(1).value(), 1u);
  EXPECT_EQ(PageSize(500).value(), 500u);
}

TEST(PageSizeTest, IsBounded) { EXPECT_THAT(PageSize(501), HasReason("INVALID_FIELD")); }

}  // namespace
}  // namespace tamga::domain
