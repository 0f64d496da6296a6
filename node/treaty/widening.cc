#include "node/treaty/widening.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "policy/analysis/diff.h"

namespace tamga::treaty {
namespace {

// Compares each version with the one before it when it is first asked for.
class Comparison {
 public:
  explicit Comparison(const std::vector<policy::TreatyDocument>& treaties) {
    for (const policy::TreatyDocument& document : treaties) by_sha256_[HexEncode(document.sha256)] = &document;
  }

  // Null for a text that is not at hand.
  const policy::TreatyDocument* Find(const std::string& sha256) const {
    const auto found = by_sha256_.find(sha256);
    return found == by_sha256_.end() ? nullptr : found->second;
  }

  bool Widens(const policy::TreatyDocument& document) {
    // Without the version before it, it has no effect anyway.
    const policy::TreatyDocument* before = Find(document.treaty.previous_sha256());
    if (before == nullptr) return false;
    const auto [found, is_new] = widens_.try_emplace(&document, true);
    if (is_new) found->second = policy::analysis::Diff(before->treaty, document.treaty).widens;
    return found->second;
  }

 private:
  std::map<std::string, const policy::TreatyDocument*> by_sha256_;
  std::map<const policy::TreatyDocument*, bool> widens_;
};

}  // namespace

std::vector<std::string> DropUnacknowledged(const std::vector<policy::TreatyDocument>& treaties,
                                            std::vector<policy::VerifiedAct>* acts) {
  Comparison comparison(treaties);
  std::vector<std::string> findings;
  std::erase_if(*acts, [&](const policy::VerifiedAct& act) {
    if (!act.instrument.has_ratify() || act.instrument.ratify().acknowledges_widening()) return false;
    const policy::TreatyDocument* document = comparison.Find(act.instrument.ratify().document().sha256());
    if (document == nullptr || !comparison.Widens(*document)) return false;
    findings.push_back(absl::StrCat(
        "act ", act.number, " of ", act.state, " has no effect: it ratifies version ", document->treaty.version(),
        " of ", document->treaty.id(),
        ", which widens the version before it, without acknowledging that; ratify it anew with acknowledges_widening"));
    return true;
  });
  return findings;
}

}  // namespace tamga::treaty
