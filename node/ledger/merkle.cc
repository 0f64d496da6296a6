#include "node/ledger/merkle.h"

#include <algorithm>
#include <bit>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/ledger/compact_range.h"

namespace tamga::ledger {
namespace {

// Where a tree of `size` > 1 leaves divides: the largest power of two strictly below it.
uint64_t SplitOf(uint64_t size) { return std::bit_floor(size - 1); }

// MTH(D[begin:end]) of a subtree that RFC 9162's recursion meets: `begin` is a multiple of the smallest power of two
// that is not below the length.
absl::StatusOr<Hash> SubtreeRoot(HashReader& reader, uint64_t begin, uint64_t end) {
  CompactRange range;
  while (begin < end) {
    const auto level = static_cast<unsigned>(std::bit_width(end - begin) - 1);
    ASSIGN_OR_RETURN(const Hash node, reader.NodeAt(level, begin >> level));
    range.Append(level, node);
    begin += uint64_t{1} << level;
  }
  return range.Root();
}

}  // namespace

absl::StatusOr<Hash> RootAt(HashReader& reader, uint64_t size) { return SubtreeRoot(reader, 0, size); }

absl::StatusOr<std::vector<Hash>> ProveInclusion(HashReader& reader, uint64_t index, uint64_t size) {
  if (index >= size) {
    return absl::InvalidArgumentError(absl::StrCat("entry ", index, " is not in the log's first ", size, " entries"));
  }
  std::vector<Hash> path;
  for (uint64_t begin = 0, end = size; end - begin > 1;) {
    const uint64_t middle = begin + SplitOf(end - begin);
    const bool is_left = index < middle;
    ASSIGN_OR_RETURN(const Hash sibling,
                     is_left ? SubtreeRoot(reader, middle, end) : SubtreeRoot(reader, begin, middle));
    path.push_back(sibling);
    (is_left ? end : begin) = middle;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

absl::StatusOr<std::vector<Hash>> ProveConsistency(HashReader& reader, uint64_t old_size, uint64_t new_size) {
  if (old_size == 0 || old_size > new_size) {
    return absl::InvalidArgumentError(
        absl::StrCat("the old size must be from 1 to the new size, ", new_size, ", but is ", old_size));
  }
  std::vector<Hash> proof;
  uint64_t begin = 0;
  uint64_t end = new_size;
  while (old_size != end) {
    const uint64_t middle = begin + SplitOf(end - begin);
    const bool ends_left = old_size <= middle;
    ASSIGN_OR_RETURN(const Hash node,
                     ends_left ? SubtreeRoot(reader, middle, end) : SubtreeRoot(reader, begin, middle));
    proof.push_back(node);
    (ends_left ? end : begin) = middle;
  }
  // The verifier knows the old root, so the last subtree is told only if it is not the whole old tree.
  if (begin != 0) {
    ASSIGN_OR_RETURN(const Hash node, SubtreeRoot(reader, begin, end));
    proof.push_back(node);
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

}  // namespace tamga::ledger
