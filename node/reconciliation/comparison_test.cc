#include "node/reconciliation/comparison.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamga::reconciliation {
namespace {

Item ItemOf(char exchange, bool is_reply, char commitment) {
  Item item;
  item.exchange_id = std::string(16, exchange);
  item.is_asked_by_reconciler = true;
  item.is_reply = is_reply;
  item.commitment = std::string(32, commitment);
  item.kind = is_reply ? v1::ENTRY_KIND_DELIVERED : v1::ENTRY_KIND_SENT;
  return item;
}

void Sort(std::vector<Item>* items) {
  std::sort(items->begin(), items->end(), [](const Item& a, const Item& b) { return a.Bytes() < b.Bytes(); });
}

TEST(ComparisonTest, EqualLogsMatch) {
  const std::vector<Item> items{ItemOf('a', false, '1'), ItemOf('a', true, '2')};
  const Compared compared = Compare(items, items);
  EXPECT_EQ(compared.matched, 2u);
  EXPECT_TRUE(compared.differences.empty());
  EXPECT_EQ(Compare({}, {}).matched, 0u);
}

TEST(ComparisonTest, EachWayInWhichLogsDifferIsTold) {
  const std::vector<Item> here{ItemOf('a', false, '1'), ItemOf('b', false, '1'), ItemOf('b', true, '1')};
  const std::vector<Item> there{ItemOf('b', false, '2'), ItemOf('b', true, '1'), ItemOf('c', false, '1')};
  const Compared compared = Compare(here, there);
  EXPECT_EQ(compared.matched, 1u);
  ASSERT_EQ(compared.differences.size(), 3u);
  EXPECT_EQ(compared.differences[0].type, v1::LOG_DIFFERENCE_TYPE_ONLY_HERE);
  EXPECT_EQ(compared.differences[0].here->exchange_id, std::string(16, 'a'));
  EXPECT_EQ(compared.differences[1].type, v1::LOG_DIFFERENCE_TYPE_DIFFERS);
  EXPECT_EQ(compared.differences[1].there->commitment, std::string(32, '2'));
  EXPECT_EQ(compared.differences[2].type, v1::LOG_DIFFERENCE_TYPE_ONLY_THERE);
  EXPECT_FALSE(compared.differences[2].here.has_value());
}

TEST(ComparisonTest, WhateverIsTakenFromOrChangedInALogIsFound) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Item> here;
    for (char exchange = 'a'; exchange < 'z'; ++exchange) {
      for (const bool is_reply : {false, true}) here.push_back(ItemOf(exchange, is_reply, '1'));
    }
    std::vector<Item> there = here;
    size_t removed = 0;
    size_t changed = 0;
    for (size_t i = there.size(); i-- > 0;) {
      switch (random() % 8) {
        case 0:
          there.erase(there.begin() + static_cast<std::ptrdiff_t>(i));
          ++removed;
          break;
        case 1:
          there[i].commitment = std::string(32, '2');
          ++changed;
          break;
        default:
          break;
      }
    }
    Sort(&here);
    Sort(&there);
    const Compared compared = Compare(here, there);
    EXPECT_EQ(compared.matched, here.size() - removed - changed);
    EXPECT_EQ(compared.differences.size(), removed + changed);
    const Compared mirrored = Compare(there, here);
    EXPECT_EQ(mirrored.matched, compared.matched);
    EXPECT_EQ(mirrored.differences.size(), compared.differences.size());
    EXPECT_EQ(DigestOf(here) == DigestOf(there), removed + changed == 0);
  }
}

}  // namespace
}  // namespace tamga::reconciliation
