// Which certificate it was, for log lines and the particulars of a refusal.
#pragma once

#include <map>
#include <string>

#include "certs/certificate.h"

namespace tamga::certs {

// "subject": the SPIFFE id, or empty where it names no principal, since what else stands there may be about a person;
// "serial": the serial number in hex; "issuer": the issuer's name (RFC 4514), at most 200 bytes of it, as it stands
// there. Whether any of it is true is not asked.
std::map<std::string, std::string> FactsOf(const Certificate& certificate);

}  // namespace tamga::certs
