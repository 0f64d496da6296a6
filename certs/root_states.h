// Which States an authority's certificate says it is of.
#pragma once

#include <set>
#include <string>

#include "certs/certificate.h"

namespace tamga::certs {

// "KAZ" for each of: C=KZ and O=KAZ in the subject (ISO 3166 alpha-2 and alpha-3), URI and DNS names in the trust
// domain kaz.tamga. Empty if it names none.
std::set<std::string> StatesNamedBy(const Certificate& authority);

}  // namespace tamga::certs
