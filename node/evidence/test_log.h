// For tests: a log in memory that signs whatever it is told to.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "certs/ed25519.h"
#include "node/base/check.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/merkle.h"
#include "node/ledger/note.h"
#include "node/ledger/tlog_proof.h"

namespace tamga::evidence {

class TestLog final : public ledger::HashReader {
 public:
  explicit TestLog(std::string name = "log.test.example/exchange", char seed = 's')
      : key_(certs::Ed25519Key::FromSeed(std::string(32, seed)).value()),
        note_key_{std::move(name), key_.public_key()} {}

  void Append(std::string entry) { entries_.push_back(std::move(entry)); }
  void Rewrite(uint64_t index, std::string entry) { entries_.at(index) = std::move(entry); }
  void Clear() { entries_.clear(); }
  uint64_t size() const { return entries_.size(); }
  const ledger::NoteKey& key() const { return note_key_; }
  const std::string& entry(uint64_t index) const { return entries_.at(index); }

  absl::StatusOr<ledger::Hash> NodeAt(unsigned level, uint64_t index) override {
    if (level == 0) return ledger::LeafHash(entries_.at(index));
    return ledger::NodeHash(*NodeAt(level - 1, 2 * index), *NodeAt(level - 1, 2 * index + 1));
  }

  ledger::Checkpoint CheckpointAt(uint64_t size) { return {note_key_.name, size, ledger::RootAt(*this, size).value()}; }
  std::vector<ledger::Hash> PathOf(uint64_t index, uint64_t size) {
    return ledger::ProveInclusion(*this, index, size).value();
  }

  std::vector<ledger::Hash> GrowthOf(uint64_t old_size, uint64_t size) {
    return ledger::ProveConsistency(*this, old_size, size).value();
  }

  std::string Sign(const ledger::Checkpoint& checkpoint) const {
    return ledger::SignNote(ledger::FormatCheckpoint(checkpoint), note_key_,
                            [this](absl::string_view text) { return key_.Sign(text); });
  }
  std::string NoteAt(uint64_t size) { return Sign(CheckpointAt(size)); }
  std::string ProofOf(uint64_t index, uint64_t size) {
    return ledger::FormatTlogProof({"", index, PathOf(index, size), NoteAt(size)});
  }

 private:
  const certs::Ed25519Key key_;
  const ledger::NoteKey note_key_;
  std::vector<std::string> entries_;
};

}  // namespace tamga::evidence
