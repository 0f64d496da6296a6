// What OpenSSL has to say about a failure.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tamga::certs {

// Empties this thread's error queue into one line, oldest first, "; " between; "no detail" if it is empty.
std::string DrainOpenSslErrors();

// Internal error "what: detail": OpenSSL failed at something that does not depend on input.
absl::Status OpenSslError(absl::string_view what);

}  // namespace tamga::certs
