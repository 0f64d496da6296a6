// The roots of a State as its register has them: its trust bundle.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "certs/certificate.h"
#include "policy/findings.h"
#include "policy/register.h"
#include "tamga/v1/instrument.pb.h"

namespace tamga::policy {

// That a change of roots names 1 to 16 different ones, each of them in proper form, none of another State (see
// certs::TrustStore::Build), and proven by its key, with days in order.
void CheckChangeRoots(const v1::Instrument& instrument, const Place& place, Findings* findings);

struct Bundle {
  uint32_t number = 0;  // of the act: the bundle's sequence number
  uint32_t refresh_hint_s = 0;
  certs::CertificateChain roots;  // those that are believed now; none if all their days are over
  // The first moment at which one of these is no longer believed, by SHA-256 of its certificate; not of those that are
  // for as long as they are valid.
  std::map<std::string, absl::Time> trusted_until;
};

// The bundle by the newest act that has taken effect; nothing if there is none, since until then the State's roots are
// not its register's matter.
std::optional<Bundle> BundleAt(const Register& acts, absl::Time now);

// SHA-256 of all root certificates that the register ever named.
std::set<std::string> RootsEverNamed(const Register& acts);

}  // namespace tamga::policy
