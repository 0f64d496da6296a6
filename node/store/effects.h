// What a piece of work changes in a node's durable state. Effects are values: they are collected first and then
// committed together, with the log entry that records why, in one transaction.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace tamga::store {

class Transaction;

// A body to be sealed into the vault under its own data key.
struct Blob {
  std::string id;       // 16 random bytes
  std::string context;  // what the body is and belongs to; authenticated with it
  std::string body;
};

// A change of the exchange database, run inside the committing transaction. It may run again if the commit is repeated,
// so it must not have effects of its own. An error undoes this submission's effects and leaves others alone.
using Write = std::function<absl::Status(Transaction&)>;

struct Effects {
  std::vector<Blob> blobs;  // made durable before the writes
  std::vector<Write> writes;

  void Add(Effects more) {
    for (Blob& blob : more.blobs) blobs.push_back(std::move(blob));
    for (Write& write : more.writes) writes.push_back(std::move(write));
  }
};

// Commits effects that no exchange caused (an own alert, a case being drafted). Thread-safe; blocks until durable.
class EffectWriter {
 public:
  virtual ~EffectWriter() = default;
  virtual absl::Status Commit(Effects effects) = 0;
};

}  // namespace tamga::store
