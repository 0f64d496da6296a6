// The desk's first step of a case: an application, or a plain notice.
#include <memory>
#include <optional>
#include <utility>

#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/readmission/case_filing.h"
#include "node/readmission/filed_steps.h"
#include "node/readmission/own_call.h"
#include "node/readmission/partners_words.h"
#include "node/readmission/readmission_desk.h"
#include "node/readmission/request_checks.h"

namespace tamga::readmission {
namespace {

bool IsNotice(const v1::ReadmissionFile& file) { return file.procedure() == v1::READMISSION_PROCEDURE_NOTICE; }

v1::ReadmissionStepKind FirstKind(const v1::ReadmissionFile& file) {
  return IsNotice(file) ? v1::READMISSION_STEP_KIND_NOTIFY : v1::READMISSION_STEP_KIND_SUBMIT;
}

// No treaty permits it: the message leaves without its payload, to be refused, and the case only says that it was
// tried.
void AddWithheldFirstStep(absl::Time at, v1::ReadmissionFile* file) {
  v1::FiledStep& first = *file->mutable_first();
  first.mutable_step()->set_case_id(file->case_id());
  first.mutable_step()->set_kind(FirstKind(*file));
  first.mutable_step()->set_number(1);
  *first.mutable_step()->mutable_at() = ToProto(at);
  first.set_by_requesting(true);
  first.set_delivery(v1::DELIVERY_STATE_QUEUED);
  *first.mutable_filed_at() = ToProto(at);
}

// The file with its first step, under the treaty that the message relies on.
absl::StatusOr<v1::ReadmissionFile> Begin(v1::ReadmissionFile file, const v1::MessageHeader& header,
                                          const LawBook& laws, absl::Time at) {
  const StepCarrier carrier{FormatUuid(header.exchange_id()), FromProto(header.issued_at()), {}};
  if (header.payload_withheld()) {
    AddWithheldFirstStep(at, &file);
    file.mutable_first()->set_exchange_id(carrier.exchange_id);
    return file;
  }
  file.set_treaty_id(header.treaty().id());
  file.set_treaty_sha256(header.treaty().document_sha256());
  ASSIGN_OR_RETURN(const CaseLaw law, laws.Find(file.treaty_id(), file.treaty_sha256()));
  file.set_treaty_version(law.treaty->version());
  return AddFirstStep(file, law, FirstKind(file), carrier, at);
}

// What the request makes, without treaty and step.
v1::ReadmissionFile NewFile(const v1::SubmitReadmissionRequest& request, const DeskParts& parts) {
  v1::ReadmissionFile file;
  file.set_case_id(FormatUuid(NewUuidV7(parts.clock.Now(), parts.rng)));
  file.set_requesting_agency(parts.own_agency);
  file.set_requested_agency(request.requested_agency());
  file.set_procedure(request.procedure() == v1::READMISSION_PROCEDURE_UNSPECIFIED ? v1::READMISSION_PROCEDURE_NORMAL
                                                                                  : request.procedure());
  *file.mutable_application() = request.application();
  *file.mutable_safeguards() = request.safeguards();
  return file;
}

std::shared_ptr<const v1::ReadmissionSubmission> BodyOf(const v1::ReadmissionFile& file, absl::Time at) {
  auto body = std::make_shared<v1::ReadmissionSubmission>();
  body->set_case_id(file.case_id());
  *body->mutable_application() = file.application();
  body->set_procedure(file.procedure());
  *body->mutable_at() = ToProto(at);
  *body->mutable_checks() = safeguard::MakeStatement(at);
  return body;
}

}  // namespace

absl::StatusOr<v1::SubmitReadmissionResponse> ReadmissionDesk::Submit(const exchange::Call& call,
                                                                      const v1::SubmitReadmissionRequest& request) {
  RETURN_IF_ERROR(CheckSubmission(request, parts_.own_agency));
  absl::StatusOr<v1::SubmitReadmissionResponse> response = SubmitOnce(call, request);
  for (int attempt = 1; LostRace(response.status()) && attempt < kMaxAttemptsOnConflict; ++attempt) {
    response = SubmitOnce(call, request);
  }
  return response;
}

absl::StatusOr<v1::SubmitReadmissionResponse> ReadmissionDesk::SubmitOnce(const exchange::Call& call,
                                                                          const v1::SubmitReadmissionRequest& request) {
  ASSIGN_OR_RETURN(const std::optional<std::string> earlier,
                   keys_.Find({request.context().idempotency_key(), request}));
  if (earlier) return RepeatSubmission(ReadKeptCall(*earlier).case_id);
  const v1::ReadmissionFile file = NewFile(request, parts_);
  const absl::Time at = StepTime(parts_.clock);
  exchange::Outgoing question =
      QuestionAbout(file.case_id(), call, request.context(),
                    IsNotice(file) ? v1::OPERATION_READMISSION_NOTIFY : v1::OPERATION_READMISSION_SUBMIT);
  // A message always has a key: where its body may not leave, only the key leads from the exchange to the case.
  if (question.context.idempotency_key().empty()) question.context.set_idempotency_key(file.case_id());
  question.to = file.requested_agency();
  question.body = BodyOf(file, at);
  question.content = domain::ContentOf(request);
  question.facts = FactsOf(request.safeguards());
  // What a protection officer has set is told in the same words whichever ground it is, so no treaty is asked.
  ASSIGN_OR_RETURN(const v1::ReadmissionSafeguards standing, parts_.safeguards.Standing(request.application(), ""));
  if (safeguard::AnythingStands(standing) || request.safeguards().medical_hold() == v1::TERNARY_YES) {
    question.withheld = safeguard::SafeguardStands();
  }
  question.on_sealed =
      [&, key = question.context.idempotency_key()](const v1::MessageHeader& header) -> absl::StatusOr<store::Effects> {
    ASSIGN_OR_RETURN(v1::ReadmissionFile begun, Begin(file, header, parts_.laws, at));
    const KeptCall kept{file.case_id(), begun.first().exchange_id()};
    store::Effects effects = parts_.cases.Save(std::move(begun));
    effects.Add(keys_.Remember({key, request}, ToText(kept), at));
    return effects;
  };
  exchange::AskResult asked = parts_.door.Ask(question);
  RETURN_IF_ERROR(asked.status);
  v1::SubmitReadmissionResponse response;
  ASSIGN_OR_RETURN(const CaseStore::Stored stored, parts_.cases.Load(file.case_id()));
  ASSIGN_OR_RETURN(*response.mutable_case_(), View(stored.file));
  *response.mutable_exchange() = std::move(asked.summary);
  return response;
}

absl::StatusOr<v1::SubmitReadmissionResponse> ReadmissionDesk::RepeatSubmission(const std::string& case_id) const {
  ASSIGN_OR_RETURN(const CaseStore::Stored stored, parts_.cases.Load(case_id));
  RETURN_IF_ERROR(FailureOf(stored.file.first()));
  v1::SubmitReadmissionResponse response;
  ASSIGN_OR_RETURN(*response.mutable_case_(), View(stored.file));
  // What the partner said since is told by GetReadmissionCase, which asks for what.
  if (stored.origin) HidePartnersWords(parts_.own_agency, response.mutable_case_());
  *response.mutable_exchange() = SummaryOf(stored.file, parts_.own_agency, stored.file.first());
  return response;
}

}  // namespace tamga::readmission
