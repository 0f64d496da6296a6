// Public keys of GOST R 34.10-2012 as configuration has them. Whether the point is on its curve is the helper's to say.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::gost {

// True for the names of algorithms that tamga-gost knows: certs::kGost256 and certs::kGost512.
bool IsGostAlgorithm(absl::string_view algorithm);

// The SubjectPublicKeyInfo (DER) of one "PUBLIC KEY" block, strict PEM. InvalidArgument for a key of another algorithm.
absl::StatusOr<std::string> ReadPublicKey(absl::string_view algorithm, absl::string_view pem);

}  // namespace tamga::gost
