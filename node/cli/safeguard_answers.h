// The four questions about a person that gate sending, as options of a command.
#pragma once

#include "node/cli/argument.h"
#include "node/cli/command_line.h"
#include "tamga/v1/common.pb.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::cli {

struct SafeguardAnswers {
  v1::Ternary asylum_claim = v1::TERNARY_UNSPECIFIED;
  v1::Ternary trafficking_indicator = v1::TERNARY_UNSPECIFIED;
  v1::Ternary unaccompanied_minor = v1::TERNARY_UNSPECIFIED;
  v1::Ternary medical_hold = v1::TERNARY_UNSPECIFIED;

  v1::ReadmissionSafeguards ToProto() const;
};

// `answers` outlives the command.
void AddSafeguardAnswers(const Command& command, SafeguardAnswers& answers);

}  // namespace tamga::cli
