// What a leaf certificate must look like for its role, whoever issued it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "certs/certificate.h"
#include "certs/leaf_rules.h"
#include "certs/principal.h"

namespace tamga::certs {

// What a certificate is about to be used for.
enum class Usage {
  kTlsClient,
  kTlsServer,
  kSeal,
};

// Extended key usage of seals: signs Tamga messages, and is no use for TLS. An arc below 2.25 needs no registrar: it
// is the UUID 00767120-a0ad-4829-84bb-35e8d589122b (ITU-T X.667).
inline constexpr char kSealKeyPurpose[] = "2.25.614985526620609269859420587168436779";
inline constexpr char kServerAuth[] = "1.3.6.1.5.5.7.3.1";  // RFC 5280 section 4.2.1.12
inline constexpr char kClientAuth[] = "1.3.6.1.5.5.7.3.2";

// The extended key usages that a leaf of this role has, exactly these: both of TLS for nodes, kSealKeyPurpose for
// seals, clientAuth for everybody else.
std::vector<std::string> KeyPurposesOf(Role role);

// Nodes may be TLS servers and clients, seals may seal, everybody else may be a TLS client.
bool Fits(Role role, Usage usage);

// What a leaf of this role must be like, whatever it is used for: key usage digitalSignature and no other, exactly the
// role's extended key usages, a P-256 key.
LeafRules LeafRulesOf(Role role);

// OK if the role fits the usage; Unauthenticated (CERT_WRONG_USAGE) otherwise.
absl::Status CheckUsage(Role role, Usage usage);

// OK if the role fits the usage and the leaf has a proper form (see CheckForm) and is what LeafRulesOf says.
// Unauthenticated (CERT_WRONG_USAGE and those of CheckForm and CheckLeaf) otherwise.
absl::Status CheckLeafProfile(const Certificate& leaf, Role role, Usage usage);

}  // namespace tamga::certs
