// The commands of `tamga pki` that have files of their own.
#pragma once

#include "node/cli/command_line.h"

namespace tamga::cli {

// tamga pki verify: cases of certificate paths from stdin, a verdict for each.
void AddPkiVerify(const Command& pki);
// tamga pki root-entry: a root as it stands in an act that changes a State's roots.
void AddPkiRootEntry(const Command& pki);

// tamga pki issuing-authority, token and enrol: a State's on-line authority, and certificates from it.
void AddPkiEnrolment(const Command& pki);

// tamga pki csr: a certificate request for a key that stays where it is.
void AddPkiCsr(const Command& pki);

// tamga pki revoke, revocations and root-revocations: certificates that are not to be believed any longer.
void AddPkiRevocation(const Command& pki);

}  // namespace tamga::cli
