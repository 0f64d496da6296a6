// Roots of trust, one bundle a State.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/root_states.h"
#include "certs/trust_domain.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/text.h"
#include "node/main/config_parts.h"
#include "node/trust/named_roots.h"

namespace tamga::node {
namespace {

constexpr size_t kMaxRootsBytes = 1u << 20;

// The State and the PEM text of its roots.
std::optional<std::pair<std::string, std::string>> LoadBundle(const v1::TrustBundle& bundle, const std::string& field,
                                                              Mistakes& mistakes) {
  const std::string roots_field = absl::StrCat(field, ".roots_file");
  const bool is_state = certs::IsStateCode(bundle.state());
  if (!is_state) {
    mistakes.Add(absl::StrCat(field, ".state"), "is no State; name it by its ISO 3166 alpha-3 code, such as KAZ");
  }
  if (!mistakes.Require(roots_field, bundle.roots_file(), "name the PEM file with the State's root certificates")) {
    return std::nullopt;
  }
  absl::StatusOr<std::string> pem = ReadFile(bundle.roots_file(), kMaxRootsBytes);
  if (!pem.ok()) {
    mistakes.AddUnusable(roots_field, pem.status());
    return std::nullopt;
  }
  if (!is_state) return std::nullopt;
  const absl::StatusOr<certs::TrustStore> alone = certs::TrustStore::Build({{bundle.state(), *pem}});
  if (!alone.ok()) {
    mistakes.Add(roots_field, absl::StrCat(bundle.roots_file(), ": ", alone.status().message(),
                                           "; ask the State's authority for its root certificates"));
    return std::nullopt;
  }
  for (const certs::Certificate& root : alone->RootsOf(bundle.state())) {
    if (bundle.unconstrained() || certs::IsConstrainedTo(bundle.state(), root)) continue;
    mistakes.Add(roots_field, absl::StrCat(bundle.roots_file(), " holds a root without a name constraint to ",
                                           certs::TrustDomainOf(bundle.state()),
                                           "; ask the State for one that has it, or set unconstrained: true"));
    return std::nullopt;
  }
  return std::make_pair(bundle.state(), *std::move(pem));
}

}  // namespace

bool HasBundle(const v1::NodeConfig& config, absl::string_view state) {
  return std::any_of(config.trust_bundles().begin(), config.trust_bundles().end(),
                     [&](const v1::TrustBundle& bundle) { return bundle.state() == state; });
}

void CheckNamedRoots(const v1::NodeConfig& config, const certs::TrustStore* trust,
                     const std::optional<LoadedTreaties>& treaties, absl::Time now, Mistakes& mistakes) {
  if (trust == nullptr || !treaties) return;
  for (int i = 0; i < config.trust_bundles_size(); ++i) {
    const std::string& state = config.trust_bundles(i).state();
    const absl::Status named = trust::CheckNamedRoots(treaties->library, state, trust->RootsOf(state), now);
    if (named.ok()) continue;
    mistakes.Add(absl::StrCat("trust_bundles[", i, "].roots_file"),
                 absl::StrCat(named.message(), " (", ReasonOf(named), ")"));
  }
}

std::shared_ptr<const certs::TrustStore> LoadTrust(const v1::NodeConfig& config, Mistakes& mistakes) {
  const std::string own_state = StateOf(config.agency());
  if (!own_state.empty() && !HasBundle(config, own_state)) {
    mistakes.Add("trust_bundles",
                 absl::StrCat("the own State is missing; add { state: \"", own_state, "\" roots_file: \"...\" }"));
  }
  std::vector<std::pair<std::string, std::string>> bundles;
  std::set<std::string> states;
  bool complete = true;
  for (int i = 0; i < config.trust_bundles_size(); ++i) {
    const v1::TrustBundle& bundle = config.trust_bundles(i);
    const std::string field = absl::StrCat("trust_bundles[", i, "]");
    if (!bundle.state().empty() && !states.insert(bundle.state()).second) {
      mistakes.Add(absl::StrCat(field, ".state"),
                   absl::StrCat(bundle.state(), " has a bundle already; put all its roots into one file"));
      complete = false;
      continue;
    }
    std::optional<std::pair<std::string, std::string>> loaded = LoadBundle(bundle, field, mistakes);
    complete = complete && loaded.has_value();
    if (loaded) bundles.push_back(*std::move(loaded));
  }
  if (!complete) return nullptr;
  certs::TrustOptions options;
  options.skew = absl::Seconds(config.limits().max_clock_skew_s());
  absl::StatusOr<certs::TrustStore> trust = certs::TrustStore::Build(bundles, std::move(options));
  if (trust.ok()) return std::make_shared<const certs::TrustStore>(*std::move(trust));
  mistakes.Add(trust.status());
  return nullptr;
}

}  // namespace tamga::node
