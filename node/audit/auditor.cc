#include "node/audit/auditor.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "node/audit/entry_query.h"
#include "node/audit/page_seal.h"
#include "node/audit/sealed_by.h"
#include "node/audit/statistics.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/domain/page_size.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/tile_reader.h"

namespace tamga::audit {
namespace {

constexpr int kMostPaths = 64;
constexpr size_t kMaxTilesBytes = 512 << 10;

absl::Status EntryUnknown(uint64_t index) {
  return Error(absl::StatusCode::kNotFound, "ENTRY_UNKNOWN",
               absl::StrCat("index: there is no entry ", index, " that you may see; list the entries to find one"));
}

// Who lists what, whichever page.
std::string ListNameOf(const certs::Principal& caller, v1::ListEntriesRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  return absl::StrCat(caller.SpiffeId(), " ", request.SerializeAsString());
}

absl::StatusOr<std::string> ReadTileAt(const AuditedLog& log, const SignedCheckpoint& newest,
                                       const certs::Principal& caller, const ledger::TilePath& path) {
  if (path.kind == ledger::TilePath::Kind::kCheckpoint) return newest.note;
  const bool sees_all = caller.role == certs::Role::kAuditor && VisibilityFor(log, caller).sees_all();
  if (path.kind == ledger::TilePath::Kind::kEntries && !sees_all) {
    return Error(absl::StatusCode::kPermissionDenied, "ENTRIES_WITHHELD",
                 absl::StrCat(ledger::FormatTilePath(path), ": bundles hold the entries of all exchanges, so they are ",
                              "for auditors of ", StateOf(log.own_agency), "; list the entries that you may see"));
  }
  return ledger::TileReader(log.database).Read(path, newest.size);
}

}  // namespace

absl::StatusOr<v1::ListEntriesResponse> Auditor::ListEntries(const certs::Principal& caller,
                                                             const v1::ListEntriesRequest& request,
                                                             const Stop& stop) const {
  ASSIGN_OR_RETURN(store::EntryFilter filter, VisibleFilter(log_, caller, request));
  ASSIGN_OR_RETURN(const SignedCheckpoint newest, NewestCheckpoint(log_));
  filter.below = newest.size;
  ASSIGN_OR_RETURN(const size_t page_size, domain::PageSize(request.page_size()));
  const PageSeal seal(log_.pseudonyms, ListNameOf(caller, request));
  ASSIGN_OR_RETURN(const std::string page_token, seal.Open(request.page_token()));
  ASSIGN_OR_RETURN(store::ReadSession session, log_.database.Read());
  session.StopWhen(stop);
  ASSIGN_OR_RETURN(const std::string seal_key, HexDecode(request.seal_key_id()));
  ASSIGN_OR_RETURN(const store::EntryPage page, seal_key.empty()
                                                    ? session->ListEntries(filter, page_size, page_token)
                                                    : ListSealedBy(*session, filter, seal_key, page_size, page_token));
  v1::ListEntriesResponse response;
  for (const store::EntryRow& row : page.entries) *response.add_entries() = Indexed(log_, row);
  response.set_next_page_token(seal.Close(page.next_page_token));
  return response;
}

absl::StatusOr<v1::GetStatisticsResponse> Auditor::GetStatistics(const certs::Principal& caller,
                                                                 const v1::GetStatisticsRequest& request,
                                                                 const Stop& stop) const {
  ASSIGN_OR_RETURN(store::EntryFilter filter, FilterOf(request));
  VisibilityFor(log_, caller).Narrow(&filter);
  ASSIGN_OR_RETURN(const SignedCheckpoint newest, NewestCheckpoint(log_));
  filter.below = newest.size;
  ASSIGN_OR_RETURN(store::ReadSession session, log_.database.Read());
  session.StopWhen(stop);
  ASSIGN_OR_RETURN(const std::vector<store::EntryGroup> groups, session->CountEntries(filter));
  return StatisticsOf(groups);
}

absl::StatusOr<v1::GetExchangeResponse> Auditor::GetExchange(const certs::Principal& caller,
                                                             const v1::GetExchangeRequest& request) const {
  const absl::StatusOr<std::string> exchange_id = ParseUuidV7(request.exchange_id());
  if (!exchange_id.ok()) return InvalidField("exchange_id", "must be a UUID of version 7 in text form, lower case");
  ASSIGN_OR_RETURN(const SignedCheckpoint newest, NewestCheckpoint(log_));
  ASSIGN_OR_RETURN(store::ReadSession session, log_.database.Read());
  ASSIGN_OR_RETURN(const std::vector<store::EntryRow> rows, session->EntriesOfExchange(*exchange_id));
  const Visibility visibility = VisibilityFor(log_, caller);
  v1::GetExchangeResponse response;
  for (const store::EntryRow& row : rows) {
    if (row.index < newest.size && visibility.Covers(row)) *response.add_entries() = Indexed(log_, row);
  }
  if (!response.entries().empty()) return response;
  return Error(absl::StatusCode::kNotFound, "EXCHANGE_UNKNOWN",
               "exchange_id: there is no such exchange that you may see; list the entries to find one");
}

v1::GetCheckpointResponse Auditor::GetCheckpoint() const {
  v1::GetCheckpointResponse response;
  response.set_checkpoint(log_.sequencer.NewestCheckpoint());
  response.set_vkey(ledger::FormatVkey(log_.key));
  return response;
}

absl::StatusOr<v1::ProveInclusionResponse> Auditor::ProveInclusion(const certs::Principal& caller,
                                                                   const v1::ProveInclusionRequest& request) const {
  ASSIGN_OR_RETURN(const SignedCheckpoint checkpoint, CheckpointOfSize(log_, "tree_size", request.tree_size()));
  if (request.index() >= checkpoint.size) {
    if (request.tree_size() == 0) return EntryUnknown(request.index());
    return InvalidField("index", absl::StrCat("must be below tree_size, ", checkpoint.size));
  }
  v1::ProveInclusionResponse response;
  {  // the proof below takes a session of its own
    ASSIGN_OR_RETURN(store::ReadSession session, log_.database.Read());
    absl::StatusOr<store::EntryRow> row = session->EntryAt(request.index());
    if (absl::IsNotFound(row.status())) return EntryUnknown(request.index());
    RETURN_IF_ERROR(row.status());
    if (!VisibilityFor(log_, caller).Covers(*row)) return EntryUnknown(request.index());
    response.set_entry_bytes(std::move(row->body));
  }
  ASSIGN_OR_RETURN(*response.mutable_proof(), log_.reader.ProveInclusion(request.index(), checkpoint.note));
  return response;
}

absl::StatusOr<v1::ProveConsistencyResponse> Auditor::ProveConsistency(
    const v1::ProveConsistencyRequest& request) const {
  ASSIGN_OR_RETURN(SignedCheckpoint larger, CheckpointOfSize(log_, "new_size", request.new_size()));
  if (request.old_size() < 1 || request.old_size() > larger.size) {
    return InvalidField("old_size", absl::StrCat("must be 1 to ", larger.size, ", the size of the ",
                                                 request.new_size() == 0 ? "newest" : "larger", " checkpoint"));
  }
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint,
                   ledger::OpenCheckpoint(larger.note, log_.key, certs::VerifyEd25519));
  ASSIGN_OR_RETURN(const std::vector<ledger::Hash> hashes, log_.reader.ProveGrowth(request.old_size(), checkpoint));
  v1::ProveConsistencyResponse response;
  for (const ledger::Hash& hash : hashes) response.add_hashes(std::string(hash.bytes()));
  response.set_checkpoint(std::move(larger.note));
  return response;
}

absl::StatusOr<v1::GetTilesResponse> Auditor::GetTiles(const certs::Principal& caller,
                                                       const v1::GetTilesRequest& request) const {
  if (request.paths_size() < 1 || request.paths_size() > kMostPaths) {
    return InvalidField("paths", absl::StrCat("must be 1 to ", kMostPaths));
  }
  std::vector<ledger::TilePath> paths;
  for (int i = 0; i < request.paths_size(); ++i) {
    ASSIGN_OR_RETURN(const ledger::TilePath path,
                     ledger::ParseTilePath(absl::StrCat("paths[", i, "]"), request.paths(i)));
    paths.push_back(path);
  }
  ASSIGN_OR_RETURN(const SignedCheckpoint newest, NewestCheckpoint(log_));
  v1::GetTilesResponse response;
  size_t bytes = 0;
  for (const ledger::TilePath& path : paths) {
    ASSIGN_OR_RETURN(std::string content, ReadTileAt(log_, newest, caller, path));
    bytes += content.size();
    if (bytes > kMaxTilesBytes && response.contents_size() > 0) break;
    response.add_contents(std::move(content));
  }
  return response;
}

absl::StatusOr<std::string> Auditor::ReadTile(const certs::Principal& caller, const ledger::TilePath& path) const {
  ASSIGN_OR_RETURN(const SignedCheckpoint newest, NewestCheckpoint(log_));
  return ReadTileAt(log_, newest, caller, path);
}

absl::Status Auditor::VerifyLog(const certs::Principal& caller, const Send& send) const {
  RETURN_IF_ERROR(running_.Begin(caller.agency));
  const absl::Cleanup done = [&] { running_.End(caller.agency); };
  uint64_t total = 0;
  const auto report = [&](uint64_t checked, uint64_t all) {
    total = all;
    v1::VerifyLogResponse progress;
    progress.set_entries_checked(checked);
    progress.set_entries_total(all);
    return send(progress);
  };
  // The newest checkpoint is stored with the next batch, even an empty one.
  const auto settle = [this] { return log_.sequencer.Commit({}); };
  ASSIGN_OR_RETURN(const ledger::LogVerdict found,
                   ledger::VerifyLog(log_.database, log_.key, certs::VerifyEd25519, settle, report));
  v1::VerifyLogResponse last;
  last.set_entries_checked(found.entries);
  last.set_entries_total(std::max(total, found.entries));
  v1::VerifyVerdict& verdict = *last.mutable_verdict();
  verdict.set_intact(found.intact());
  verdict.set_checkpoint_size(found.checkpoint_size);
  verdict.set_root(std::string(found.root.bytes()));
  for (const ledger::LogFault& fault : found.faults) *verdict.add_faults() = Describe(caller, fault);
  return send(last) ? absl::OkStatus() : absl::CancelledError("the caller is gone");
}

v1::LogFault Auditor::Describe(const certs::Principal& caller, const ledger::LogFault& fault) const {
  v1::LogFault described;
  described.set_has_index(fault.index.has_value());
  described.set_index(fault.index.value_or(0));
  described.set_detail(fault.detail);
  if (!fault.exchange_id.empty() && fault.index && MaySee(caller, *fault.index)) {
    described.set_exchange_id(FormatUuid(fault.exchange_id));
  }
  return described;
}

bool Auditor::MaySee(const certs::Principal& caller, uint64_t index) const {
  const Visibility visibility = VisibilityFor(log_, caller);
  if (visibility.sees_all()) return true;
  absl::StatusOr<store::ReadSession> session = log_.database.Read();
  if (!session.ok()) return false;
  const absl::StatusOr<store::EntryRow> row = (*session)->EntryAt(index);
  return row.ok() && visibility.Covers(*row);
}

}  // namespace tamga::audit
