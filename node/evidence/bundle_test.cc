#include "node/evidence/bundle.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "node/evidence/bundle_fixture.h"

namespace tamga::evidence {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

using BundleTest = BundleCheckTest;

TEST_F(BundleTest, ABundleIsBoundedAndHoldsEachThingOnce) {
  const v1::EvidenceBundle honest = OfBoth();
  v1::EvidenceBundle bundle = honest;
  for (int i = 0; i < 3'000; ++i) {
    *bundle.mutable_exchanges(0)->add_entries() = honest.exchanges(0).entries(0);
    bundle.mutable_exchanges(0)->add_messages();
  }
  ASSERT_OK_AND_ASSIGN(const v1::EvidenceBundle read, ReadBundle(bundle.SerializeAsString()));
  EXPECT_THAT(read.exchanges(0).entries(), SizeIs(honest.exchanges(0).entries_size()));
  EXPECT_THAT(read.exchanges(0).messages(), SizeIs(honest.exchanges(0).messages_size() + 1));
  const auto expect_refused = [](const v1::EvidenceBundle& large, const char* what) {
    const absl::Status refused = ReadBundle(large.SerializeAsString()).status();
    EXPECT_THAT(refused, HasReason("BUNDLE_INVALID"));
    EXPECT_THAT(refused.message(), HasSubstr(what));
  };
  for (int i = 0; i < kMostMessagesOfExchange; ++i) {
    bundle.mutable_exchanges(0)->add_messages()->set_header(absl::StrCat(i));
  }
  expect_refused(bundle, "19 messages of one exchange, and may have 16");
  bundle = honest;
  for (int i = 0; i < kMostDecisionsOfExchange; ++i) {
    bundle.mutable_exchanges(0)->add_decisions()->set_approvals(static_cast<uint32_t>(i + 1));
  }
  expect_refused(bundle, "decisions of one exchange");
  bundle = honest;
  for (int i = 0; i < kMostEntriesOfExchange; ++i) {
    bundle.mutable_exchanges(0)->add_entries()->set_entry(absl::StrCat(i));
  }
  expect_refused(bundle, "entries of one exchange");
  bundle = honest;
  for (int i = 0; i <= kMostGrowthOfLog; ++i) {
    bundle.mutable_logs(0)->add_growth()->set_old_size(static_cast<uint64_t>(i + 1));
  }
  expect_refused(bundle, "proofs of growth of one log");
  bundle = honest;
  for (int i = 0; i <= kMostContradictions; ++i) bundle.add_contradictions()->set_what(absl::StrCat(i));
  expect_refused(bundle, "contradictions");
  bundle = honest;
  for (int i = 0; i < kMostExchanges; ++i) *bundle.add_exchanges() = honest.exchanges(0);
  expect_refused(bundle, "1001 exchanges, and may have 1000");
}

TEST_F(BundleTest, MergingTwiceAddsNothing) {
  const v1::EvidenceBundle both = OfBoth();
  EXPECT_EQ(Merge(both, both).SerializeAsString(), both.SerializeAsString());
}

TEST_F(BundleTest, WhatIsNoBundleIsRefused) {
  v1::EvidenceBundle bundle = OfKazakhstan();
  EXPECT_OK(ReadBundle(bundle.SerializeAsString()));
  EXPECT_THAT(ReadBundle("no bundle"), HasReason("BUNDLE_INVALID"));
  EXPECT_THAT(ReadBundle(""), HasReason("BUNDLE_INVALID"));
  EXPECT_THAT(ReadBundle(bundle.SerializeAsString() + "\xf8\x01\x01"), HasReason("BUNDLE_INVALID"));
  bundle.set_version(2);
  EXPECT_THAT(ReadBundle(bundle.SerializeAsString()), HasReason("BUNDLE_INVALID"));
}

}  // namespace
}  // namespace tamga::evidence
