// What every certificate of a path must be like, whatever its place in it (RFC 5280 section 4).
#pragma once

#include "absl/status/status.h"
#include "certs/certificate.h"

namespace tamga::certs {

// OK if it is of version 3, has a positive serial number of 1 to 20 octets, names its issuer, and itself if it is an
// authority, says the same signature algorithm inside and outside, has no unique identifiers, and has extensions none
// of which occurs twice, is critical and unknown, is critical or not against RFC 5280, or stands in the wrong kind of
// certificate. Unauthenticated (CERT_MALFORMED, CERT_BAD_SERIAL, CERT_BAD_EXTENSION) otherwise.
absl::Status CheckForm(const Certificate& certificate);

// True if its basic constraints say that it is an authority's.
bool IsAuthority(const Certificate& certificate);

// True if it names itself as its issuer; says nothing about the signature.
bool IsSelfIssued(const Certificate& certificate);

}  // namespace tamga::certs
