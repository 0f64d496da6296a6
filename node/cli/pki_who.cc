#include "node/cli/pki_who.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/cli/exit_code.h"

namespace tamga::cli {

void AddWho(const Command& command, WhoArguments& who) {
  command.Required("--agency", "Agency, such as KAZ/border-service", Into(who.agency));
  command.Optional(
      "--role",
      "node, seal, system, officer, treaty-officer, protection-officer, auditor or operator; node if not given",
      Into(who.role));
  command.Optional("--name", "Name in the agency; main if not given", Into(who.name));
}

absl::StatusOr<certs::Principal> PrincipalOf(const WhoArguments& who) {
  using certs::Role;
  RETURN_IF_ERROR(CheckAgency("--agency", who.agency));
  if (!certs::ParseSpiffeId(certs::Principal{who.agency, Role::kNode, "main"}.SpiffeId()).ok()) {
    return InvalidField("--agency", "must be AAA/name, the name of at most 60 lower-case letters, digits and hyphens");
  }
  for (const Role role : {Role::kNode, Role::kSeal, Role::kSystem, Role::kOfficer, Role::kTreatyOfficer,
                          Role::kProtectionOfficer, Role::kAuditor, Role::kOperator}) {
    if (certs::RoleName(role) != who.role) continue;
    certs::Principal principal = {who.agency, role, who.name};
    if (certs::ParseSpiffeId(principal.SpiffeId()).ok()) return principal;
    return InvalidField("--name", "must be of at most 60 lower-case letters, digits and hyphens, such as lane-7");
  }
  return InvalidField("--role",
                      "must be node, seal, system, officer, treaty-officer, protection-officer, auditor or operator");
}

absl::Status InOptions(const absl::Status& status) {
  if (ReasonOf(status) != "INVALID_FIELD") return status;
  const std::map<std::string, std::string> particulars = MetadataOf(status);
  const auto field = particulars.find("field");
  if (field == particulars.end() || (field->second != "spiffe_id" && field->second != "certificate_request")) {
    return status;
  }
  absl::string_view what = status.message();
  absl::ConsumePrefix(&what, absl::StrCat(field->second, ": "));
  return FromNode(InvalidField("--agency", what));
}

}  // namespace tamga::cli
