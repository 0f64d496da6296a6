#include "certs/profile.h"

#include "absl/strings/str_cat.h"
#include "certs/certificate_form.h"
#include "certs/openssl_ptr.h"
#include "certs/refusal.h"
#include "node/base/status_macros.h"

namespace tamga::certs {

std::vector<std::string> KeyPurposesOf(Role role) {
  switch (role) {
    case Role::kNode:
      return {kServerAuth, kClientAuth};
    case Role::kSeal:
      return {kSealKeyPurpose};
    case Role::kSystem:
    case Role::kOfficer:
    case Role::kTreatyOfficer:
    case Role::kProtectionOfficer:
    case Role::kAuditor:
    case Role::kOperator:
      break;
  }
  return {kClientAuth};
}

bool Fits(Role role, Usage usage) {
  switch (usage) {
    case Usage::kTlsServer:
      return role == Role::kNode;
    case Usage::kTlsClient:
      return role != Role::kSeal;
    case Usage::kSeal:
      return role == Role::kSeal;
  }
  return false;
}

LeafRules LeafRulesOf(Role role) {
  LeafRules rules;
  rules.purposes = KeyPurposesOf(role);
  rules.needed_key_usage = KU_DIGITAL_SIGNATURE;
  rules.allowed_key_usage = KU_DIGITAL_SIGNATURE;
  rules.must_be_p256 = true;
  return rules;
}

absl::Status CheckUsage(Role role, Usage usage) {
  if (Fits(role, usage)) return absl::OkStatus();
  return Refused(kCertWrongUsage, absl::StrCat("a certificate of role ", RoleName(role), " cannot be used here"));
}

absl::Status CheckLeafProfile(const Certificate& leaf, Role role, Usage usage) {
  RETURN_IF_ERROR(CheckUsage(role, usage));
  RETURN_IF_ERROR(CheckForm(leaf));
  return CheckLeaf(leaf, LeafRulesOf(role));
}

}  // namespace tamga::certs
