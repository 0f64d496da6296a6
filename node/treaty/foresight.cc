#include "node/treaty/foresight.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/treaty/invariants.h"
#include "node/treaty/widening.h"

namespace tamga::treaty {
namespace {

// A version that is ratified, after the one that it amends.
using Comparison = std::pair<const policy::TreatyDocument*, const policy::TreatyDocument*>;

// Of all acts, for a text among the news may be what one that is held was waiting for.
std::vector<Comparison> ComparisonsOf(const TreatySources& held, const TreatyLibrary& current,
                                      const TreatySources& news) {
  std::map<std::string, const policy::TreatyDocument*> by_sha256;
  for (const TreatySources* sources : {&held, &news}) {
    for (const policy::TreatyDocument& document : sources->treaties) by_sha256[HexEncode(document.sha256)] = &document;
  }
  std::vector<Comparison> comparisons;
  const auto add = [&](const v1::Instrument& instrument) {
    if (!IsRatifiedUnknowing(instrument)) return;
    const auto after = by_sha256.find(instrument.ratify().document().sha256());
    if (after == by_sha256.end()) return;
    const auto before = by_sha256.find(after->second->treaty.previous_sha256());
    if (before != by_sha256.end()) comparisons.emplace_back(before->second, after->second);
  };
  for (const auto& [state, acts] : current.registers) {
    for (const policy::VerifiedAct& act : acts.acts()) add(act.instrument);
  }
  for (const auto& [state, acts] : news.acts) {
    for (const v1::SignedAct& act : acts) {
      const absl::StatusOr<v1::Instrument> instrument = policy::ReadInstrument(act.instrument(), "act");
      if (instrument.ok()) add(*instrument);
    }
  }
  return comparisons;
}

bool IsAllKnown(const std::vector<policy::TreatyDocument>& texts, const std::vector<Comparison>& comparisons) {
  return std::all_of(texts.begin(), texts.end(), &IsVerdictKnown) &&
         std::all_of(comparisons.begin(), comparisons.end(),
                     [](const Comparison& versions) { return IsWideningKnown(*versions.first, *versions.second); });
}

}  // namespace

absl::Status WorkAhead(const TreatySources& held, const TreatyLibrary& current, const v1::TreatyBundle& bundle,
                       const IntakeRules& rules, OnFault on_fault, WhenBusy when_busy) {
  const absl::StatusOr<Intake> sorted = SortOut(held, current, bundle, rules, on_fault);
  if (!sorted.ok()) return absl::OkStatus();
  const std::vector<policy::TreatyDocument>& texts = sorted->news.treaties;
  const std::vector<Comparison> comparisons = ComparisonsOf(held, current, sorted->news);
  if (IsAllKnown(texts, comparisons)) return absl::OkStatus();
  const Turn::Taken turn = when_busy == WhenBusy::kWait ? ProvingTurn().Wait() : ProvingTurn().TryTake();
  if (turn == nullptr) {
    return Error(absl::StatusCode::kFailedPrecondition, "TREATY_PROOF_BUSY",
                 "another text is being proved here, which takes a while; publish again, or wait until it is fetched");
  }
  for (const policy::TreatyDocument& text : texts) {
    // Of a text that is not sound, nothing else of the bundle need be known.
    if (!ProveInvariants(text).ok() && on_fault == OnFault::kRefuseAll) return absl::OkStatus();
  }
  for (const auto& [before, after] : comparisons) Widens(*before, *after);
  return absl::OkStatus();
}

Turn& ProvingTurn() {
  static auto& turn = *new Turn();
  return turn;
}

}  // namespace tamga::treaty
