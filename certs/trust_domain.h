// States and their trust domains: "KAZ" and "kaz.tamga".
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace tamga::certs {

// True for three capitals, as in ISO 3166 alpha-3.
bool IsStateCode(absl::string_view text);

// "kaz.tamga" of "KAZ".
std::string TrustDomainOf(absl::string_view state);

}  // namespace tamga::certs
