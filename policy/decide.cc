#include "policy/decide.h"

#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "policy/denial.h"

namespace tamga::policy {
namespace {

using Served = absl::InlinedVector<GrantEntry, 8>;

// What the serving grants of one treaty allow together.
struct Offer {
  Served::const_iterator begin = nullptr;
  Served::const_iterator end = nullptr;
  Allowance request;
  Allowance reply;
};

// The offer of the treaty that stands at `begin`; grants of one treaty stand together.
Offer OfferAt(Served::const_iterator begin, Served::const_iterator end) {
  Offer offer{begin, begin + 1, begin->rule->request, begin->rule->reply};
  for (; offer.end != end && offer.end->treaty == begin->treaty; ++offer.end) {
    offer.request = Join(offer.request, offer.end->rule->request);
    offer.reply = Join(offer.reply, offer.end->rule->reply);
  }
  return offer;
}

bool IsBetter(const Offer& a, const Offer& b) {
  if (TellsMore(a.reply, b.reply)) return true;
  return !TellsMore(b.reply, a.reply) && TellsMore(a.request, b.request);
}

// `served` is not empty. Treaties stand by id, so the first of equals is the one to take.
Offer BestOffer(const Served& served) {
  Offer best = OfferAt(served.begin(), served.end());
  for (auto next = best.end; next != served.end();) {
    const Offer offer = OfferAt(next, served.end());
    if (IsBetter(offer, best)) best = offer;
    next = offer.end;
  }
  return best;
}

// 0 stands for "no limit".
unsigned Stricter(unsigned a, unsigned b) { return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b); }

Decision Permit(const Offer& offer) {
  const CompiledTreaty& treaty = *offer.begin->treaty;
  Decision decision;
  decision.permitted = true;
  decision.reason = "PERMITTED";
  decision.treaty_id = treaty.id();
  decision.treaty_sha256 = treaty.document->sha256;
  decision.request = DisclosureOf(offer.request);
  decision.reply = DisclosureOf(offer.reply);
  decision.articles = offer.begin->rule->articles;
  decision.explanation = offer.begin->rule->explanation;
  for (auto entry = offer.begin; entry != offer.end; ++entry) {
    const v1::Grant& grant = *entry->rule->source;
    decision.answer_within_days = Stricter(decision.answer_within_days, grant.answer_within_days());
    decision.retain_at_most_days = Stricter(decision.retain_at_most_days, grant.retain_at_most_days());
    if (entry != offer.begin) AddArticles(entry->rule->articles, &decision.articles);
  }
  if (offer.end - offer.begin > 1) decision.explanation = PermitExplanation(decision.articles);
  return decision;
}

}  // namespace

Decision Decide(const std::vector<CompiledTreaty>& treaties, const RuleBucket& bucket, const CompiledTreaty* cited,
                const Asked& asked) {
  absl::InlinedVector<ProhibitionEntry, 4> hits, unless;
  for (const ProhibitionEntry& entry : bucket.prohibitions) {
    const Hit hit = HitOf(*entry.treaty, *entry.rule, asked);
    if (hit == Hit::kYes) hits.push_back(entry);
    if (hit == Hit::kUnless) unless.push_back(entry);
  }
  if (!hits.empty()) return Forbidden(hits);

  Served served;
  for (const GrantEntry& entry : bucket.grants) {
    if (cited != nullptr && entry.treaty != cited) continue;
    if (ShortfallsOf(*entry.treaty, *entry.rule, asked) == 0) served.push_back(entry);
  }
  // Nobody should go and find out a fact for a question that no treaty serves anyway, so the missing grant is named
  // first.
  if (served.empty()) return Ungranted(treaties, cited, asked);
  if (!unless.empty()) return FactUnknown(unless, asked);
  return Permit(BestOffer(served));
}

}  // namespace tamga::policy
