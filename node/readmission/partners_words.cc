#include "node/readmission/partners_words.h"

namespace tamga::readmission {
namespace {

void EraseWords(v1::ReadmissionStep* step) {
  if (!step->reasons().empty()) step->set_reasons("erased");
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
}

}  // namespace

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
