// UUIDv7 (RFC 9562 section 5.7): 48 bits of milliseconds, then randomness. Exchanges and cases are named by it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/rng.h"

namespace tamga {

// 16 bytes.
std::string NewUuidV7(absl::Time now, Rng& rng);

// "018f3c2e-7b1a-7c3d-9e4f-0123456789ab" from 16 bytes; anything else gives its hex form.
std::string FormatUuid(absl::string_view bytes);

// 16 bytes from the text form, lower case only; InvalidArgument otherwise, or if it is not of version 7.
absl::StatusOr<std::string> ParseUuidV7(absl::string_view text);

// The time that a UUIDv7 of 16 bytes holds, to the millisecond.
absl::Time TimeOfUuidV7(absl::string_view bytes);

// True for 16 bytes of version 7 and the RFC's variant.
bool IsUuidV7(absl::string_view bytes);

}  // namespace tamga
