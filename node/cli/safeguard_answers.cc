#include "node/cli/safeguard_answers.h"

namespace tamga::cli {

v1::ReadmissionSafeguards SafeguardAnswers::ToProto() const {
  v1::ReadmissionSafeguards safeguards;
  safeguards.set_asylum_claim_open(asylum_claim);
  safeguards.set_trafficking_indicator(trafficking_indicator);
  safeguards.set_unaccompanied_minor(unaccompanied_minor);
  safeguards.set_medical_hold(medical_hold);
  return safeguards;
}

void AddSafeguardAnswers(const Command& command, SafeguardAnswers& answers) {
  command.Optional("--asylum-claim", "The person has an open claim for asylum; unknown if not given",
                   Into(answers.asylum_claim));
  command.Optional("--trafficking-indicator", "There are signs of trafficking; unknown if not given",
                   Into(answers.trafficking_indicator));
  command.Optional("--unaccompanied-minor", "A minor without a guardian; unknown if not given",
                   Into(answers.unaccompanied_minor));
  command.Optional("--medical-hold", "The person is too ill to travel; unknown if not given",
                   Into(answers.medical_hold));
}

}  // namespace tamga::cli
