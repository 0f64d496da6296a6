#include "node/transit/transit_store.h"

#include <utility>

#include "node/base/status_macros.h"
#include "node/domain/record_id.h"
#include "node/domain/typed.h"
#include "node/transit/transit_fold.h"

namespace tamga::transit {

TransitStore::TransitStore(std::string own_agency, store::Records& records, const readmission::LawBook& laws,
                           const Clock& clock)
    : own_agency_(std::move(own_agency)), records_(records), laws_(laws), clock_(clock) {}

absl::StatusOr<TransitStore::Stored> TransitStore::Load(const std::string& case_id) const {
  const absl::StatusOr<store::Record> record = records_.Get(kTransitKind, case_id);
  if (absl::IsNotFound(record.status())) return domain::CaseUnknown();
  RETURN_IF_ERROR(record.status());
  Stored stored;
  ASSIGN_OR_RETURN(stored.file, domain::ParseStored<v1::TransitFile>(*record));
  stored.origin = record->origin;
  return stored;
}

absl::StatusOr<TransitStore::Page> TransitStore::List(size_t page_size, const std::string& page_token) const {
  ASSIGN_OR_RETURN(const store::RecordList list, records_.List(kTransitKind, page_size, page_token));
  Page page;
  for (const store::Record& record : list.records) {
    Stored& stored = page.cases.emplace_back();
    ASSIGN_OR_RETURN(stored.file, domain::ParseStored<v1::TransitFile>(record));
    stored.origin = record.origin;
  }
  page.next_page_token = list.next_page_token;
  return page;
}

store::Effects TransitStore::Save(v1::TransitFile changed, const std::optional<store::Origin>& origin) const {
  const auto expected = static_cast<int64_t>(changed.version());
  changed.set_version(changed.version() + 1);
  return records_.Put(kTransitKind, changed.case_id(), expected, changed.SerializeAsString(), clock_.Now(), origin);
}

store::Effects TransitStore::Remove(const v1::TransitFile& file) const {
  return records_.Delete(kTransitKind, file.case_id(), static_cast<int64_t>(file.version()));
}

absl::StatusOr<v1::TransitCase> TransitStore::Fold(const v1::TransitFile& file) const {
  ASSIGN_OR_RETURN(const readmission::CaseLaw law, laws_.Find(file.treaty_id(), file.treaty_sha256()));
  return FoldTransit(file, law, own_agency_, clock_.Now());
}

}  // namespace tamga::transit
