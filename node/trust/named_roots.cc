#include "node/trust/named_roots.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "policy/bundle.h"

namespace tamga::trust {

absl::Status CheckNamedRoots(const treaty::TreatyLibrary& library, const std::string& state,
                             const certs::CertificateChain& roots, absl::Time now) {
  const auto acts = library.registers.find(state);
  if (acts == library.registers.end() || !policy::BundleAt(acts->second, now)) return absl::OkStatus();
  const std::set<std::string> named = policy::RootsEverNamed(acts->second);
  for (const certs::Certificate& root : roots) {
    if (named.count(Sha256(root.Der())) > 0) continue;
    return Error(absl::StatusCode::kFailedPrecondition, "TRUST_CONTRADICTED",
                 absl::StrCat("the roots_file of ", state, " holds a root (SHA-256 ", HexEncode(Sha256(root.Der())),
                              ") that the State has never named in its register; take it out, or ask the State"));
  }
  return absl::OkStatus();
}

}  // namespace tamga::trust
