// A ClientProfile with everything that it names loaded.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "certs/current_trust.h"
#include "certs/principal.h"
#include "node/cli/output_files.h"
#include "node/exchange/tls.h"
#include "tamga/v1/client_profile.pb.h"

namespace tamga::cli {

struct Profile {
  std::string node_address;
  std::string node_agency;
  exchange::TlsIdentity identity;
  certs::Principal caller;  // whom the certificate names
  std::shared_ptr<const certs::CurrentTrust> trust;
};

// Reads the profile at `path` and its files. InvalidArgument naming the field for what is missing or does not fit, or
// the error of a file that cannot be read.
absl::StatusOr<Profile> LoadProfile(const std::string& path);

// The profile as a file to be written.
OutputFile ProfileFile(const std::string& path, const v1::ClientProfile& profile);

}  // namespace tamga::cli
