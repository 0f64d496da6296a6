// The desk's further steps of a case.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/readmission/case_erasure.h"
#include "node/readmission/case_filing.h"
#include "node/readmission/case_table.h"
#include "node/readmission/filed_steps.h"
#include "node/readmission/own_call.h"
#include "node/readmission/readmission_desk.h"
#include "node/readmission/request_checks.h"

namespace tamga::readmission {
namespace {

// Steps that no safeguard may stand against: those that bring the person nearer to the other State, and those by which
// they become possible again. That the person is here already, or comes back, is said whatever stands.
bool MovesPerson(v1::ReadmissionStepKind kind) {
  switch (kind) {
    case v1::READMISSION_STEP_KIND_NOTIFY:
    case v1::READMISSION_STEP_KIND_SUBMIT:
    case v1::READMISSION_STEP_KIND_RESUBMIT:
    case v1::READMISSION_STEP_KIND_RELEASE:
    case v1::READMISSION_STEP_KIND_ASK_TRAVEL_DOCUMENT:
    case v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER:
    case v1::READMISSION_STEP_KIND_AGREE_TRANSFER:
    case v1::READMISSION_STEP_KIND_HAND_OVER:
      return true;
    default:
      return false;
  }
}

// Whether a step of the own side has no effect.
bool IsOvertaken(const v1::ReadmissionCase& record, const std::string& own_agency, const std::string& exchange_id) {
  for (const v1::ReadmissionEvent& event : record.history()) {
    if (event.actor() == own_agency && event.exchange_id() == exchange_id) return event.overtaken();
  }
  return false;
}

}  // namespace

absl::StatusOr<v1::ActOnReadmissionCaseResponse> ReadmissionDesk::Act(const exchange::Call& call,
                                                                      const v1::ActOnReadmissionCaseRequest& request) {
  RETURN_IF_ERROR(CheckAct(request));
  absl::StatusOr<v1::ActOnReadmissionCaseResponse> response = ActOnce(call, request);
  for (int attempt = 1; LostRace(response.status()) && attempt < kMaxAttemptsOnConflict; ++attempt) {
    response = ActOnce(call, request);
  }
  return response;
}

absl::StatusOr<v1::ActOnReadmissionCaseResponse> ReadmissionDesk::ActOnce(
    const exchange::Call& call, const v1::ActOnReadmissionCaseRequest& request) {
  ASSIGN_OR_RETURN(const std::optional<std::string> earlier,
                   keys_.Find({request.context().idempotency_key(), request}));
  ASSIGN_OR_RETURN(CaseStore::Stored stored, parts_.cases.Load(request.step().case_id()));
  RETURN_IF_ERROR(CheckTreaty(stored.file.treaty_id(), request.context()));
  // Whoever acts is shown what the partner sent.
  if (stored.origin) RETURN_IF_ERROR(parts_.uses.CheckUse(call, request.context(), *stored.origin));
  if (earlier) return RepeatStep(stored, ReadKeptCall(*earlier).exchange_id);
  if (request.step().kind() == v1::READMISSION_STEP_KIND_CLOSE) return Close(request, std::move(stored.file));

  ASSIGN_OR_RETURN(const CaseLaw law, LawOf(stored.file));
  const std::string case_id = stored.file.case_id();
  const absl::Time now = StepTime(parts_.clock);
  ASSIGN_OR_RETURN(const v1::ReadmissionFile acted,
                   AddOwnStep(stored.file, law, parts_.own_agency, request.step(), {"", now, {}}, now));
  exchange::Outgoing question = QuestionAbout(case_id, call, request.context(), OperationOf(request.step().kind()));
  RETURN_IF_ERROR(AskSafeguards(stored.file, request.step(), &question));
  // As with a submission, a message has a key that leads to its case.
  if (question.context.idempotency_key().empty()) {
    question.context.set_idempotency_key(FormatUuid(NewUuidV7(now, parts_.rng)));
  }
  question.context.set_treaty_id(stored.file.treaty_id());
  question.to = IsOwn(stored.file) ? stored.file.requested_agency() : stored.file.requesting_agency();
  question.body = std::make_shared<v1::ReadmissionStep>(acted.steps().rbegin()->step());
  question.content = domain::ContentOf(request);
  question.origin = stored.origin;
  question.on_sealed =
      [&, key = question.context.idempotency_key()](const v1::MessageHeader& header) -> absl::StatusOr<store::Effects> {
    const KeptCall kept{case_id, FormatUuid(header.exchange_id())};
    v1::ReadmissionFile changed = acted;
    changed.mutable_steps()->rbegin()->set_exchange_id(kept.exchange_id);
    store::Effects effects = parts_.cases.Save(std::move(changed));
    effects.Add(keys_.Remember({key, request}, ToText(kept), now));
    return effects;
  };
  exchange::AskResult asked = parts_.door.Ask(question);
  RETURN_IF_ERROR(asked.status);
  ASSIGN_OR_RETURN(const CaseStore::Stored after, parts_.cases.Load(case_id));
  v1::ActOnReadmissionCaseResponse response;
  ASSIGN_OR_RETURN(*response.mutable_case_(), View(after.file));
  response.set_overtaken(IsOvertaken(response.case_(), parts_.own_agency, asked.summary.exchange_id()));
  *response.mutable_exchange() = std::move(asked.summary);
  return response;
}

absl::StatusOr<v1::ActOnReadmissionCaseResponse> ReadmissionDesk::RepeatStep(const CaseStore::Stored& stored,
                                                                             const std::string& exchange_id) const {
  v1::ActOnReadmissionCaseResponse response;
  if (const v1::FiledStep* step = FindOwnStep(stored.file, parts_.own_agency, exchange_id); step != nullptr) {
    RETURN_IF_ERROR(FailureOf(*step));
    *response.mutable_exchange() = SummaryOf(stored.file, parts_.own_agency, *step);
  }
  ASSIGN_OR_RETURN(*response.mutable_case_(), View(stored.file));
  response.set_overtaken(!exchange_id.empty() && IsOvertaken(response.case_(), parts_.own_agency, exchange_id));
  return response;
}

absl::StatusOr<v1::ActOnReadmissionCaseResponse> ReadmissionDesk::Close(const v1::ActOnReadmissionCaseRequest& request,
                                                                        v1::ReadmissionFile file) {
  const absl::Time now = StepTime(parts_.clock);
  ASSIGN_OR_RETURN(const v1::ReadmissionCase record, View(file));
  if (!IsEnd(record.state()) || record.state() == v1::READMISSION_STATE_CLOSED) {
    return Error(absl::StatusCode::kFailedPrecondition, "ILLEGAL_TRANSITION",
                 absl::StrCat("kind: the case is ", NameOf(record.state()), "; only a case that has ended is closed"),
                 {{"state", NameOf(record.state())}});
  }
  for (const v1::RunningClock& clock : record.clocks()) {
    // What it takes a claim by is erased with the case.
    if (clock.on_expiry() != "BAR" || clock.agency() == parts_.own_agency) continue;
    return Error(
        absl::StatusCode::kFailedPrecondition, "ILLEGAL_TRANSITION",
        absl::StrCat("kind: ", clock.agency(), " may still claim that the person was returned in error; close ",
                     "the case after ", absl::FormatTime(FromProto(clock.due_at()), absl::UTCTimeZone())),
        {{"state", NameOf(record.state())}});
  }
  file.set_closed(true);
  *file.mutable_closed_at() = ToProto(now);
  EraseParticulars(now, &file);
  const std::string case_id = file.case_id();
  store::Effects effects = parts_.cases.Save(std::move(file));
  effects.Add(keys_.Remember({request.context().idempotency_key(), request}, ToText({case_id, ""}), now));
  RETURN_IF_ERROR(parts_.writer.Commit(std::move(effects)));
  ASSIGN_OR_RETURN(const CaseStore::Stored after, parts_.cases.Load(case_id));
  v1::ActOnReadmissionCaseResponse response;
  ASSIGN_OR_RETURN(*response.mutable_case_(), View(after.file));
  return response;
}

// A completed application may be the first to say by what the person is found, and a later step holds none.
absl::StatusOr<bool> ReadmissionDesk::IsHeldUp(const v1::ReadmissionFile& file, const v1::ReadmissionStep& step) const {
  if (!MovesPerson(step.kind())) return false;
  std::vector<const v1::ReadmissionApplication*> applications = {&file.application()};
  for (const v1::FiledStep& filed : file.steps()) {
    if (filed.step().has_application()) applications.push_back(&filed.step().application());
  }
  if (step.has_application()) applications.push_back(&step.application());
  for (const v1::ReadmissionApplication* application : applications) {
    ASSIGN_OR_RETURN(const v1::ReadmissionSafeguards standing,
                     parts_.safeguards.Standing(*application, file.case_id()));
    if (safeguard::AnythingStands(standing)) return true;
  }
  return false;
}

absl::Status ReadmissionDesk::AskSafeguards(const v1::ReadmissionFile& file, const v1::ReadmissionStep& step,
                                            exchange::Outgoing* question) const {
  ASSIGN_OR_RETURN(const bool is_held_up, IsHeldUp(file, step));
  if (is_held_up) question->withheld = safeguard::SafeguardStands();
  if (question->operation != v1::OPERATION_READMISSION_TRANSFER) return absl::OkStatus();
  v1::ReadmissionSafeguards known = file.safeguards();
  if (!IsOwn(file)) {
    // The requested side has on file that the other one vouched for it.
    known.set_asylum_claim_open(v1::TERNARY_NO);
    known.set_trafficking_indicator(v1::TERNARY_NO);
    known.set_unaccompanied_minor(v1::TERNARY_NO);
  }
  question->facts = FactsOf(known);
  return absl::OkStatus();
}

}  // namespace tamga::readmission
