// Doing ahead what takes time, so that it need not be done under a lock. Anybody who may publish brings texts that are
// hard to prove, so it is done for nothing but what would be taken over, and for one bundle at a time.
#pragma once

#include "absl/status/status.h"
#include "node/treaty/treaty_intake.h"
#include "node/treaty/turn.h"

namespace tamga::treaty {

enum class WhenBusy {
  kWait,
  kComeAgain,  // FailedPrecondition, TREATY_PROOF_BUSY
};

// Proves the texts, and compares with what they amend those that acts ratify, which TakeIn would prove and compare if
// it were called with the same arguments. What is known already takes no time and no turn, and neither do acts alone.
// Verdicts are told by TakeIn; so are its errors, of which this one makes nothing.
absl::Status WorkAhead(const TreatySources& held, const TreatyLibrary& current, const v1::TreatyBundle& bundle,
                       const IntakeRules& rules, OnFault on_fault, WhenBusy when_busy);

// The process's one, which WorkAhead takes.
Turn& ProvingTurn();

}  // namespace tamga::treaty
