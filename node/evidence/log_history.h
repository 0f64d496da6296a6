// What the signed checkpoints and proofs of one log say of its tree, taken together.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/hash.h"

namespace tamga::evidence {

// A log that only grows has one root for each size, and one hash for each subtree once all its leaves are there: what
// proofs under different checkpoints tell of such subtrees must be the same. Signatures and proofs are verified before
// they come here.
class LogHistory {
 public:
  // InvalidArgument if the log signed another root for this size.
  absl::Status AddCheckpoint(const ledger::Checkpoint& checkpoint);
  // That the proof leads from the leaf to the checkpoint, which is added too. InvalidArgument if the log proved
  // something else at the same place; then the proof is left out.
  absl::Status AddProof(const ledger::Checkpoint& checkpoint, uint64_t index, const ledger::Hash& leaf,
                        const std::vector<ledger::Hash>& path);

  // That the tree of `larger` begins with that of `smaller` entries, of which a checkpoint must have been added.
  // InvalidArgument unless the proof leads from the one to the other.
  absl::Status AddGrowth(const ledger::Checkpoint& larger, uint64_t smaller, const std::vector<ledger::Hash>& proof);

  // Whether a checkpoint of this size was added.
  bool HasSize(uint64_t size) const { return roots_.count(size) > 0; }
  // Whether proofs show that the tree of `larger` entries begins with that of `smaller`; both must have been added.
  // False if nothing shows it. InvalidArgument if they show that it does not.
  absl::StatusOr<bool> BeginsWith(uint64_t larger, uint64_t smaller) const;
  // Whether a proof under the checkpoint of `size` entries has this leaf at the place.
  bool Proves(uint64_t size, uint64_t index, const ledger::Hash& leaf) const;
  // Of the largest checkpoint; 0 if there is none.
  uint64_t LargestSize() const { return roots_.empty() ? 0 : roots_.rbegin()->first; }

 private:
  using Place = std::pair<unsigned, uint64_t>;  // level and index of a complete subtree
  struct Node {
    ledger::Hash hash;
    std::set<uint64_t> sizes;  // of the checkpoints that it was proven under
  };
  class NodesUnder;

  std::map<uint64_t, ledger::Hash> roots_;  // by size
  std::map<Place, Node> nodes_;
  std::set<std::pair<uint64_t, uint64_t>> growth_;  // larger and smaller sizes, as proven
};

}  // namespace tamga::evidence
