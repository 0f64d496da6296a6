#include "certs/host_name.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace tamga::certs {
namespace {

constexpr size_t kMaxNameLength = 253;
constexpr size_t kMaxLabelLength = 63;

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsAlphanumeric(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }
bool IsVisible(char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); }
bool AreDigits(absl::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

bool IsLabel(absl::string_view label) {
  if (label.empty() || label.size() > kMaxLabelLength || label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(), [](char c) { return IsAlphanumeric(c) || c == '-'; });
}

}  // namespace

bool IsHostName(absl::string_view name) {
  if (name.size() > kMaxNameLength) return false;
  absl::string_view last;
  for (const absl::string_view label : absl::StrSplit(name, '.')) {
    if (!IsLabel(label)) return false;
    last = label;
  }
  return !AreDigits(last);
}

bool IsWildcardName(absl::string_view name) {
  return absl::ConsumePrefix(&name, "*.") && IsHostName(name) && absl::StrContains(name, ".");
}

bool IsHostIn(absl::string_view name, absl::string_view domain) {
  if (!absl::EndsWithIgnoreCase(name, domain)) return false;
  const size_t left = name.size() - domain.size();
  return left == 0 || name[left - 1] == '.';
}

std::optional<Mailbox> ParseMailbox(absl::string_view address) {
  const size_t at = address.find('@');
  if (at == absl::string_view::npos || at == 0) return std::nullopt;
  const Mailbox mailbox{address.substr(0, at), address.substr(at + 1)};
  const bool is_plain =
      std::all_of(mailbox.local.begin(), mailbox.local.end(), IsVisible) && !absl::StrContains(mailbox.local, "\"");
  if (!is_plain || !IsHostName(mailbox.host)) return std::nullopt;
  return mailbox;
}

bool IsAbsoluteUri(absl::string_view uri) {
  const size_t colon = uri.find(':');
  if (colon == absl::string_view::npos || colon == 0 || colon + 1 == uri.size()) return false;
  if (!absl::ascii_isalpha(static_cast<unsigned char>(uri.front()))) return false;
  const absl::string_view scheme = uri.substr(0, colon);
  return std::all_of(scheme.begin(), scheme.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '+' || c == '-' || c == '.'; }) &&
         std::all_of(uri.begin(), uri.end(), IsVisible);
}

std::optional<absl::string_view> HostOfUri(absl::string_view uri) {
  if (!IsAbsoluteUri(uri)) return std::nullopt;
  absl::string_view rest = uri.substr(uri.find(':') + 1);
  if (!absl::ConsumePrefix(&rest, "//")) return std::nullopt;
  absl::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  if (const size_t at = host.find('@'); at != absl::string_view::npos) host.remove_prefix(at + 1);
  if (const size_t colon = host.find(':'); colon != absl::string_view::npos) {
    if (!AreDigits(host.substr(colon + 1))) return std::nullopt;
    host = host.substr(0, colon);
  }
  if (!IsHostName(host)) return std::nullopt;
  return host;
}

}  // namespace tamga::certs
