#include "certs/expected_name.h"

#include <arpa/inet.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "certs/host_name.h"
#include "certs/refusal.h"

namespace tamga::certs {
namespace {

bool IsHostOf(const std::string& dns_name, absl::string_view host) {
  if (!IsWildcardName(dns_name)) return absl::EqualsIgnoreCase(dns_name, host);
  const size_t dot = host.find('.');
  return dot != absl::string_view::npos &&
         absl::EqualsIgnoreCase(host.substr(dot + 1), absl::string_view(dns_name).substr(2));
}

bool IsSameMailbox(const std::string& first, const std::string& second) {
  const std::optional<Mailbox> one = ParseMailbox(first);
  const std::optional<Mailbox> other = ParseMailbox(second);
  return one && other && one->local == other->local && absl::EqualsIgnoreCase(one->host, other->host);
}

bool IsAmong(const AlternativeNames& names, const ExpectedName& expected) {
  switch (expected.kind) {
    case ExpectedName::Kind::kDns:
      return IsHostName(expected.value) && std::any_of(names.dns.begin(), names.dns.end(), [&](const std::string& dns) {
               return IsHostOf(dns, expected.value);
             });
    case ExpectedName::Kind::kAddress: {
      const std::string octets = AddressOctets(expected.value);
      return !octets.empty() &&
             std::find(names.addresses.begin(), names.addresses.end(), octets) != names.addresses.end();
    }
    case ExpectedName::Kind::kEmail:
      return std::any_of(names.emails.begin(), names.emails.end(),
                         [&](const std::string& email) { return IsSameMailbox(email, expected.value); });
  }
  return false;
}

}  // namespace

absl::Status CheckExpectedNames(const AlternativeNames& names, const std::vector<ExpectedName>& expected) {
  for (const ExpectedName& name : expected) {
    if (!IsAmong(names, name)) return Refused(kCertWrongName, "the certificate is not for the name that was expected");
  }
  return absl::OkStatus();
}

std::string AddressOctets(const std::string& text) {
  char octets[16] = {};
  if (inet_pton(AF_INET, text.c_str(), octets) == 1) return std::string(octets, 4);
  if (inet_pton(AF_INET6, text.c_str(), octets) == 1) return std::string(octets, 16);
  return "";
}

}  // namespace tamga::certs
