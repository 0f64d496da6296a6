#include "certs/principal.h"

#include <array>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "certs/refusal.h"
#include "certs/trust_domain.h"
#include "node/base/text.h"

namespace tamga::certs {
namespace {

constexpr std::array kRoles = {Role::kNode,    Role::kSeal,          Role::kSystem,
                               Role::kOfficer, Role::kTreatyOfficer, Role::kProtectionOfficer,
                               Role::kAuditor, Role::kOperator};

// Agencies become DNS labels, so every segment is one: RFC 1123 section 2.1, lower case.
bool IsLabel(absl::string_view text) {
  if (text.empty() || text.size() > 60 || text.front() == '-' || text.back() == '-') return false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (!absl::ascii_islower(byte) && !absl::ascii_isdigit(byte) && c != '-') return false;
  }
  return true;
}

absl::Status BadIdentity() {
  return Refused(kBadIdentity,
                 "the id must be spiffe://<alpha-3>.tamga/<agency>/<role>/<name>, lower case, with a role of node, "
                 "seal, system, officer, treaty-officer, protection-officer, auditor or operator");
}

}  // namespace

absl::string_view RoleName(Role role) {
  switch (role) {
    case Role::kNode:
      return "node";
    case Role::kSeal:
      return "seal";
    case Role::kSystem:
      return "system";
    case Role::kOfficer:
      return "officer";
    case Role::kTreatyOfficer:
      return "treaty-officer";
    case Role::kProtectionOfficer:
      return "protection-officer";
    case Role::kAuditor:
      return "auditor";
    case Role::kOperator:
      return "operator";
  }
  return "";
}

std::string Principal::State() const { return StateOf(agency); }

std::string Principal::SpiffeId() const {
  const std::string state = State();
  const absl::string_view local = absl::string_view(agency).substr(state.empty() ? 0 : state.size() + 1);
  return absl::StrCat("spiffe://", TrustDomainOf(state), "/", local, "/", RoleName(role), "/", name);
}

absl::StatusOr<Principal> ParseSpiffeId(absl::string_view uri) {
  if (!absl::ConsumePrefix(&uri, "spiffe://")) return BadIdentity();
  const std::vector<absl::string_view> parts = absl::StrSplit(uri, '/');
  if (parts.size() != 4) return BadIdentity();
  const std::string state = absl::AsciiStrToUpper(parts[0].substr(0, 3));
  if (!IsStateCode(state) || parts[0] != TrustDomainOf(state)) return BadIdentity();
  if (!IsLabel(parts[1]) || !IsLabel(parts[3])) return BadIdentity();
  for (const Role role : kRoles) {
    if (parts[2] != RoleName(role)) continue;
    return Principal{absl::StrCat(state, "/", parts[1]), role, std::string(parts[3])};
  }
  return BadIdentity();
}

}  // namespace tamga::certs
