// What can be read from the exchange database.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "node/store/row_keys.h"
#include "node/store/rows.h"
#include "node/store/sqlite.h"

namespace tamga::store {

// The reason of the DataLoss of an index of entries that was dropped, or replaced by one that holds less.
inline constexpr char kIndexLost[] = "INDEX_LOST";

// Each call sees one consistent state of the database; two calls may see two. Rows of messages and records are DataLoss
// (ROW_ALTERED) if this node did not write them as they are (row_mac.h). Not thread-safe.
class Reader {
 public:
  Reader(Database& database, const RowKeys& keys) : database_(database), mac_(keys.mac), blind_(keys.blind) {}

  // The log (log_table.cc, tile_table.cc).
  // One more than the largest index, if that is not negative: the entries of an intact log.
  absl::StatusOr<uint64_t> EntryCount();
  // Indices of up to `limit` rows that are no entries of a log of `size`: those below 0, and those from `size` up to
  // `count` - 1. The log never makes such rows; whoever writes to the file by hand can.
  absl::StatusOr<std::vector<int64_t>> StrayEntries(uint64_t size, uint64_t count, size_t limit);
  // NotFound if there is none.
  absl::StatusOr<EntryRow> EntryAt(uint64_t index);
  // The entries of an exchange, oldest first, up to `limit`.
  absl::StatusOr<std::vector<EntryRow>> EntriesOfExchange(absl::string_view exchange_id,
                                                          size_t limit = kMostEntriesOfExchange);
  // By time logged, newest first (entry_search.cc). InvalidArgument for a token that this function did not make.
  absl::StatusOr<EntryPage> ListEntries(const EntryFilter& filter, size_t page_size, absl::string_view page_token);
  // In no particular order. The filter's exchange id and case file are not looked at.
  absl::StatusOr<std::vector<EntryGroup>> CountEntries(const EntryFilter& filter);
  // Up to `limit` entries from `begin` on, in order of index.
  absl::StatusOr<std::vector<EntryRow>> EntriesFrom(uint64_t begin, size_t limit);
  // Shows the entries of index `begin` to `end` - 1, one after the other, until `visit` fails.
  absl::Status VisitEntries(uint64_t begin, uint64_t end, absl::FunctionRef<absl::Status(const EntryRow&)> visit);
  // DataLoss (ROW_ALTERED) unless this node wrote the entries from `begin` on as they are: for those that no checkpoint
  // vouches for yet.
  absl::Status CheckEntries(uint64_t begin);
  // What each index should hold of the entries `begin` to `end` - 1 (entry_index.cc), added to `keys`.
  absl::Status SumEntryKeys(uint64_t begin, uint64_t end, std::map<EntryIndex, EntryKeys>* keys);
  // What the index does hold of the entries below `end`. DataLoss (INDEX_LOST) if it is not the node's own; so the
  // next.
  absl::StatusOr<EntryKeys> SumIndexKeys(EntryIndex index, uint64_t end);
  // Which of the entries `begin` to `end` - 1 the index should lead to, and does not.
  absl::StatusOr<std::vector<uint64_t>> EntriesNotFoundBy(EntryIndex index, uint64_t begin, uint64_t end);
  // In SQLite's words, what is wrong with the table of facets and its index; empty if nothing is.
  absl::StatusOr<std::vector<std::string>> FacetFaults();
  // Leaf hashes of the entries `begin` to `end` - 1, one after the other; DataLoss if one is missing or has not 32
  // bytes.
  absl::StatusOr<std::string> LeafHashes(uint64_t begin, uint64_t end);
  // NotFound unless the tile is full and stored.
  absl::StatusOr<TileRow> TileAt(uint32_t level, uint64_t index);
  // Roots of the tiles `begin` to `end` - 1 of a level, one after the other; DataLoss as above.
  absl::StatusOr<std::string> TileRoots(uint32_t level, uint64_t begin, uint64_t end);
  // The stored checkpoint of the largest size; it may be one commit older than the log.
  absl::StatusOr<std::optional<CheckpointRow>> NewestCheckpoint();
  // Up to `limit` checkpoints of sizes above `size`, smallest first. Pass -1 to begin.
  absl::StatusOr<std::vector<CheckpointRow>> CheckpointsAfter(int64_t size, size_t limit);

  // Up to `limit` entries of exchanges with the partner whose id is at least `first_id` and below `end_id`: in the
  // order of id, then index, those behind `after`.
  absl::StatusOr<std::vector<EntryRow>> EntriesOfExchanges(absl::string_view partner, absl::string_view first_id,
                                                           absl::string_view end_id,
                                                           const std::optional<EntryRow>& after, size_t limit);

  // Messages that came in (inbox_table.cc). The state is kNew if nothing is known.
  absl::StatusOr<Reception> FindReceived(absl::string_view sender, absl::string_view exchange_id,
                                         absl::string_view header_sha256);
  absl::StatusOr<Reception> FindByIdempotencyKey(absl::string_view sender, absl::string_view key,
                                                 absl::string_view body_sha256);
  // Up to `limit` messages that have expired by `now` and were never answered.
  absl::StatusOr<std::vector<ReceivedRow>> ExpiredUnanswered(absl::Time now, size_t limit);

  // Messages that wait to go out (outbox_table.cc).
  // Those of a partner to be tried now or expired by now, oldest first. With `retry_by`, those that were tried before
  // are due by then. One that has not expired is not among them while an older one with its order token waits and is
  // not due.
  absl::StatusOr<std::vector<OutboxRow>> DueOutbox(absl::string_view partner, absl::Time now, size_t limit,
                                                   absl::Time retry_by = absl::InfinitePast());
  // Oldest first.
  absl::StatusOr<std::vector<OutboxRow>> ListOutbox(size_t limit);
  // NotFound if it does not wait.
  absl::StatusOr<OutboxRow> FindOutbox(absl::string_view exchange_id);
  // Whether a message to the partner waits under this order token.
  absl::StatusOr<bool> WaitsInOrder(absl::string_view partner, absl::string_view order_token);
  // For the operator's eyes: the rows' MACs are left aside.
  absl::StatusOr<std::map<std::string, uint64_t>> CountOutboxByPartner();
  // When the first message that waits for each partner becomes void. MACs as above.
  absl::StatusOr<std::map<std::string, absl::Time>> FirstOutboxExpiries();

  // Messages that came to nothing (dead_letter_table.cc).
  // Oldest first.
  absl::StatusOr<std::vector<DeadLetterRow>> ListDeadLetters(size_t limit);
  // NotFound if it is none.
  absl::StatusOr<DeadLetterRow> FindDeadLetter(absl::string_view exchange_id);
  // For the operator's eyes: the rows' MACs are left aside.
  absl::StatusOr<std::map<std::string, uint64_t>> CountDeadLettersByPartner();

  // Domain records (record_table.cc), whose ids may be stored as tokens (blind_index.h).
  // NotFound if there is none.
  absl::StatusOr<RecordRow> GetRecord(absl::string_view kind, absl::string_view id);
  // The present version of the record that this is a version of.
  absl::StatusOr<RecordRow> GetRecord(const RecordRow& version);
  // Last updated first. InvalidArgument for a token that this function did not make.
  absl::StatusOr<RecordPage> ListRecords(absl::string_view kind, size_t page_size, absl::string_view page_token);
  // Up to `limit` records whose id, as stored, is above `stored_id`, in the order of these.
  absl::StatusOr<std::vector<RecordRow>> RecordsAfter(absl::string_view kind, absl::string_view stored_id,
                                                      size_t limit);

  // All records whose origin this is.
  absl::StatusOr<std::vector<RecordRow>> RecordsOf(const Origin& origin);

  // What exchanges brought (holding_table.cc).
  // NotFound if there is none.
  absl::StatusOr<HoldingRow> GetHolding(const Origin& origin);
  // Soonest due first. InvalidArgument for a token that this function did not make.
  absl::StatusOr<HoldingPage> ListHoldings(const HoldingFilter& filter, size_t page_size, absl::string_view page_token);
  // Up to `limit` of those on which the node has to act by now, the longest due first.
  absl::StatusOr<std::vector<HoldingRow>> DueHoldings(absl::Time now, size_t limit);
  // How many there are with each HoldingRow::states. For the operator's eyes: the rows' MACs are left aside.
  absl::StatusOr<std::map<uint32_t, uint64_t>> CountHoldingsByStates();

  // Readmission cases (case_table.cc).
  // NotFound if there is none.
  absl::StatusOr<CaseRow> GetCase(absl::string_view case_id);
  // Last changed first; with a filter by clock, the next to pass (of that side) first. InvalidArgument for a token that
  // this function did not make for such a list.
  absl::StatusOr<CasePage> ListCases(const CaseFilter& filter, size_t page_size, absl::string_view page_token);
  // Up to `limit` of those that the clock changes by `now`, in the order in which it does. The rows' MACs are left
  // aside, so that an altered row holds up no other.
  absl::StatusOr<std::vector<CaseToActOn>> CasesToActOn(absl::Time now, size_t limit);
  // Up to `limit` cases whose last change has a larger number than `after`, in the order of these.
  absl::StatusOr<std::vector<CaseRow>> CaseChanges(uint64_t after, size_t limit);
  absl::StatusOr<CaseChangesHead> NewestCaseChange();
  // How many there are in each state. For the operator's eyes, as the next: the rows' MACs are left aside.
  absl::StatusOr<std::map<int, uint64_t>> CountCasesByState();
  // How many have a clock that has passed by `now`.
  absl::StatusOr<uint64_t> CountCasesOverdue(absl::Time now);

  // True if a record's present version has this blob. The row's MAC is left aside: whoever could make this tell a
  // falsehood could as well remove the blob.
  absl::StatusOr<bool> IsBlobNamed(absl::string_view blob);

  // Logs and their witnesses (witness_table.cc).
  absl::StatusOr<std::optional<SeenRow>> FindSeen(absl::string_view origin);
  // Oldest first.
  absl::StatusOr<std::vector<ContradictionRow>> ListContradictions();
  absl::StatusOr<std::vector<CosignedRow>> ListCosigned();

  // Vault blobs to be erased (discarded_blob_table.cc).
  absl::StatusOr<std::vector<std::string>> DiscardedBlobs(size_t limit);

 private:
  // Up to `most` entries of the filter's exchange, newest first, behind the place (time, index).
  absl::StatusOr<std::vector<EntryRow>> EntriesOfExchange(const EntryFilter& filter,
                                                          const std::pair<int64_t, int64_t>& before, size_t most);
  // The row's fields that entries share; NotFound if there is no such facet.
  absl::StatusOr<EntryRow> FacetAt(int64_t id);

 protected:
  Database& database_;
  const RowMac& mac_;
  const BlindIndex& blind_;
};

}  // namespace tamga::store
