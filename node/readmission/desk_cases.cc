#include "node/readmission/desk_cases.h"

#include <algorithm>

#include "node/base/status_macros.h"
#include "node/domain/typed.h"
#include "node/exchange/call.h"
#include "node/readmission/case_table.h"

namespace tamga::readmission {
namespace {

bool MayRelease(const v1::ReadmissionCase& record) {
  const auto& steps = record.possible_steps();
  return std::find(steps.begin(), steps.end(), v1::READMISSION_STEP_KIND_RELEASE) != steps.end();
}

// The own side's last hold that has effect.
v1::HoldCode HeldFor(const v1::ReadmissionCase& record, const std::string& own_agency) {
  if (!MayRelease(record)) return v1::HOLD_CODE_UNSPECIFIED;
  v1::HoldCode code = v1::HOLD_CODE_UNSPECIFIED;
  for (const v1::ReadmissionEvent& event : record.history()) {
    if (event.kind() != v1::READMISSION_STEP_KIND_HOLD || event.actor() != own_agency || event.overtaken()) continue;
    code = event.step().hold_code();
  }
  return code;
}

}  // namespace

absl::StatusOr<HoldableCase> DeskCases::Find(const std::string& case_id) const {
  ASSIGN_OR_RETURN(const CaseStore::Stored stored, cases_.Load(case_id));
  ASSIGN_OR_RETURN(const FoldedCase folded, cases_.Fold(stored.file));
  HoldableCase record;
  record.case_id = case_id;
  record.application = stored.file.application();
  for (const v1::FiledStep& filed : stored.file.steps()) {
    if (filed.step().has_application()) record.later.push_back(filed.step().application());
  }
  record.is_own = stored.file.requesting_agency() == cases_.own_agency();
  record.has_ended = IsEnd(folded.record.state());
  record.held_for = HeldFor(folded.record, cases_.own_agency());
  return record;
}

absl::Status DeskCases::ForEach(
    const std::function<absl::Status(const std::string& case_id, const v1::ReadmissionApplication&)>& fn) const {
  return records_.ForEach(kCaseKind, [&fn](const store::Record& record) -> absl::Status {
    ASSIGN_OR_RETURN(const v1::ReadmissionFile file, domain::ParseStored<v1::ReadmissionFile>(record));
    RETURN_IF_ERROR(fn(file.case_id(), file.application()));
    for (const v1::FiledStep& filed : file.steps()) {
      if (filed.step().has_application()) RETURN_IF_ERROR(fn(file.case_id(), filed.step().application()));
    }
    return absl::OkStatus();
  });
}

absl::Status DeskCases::Take(const v1::ReadmissionStep& step, const std::string& key, absl::Time deadline) {
  v1::ActOnReadmissionCaseRequest request;
  v1::CallContext& context = *request.mutable_context();
  context.set_purpose(v1::PURPOSE_READMISSION);
  context.set_case_reference(step.case_id());
  context.set_idempotency_key(key);
  *request.mutable_step() = step;
  exchange::Call call;
  call.caller = node_;
  call.deadline = deadline;
  return desk_.Act(call, request).status();
}

}  // namespace tamga::readmission
