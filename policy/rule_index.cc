#include "policy/rule_index.h"

#include "node/base/check.h"

namespace tamga::policy {
namespace {

constexpr size_t kOperations = v1::Operation_ARRAYSIZE;
constexpr size_t kNoBucket = size_t{v1::RecordKind_ARRAYSIZE} * kOperations;

size_t PositionOf(int record_kind, int operation) {
  const bool is_known =
      record_kind > 0 && record_kind < v1::RecordKind_ARRAYSIZE && operation > 0 && operation < v1::Operation_ARRAYSIZE;
  return is_known ? static_cast<size_t>(record_kind) * kOperations + static_cast<size_t>(operation) : kNoBucket;
}

bool Covers(uint64_t bits, int value) { return bits == 0 || ((bits >> value) & 1) != 0; }

}  // namespace

RuleIndex::RuleIndex(const std::vector<CompiledTreaty>& treaties) : buckets_(kNoBucket + 1) {
  static_assert(v1::RecordKind_ARRAYSIZE <= 64 && v1::Operation_ARRAYSIZE <= 64, "scopes hold them as bits");
  for (int kind = v1::RecordKind_MIN + 1; kind <= v1::RecordKind_MAX; ++kind) {
    for (int operation = v1::Operation_MIN + 1; operation <= v1::Operation_MAX; ++operation) {
      const auto is_about = [&](const CompiledScope& scope) {
        return Covers(scope.record_kinds, kind) && Covers(scope.operations, operation);
      };
      RuleBucket& bucket = buckets_[PositionOf(kind, operation)];
      for (const CompiledTreaty& treaty : treaties) {
        for (const CompiledGrant& grant : treaty.grants) {
          if (is_about(grant.scope)) bucket.grants.push_back({&treaty, &grant});
        }
        for (const CompiledProhibition& prohibition : treaty.prohibitions) {
          if (is_about(prohibition.scope)) bucket.prohibitions.push_back({&treaty, &prohibition});
        }
      }
    }
  }
}

const RuleBucket& RuleIndex::Find(v1::RecordKind record_kind, v1::Operation operation) const {
  TAMGA_CHECK(!buckets_.empty());
  return buckets_[PositionOf(record_kind, operation)];
}

}  // namespace tamga::policy
