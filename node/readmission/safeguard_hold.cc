#include "node/readmission/safeguard_hold.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/domain/typed.h"
#include "node/safeguard/person_keys.h"

namespace tamga::readmission {
namespace {

// A hold is filed under its case, as a token (node/store/blind_index.h).
constexpr char kHoldKind[] = "readmission-hold";

// What may go well another time; everything else is an answer.
bool ComesAgain(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status) ||
         absl::IsAborted(status) || absl::IsCancelled(status) || absl::IsInternal(status) || absl::IsUnknown(status);
}

// Another thread was faster; what it did is looked at the next time.
absl::Status UnlessFaster(const absl::Status& status) { return absl::IsAborted(status) ? absl::OkStatus() : status; }

v1::ReadmissionStep StepOf(const std::string& case_id, v1::ReadmissionStepKind kind) {
  v1::ReadmissionStep step;
  step.set_case_id(case_id);
  step.set_kind(kind);
  if (kind == v1::READMISSION_STEP_KIND_HOLD) step.set_hold_code(v1::HOLD_CODE_PROTECTION);
  return step;
}

bool HaveCommon(const std::set<std::string>& some, const std::set<std::string>& others) {
  return std::any_of(some.begin(), some.end(), [&](const std::string& key) { return others.count(key) != 0; });
}

}  // namespace

absl::StatusOr<std::optional<v1::ProtectedPerson>> SafeguardHold::PersonOfCase(const std::string& case_id) const {
  ASSIGN_OR_RETURN(const HoldableCase record, parts_.cases.Find(case_id));
  std::optional<v1::ProtectedPerson> person;
  if (record.is_own) person = safeguard::PersonOf(record.application);
  return person;
}

absl::StatusOr<std::vector<std::string>> SafeguardHold::LookAgain(const v1::ProtectedPerson& person) {
  std::vector<std::string> running;
  ASSIGN_OR_RETURN(const std::vector<std::string> found, CasesOf(person));
  // One case that cannot be read does not keep the others from being held.
  absl::Status failed;
  for (const std::string& case_id : found) {
    const absl::StatusOr<bool> runs = LookAtCase(case_id);
    if (runs.ok() && *runs) running.push_back(case_id);
    failed.Update(runs.status());
  }
  // Of cases that are held only what stands for them counts, by whatever they were found.
  ASSIGN_OR_RETURN(std::vector<Stored> holds, AllHolds());
  for (Stored& stored : holds) failed.Update(LookAtHold(std::move(stored)));
  RETURN_IF_ERROR(failed);
  return running;
}

absl::Status SafeguardHold::CarryOut(absl::Time deadline) {
  ASSIGN_OR_RETURN(std::vector<Stored> holds, AllHolds());
  absl::Status failed;
  for (Stored& stored : holds) {
    if (parts_.clock.Now() >= deadline) break;
    absl::Status done;
    const std::string case_id = stored.hold.case_id();
    if (stored.hold.state() == v1::PROTECTION_HOLD_STATE_WANTED) {
      done = Make(std::move(stored), deadline);
    } else if (stored.hold.state() == v1::PROTECTION_HOLD_STATE_RELEASE_WANTED) {
      done = Release(stored, deadline);
    }
    if (done.ok()) continue;
    // The others are not to wait for it.
    Log(Severity::kWarning, "case not held or released yet", {{"case", case_id}, {"reason", ReasonOf(done)}});
    failed.Update(done);
  }
  return failed;
}

absl::StatusOr<std::vector<SafeguardHold::Stored>> SafeguardHold::AllHolds() const {
  std::vector<Stored> holds;
  RETURN_IF_ERROR(parts_.records.ForEach(kHoldKind, [&holds](const store::Record& record) -> absl::Status {
    ASSIGN_OR_RETURN(v1::ProtectionHold hold, domain::ParseStored<v1::ProtectionHold>(record));
    holds.push_back({std::move(hold), record.version});
    return absl::OkStatus();
  }));
  return holds;
}

absl::StatusOr<SafeguardHold::Stored> SafeguardHold::FindHold(const std::string& case_id) const {
  Stored stored;
  stored.hold.set_case_id(case_id);
  const absl::StatusOr<store::Record> record = parts_.records.Get(kHoldKind, case_id);
  if (absl::IsNotFound(record.status())) return stored;
  RETURN_IF_ERROR(record.status());
  ASSIGN_OR_RETURN(stored.hold, domain::ParseStored<v1::ProtectionHold>(*record));
  stored.version = record->version;
  return stored;
}

absl::StatusOr<std::vector<std::string>> SafeguardHold::CasesOf(const v1::ProtectedPerson& person) const {
  const std::set<std::string> filed = safeguard::FiledUnder(person);
  std::vector<std::string> found;
  RETURN_IF_ERROR(parts_.cases.ForEach(
      [&](const std::string& case_id, const v1::ReadmissionApplication& application) -> absl::Status {
        const bool is_found = !found.empty() && found.back() == case_id;
        if (!is_found && HaveCommon(safeguard::SoughtUnder(application, case_id), filed)) found.push_back(case_id);
        return absl::OkStatus();
      }));
  return found;
}

absl::StatusOr<bool> SafeguardHold::Stands(const HoldableCase& record) const {
  ASSIGN_OR_RETURN(const v1::ReadmissionSafeguards standing, parts_.gate.Standing(record.application, record.case_id));
  if (safeguard::AnythingStands(standing)) return true;
  for (const v1::ReadmissionApplication& application : record.later) {
    ASSIGN_OR_RETURN(const v1::ReadmissionSafeguards found, parts_.gate.Standing(application, record.case_id));
    if (safeguard::AnythingStands(found)) return true;
  }
  return false;
}

absl::StatusOr<bool> SafeguardHold::LookAtCase(const std::string& case_id) {
  ASSIGN_OR_RETURN(const HoldableCase record, parts_.cases.Find(case_id));
  if (record.has_ended) return false;
  ASSIGN_OR_RETURN(const bool stands, Stands(record));
  if (stands) RETURN_IF_ERROR(NoteHold(case_id));
  return true;
}

absl::Status SafeguardHold::NoteHold(const std::string& case_id) {
  ASSIGN_OR_RETURN(Stored stored, FindHold(case_id));
  if (stored.version != 0) return absl::OkStatus();
  stored.hold.set_hold_id(FormatUuid(NewUuidV7(parts_.clock.Now(), parts_.rng)));
  return Put(std::move(stored), v1::PROTECTION_HOLD_STATE_WANTED);
}

absl::Status SafeguardHold::LookAtHold(Stored stored) {
  const absl::StatusOr<HoldableCase> record = parts_.cases.Find(stored.hold.case_id());
  if (absl::IsNotFound(record.status())) return Forget(stored);
  RETURN_IF_ERROR(record.status());
  if (record->has_ended) return Forget(stored);
  ASSIGN_OR_RETURN(const bool stands, Stands(*record));
  const v1::ProtectionHoldState state = stored.hold.state();
  if (stands) {
    if (state != v1::PROTECTION_HOLD_STATE_RELEASE_WANTED) return absl::OkStatus();
    return Put(std::move(stored), v1::PROTECTION_HOLD_STATE_HELD);
  }
  if (state == v1::PROTECTION_HOLD_STATE_WITHOUT_STEP) return Forget(stored);
  // A hold that is only wanted may have been made and not noted yet.
  if (state == v1::PROTECTION_HOLD_STATE_RELEASE_WANTED) return absl::OkStatus();
  return Put(std::move(stored), v1::PROTECTION_HOLD_STATE_RELEASE_WANTED);
}

absl::Status SafeguardHold::Make(Stored stored, absl::Time deadline) {
  const absl::StatusOr<HoldableCase> record = parts_.cases.Find(stored.hold.case_id());
  if (absl::IsNotFound(record.status())) return Forget(stored);
  RETURN_IF_ERROR(record.status());
  if (record->has_ended) return Forget(stored);
  const absl::Status taken = parts_.cases.Take(StepOf(record->case_id, v1::READMISSION_STEP_KIND_HOLD),
                                               absl::StrCat("protection-hold.", stored.hold.hold_id()), deadline);
  if (taken.ok()) return Put(std::move(stored), v1::PROTECTION_HOLD_STATE_HELD);
  if (ComesAgain(taken)) return taken;
  // The gate stays shut, whatever the partner says.
  return Put(std::move(stored), v1::PROTECTION_HOLD_STATE_WITHOUT_STEP);
}

absl::Status SafeguardHold::Release(const Stored& stored, absl::Time deadline) {
  const absl::StatusOr<HoldableCase> record = parts_.cases.Find(stored.hold.case_id());
  if (absl::IsNotFound(record.status())) return Forget(stored);
  RETURN_IF_ERROR(record.status());
  // What an officer holds for another reason is the officer's to release.
  if (record->has_ended || record->held_for != v1::HOLD_CODE_PROTECTION) return Forget(stored);
  const absl::Status taken = parts_.cases.Take(StepOf(record->case_id, v1::READMISSION_STEP_KIND_RELEASE),
                                               absl::StrCat("protection-release.", stored.hold.hold_id()), deadline);
  // Something was set meanwhile.
  if (ReasonOf(taken) == "SAFEGUARD_STANDS") return Put(stored, v1::PROTECTION_HOLD_STATE_HELD);
  return taken.ok() || !ComesAgain(taken) ? Forget(stored) : taken;
}

absl::Status SafeguardHold::Put(Stored stored, v1::ProtectionHoldState state) {
  stored.hold.set_state(state);
  return UnlessFaster(parts_.writer.Commit(parts_.records.Put(kHoldKind, stored.hold.case_id(), stored.version,
                                                              stored.hold.SerializeAsString(), parts_.clock.Now())));
}

absl::Status SafeguardHold::Forget(const Stored& stored) {
  return UnlessFaster(parts_.writer.Commit(parts_.records.Delete(kHoldKind, stored.hold.case_id(), stored.version)));
}

}  // namespace tamga::readmission
