#include "node/readmission/case_erasure.h"

#include "node/base/clock.h"

namespace tamga::readmission {
namespace {

constexpr char kErased[] = "erased";

// Kind, State and validity of papers, tiers of evidence and the group of persons are what guards look at; none of them
// tells who it was.
v1::ReadmissionApplication Skeleton(const v1::ReadmissionApplication& application) {
  v1::ReadmissionApplication rest;
  rest.set_category(application.category());
  rest.set_requesting_file_number(application.requesting_file_number());
  rest.set_known_on(application.known_on());
  rest.set_willing(application.willing());
  for (const v1::TravelDocument& document : application.documents()) {
    v1::TravelDocument& kept = *rest.add_documents();
    kept.set_kind(document.kind());
    kept.set_issuing_state(document.issuing_state());
    if (document.has_expires_on()) *kept.mutable_expires_on() = document.expires_on();
  }
  for (const v1::Evidence& evidence : application.evidence()) {
    v1::Evidence& kept = *rest.add_evidence();
    kept.set_tier(evidence.tier());
    kept.set_kind(evidence.kind());
  }
  return rest;
}

// The plan's day, place and means are compared between proposal and agreement; who escorts and what care is needed is
// not.
void EraseWords(v1::ReadmissionStep* step) {
  if (!step->reasons().empty()) step->set_reasons(kErased);
  step->clear_refusal_code();
  if (step->has_travel_document()) {
    v1::TravelDocument rest;
    rest.set_kind(step->travel_document().kind());
    if (step->travel_document().has_expires_on()) *rest.mutable_expires_on() = step->travel_document().expires_on();
    *step->mutable_travel_document() = rest;
  }
  if (step->has_transfer()) {
    step->mutable_transfer()->clear_escorts();
    step->mutable_transfer()->clear_care();
  }
  if (step->has_hand_over()) {
    step->mutable_hand_over()->clear_officer_number();
    step->mutable_hand_over()->clear_handed_along();
  }
  if (step->has_application()) *step->mutable_application() = Skeleton(step->application());
}

}  // namespace

void ErasePersonalData(absl::Time now, v1::ReadmissionFile* file) {
  *file->mutable_application() = Skeleton(file->application());
  file->clear_safeguards();
  EraseWords(file->mutable_first()->mutable_step());
  for (v1::FiledStep& filed : *file->mutable_steps()) EraseWords(filed.mutable_step());
  *file->mutable_erased_at() = ToProto(now);
}

void ErasePartnersWords(const std::string& own_agency, v1::ReadmissionFile* file) {
  const bool own_is_requesting = file->requesting_agency() == own_agency;
  for (v1::FiledStep& filed : *file->mutable_steps()) {
    if (filed.by_requesting() != own_is_requesting) EraseWords(filed.mutable_step());
  }
}

void HidePartnersWords(const std::string& own_agency, v1::ReadmissionCase* record) {
  for (v1::ReadmissionEvent& event : *record->mutable_history()) {
    if (event.actor() == own_agency) continue;
    event.clear_refusal_code();
    event.clear_reasons();
    if (!event.has_step()) continue;
    const v1::ReadmissionStep step = event.step();
    v1::ReadmissionStep& bare = *event.mutable_step();
    bare.Clear();
    bare.set_case_id(step.case_id());
    bare.set_kind(step.kind());
    bare.set_number(step.number());
    bare.set_seen(step.seen());
    *bare.mutable_at() = step.at();
  }
}

}  // namespace tamga::readmission
