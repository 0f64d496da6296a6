// One log's side of the exchanges with a partner in some time, as items that both logs must have.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "node/ledger/compact_range.h"
#include "node/store/exchange_db.h"
#include "tamga/v1/log_entry.pb.h"
#include "tamga/v1/reconciliation.pb.h"

namespace tamga::reconciliation {

// A message of an exchange as a log has it. Who asked is said from the reconciling side, so that both logs say the
// same.
struct Item {
  std::string exchange_id;  // 16 bytes
  bool is_asked_by_reconciler = false;
  bool is_reply = false;
  std::string commitment;  // 32 bytes, or empty
  v1::EntryKind kind = v1::ENTRY_KIND_UNSPECIFIED;
  uint64_t index = 0;

  // What is compared and hashed: equal in both logs if they agree. Items are kept in the order of these bytes.
  std::string Bytes() const;
  // Which message it is, whatever the log says of its contents.
  std::string Name() const;
};

class LogSide {
 public:
  // `treaty_id`: only exchanges under this treaty; empty: all. The database outlives this.
  LogSide(store::ReadableDb& database, std::string partner, std::string treaty_id, bool is_reconciler)
      : database_(database),
        partner_(std::move(partner)),
        treaty_id_(std::move(treaty_id)),
        is_reconciler_(is_reconciler) {}

  // Shows items of exchanges whose id holds a time from `since` on and before `until`, each once, in their order, until
  // `visit` fails. Under a treaty those are left out that the partner denied since it does not know that treaty: its
  // log does not name it.
  absl::Status Visit(absl::Time since, absl::Time until, absl::FunctionRef<absl::Status(const Item&)> visit) const;

 private:
  store::ReadableDb& database_;
  const std::string partner_;
  const std::string treaty_id_;
  const bool is_reconciler_;
};

// The message that the item of a partner's answer stands for; INVALID_BODY if it is none.
absl::StatusOr<Item> ItemOfPartner(const v1::LoggedItem& logged);
v1::LoggedItem LoggedItemOf(const Item& item);

// The digest of items that come in their order, part by part.
class Digester {
 public:
  void Add(const Item& item);
  v1::LogDigest Digest() const;

 private:
  ledger::CompactRange range_;
};

v1::LogDigest DigestOf(absl::Span<const Item> items);
bool operator==(const v1::LogDigest& a, const v1::LogDigest& b);

}  // namespace tamga::reconciliation
