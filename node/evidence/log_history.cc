#include "node/evidence/log_history.h"

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/ledger/merkle.h"
#include "node/ledger/merkle_verify.h"

namespace tamga::evidence {
namespace {

struct ToldNode {
  unsigned level = 0;
  uint64_t index = 0;
  ledger::Hash hash;
};

// The complete subtrees that a proof tells of, as VerifyInclusion climbs (RFC 9162 section 2.1.3.2): the leaf, those of
// the path, and those that follow. What stands on the right edge of the tree changes as the log grows, and is left out.
std::vector<ToldNode> NodesOf(uint64_t index, uint64_t size, const ledger::Hash& leaf,
                              const std::vector<ledger::Hash>& path) {
  std::vector<ToldNode> nodes;
  unsigned level = 0;
  uint64_t node = index;
  uint64_t last = size - 1;
  const auto add = [&](uint64_t at, const ledger::Hash& hash) {
    if (at + 1 <= size >> level) nodes.push_back({level, at, hash});
  };
  ledger::Hash hash = leaf;
  add(node, hash);
  for (const ledger::Hash& sibling : path) {
    for (; node == last && (node & 1) == 0 && node != 0; ++level) {
      node >>= 1;
      last >>= 1;
    }
    add(node ^ 1, sibling);
    hash = (node & 1) != 0 ? ledger::NodeHash(sibling, hash) : ledger::NodeHash(hash, sibling);
    node >>= 1;
    last >>= 1;
    ++level;
    add(node, hash);
  }
  return nodes;
}

}  // namespace

// What was proven under one checkpoint.
class LogHistory::NodesUnder final : public ledger::HashReader {
 public:
  NodesUnder(const LogHistory& history, uint64_t size) : history_(history), size_(size) {}
  absl::StatusOr<ledger::Hash> NodeAt(unsigned level, uint64_t index) override {
    const auto known = history_.nodes_.find({level, index});
    if (known != history_.nodes_.end() && known->second.sizes.count(size_) > 0) return known->second.hash;
    return absl::NotFoundError("no proof tells of this subtree");
  }

 private:
  const LogHistory& history_;
  const uint64_t size_;
};

absl::Status LogHistory::AddCheckpoint(const ledger::Checkpoint& checkpoint) {
  const auto [seen, is_new] = roots_.emplace(checkpoint.size, checkpoint.root);
  if (is_new || seen->second == checkpoint.root) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the log signed two roots for ", checkpoint.size, " entries: it has forked"));
}

absl::Status LogHistory::AddProof(const ledger::Checkpoint& checkpoint, uint64_t index, const ledger::Hash& leaf,
                                  const std::vector<ledger::Hash>& path) {
  const std::vector<ToldNode> told = NodesOf(index, checkpoint.size, leaf, path);
  for (const ToldNode& node : told) {
    const auto known = nodes_.find({node.level, node.index});
    if (known == nodes_.end() || known->second.hash == node.hash) continue;
    return absl::InvalidArgumentError(
        node.level == 0 ? absl::StrCat("the log proves two entries at place ", node.index, ": it has forked")
                        : absl::StrCat("another proof of this log says otherwise of the entries before place ",
                                       (node.index + 1) << node.level, ": it has forked"));
  }
  RETURN_IF_ERROR(AddCheckpoint(checkpoint));
  for (const ToldNode& node : told) {
    Node& known = nodes_[{node.level, node.index}];
    known.hash = node.hash;
    known.sizes.insert(checkpoint.size);
  }
  return absl::OkStatus();
}

absl::Status LogHistory::AddGrowth(const ledger::Checkpoint& larger, uint64_t smaller,
                                   const std::vector<ledger::Hash>& proof) {
  RETURN_IF_ERROR(AddCheckpoint(larger));
  RETURN_IF_ERROR(ledger::VerifyConsistency(smaller, roots_.at(smaller), larger.size, larger.root, proof));
  growth_.emplace(larger.size, smaller);
  return absl::OkStatus();
}

absl::StatusOr<bool> LogHistory::BeginsWith(uint64_t larger, uint64_t smaller) const {
  if (larger == smaller) return true;
  NodesUnder nodes(*this, larger);
  const absl::StatusOr<ledger::Hash> root = ledger::RootAt(nodes, smaller);
  if (!root.ok()) return growth_.count({larger, smaller}) > 0;
  if (*root == roots_.at(smaller)) return true;
  return absl::InvalidArgumentError(absl::StrCat("the log of ", larger, " entries does not begin with that of ",
                                                 smaller, ", which it signed too: it has forked"));
}

bool LogHistory::Proves(uint64_t size, uint64_t index, const ledger::Hash& leaf) const {
  const auto known = nodes_.find({0, index});
  return known != nodes_.end() && known->second.hash == leaf && known->second.sizes.count(size) > 0;
}

}  // namespace tamga::evidence
