// For tests: what is wrong with a node's configuration, as an operator is told.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "node/base/matchers.h"
#include "node/main/config.h"
#include "node/main/test_node.h"

namespace tamga::node {

// The lines of all mistakes; empty if the configuration is good.
inline std::vector<std::string> MistakesOf(TestNode& node) {
  const absl::StatusOr<NodeSetup> setup = LoadNodeSetup(node.WriteConfig(), TestNow());
  if (setup.ok()) return {};
  EXPECT_THAT(setup, HasReason("CONFIG_INVALID"));
  return absl::StrSplit(setup.status().message(), '\n');
}

// One mistake, on one line, with what to do.
inline void ExpectMistake(TestNode& node, const std::string& field, const std::string& what) {
  using ::testing::HasSubstr;
  EXPECT_THAT(MistakesOf(node),
              ::testing::ElementsAre(
                  ::testing::AllOf(::testing::StartsWith(absl::StrCat(field, ": ")), HasSubstr(what), HasSubstr("; "))))
      << what;
}

}  // namespace tamga::node
