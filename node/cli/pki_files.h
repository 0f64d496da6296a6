// The files of a State's authority and of those to whom it issues.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "certs/authority.h"
#include "certs/principal.h"
#include "node/cli/environment.h"
#include "node/cli/output_files.h"

namespace tamga::cli {

// root.pem, root.key, issuing.pem and issuing.key in `folder`.
absl::StatusOr<std::vector<OutputFile>> AuthorityFiles(const std::string& folder,
                                                       const certs::StateAuthority& authority);
absl::StatusOr<certs::StateAuthority> LoadAuthority(const std::string& folder);

// A new key and certificate for the principal, as `folder`/`stem`.key and `stem`.pem. Without `lifetime`, the role's
// usual one.
absl::StatusOr<std::vector<OutputFile>> IssueFiles(const Environment& environment,
                                                   const certs::StateAuthority& authority,
                                                   const certs::Principal& principal,
                                                   std::optional<absl::Duration> lifetime, const std::string& folder,
                                                   const std::string& stem);

// The secrets of a node that no authority signs: log.key (Ed25519 seed, hex) with log.vkey and log.origin, witness.key
// (another seed) with witness.vkey, and vault.key (hex).
absl::StatusOr<std::vector<OutputFile>> NodeSecretFiles(const Environment& environment, const std::string& agency,
                                                        const std::string& folder);

// "log.border-service.kaz.tamga" of "KAZ/border-service".
std::string LogOriginOf(const std::string& agency);
// "witness.border-service.kaz.tamga" of it.
std::string WitnessNameOf(const std::string& agency);

}  // namespace tamga::cli
