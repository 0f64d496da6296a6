#include "node/reconciliation/log_side.h"

#include <algorithm>
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

absl::StatusOr<std::optional<Item>> ItemOf(const store::EntryRow& row, const std::string& treaty_id,
                                           bool is_reconciler) {
  if (!RecordsMessage(row.kind)) return std::optional<Item>();
  v1::LogEntry entry;
  if (!entry.ParseFromString(row.body)) {
    return Error(absl::StatusCode::kDataLoss, "LOG_DAMAGED",
                 absl::StrCat("entry ", row.index, " cannot be read; verify the log"));
  }
  if (!treaty_id.empty() && entry.treaty_id() != treaty_id) return std::optional<Item>();
  Item item;
  item.exchange_id = row.exchange_id;
  item.kind = entry.kind();
  item.is_reply = IsReply(item.kind);
  item.is_asked_by_reconciler = IsOfAsker(item.kind) == is_reconciler;
  item.commitment = item.is_reply ? entry.reply_commitment() : entry.request_commitment();
  item.index = row.index;
  return std::optional<Item>(std::move(item));
}

// A message that came more than once is one message.
std::vector<Item> InOrder(std::vector<Item> items) {
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.Bytes() < b.Bytes(); });
  items.erase(
      std::unique(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.Bytes() == b.Bytes(); }),
      items.end());
  return items;
}

}  // namespace

std::string Item::Name() const {
  return absl::StrCat(exchange_id, is_asked_by_reconciler ? "\x01" : "\x02", is_reply ? "\x02" : "\x01");
}

std::string Item::Bytes() const { return absl::StrCat(Name(), commitment); }

absl::Time TimeOf(absl::string_view exchange_id) {
  int64_t milliseconds = 0;
  for (size_t i = 0; i < kTimeBytes; ++i) milliseconds = milliseconds << 8 | static_cast<uint8_t>(exchange_id[i]);
  return absl::FromUnixMillis(milliseconds);
}

absl::StatusOr<std::vector<Item>> LogSide::Read(absl::Time since, absl::Time until) const {
  std::vector<Item> items;
  std::optional<store::EntryRow> after;
  while (true) {
    std::vector<store::EntryRow> rows;
    {
      ASSIGN_OR_RETURN(store::ReadSession session, database_.Read());
      ASSIGN_OR_RETURN(rows, session->EntriesOfExchanges(partner_, FirstIdAt(since), FirstIdAt(until),
                                                         std::exchange(after, {}), kPage));
    }
    for (const store::EntryRow& row : rows) {
      ASSIGN_OR_RETURN(std::optional<Item> item, ItemOf(row, treaty_id_, is_reconciler_));
      if (item) items.push_back(*std::move(item));
    }
    if (rows.size() < kPage) return InOrder(std::move(items));
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

void Digester::Add(absl::Span<const Item> items) {
  for (const Item& item : items) range_.AppendLeaf(ledger::LeafHash(item.Bytes()));
}

v1::LogDigest Digester::Digest() const {
  v1::LogDigest digest;
  digest.set_count(range_.size());
  digest.set_root(std::string(range_.Root().bytes()));
  return digest;
}

v1::LogDigest DigestOf(absl::Span<const Item> items) {
  Digester digester;
  digester.Add(items);
  return digester.Digest();
}

bool operator==(const v1::LogDigest& a, const v1::LogDigest& b) {
  return a.count() == b.count() && a.root() == b.root();
}

}  // namespace tamga::reconciliation
