#include "node/reconciliation/log_side.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"

namespace tamga::reconciliation {
namespace {

constexpr size_t kPage = 1000;
constexpr size_t kTimeBytes = 6;
constexpr size_t kIdBytes = 16;
constexpr size_t kCommitmentBytes = 32;

// The least exchange id of that millisecond.
std::string FirstIdAt(absl::Time time) {
  const auto milliseconds = static_cast<uint64_t>(std::max<int64_t>(0, absl::ToUnixMillis(time)));
  std::string id(kIdBytes, '\0');
  for (size_t i = 0; i < kTimeBytes; ++i) {
    id[i] = static_cast<char>(static_cast<uint8_t>(milliseconds >> (8 * (kTimeBytes - 1 - i))));
  }
  return id;
}

bool IsReply(v1::EntryKind kind) { return kind == v1::ENTRY_KIND_ANSWERED || kind == v1::ENTRY_KIND_DELIVERED; }

bool IsOfAsker(v1::EntryKind kind) { return kind == v1::ENTRY_KIND_SENT || kind == v1::ENTRY_KIND_DELIVERED; }

bool RecordsMessage(int kind) {
  return kind == v1::ENTRY_KIND_SENT || kind == v1::ENTRY_KIND_RECEIVED || kind == v1::ENTRY_KIND_ANSWERED ||
         kind == v1::ENTRY_KIND_DELIVERED;
}

Item ItemOf(const v1::LogEntry& entry, uint64_t index, bool is_reconciler) {
  Item item;
  item.exchange_id = entry.exchange_id();
  item.kind = entry.kind();
  item.is_reply = IsReply(item.kind);
  item.is_asked_by_reconciler = IsOfAsker(item.kind) == is_reconciler;
  item.commitment = item.is_reply ? entry.reply_commitment() : entry.request_commitment();
  item.index = index;
  return item;
}

// The items of one exchange. A message that came more than once is one message.
class ExchangeItems {
 public:
  ExchangeItems(const std::string& treaty_id, bool is_reconciler)
      : treaty_id_(treaty_id), is_reconciler_(is_reconciler) {}

  absl::Status Add(const store::EntryRow& row) {
    if (!RecordsMessage(row.kind)) return absl::OkStatus();
    if (!entry_.ParseFromString(row.body)) {
      return Error(absl::StatusCode::kDataLoss, "LOG_DAMAGED",
                   absl::StrCat("entry ", row.index, " cannot be read; verify the log"));
    }
    if (!treaty_id_.empty() && (entry_.treaty_id() != treaty_id_ || entry_.reason() == "REPEATED")) {
      return absl::OkStatus();
    }
    was_unknown_ = was_unknown_ || (entry_.kind() == v1::ENTRY_KIND_DELIVERED && entry_.reason() == "TREATY_UNKNOWN");
    Item item = ItemOf(entry_, row.index, is_reconciler_);
    std::string bytes = item.Bytes();
    items_.emplace(std::move(bytes), std::move(item));
    return absl::OkStatus();
  }

  // Shows them in their order, and begins another exchange.
  absl::Status Show(absl::FunctionRef<absl::Status(const Item&)> visit) {
    for (const auto& [unused, item] : items_) {
      if (was_unknown_ && !treaty_id_.empty() && IsOfAsker(item.kind)) continue;
      RETURN_IF_ERROR(visit(item));
    }
    items_.clear();
    was_unknown_ = false;
    return absl::OkStatus();
  }

 private:
  const std::string& treaty_id_;
  const bool is_reconciler_;
  v1::LogEntry entry_;
  std::map<std::string, Item> items_;  // by their bytes
  bool was_unknown_ = false;           // the partner did not know the treaty under which it was asked
};

}  // namespace

std::string Item::Name() const {
  return absl::StrCat(exchange_id, is_asked_by_reconciler ? "\x01" : "\x02", is_reply ? "\x02" : "\x01");
}

std::string Item::Bytes() const { return absl::StrCat(Name(), commitment); }

absl::Status LogSide::Visit(absl::Time since, absl::Time until,
                            absl::FunctionRef<absl::Status(const Item&)> visit) const {
  ExchangeItems exchange(treaty_id_, is_reconciler_);
  std::string exchange_id;
  std::optional<store::EntryRow> after;
  while (true) {
    std::vector<store::EntryRow> rows;
    {
      ASSIGN_OR_RETURN(store::ReadSession session, database_.Read());
      ASSIGN_OR_RETURN(rows, session->EntriesOfExchanges(partner_, FirstIdAt(since), FirstIdAt(until),
                                                         std::exchange(after, {}), kPage));
    }
    for (const store::EntryRow& row : rows) {
      if (row.exchange_id != exchange_id) RETURN_IF_ERROR(exchange.Show(visit));
      exchange_id = row.exchange_id;
      RETURN_IF_ERROR(exchange.Add(row));
    }
    if (rows.size() < kPage) return exchange.Show(visit);
    after = std::move(rows.back());
  }
}

absl::StatusOr<Item> ItemOfPartner(const v1::LoggedItem& logged) {
  const bool is_commitment = logged.commitment().empty() || logged.commitment().size() == kCommitmentBytes;
  if (!IsUuidV7(logged.exchange_id()) || !is_commitment || !RecordsMessage(logged.kind())) {
    return Error(absl::StatusCode::kInvalidArgument, "INVALID_BODY",
                 "the partner's answer holds an item that no log can have; both sides must run compatible versions");
  }
  Item item;
  item.exchange_id = logged.exchange_id();
  item.kind = logged.kind();
  item.is_reply = IsReply(item.kind);
  item.is_asked_by_reconciler = !IsOfAsker(item.kind);
  item.commitment = logged.commitment();
  item.index = logged.index();
  return item;
}

v1::LoggedItem LoggedItemOf(const Item& item) {
  v1::LoggedItem logged;
  logged.set_exchange_id(item.exchange_id);
  logged.set_kind(item.kind);
  logged.set_commitment(item.commitment);
  logged.set_index(item.index);
  return logged;
}

void Digester::Add(const Item& item) { range_.AppendLeaf(ledger::LeafHash(item.Bytes())); }

v1::LogDigest Digester::Digest() const {
  v1::LogDigest digest;
  digest.set_count(range_.size());
  digest.set_root(std::string(range_.Root().bytes()));
  return digest;
}

v1::LogDigest DigestOf(absl::Span<const Item> items) {
  Digester digester;
  for (const Item& item : items) digester.Add(item);
  return digester.Digest();
}

bool operator==(const v1::LogDigest& a, const v1::LogDigest& b) {
  return a.count() == b.count() && a.root() == b.root();
}

}  // namespace tamga::reconciliation
