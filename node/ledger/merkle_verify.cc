#include "node/ledger/merkle_verify.h"

#include <bit>

namespace tamga::ledger {
namespace {

absl::Status Refuse(absl::string_view why) { return absl::InvalidArgumentError(why); }

// Moves both up to where the node at `fn` is a right child, or to the root.
void ClimbLeftEdge(uint64_t& fn, uint64_t& sn) {
  while ((fn & 1) == 0 && fn != 0) {
    fn >>= 1;
    sn >>= 1;
  }
}

}  // namespace

absl::Status VerifyInclusion(const Hash& leaf, uint64_t index, uint64_t size, const std::vector<Hash>& path,
                             const Hash& root) {
  if (index >= size) return Refuse("the entry's index is not below the size of the tree");
  uint64_t fn = index;
  uint64_t sn = size - 1;
  Hash hash = leaf;
  for (const Hash& sibling : path) {
    if (sn == 0) return Refuse("the inclusion proof is too long");
    if ((fn & 1) != 0 || fn == sn) {
      hash = NodeHash(sibling, hash);
      ClimbLeftEdge(fn, sn);
    } else {
      hash = NodeHash(hash, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return Refuse("the inclusion proof is too short");
  if (hash != root) return Refuse("the inclusion proof does not lead to the root");
  return absl::OkStatus();
}

absl::Status VerifyConsistency(uint64_t old_size, const Hash& old_root, uint64_t new_size, const Hash& new_root,
                               const std::vector<Hash>& proof) {
  if (old_size == 0 || old_size > new_size) return Refuse("the old size must be from 1 to the new size");
  if (old_size == new_size) {
    if (!proof.empty()) return Refuse("between equal sizes the consistency proof must be empty");
    return old_root == new_root ? absl::OkStatus() : Refuse("one size has two roots");
  }
  if (proof.empty()) return Refuse("the consistency proof is empty");

  uint64_t fn = old_size - 1;
  uint64_t sn = new_size - 1;
  while ((fn & 1) != 0) {
    fn >>= 1;
    sn >>= 1;
  }
  // An old tree that is complete is itself the first node; otherwise the proof tells it.
  const bool old_is_complete = std::has_single_bit(old_size);
  Hash old_hash = old_is_complete ? old_root : proof.front();
  Hash new_hash = old_hash;
  for (size_t i = old_is_complete ? 0 : 1; i < proof.size(); ++i) {
    const Hash& node = proof[i];
    if (sn == 0) return Refuse("the consistency proof is too long");
    if ((fn & 1) != 0 || fn == sn) {
      old_hash = NodeHash(node, old_hash);
      new_hash = NodeHash(node, new_hash);
      ClimbLeftEdge(fn, sn);
    } else {
      new_hash = NodeHash(new_hash, node);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return Refuse("the consistency proof is too short");
  if (old_hash != old_root) return Refuse("the consistency proof does not lead to the old root");
  if (new_hash != new_root) return Refuse("the consistency proof does not lead to the new root");
  return absl::OkStatus();
}

}  // namespace tamga::ledger
