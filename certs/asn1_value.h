// Numbers and times as RFC 5280 has them written.
#pragma once

#include <openssl/asn1.h>

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace tamga::certs {

// A time in whole seconds, UTC, with "Z": UTCTime through 2049, GeneralizedTime from 2050 (section 4.1.2.5). Nothing
// for any other form.
std::optional<absl::Time> TimeIn(const ASN1_TIME* time);

// True for 1 to 20 octets that are a positive number (section 4.1.2.2).
bool IsProperSerial(const ASN1_INTEGER* serial);

// The octets of a number that is not negative, the highest first, without leading zeros.
std::string OctetsOf(const ASN1_INTEGER* number);

}  // namespace tamga::certs
