// Who is who: the SPIFFE ids of Tamga. One trust domain a State: spiffe://kaz.tamga/border-service/system/lane-7 is the
// system "lane-7" of KAZ/border-service.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::certs {

enum class Role {
  kNode,               // an agency's exchange node, as a TLS peer
  kSeal,               // an agency's seal: signs messages, never connects
  kSystem,             // an agency system
  kOfficer,            // a person of the agency
  kTreatyOfficer,      // publishes treaties and acts of States
  kProtectionOfficer,  // sets safeguards for persons who may not be moved
  kAuditor,            // reads logs
  kOperator,           // runs the node
};

// "node", "seal", "system", "officer", "treaty-officer", "protection-officer", "auditor",
// "operator".
absl::string_view RoleName(Role role);

struct Principal {
  std::string agency;  // "KAZ/border-service"
  Role role = Role::kSystem;
  std::string name;  // lower-case letters, digits, hyphens

  std::string State() const;     // "KAZ"
  std::string SpiffeId() const;  // "spiffe://kaz.tamga/border-service/system/lane-7"
  bool operator==(const Principal&) const = default;
};

// Exactly the form above, all lower case; Unauthenticated (reason BAD_IDENTITY) otherwise.
absl::StatusOr<Principal> ParseSpiffeId(absl::string_view uri);

}  // namespace tamga::certs
