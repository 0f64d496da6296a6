#include "node/transit/transit_desk.h"

#include <memory>
#include <optional>
#include <utility>

#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/domain/page_size.h"
#include "node/domain/record_id.h"
#include "node/readmission/own_call.h"
#include "node/transit/transit_checks.h"
#include "node/transit/transit_filing.h"
#include "node/transit/transit_table.h"

namespace tamga::transit {
namespace {

using readmission::CaseLaw;
using readmission::KeptCall;
using readmission::LostRace;
using readmission::StepCarrier;
using readmission::StepTime;

// What the request makes, without treaty and step.
v1::TransitFile NewFile(const v1::SubmitTransitRequest& request, const TransitParts& parts) {
  v1::TransitFile file;
  file.set_case_id(FormatUuid(NewUuidV7(parts.clock.Now(), parts.rng)));
  file.set_requesting_agency(parts.own_agency);
  file.set_requested_agency(request.requested_agency());
  *file.mutable_application() = request.application();
  return file;
}

// The file with its first step, under the treaty that the message relies on. Where no treaty permits it, the message
// leaves without its payload, to be refused, and the case says that it was tried.
absl::StatusOr<v1::TransitFile> Begin(v1::TransitFile file, const v1::MessageHeader& header,
                                      const readmission::LawBook& laws, absl::Time at) {
  if (!header.payload_withheld()) {
    file.set_treaty_id(header.treaty().id());
    file.set_treaty_sha256(header.treaty().document_sha256());
  }
  ASSIGN_OR_RETURN(const CaseLaw law, laws.Find(file.treaty_id(), file.treaty_sha256()));
  file.set_treaty_version(law.treaty->version());
  v1::TransitStep step;
  step.set_kind(v1::TRANSIT_STEP_KIND_SUBMIT);
  const StepCarrier carrier{FormatUuid(header.exchange_id()), FromProto(header.issued_at()), {}};
  return AddOwnStep(file, law, file.requesting_agency(), step, carrier, at);
}

std::shared_ptr<const v1::TransitSubmission> BodyOf(const v1::TransitFile& file, absl::Time at) {
  auto body = std::make_shared<v1::TransitSubmission>();
  body->set_case_id(file.case_id());
  *body->mutable_application() = file.application();
  *body->mutable_at() = ToProto(at);
  *body->mutable_checks() = safeguard::MakeStatement(at);
  return body;
}

// Whether a step of the own side has no effect.
bool IsOvertaken(const v1::TransitCase& record, const std::string& own_agency, const std::string& exchange_id) {
  for (const v1::TransitEvent& event : record.history()) {
    if (event.actor() == own_agency && event.exchange_id() == exchange_id) return event.overtaken();
  }
  return false;
}

// What the partner said beside the kinds and times of its steps.
void HidePartnersWords(const std::string& own_agency, v1::TransitCase* record) {
  for (v1::TransitEvent& event : *record->mutable_history()) {
    if (event.actor() == own_agency) continue;
    event.clear_refusal_code();
    event.clear_reasons();
  }
}

// The case as lists tell it.
v1::TransitCase ListedCase(v1::TransitCase record) {
  record.clear_application();
  for (v1::TransitEvent& event : *record.mutable_history()) {
    event.clear_refusal_code();
    event.clear_reasons();
  }
  return record;
}

}  // namespace

TransitDesk::TransitDesk(TransitParts parts) : parts_(std::move(parts)), keys_("transit-key", parts_.records) {}

absl::StatusOr<v1::SubmitTransitResponse> TransitDesk::Submit(const exchange::Call& call,
                                                              const v1::SubmitTransitRequest& request) {
  RETURN_IF_ERROR(CheckSubmit(request, parts_.own_agency));
  absl::StatusOr<v1::SubmitTransitResponse> response = SubmitOnce(call, request);
  for (int attempt = 1; LostRace(response.status()) && attempt < readmission::kMaxAttemptsOnConflict; ++attempt) {
    response = SubmitOnce(call, request);
  }
  return response;
}

absl::StatusOr<v1::SubmitTransitResponse> TransitDesk::SubmitOnce(const exchange::Call& call,
                                                                  const v1::SubmitTransitRequest& request) {
  ASSIGN_OR_RETURN(const std::optional<std::string> earlier,
                   keys_.Find({request.context().idempotency_key(), request}));
  if (earlier) return RepeatSubmission(readmission::ReadKeptCall(*earlier).case_id);
  const v1::TransitFile file = NewFile(request, parts_);
  const absl::Time at = StepTime(parts_.clock);
  exchange::Outgoing question =
      readmission::QuestionAbout(file.case_id(), call, request.context(), v1::OPERATION_READMISSION_TRANSIT_SUBMIT);
  // A message always has a key: where its body may not leave, only the key leads from the exchange to the case.
  if (question.context.idempotency_key().empty()) question.context.set_idempotency_key(file.case_id());
  question.to = file.requested_agency();
  question.body = BodyOf(file, at);
  question.content = domain::ContentOf(request);
  question.facts = readmission::FactsOf(request.safeguards());
  // What a protection officer has set is told in the same words whichever ground it is, so no treaty is asked.
  ASSIGN_OR_RETURN(bool must_stay, SomethingStands(request.application(), ""));
  must_stay = must_stay || request.safeguards().medical_hold() == v1::TERNARY_YES;
  if (must_stay) question.withheld = safeguard::SafeguardStands();
  question.on_sealed =
      [&, key = question.context.idempotency_key()](const v1::MessageHeader& header) -> absl::StatusOr<store::Effects> {
    ASSIGN_OR_RETURN(v1::TransitFile begun, Begin(file, header, parts_.laws, at));
    const KeptCall kept{file.case_id(), begun.steps(0).exchange_id()};
    store::Effects effects = parts_.transits.Save(std::move(begun));
    effects.Add(keys_.Remember({key, request}, readmission::ToText(kept), at));
    return effects;
  };
  exchange::AskResult asked = parts_.door.Ask(question);
  RETURN_IF_ERROR(asked.status);
  v1::SubmitTransitResponse response;
  ASSIGN_OR_RETURN(const TransitStore::Stored stored, parts_.transits.Load(file.case_id()));
  ASSIGN_OR_RETURN(*response.mutable_case_(), parts_.transits.Fold(stored.file));
  *response.mutable_exchange() = std::move(asked.summary);
  return response;
}

absl::StatusOr<v1::SubmitTransitResponse> TransitDesk::RepeatSubmission(const std::string& case_id) const {
  ASSIGN_OR_RETURN(const TransitStore::Stored stored, parts_.transits.Load(case_id));
  RETURN_IF_ERROR(readmission::FailureOf(stored.file.steps(0)));
  v1::SubmitTransitResponse response;
  ASSIGN_OR_RETURN(*response.mutable_case_(), parts_.transits.Fold(stored.file));
  // What the partner said since is told by GetTransit, which asks for what.
  if (stored.origin) HidePartnersWords(parts_.own_agency, response.mutable_case_());
  *response.mutable_exchange() = SummaryOf(stored.file, stored.file.steps(0));
  return response;
}

absl::StatusOr<v1::ActOnTransitResponse> TransitDesk::Act(const exchange::Call& call,
                                                          const v1::ActOnTransitRequest& request) {
  RETURN_IF_ERROR(CheckAct(request));
  absl::StatusOr<v1::ActOnTransitResponse> response = ActOnce(call, request);
  for (int attempt = 1; LostRace(response.status()) && attempt < readmission::kMaxAttemptsOnConflict; ++attempt) {
    response = ActOnce(call, request);
  }
  return response;
}

absl::StatusOr<v1::ActOnTransitResponse> TransitDesk::ActOnce(const exchange::Call& call,
                                                              const v1::ActOnTransitRequest& request) {
  ASSIGN_OR_RETURN(const std::optional<std::string> earlier,
                   keys_.Find({request.context().idempotency_key(), request}));
  ASSIGN_OR_RETURN(const TransitStore::Stored stored, parts_.transits.Load(request.step().case_id()));
  const v1::TransitFile& file = stored.file;
  RETURN_IF_ERROR(readmission::CheckTreaty(file.treaty_id(), request.context()));
  // Whoever acts is shown what the partner sent.
  if (stored.origin) RETURN_IF_ERROR(parts_.uses.CheckUse(call, request.context(), *stored.origin));
  if (earlier) return RepeatStep(stored, readmission::ReadKeptCall(*earlier).exchange_id);

  ASSIGN_OR_RETURN(const CaseLaw law, LawOf(file));
  const absl::Time now = StepTime(parts_.clock);
  ASSIGN_OR_RETURN(const v1::TransitFile acted,
                   AddOwnStep(file, law, parts_.own_agency, request.step(), {"", now, {}}, now));
  exchange::Outgoing question =
      readmission::QuestionAbout(file.case_id(), call, request.context(), OperationOf(request.step().kind()));
  // A consent brings the person nearer to the other State; whatever else is said of a transit is said whatever stands.
  if (request.step().kind() == v1::TRANSIT_STEP_KIND_CONSENT) {
    ASSIGN_OR_RETURN(const bool must_stay, SomethingStands(file.application(), file.case_id()));
    if (must_stay) question.withheld = safeguard::SafeguardStands();
  }
  // As with an application, a message has a key that leads to its case.
  if (question.context.idempotency_key().empty()) {
    question.context.set_idempotency_key(FormatUuid(NewUuidV7(now, parts_.rng)));
  }
  question.context.set_treaty_id(file.treaty_id());
  question.to = IsOwn(file) ? file.requested_agency() : file.requesting_agency();
  question.body = std::make_shared<v1::TransitStep>(acted.steps().rbegin()->step());
  question.content = domain::ContentOf(request);
  question.origin = stored.origin;
  question.on_sealed =
      [&, key = question.context.idempotency_key()](const v1::MessageHeader& header) -> absl::StatusOr<store::Effects> {
    const KeptCall kept{acted.case_id(), FormatUuid(header.exchange_id())};
    v1::TransitFile changed = acted;
    changed.mutable_steps()->rbegin()->set_exchange_id(kept.exchange_id);
    store::Effects effects = parts_.transits.Save(std::move(changed));
    effects.Add(keys_.Remember({key, request}, readmission::ToText(kept), now));
    return effects;
  };
  exchange::AskResult asked = parts_.door.Ask(question);
  RETURN_IF_ERROR(asked.status);
  ASSIGN_OR_RETURN(const TransitStore::Stored after, parts_.transits.Load(acted.case_id()));
  v1::ActOnTransitResponse response;
  ASSIGN_OR_RETURN(*response.mutable_case_(), parts_.transits.Fold(after.file));
  response.set_overtaken(IsOvertaken(response.case_(), parts_.own_agency, asked.summary.exchange_id()));
  *response.mutable_exchange() = std::move(asked.summary);
  return response;
}

absl::StatusOr<v1::ActOnTransitResponse> TransitDesk::RepeatStep(const TransitStore::Stored& stored,
                                                                 const std::string& exchange_id) const {
  v1::ActOnTransitResponse response;
  if (const v1::FiledTransitStep* step = FindOwnStep(stored.file, parts_.own_agency, exchange_id); step != nullptr) {
    RETURN_IF_ERROR(readmission::FailureOf(*step));
    *response.mutable_exchange() = SummaryOf(stored.file, *step);
  }
  ASSIGN_OR_RETURN(*response.mutable_case_(), parts_.transits.Fold(stored.file));
  response.set_overtaken(IsOvertaken(response.case_(), parts_.own_agency, exchange_id));
  return response;
}

absl::StatusOr<v1::GetTransitResponse> TransitDesk::Get(const exchange::Call& call,
                                                        const v1::GetTransitRequest& request) const {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", request.case_id()));
  ASSIGN_OR_RETURN(const TransitStore::Stored stored, parts_.transits.Load(request.case_id()));
  const bool is_bare = stored.origin && IsOwn(stored.file) && !request.has_context();
  if (stored.origin && !is_bare) RETURN_IF_ERROR(parts_.uses.CheckUse(call, request.context(), *stored.origin));
  v1::GetTransitResponse response;
  ASSIGN_OR_RETURN(*response.mutable_case_(), parts_.transits.Fold(stored.file));
  if (is_bare) HidePartnersWords(parts_.own_agency, response.mutable_case_());
  return response;
}

absl::StatusOr<v1::ListTransitsResponse> TransitDesk::List(const v1::ListTransitsRequest& request) const {
  ASSIGN_OR_RETURN(const size_t page_size, domain::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const TransitStore::Page page, parts_.transits.List(page_size, request.page_token()));
  v1::ListTransitsResponse response;
  for (const TransitStore::Stored& stored : page.cases) {
    ASSIGN_OR_RETURN(v1::TransitCase record, parts_.transits.Fold(stored.file));
    *response.add_cases() = ListedCase(std::move(record));
  }
  response.set_next_page_token(page.next_page_token);
  return response;
}

absl::StatusOr<bool> TransitDesk::SomethingStands(const v1::TransitApplication& application,
                                                  const std::string& case_id) const {
  ASSIGN_OR_RETURN(const v1::ReadmissionSafeguards standing,
                   parts_.safeguards.Standing(PersonOf(application), case_id));
  return safeguard::AnythingStands(standing);
}

v1::ExchangeSummary TransitDesk::SummaryOf(const v1::TransitFile& file, const v1::FiledTransitStep& step) const {
  v1::ExchangeSummary summary;
  summary.set_partner(IsOwn(file) ? file.requested_agency() : file.requesting_agency());
  summary.set_treaty_id(file.treaty_id());
  summary.set_exchange_id(step.exchange_id());
  summary.set_delivery_state(step.delivery());
  *summary.mutable_completed_at() = step.filed_at();
  return summary;
}

absl::StatusOr<CaseLaw> TransitDesk::LawOf(const v1::TransitFile& file) const {
  return parts_.laws.Find(file.treaty_id(), file.treaty_sha256());
}

}  // namespace tamga::transit
