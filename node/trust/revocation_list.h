// A revocation list as nodes hand it on: with its State and with the certificates of who issued it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/crl.h"
#include "tamga/v1/trust_service.pb.h"

namespace tamga::trust {

// A message of usual size (see Limits.max_message_bytes) takes one of these.
inline constexpr size_t kMostListBytes = 512u << 10;

struct RevocationList {
  std::string state;              // "KAZ"
  certs::Crl list;                // not empty
  certs::CertificateChain chain;  // its issuer, then those above without the root; a root alone
};

// Reads what is well formed; nothing is verified. Unauthenticated (REVOCATION_MALFORMED, CERT_MALFORMED) otherwise.
absl::StatusOr<RevocationList> ParseRevocationList(const v1::RevocationList& list);
v1::RevocationList ToProto(const RevocationList& list);

// OK if the issuer is an authority of the State, whose roots are given, and signed the list before `now` + `skew`. How
// old it is, and whether there is a newer one, is not looked at. Unauthenticated with a code of certs/refusal.h
// otherwise.
absl::Status VerifyRevocationList(const RevocationList& list, const certs::CertificateChain& roots, absl::Time now,
                                  absl::Duration skew);

}  // namespace tamga::trust
