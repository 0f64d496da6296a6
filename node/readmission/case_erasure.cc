#include "node/readmission/case_erasure.h"

#include <string>

#include "node/base/clock.h"

namespace tamga::readmission {
namespace {

constexpr char kErased[] = "erased";

v1::TravelDocument WithoutPerson(const v1::TravelDocument& document) {
  v1::TravelDocument left;
  left.set_kind(document.kind());
  left.set_issuing_state(document.issuing_state());
  if (document.has_expires_on()) *left.mutable_expires_on() = document.expires_on();
  return left;
}

v1::ReadmissionApplication WithoutPerson(const v1::ReadmissionApplication& application) {
  v1::ReadmissionApplication left;
  left.set_category(application.category());
  left.set_requesting_file_number(application.requesting_file_number());
  left.set_known_on(application.known_on());
  left.set_willing(application.willing());
  if (!application.apprehension().empty()) left.set_apprehension(kErased);
  for (const v1::TravelDocument& document : application.documents()) *left.add_documents() = WithoutPerson(document);
  for (const v1::Evidence& evidence : application.evidence()) {
    v1::Evidence& kept = *left.add_evidence();
    kept.set_tier(evidence.tier());
    kept.set_kind(evidence.kind());
  }
  return left;
}

void EraseStep(v1::ReadmissionStep* step) {
  if (!step->reasons().empty()) step->set_reasons(kErased);
  if (step->has_application()) *step->mutable_application() = WithoutPerson(step->application());
  if (step->has_travel_document()) *step->mutable_travel_document() = WithoutPerson(step->travel_document());
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

void EraseParticulars(absl::Time now, v1::ReadmissionFile* file) {
  *file->mutable_application() = WithoutPerson(file->application());
  if (file->has_first()) EraseStep(file->mutable_first()->mutable_step());
  for (v1::FiledStep& filed : *file->mutable_steps()) EraseStep(filed.mutable_step());
  file->clear_safeguards();
  *file->mutable_erased_at() = ToProto(now);
}

}  // namespace tamga::readmission
