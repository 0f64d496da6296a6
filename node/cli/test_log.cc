#include "node/cli/test_log.h"

#include "node/base/check.h"
#include "node/base/error.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/entry_bundle.h"
#include "node/ledger/merkle.h"
#include "node/ledger/tlog_proof.h"

namespace tamga::cli {
namespace {

// Hashes of subtrees, computed anew from the entries each time.
class Hashes final : public ledger::HashReader {
 public:
  explicit Hashes(const std::vector<std::string>& entries) : entries_(entries) {}

  absl::StatusOr<ledger::Hash> NodeAt(unsigned level, uint64_t index) override {
    if (level == 0) return ledger::LeafHash(entries_.at(index));
    return ledger::NodeHash(*NodeAt(level - 1, 2 * index), *NodeAt(level - 1, 2 * index + 1));
  }

 private:
  const std::vector<std::string>& entries_;
};

std::string EntryBytes(const std::string& reason) {
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_reason(reason);
  return entry.SerializeAsString();
}

certs::Ed25519Key KeyOf(char seed) {
  auto key = certs::Ed25519Key::FromSeed(std::string(32, seed));
  TAMGA_CHECK(key.ok());
  return *std::move(key);
}

}  // namespace

TestLog::TestLog(char seed) : key_(KeyOf(seed)), note_key_{"log.border-service.kaz.tamga", key_.public_key()} {}

void TestLog::Append(const std::string& reason) { entries_.push_back(EntryBytes(reason)); }

void TestLog::Rewrite(uint64_t index, const std::string& reason) { entries_.at(index) = EntryBytes(reason); }

std::string TestLog::Checkpoint(uint64_t size) const {
  Hashes hashes(entries_);
  const auto root = ledger::RootAt(hashes, size);
  TAMGA_CHECK(root.ok());
  return ledger::SignNote(ledger::FormatCheckpoint({note_key_.name, size, *root}), note_key_,
                          [this](absl::string_view text) { return key_.Sign(text); });
}

v1::ProveInclusionResponse TestLog::ProveInclusion(uint64_t index, uint64_t size) const {
  if (size == 0) size = entries_.size();
  Hashes hashes(entries_);
  const auto path = ledger::ProveInclusion(hashes, index, size);
  TAMGA_CHECK(path.ok());
  v1::ProveInclusionResponse response;
  response.set_proof(ledger::FormatTlogProof({"", index, *path, Checkpoint(size)}));
  response.set_entry_bytes(entries_[index]);
  return response;
}

v1::ProveConsistencyResponse TestLog::ProveConsistency(uint64_t old_size, uint64_t new_size) const {
  if (new_size == 0) new_size = entries_.size();
  Hashes hashes(entries_);
  const auto proof = ledger::ProveConsistency(hashes, old_size, new_size);
  TAMGA_CHECK(proof.ok());
  v1::ProveConsistencyResponse response;
  for (const ledger::Hash& hash : *proof) response.add_hashes(std::string(hash.bytes()));
  response.set_checkpoint(Checkpoint(new_size));
  return response;
}

absl::StatusOr<std::string> TestLog::Tile(const ledger::TilePath& path) const {
  if (path.kind == ledger::TilePath::Kind::kCheckpoint) return Checkpoint(size());
  if (path.partial() && path.index < ledger::FullTiles(path.level, size())) {
    return Error(absl::StatusCode::kNotFound, "TILE_UNKNOWN", "this tile is full");
  }
  std::string content;
  Hashes hashes(entries_);
  for (uint64_t i = path.index * ledger::kTileWidth; i < path.index * ledger::kTileWidth + path.width; ++i) {
    if (path.kind == ledger::TilePath::Kind::kEntries) {
      ledger::AppendToBundle(entries_.at(i), content);
    } else {
      content += std::string(hashes.NodeAt(path.level * ledger::kTileHeight, i)->bytes());
    }
  }
  return content;
}

}  // namespace tamga::cli
