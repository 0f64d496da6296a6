#include "node/ledger/index_audit.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::ledger {
namespace {

constexpr uint64_t kReadAhead = 4096;

absl::string_view NameOf(store::EntryIndex index) {
  switch (index) {
    case store::EntryIndex::kExchange:
      return "exchange";
    case store::EntryIndex::kTime:
      return "time";
    case store::EntryIndex::kFacet:
      return "partner, kind and treaty";
    case store::EntryIndex::kAsker:
      return "asker";
    case store::EntryIndex::kCase:
      return "case";
  }
  return "";
}

// Damage is a finding, said in `*lost`; any other error ends the audit.
absl::Status FindLoss(const absl::Status& status, std::string* lost) {
  if (!absl::IsDataLoss(status)) return status;
  *lost = std::string(status.message());
  return absl::OkStatus();
}

}  // namespace

absl::Status IndexAudit::Add(store::Reader& reader, uint64_t begin, uint64_t end) {
  std::string lost;
  RETURN_IF_ERROR(FindLoss(reader.SumEntryKeys(begin, end, &expected_), &lost));
  is_damaged_ = is_damaged_ || !lost.empty();
  return absl::OkStatus();
}

absl::Status IndexAudit::Finish(store::ReadableDb& database, uint64_t end, const std::function<absl::Status()>& go_on) {
  if (is_damaged_) return absl::OkStatus();
  for (const store::EntryIndex index : store::kEntryIndexes) {
    bool differs = false;
    {
      ASSIGN_OR_RETURN(store::ReadSession session, database.Read());
      RETURN_IF_ERROR(Compare(*session, index, end, &differs));
    }
    if (differs) RETURN_IF_ERROR(NameUnfound(database, index, end, go_on));
  }
  ASSIGN_OR_RETURN(store::ReadSession session, database.Read());
  const absl::StatusOr<std::vector<std::string>> facets = session->FacetFaults();
  std::string lost;
  if (!facets.ok()) {
    RETURN_IF_ERROR(FindLoss(facets.status(), &lost));
    faults_.Add(absl::StrCat("the table of what entries are found by: ", lost));
    return absl::OkStatus();
  }
  for (const std::string& line : *facets) faults_.Add(absl::StrCat("the table of what entries are found by: ", line));
  return absl::OkStatus();
}

absl::Status IndexAudit::Compare(store::Reader& reader, store::EntryIndex index, uint64_t end, bool* differs) {
  const absl::StatusOr<store::EntryKeys> found = reader.SumIndexKeys(index, end);
  std::string lost = "it holds other entries than the log, or not in their order";
  if (found.ok() && *found == expected_[index]) return absl::OkStatus();
  if (ReasonOf(found.status()) == store::kIndexLost) {
    faults_.Add(absl::StrCat("the index of entries by ", NameOf(index), " ", found.status().message(),
                             "; a search may leave entries out"));
    return absl::OkStatus();
  }
  if (!found.ok()) RETURN_IF_ERROR(FindLoss(found.status(), &lost));
  *differs = true;
  faults_.Add(absl::StrCat("the index of entries by ", NameOf(index), ": ", lost,
                           "; a search may leave entries out, or name some that are not there"));
  return absl::OkStatus();
}

absl::Status IndexAudit::NameUnfound(store::ReadableDb& database, store::EntryIndex index, uint64_t end,
                                     const std::function<absl::Status()>& go_on) {
  for (uint64_t begin = 0; begin < end && !faults_.full(); begin += kReadAhead) {
    {
      ASSIGN_OR_RETURN(store::ReadSession session, database.Read());
      const absl::StatusOr<std::vector<uint64_t>> unfound =
          session->EntriesNotFoundBy(index, begin, std::min(begin + kReadAhead, end));
      std::string lost;
      if (!unfound.ok()) return FindLoss(unfound.status(), &lost);
      for (const uint64_t place : *unfound) {
        faults_.AddAt(place, "", absl::StrCat("the entry is not found by its ", NameOf(index)));
      }
    }
    RETURN_IF_ERROR(go_on());
  }
  return absl::OkStatus();
}

}  // namespace tamga::ledger
