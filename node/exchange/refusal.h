// Refusals: between a status here, the sealed Refusal that crosses, and what a decision has to say.
#pragma once

#include "absl/status/status.h"
#include "policy/decision.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// The refusal that says nothing: of what may not be told, whether it is there or not.
absl::Status NotServed();

// What the other side is told of a denial: the reason and what is missing, or, where telling would harm, only that the
// request cannot be served.
v1::Refusal RefusalToPeer(const policy::Decision& decision);

// What the other side is told of an error of the answering service. Internal errors are told as such, without their
// text.
v1::Refusal RefusalToPeer(const absl::Status& status);

// Whether the refusal shows that the other side knows other texts or acts of States than this one does.
bool ShowsOtherTreaties(const v1::Refusal& refusal);

// What the own caller is told of a denial, in full.
absl::Status DenialToCaller(const policy::Decision& decision);

// What the own caller is told of the partner's refusal.
absl::Status RefusalToCaller(const v1::Refusal& refusal, const std::string& partner);

}  // namespace tamga::exchange
