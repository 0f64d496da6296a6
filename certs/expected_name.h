// Whether a certificate is for the name that somebody asked for.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "certs/extensions.h"

namespace tamga::certs {

struct ExpectedName {
  enum class Kind { kDns, kAddress, kEmail };
  Kind kind;
  std::string value;  // a host name, an IPv4 or IPv6 address as text, or a mailbox
};

// OK if each expected name is among the alternative names. A wildcard stands for the whole first label of a host name
// and no more (RFC 6125 section 6.4); the case of letters counts in the local part of a mailbox alone. Unauthenticated
// (CERT_WRONG_NAME) otherwise.
absl::Status CheckExpectedNames(const AlternativeNames& names, const std::vector<ExpectedName>& expected);

// 4 or 16 octets in network order, of an IPv4 or IPv6 address as text; empty for any other text.
std::string AddressOctets(const std::string& text);

}  // namespace tamga::certs
