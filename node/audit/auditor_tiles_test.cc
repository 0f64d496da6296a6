// The tiles of the log, which auditors read to check it by themselves.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/audit/test_auditor.h"
#include "node/base/matchers.h"
#include "node/ledger/entry_bundle.h"

namespace tamga::audit {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

v1::GetTilesRequest TilesRequest(const std::vector<std::string>& paths) {
  v1::GetTilesRequest request;
  request.mutable_paths()->Add(paths.begin(), paths.end());
  return request;
}

TEST_F(AuditorTest, TilesAreThoseOfTheNewestCheckpoint) {
  for (int i = 0; i < 300; ++i) log_.Add(i % 2 == 0 ? kKyrgyz : kUzbek);
  ASSERT_OK_AND_ASSIGN(
      const v1::GetTilesResponse response,
      auditor_.GetTiles(own_, TilesRequest({"checkpoint", "tile/entries/000", "tile/0/001.p/44", "tile/1/000.p/1"})));
  ASSERT_EQ(response.contents_size(), 4);
  EXPECT_EQ(response.contents(0), log_.sequencer().NewestCheckpoint());
  ASSERT_OK_AND_ASSIGN(const auto entries, ledger::ParseBundle(response.contents(1)));
  EXPECT_THAT(entries, SizeIs(256));
  EXPECT_THAT(response.contents(2), SizeIs(44 * ledger::kHashBytes));
  EXPECT_THAT(response.contents(3), SizeIs(ledger::kHashBytes));
}

TEST_F(AuditorTest, BadPathsAreRefusedByTheirPlace) {
  log_.Add(kKyrgyz);
  EXPECT_THAT(auditor_.GetTiles(own_, TilesRequest({})), HasReason("INVALID_FIELD"));
  EXPECT_THAT(auditor_.GetTiles(own_, TilesRequest(std::vector<std::string>(65, "checkpoint"))),
              HasReason("INVALID_FIELD"));
  EXPECT_THAT(auditor_.GetTiles(own_, TilesRequest({"checkpoint", "tile/0/1"})),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("paths[1]: ")));
  EXPECT_THAT(auditor_.GetTiles(own_, TilesRequest({"tile/0/000"})), HasReason("TILE_UNKNOWN"));
}

TEST_F(AuditorTest, BundlesAreForAuditorsOfTheOwnStateOnly) {
  log_.Add(kKyrgyz);
  EXPECT_OK(auditor_.GetTiles(kyrgyz_, TilesRequest({"checkpoint", "tile/0/000.p/1"})));
  EXPECT_THAT(auditor_.GetTiles(kyrgyz_, TilesRequest({"tile/0/000.p/1", "tile/entries/000.p/1"})),
              HasReason("ENTRIES_WITHHELD"));
  // Nor does the answer tell whether there is such a bundle.
  EXPECT_THAT(auditor_.GetTiles(kyrgyz_, TilesRequest({"tile/entries/123"})), HasReason("ENTRIES_WITHHELD"));
  const certs::Principal node{"KAZ/police", certs::Role::kNode, ""};
  EXPECT_OK(auditor_.ReadTile(node, ledger::HashTile(0, 0, 1)));
  EXPECT_THAT(auditor_.ReadTile(node, ledger::EntryBundle(0, 1)), HasReason("ENTRIES_WITHHELD"));
}

TEST_F(AuditorTest, WhatDoesNotFitIntoOneAnswerIsLeftForTheNext) {
  for (int i = 0; i < 256; ++i) log_.Add(kKyrgyz);
  const std::vector<std::string> paths(64, "tile/0/000");
  ASSERT_OK_AND_ASSIGN(const v1::GetTilesResponse all, auditor_.GetTiles(own_, TilesRequest(paths)));
  EXPECT_EQ(all.contents_size(), 64);
  const std::vector<std::string> bundles(64, "tile/entries/000");
  ASSERT_OK_AND_ASSIGN(const v1::GetTilesResponse some, auditor_.GetTiles(own_, TilesRequest(bundles)));
  EXPECT_GT(some.contents_size(), 1);
  EXPECT_LT(some.contents_size(), 64);
  EXPECT_LE(some.ByteSizeLong(), size_t{600} << 10);
}

}  // namespace
}  // namespace tamga::audit
