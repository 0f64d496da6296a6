#include "node/audit/decision_list.h"

#include <string>
#include <utility>
#include <vector>

#include "node/audit/entry_query.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/domain/page_size.h"
#include "node/exchange/message_store.h"

namespace tamga::audit {
namespace {

// Where the decisions of an entry are kept.
struct Place {
  exchange::MessageKey key;
  std::string blob;  // empty: nothing is kept there
};

// Whether a decision by treaty was taken with the entry, and kept. A request that came in again was decided before.
bool RecordsDecision(const store::EntryRow& row) {
  switch (row.kind) {
    case v1::ENTRY_KIND_SENT:
    case v1::ENTRY_KIND_ANSWERED:
    case v1::ENTRY_KIND_DELIVERED:
    case v1::ENTRY_KIND_WITHHELD:
      return true;
    case v1::ENTRY_KIND_RECEIVED: {
      v1::LogEntry entry;
      return entry.ParseFromString(row.body) && entry.reason() != "REPEATED";
    }
    default:
      return false;
  }
}

bool IsLost(const absl::Status& status) { return absl::IsNotFound(status) || absl::IsDataLoss(status); }

absl::StatusOr<std::vector<Place>> PlacesOf(store::Reader& reader, const std::vector<store::EntryRow>& rows) {
  std::vector<Place> places;
  for (const store::EntryRow& row : rows) {
    if (!RecordsDecision(row)) continue;
    Place place{{row.partner, row.exchange_id, static_cast<v1::EntryKind>(row.kind)}, ""};
    absl::StatusOr<store::RecordRow> kept = exchange::FindKept(reader, place.key);
    if (!kept.ok() && !IsLost(kept.status())) return kept.status();
    if (kept.ok()) place.blob = std::move(kept->blob);
    places.push_back(std::move(place));
  }
  return places;
}

}  // namespace

absl::StatusOr<v1::ListDecisionsResponse> ListDecisions(store::ExchangeDb& database, store::Vault& vault,
                                                        const v1::ListDecisionsRequest& request) {
  ASSIGN_OR_RETURN(const store::EntryFilter filter, PeriodOf(request));
  ASSIGN_OR_RETURN(const size_t page_size, domain::PageSize(request.page_size()));
  v1::ListDecisionsResponse response;
  std::vector<Place> places;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, database.Read());
    ASSIGN_OR_RETURN(store::EntryPage page, session->ListEntries(filter, page_size, request.page_token()));
    response.set_next_page_token(std::move(page.next_page_token));
    ASSIGN_OR_RETURN(places, PlacesOf(*session, page.entries));
  }
  for (const Place& place : places) {
    absl::StatusOr<v1::KeptMessage> kept = absl::NotFoundError("nothing is kept");
    if (!place.blob.empty()) kept = exchange::ReadKept(vault, place.key, place.blob);
    if (kept.ok()) {
      response.mutable_decisions()->MergeFrom(kept->decisions());
    } else if (IsLost(kept.status())) {
      response.add_unavailable(FormatUuid(place.key.exchange_id));
    } else {
      return kept.status();
    }
  }
  return response;
}

}  // namespace tamga::audit
