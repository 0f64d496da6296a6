#include "node/treaty/widening.h"

#include <map>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/treaty/text_memory.h"
#include "policy/analysis/diff.h"

namespace tamga::treaty {
namespace {

// By the SHA-256 of both, the earlier one first.
TextMemory<bool>& Widenings() {
  static auto& widenings = *new TextMemory<bool>();
  return widenings;
}

std::string KeyOf(const policy::TreatyDocument& before, const policy::TreatyDocument& after) {
  return before.sha256 + after.sha256;
}

}  // namespace

bool Widens(const policy::TreatyDocument& before, const policy::TreatyDocument& after) {
  const std::string key = KeyOf(before, after);
  std::optional<bool> widens = Widenings().Find(key);
  if (!widens) {
    widens = policy::analysis::Widens(before.treaty, after.treaty);
    Widenings().Put(key, *widens);
  }
  return *widens;
}

bool IsWideningKnown(const policy::TreatyDocument& before, const policy::TreatyDocument& after) {
  return Widenings().Find(KeyOf(before, after)).has_value();
}

bool IsRatifiedUnknowing(const v1::Instrument& instrument) {
  return instrument.has_ratify() && !instrument.ratify().acknowledges_widening();
}

std::vector<std::string> DropUnacknowledged(const std::vector<policy::TreatyDocument>& treaties,
                                            std::vector<policy::VerifiedAct>* acts) {
  std::map<std::string, const policy::TreatyDocument*> by_sha256;
  for (const policy::TreatyDocument& document : treaties) by_sha256[HexEncode(document.sha256)] = &document;
  std::set<std::string> held;
  std::vector<std::string> findings;
  std::erase_if(*acts, [&](const policy::VerifiedAct& act) {
    if (!IsRatifiedUnknowing(act.instrument)) return false;
    const auto found = by_sha256.find(act.instrument.ratify().document().sha256());
    if (found == by_sha256.end()) return false;
    const policy::TreatyDocument& document = *found->second;
    // Without the version before it, it has no effect anyway.
    const auto before = by_sha256.find(document.treaty.previous_sha256());
    if (before == by_sha256.end()) return false;
    held.insert(KeyOf(*before->second, document));
    if (!Widens(*before->second, document)) return false;
    findings.push_back(absl::StrCat(
        "act ", act.number, " of ", act.state, " has no effect: it ratifies version ", document.treaty.version(),
        " of ", document.treaty.id(),
        ", which widens the version before it, without acknowledging that; ratify it anew with acknowledges_widening"));
    return true;
  });
  Widenings().Hold(std::move(held));
  return findings;
}

}  // namespace tamga::treaty
