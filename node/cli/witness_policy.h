// The policy with which a new node begins.
#pragma once

#include <map>
#include <string>

#include "node/ledger/note.h"

namespace tamga::cli {

// A C2SP tlog-policy for the log `log` of `agency`, with these witnesses by agency: any one of another State's, or of
// another agency's where there is none of another State. No quorum where there is no witness.
std::string DefaultWitnessPolicy(const std::string& agency, const ledger::NoteKey& log,
                                 const std::map<std::string, ledger::NoteKey>& witnesses);

}  // namespace tamga::cli
