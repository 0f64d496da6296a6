// PEM (RFC 7468), strictly: blocks of one label, comment lines that begin with "#" and empty lines, nothing else.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::certs {

// The content of each block, in order. Lines end in LF or CR LF. InvalidArgument for any other text outside the
// blocks (OpenSSL would skip it, and might find a block that the reader of the file does not see), another label,
// headers, base64 that is not canonical, no block at all, or more than 64.
absl::StatusOr<std::vector<std::string>> ParsePem(absl::string_view text, absl::string_view label);

// One block, lines of 64 characters.
std::string WritePem(absl::string_view label, absl::string_view der);

}  // namespace tamga::certs
