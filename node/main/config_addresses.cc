// Network addresses as an operator writes them.
#include <arpa/inet.h>

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

struct HostPort {
  std::string host;  // without the brackets of an IPv6 address
  bool bracketed = false;
  uint32_t port = 0;
};

std::optional<HostPort> Split(absl::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == absl::string_view::npos) return std::nullopt;
  absl::string_view host = address.substr(0, colon);
  const absl::string_view port = address.substr(colon + 1);
  const bool digits = !port.empty() && port.size() <= 5 && std::all_of(port.begin(), port.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  HostPort split;
  if (!digits || !absl::SimpleAtoi(port, &split.port) || split.port > 65535) return std::nullopt;
  split.bracketed = absl::StartsWith(host, "[") && absl::EndsWith(host, "]");
  split.host = std::string(split.bracketed ? host.substr(1, host.size() - 2) : host);
  return split;
}

bool IsIp(const HostPort& address) {
  in6_addr ip = {};
  return ::inet_pton(address.bracketed ? AF_INET6 : AF_INET, address.host.c_str(), &ip) == 1;
}

// RFC 1123 section 2.1. The last label is never a number only, so that 10.0.0.256 is not taken for a name.
bool IsDnsName(absl::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  while (true) {
    const size_t dot = std::min(name.find('.'), name.size());
    const absl::string_view label = name.substr(0, dot);
    const bool valid = !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
                       std::all_of(label.begin(), label.end(), [](char c) {
                         return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
                       });
    if (!valid) return false;
    if (dot == name.size()) {
      return std::any_of(label.begin(), label.end(),
                         [](char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); });
    }
    name.remove_prefix(dot + 1);
  }
}

bool IsHost(const HostPort& address) { return IsIp(address) || (!address.bracketed && IsDnsName(address.host)); }

// What may stand between the slashes of a path as it is (RFC 3986 section 3.3).
bool IsPath(absl::string_view path) {
  return std::all_of(path.begin(), path.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("/-._~!$&'()*+,;=:@%", c);
  });
}

// "witness.example:8443/logs".
std::optional<HttpsUrl> ReadAfterScheme(absl::string_view rest, uint16_t usual_port) {
  const absl::string_view authority = rest.substr(0, rest.find('/'));
  const absl::string_view path = rest.substr(authority.size());
  const bool has_port = authority.rfind(':') != absl::string_view::npos && !absl::EndsWith(authority, "]");
  const std::optional<HostPort> split =
      Split(has_port ? std::string(authority) : absl::StrCat(authority, ":", usual_port));
  if (!split || split->port == 0 || !IsHost(*split) || !IsPath(path)) return std::nullopt;
  return HttpsUrl{split->host, static_cast<uint16_t>(split->port), std::string(path)};
}

}  // namespace

void CheckListenAddress(absl::string_view field, absl::string_view address, Mistakes& mistakes) {
  constexpr absl::string_view kForm = "an IP address and a port, such as 127.0.0.1:7401 or [::1]:7401";
  if (!mistakes.Require(field, address, absl::StrCat("name ", kForm))) return;
  const std::optional<HostPort> split = Split(address);
  if (!split || !IsIp(*split)) mistakes.Add(field, absl::StrCat("cannot be listened on; must be ", kForm));
}

void CheckPartnerAddress(absl::string_view field, absl::string_view address, Mistakes& mistakes) {
  constexpr absl::string_view kForm = "host:port with a port of 1 to 65535, such as node.interior-ministry.kg:7401";
  if (!mistakes.Require(field, address, absl::StrCat("name ", kForm))) return;
  const std::optional<HostPort> split = Split(address);
  if (!split || split->port == 0 || !IsHost(*split)) {
    mistakes.Add(field, absl::StrCat("cannot be connected to; must be ", kForm));
  }
}

std::optional<HttpsUrl> ReadHttpsUrl(absl::string_view field, absl::string_view url, Mistakes& mistakes) {
  constexpr absl::string_view kForm = "https://host[:port][/path], such as https://witness.example/logs";
  if (!mistakes.Require(field, url, absl::StrCat("name ", kForm))) return std::nullopt;
  absl::string_view rest = url;
  if (absl::ConsumePrefix(&rest, "https://")) {
    if (std::optional<HttpsUrl> read = ReadAfterScheme(rest, 443)) {
      read->path = std::string(absl::StripSuffix(read->path, "/"));
      return read;
    }
  }
  mistakes.Add(field, absl::StrCat("is no such URL; must be ", kForm, ", without user, query and fragment"));
  return std::nullopt;
}

std::optional<HttpUrl> ReadHttpUrl(absl::string_view field, absl::string_view url, Mistakes& mistakes) {
  constexpr absl::string_view kForm = "http[s]://host[:port][/path], such as http://tsa.example/tsr";
  if (!mistakes.Require(field, url, absl::StrCat("name ", kForm))) return std::nullopt;
  absl::string_view rest = url;
  const bool is_plain = absl::ConsumePrefix(&rest, "http://");
  if (is_plain || absl::ConsumePrefix(&rest, "https://")) {
    if (std::optional<HttpsUrl> read = ReadAfterScheme(rest, is_plain ? 80 : 443)) {
      return HttpUrl{*std::move(read), is_plain};
    }
  }
  mistakes.Add(field, absl::StrCat("is no such URL; must be ", kForm, ", without user, query and fragment"));
  return std::nullopt;
}

bool CheckServerName(absl::string_view field, absl::string_view name, Mistakes& mistakes) {
  in6_addr ip = {};
  const std::string text(name);
  const bool is_ip = ::inet_pton(AF_INET, text.c_str(), &ip) == 1 || ::inet_pton(AF_INET6, text.c_str(), &ip) == 1;
  if (is_ip || IsDnsName(name)) return true;
  mistakes.Add(field, "is no name of a server; must be a DNS name or an IP address, such as witness.example");
  return false;
}

}  // namespace tamga::node
