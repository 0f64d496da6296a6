#include "node/readmission/case_store.h"

#include <algorithm>
#include <utility>

#include "node/base/status_macros.h"
#include "node/domain/record_id.h"
#include "node/domain/typed.h"
#include "node/store/transaction.h"

namespace tamga::readmission {
namespace {

// What the clock has done stays done, also when the clock is set back.
absl::Time NotBeforeNoticed(const v1::ReadmissionFile& file, absl::Time now) {
  for (const v1::NoticedEvent& event : file.noticed()) now = std::max(now, FromProto(event.at()));
  return now;
}

// When the clock has to be asked about the case: when it changes it next, or at once if it has changed it and the node
// has not taken note of that.
absl::Time ActAt(const v1::ReadmissionFile& file, const FoldedCase& folded, absl::Time now) {
  v1::ReadmissionFile noted;
  *noted.mutable_noticed() = file.noticed();
  NoteClockEvents(folded, now, &noted);
  absl::Time act_at = folded.next_event;
  for (int i = file.noticed_size(); i < noted.noticed_size(); ++i) {
    act_at = std::min(act_at, FromProto(noted.noticed(i).at()));
  }
  return act_at;
}

}  // namespace

CaseStore::CaseStore(std::string own_agency, store::Records& records, const LawBook& laws, const Clock& clock)
    : own_agency_(std::move(own_agency)), records_(records), laws_(laws), clock_(clock) {}

absl::StatusOr<CaseStore::Stored> CaseStore::Load(const std::string& case_id) const {
  const absl::StatusOr<store::Record> record = records_.Get(kCaseKind, case_id);
  if (absl::IsNotFound(record.status())) return domain::CaseUnknown();
  RETURN_IF_ERROR(record.status());
  Stored stored;
  ASSIGN_OR_RETURN(stored.file, domain::ParseStored<v1::ReadmissionFile>(*record));
  stored.origin = record->origin;
  return stored;
}

store::Effects CaseStore::Save(v1::ReadmissionFile changed, const std::optional<store::Origin>& origin) const {
  return SaveAt(std::move(changed), clock_.Now(), origin);
}

store::Effects CaseStore::SaveAt(v1::ReadmissionFile changed, absl::Time now,
                                 const std::optional<store::Origin>& origin) const {
  const auto expected = static_cast<int64_t>(changed.version());
  changed.set_version(changed.version() + 1);
  store::Effects effects =
      records_.Put(kCaseKind, changed.case_id(), expected, changed.SerializeAsString(), now, origin);
  const absl::StatusOr<store::CaseRow> row = RowAt(changed, now);
  effects.writes.push_back([row](store::Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(row.status());
    return transaction.PutCase(*row);
  });
  return effects;
}

store::Effects CaseStore::Remove(const v1::ReadmissionFile& file) const {
  store::Effects effects = records_.Delete(kCaseKind, file.case_id(), static_cast<int64_t>(file.version()));
  effects.writes.push_back(
      [case_id = file.case_id()](store::Transaction& transaction) { return transaction.RemoveCase(case_id); });
  return effects;
}

absl::StatusOr<FoldedCase> CaseStore::Fold(const v1::ReadmissionFile& file) const { return FoldAt(file, clock_.Now()); }

absl::StatusOr<FoldedCase> CaseStore::FoldAt(const v1::ReadmissionFile& file, absl::Time now) const {
  ASSIGN_OR_RETURN(const CaseLaw law, laws_.Find(file.treaty_id(), file.treaty_sha256()));
  return FoldCase(file, law, own_agency_, NotBeforeNoticed(file, now));
}

absl::StatusOr<store::CaseRow> CaseStore::RowAt(const v1::ReadmissionFile& file, absl::Time now) const {
  ASSIGN_OR_RETURN(const FoldedCase folded, FoldAt(file, now));
  store::CaseRow row;
  row.case_id = file.case_id();
  row.treaty_id = file.treaty_id();
  row.state = folded.record.state();
  row.partner = file.requesting_agency() == own_agency_ ? file.requested_agency() : file.requesting_agency();
  for (const v1::RunningClock& clock : folded.record.clocks()) {
    const absl::Time due_at = FromProto(clock.due_at());
    absl::Time& of_side = clock.agency() == own_agency_ ? row.own_due_at : row.partner_due_at;
    of_side = std::min(of_side, due_at);
    row.due_at = std::min(row.due_at, due_at);
  }
  row.act_at = ActAt(file, folded, now);
  return row;
}

}  // namespace tamga::readmission
