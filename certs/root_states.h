// Which States an authority's certificate says it is of.
#pragma once

#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "certs/certificate.h"

namespace tamga::certs {

// "KAZ" for each of: C=KZ and O=KAZ in the subject (ISO 3166 alpha-2 and alpha-3), URI and DNS names in the trust
// domain kaz.tamga. Empty if it names none.
std::set<std::string> StatesNamedBy(const Certificate& authority);

// True if its name constraints permit URIs of the State's trust domain and no others (RFC 5280 section 4.2.1.10), so
// that nothing below it can name a principal of another State.
bool IsConstrainedTo(absl::string_view state, const Certificate& authority);

}  // namespace tamga::certs
