// Finds the rules that can be about a question without looking at the others.
#pragma once

#include <vector>

#include "policy/rules.h"
#include "tamga/v1/common.pb.h"

namespace tamga::policy {

// A rule with the treaty it stands in.
template <typename Rule>
struct Entry {
  const CompiledTreaty* treaty;
  const Rule* rule;
};
using GrantEntry = Entry<CompiledGrant>;
using ProhibitionEntry = Entry<CompiledProhibition>;

// The rules about one operation on one kind of record, in the order of the treaties and of the rules in them.
struct RuleBucket {
  std::vector<GrantEntry> grants;
  std::vector<ProhibitionEntry> prohibitions;
};

class RuleIndex {
 public:
  RuleIndex() = default;
  // `treaties` must outlive the index.
  explicit RuleIndex(const std::vector<CompiledTreaty>& treaties);

  // Empty for values that are unspecified or that this build does not know.
  const RuleBucket& Find(v1::RecordKind record_kind, v1::Operation operation) const;

 private:
  std::vector<RuleBucket> buckets_;  // the last one stays empty
};

}  // namespace tamga::policy
