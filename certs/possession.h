// That whoever holds the key of a root certificate means it to be a State's root.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/certificate.h"

namespace tamga::certs {

// The bytes that are signed, as kBundleType (purposes.h;BundleRoot.possession of instrument.proto says which).
std::string PossessionMessage(absl::string_view state, const Certificate& root);

// With SHA-256, or plain for Ed25519. InvalidArgument if the key is not the certificate's.
absl::StatusOr<std::string> ProvePossession(absl::string_view state, const Certificate& root, EVP_PKEY& key);

// OK if the signature is by the certificate's key; Unauthenticated (ROOT_NOT_PROVEN) otherwise.
absl::Status CheckPossession(absl::string_view state, const Certificate& root, absl::string_view signature);

}  // namespace tamga::certs
