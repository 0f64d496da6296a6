// A treaty office's files: treaty-office.txtpb (public) and treaty-office.key (Ed25519 seed, hex, secret).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "certs/ed25519.h"
#include "node/base/rng.h"
#include "node/cli/output_files.h"

namespace tamga::cli {

// An office with `keys` new keys, all but one of them in files treaty-office-2.key, …, of which `threshold` must sign.
absl::StatusOr<std::vector<OutputFile>> OfficeFiles(const std::string& state, uint32_t keys, uint32_t threshold,
                                                    const std::string& folder, Rng& rng);

absl::StatusOr<certs::Ed25519Key> ReadOfficeKey(const std::string& path);

}  // namespace tamga::cli
