#include "node/exchange/treaty_question.h"

#include <algorithm>

#include "absl/strings/strip.h"
#include "node/base/clock.h"
#include "node/base/text.h"
#include "node/exchange/dischargeable.h"

namespace tamga::exchange {

namespace {

// The attribute's names for the grounds; that none is claimed is known as well. Empty, which is no fact, for a ground
// of a newer version.
std::string EmergencyFact(v1::EmergencyGround ground) {
  if (ground == v1::EMERGENCY_GROUND_UNSPECIFIED) return "NONE";
  return std::string(absl::StripPrefix(v1::EmergencyGround_Name(ground), "EMERGENCY_GROUND_"));
}

}  // namespace

policy::Question QuestionOf(const v1::MessageHeader& header, const policy::Facts& known) {
  policy::Question question;
  question.asker = header.from();
  question.answerer = header.to();
  question.record_kind = header.record_kind();
  question.operation = header.operation();
  question.purpose = header.purpose();
  question.treaty_id = header.treaty().id();
  question.dischargeable = kDischargeable;
  question.facts = known;
  question.facts.SetNumber(v1::ATTRIBUTE_VOLUME, 1);
  question.facts.SetChoice(v1::ATTRIBUTE_EMERGENCY_GROUND, EmergencyFact(header.asker().emergency_ground()),
                           v1::PROVENANCE_ASSERTED);
  return question;
}

std::string PolicyDigest(const treaty::TreatyLibrary& library, const std::string& treaty_id,
                         const v1::MessageHeader& header, absl::Time law_as_of) {
  return library.standing->PolicyDigest(treaty_id, StateOf(header.from()), StateOf(header.to()),
                                        std::min(FromProto(header.issued_at()), law_as_of));
}

}  // namespace tamga::exchange
