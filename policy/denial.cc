#include "policy/denial.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/enum_names.h"
#include "policy/nearest.h"

namespace tamga::policy {
namespace {

Decision Deny(absl::string_view reason) {
  Decision decision;
  decision.reason = std::string(reason);
  decision.request.set_level(v1::DISCLOSURE_LEVEL_NONE);
  decision.reply.set_level(v1::DISCLOSURE_LEVEL_NONE);
  return decision;
}

void SetTreaty(const CompiledTreaty& treaty, Decision* decision) {
  decision->treaty_id = treaty.id();
  decision->treaty_sha256 = treaty.document->sha256;
}

// The other side may be told only if every prohibition that hits allows it. The first treaty by id stands for all.
Decision DenyBy(absl::string_view reason, absl::Span<const ProhibitionEntry> hits) {
  Decision decision = Deny(reason);
  SetTreaty(*hits.front().treaty, &decision);
  for (const ProhibitionEntry& hit : hits) {
    AddArticles(hit.rule->articles, &decision.articles);
    decision.may_be_told = decision.may_be_told && hit.rule->source->may_be_told();
  }
  return decision;
}

// Whether `treaty` would be the one to serve, were it not for what is in `shortfalls`.
bool FailsOnlyBy(Shortfalls shortfalls, const CompiledTreaty& treaty, const Asked& asked) {
  return std::any_of(treaty.grants.begin(), treaty.grants.end(), [&](const CompiledGrant& grant) {
    const Shortfalls found = ShortfallsOf(treaty, grant, asked);
    return found != 0 && (found & ~shortfalls) == 0;
  });
}

bool AnyFailsOnlyBy(Shortfalls shortfalls, const std::vector<CompiledTreaty>& treaties, const CompiledTreaty* cited,
                    const Asked& asked) {
  return std::any_of(treaties.begin(), treaties.end(), [&](const CompiledTreaty& treaty) {
    return (cited == nullptr || cited == &treaty) && FailsOnlyBy(shortfalls, treaty, asked);
  });
}

std::string FactsOf(const ProhibitionEntry& hit) {
  std::vector<std::string> facts;
  for (const v1::Condition& condition : hit.rule->source->when()) {
    facts.push_back(absl::StrCat(ShortName(condition.attribute()), " is ", ShortName(condition.is())));
  }
  return facts.empty() ? "in every case" : absl::StrCat("when ", absl::StrJoin(facts, " and "));
}

// "A must be known to be NO": one fact shown to be otherwise lifts the prohibition.
std::string WayOut(const ProhibitionEntry& hit, const Asked& asked) {
  std::vector<std::string> ways;
  for (const v1::Condition& condition : hit.rule->source->when()) {
    if (FactOf(asked.question.facts, condition.attribute()) != v1::TERNARY_UNSPECIFIED) continue;
    const v1::Ternary otherwise = condition.is() == v1::TERNARY_YES ? v1::TERNARY_NO : v1::TERNARY_YES;
    ways.push_back(absl::StrCat(ShortName(condition.attribute()), " must be known to be ", ShortName(otherwise)));
  }
  return absl::StrCat(absl::StrJoin(ways, " or "), " (", absl::StrJoin(hit.rule->articles, " and "), ")");
}

}  // namespace

void AddArticles(const std::vector<std::string>& more, std::vector<std::string>* articles) {
  articles->insert(articles->end(), more.begin(), more.end());
  std::sort(articles->begin(), articles->end());
  articles->erase(std::unique(articles->begin(), articles->end()), articles->end());
}

Decision TreatyUnknown(const Question& question) {
  Decision decision = Deny("TREATY_UNKNOWN");
  decision.explanation = absl::StrCat("This node has no treaty ", question.treaty_id, ".");
  decision.missing.push_back("cite one of the node's treaties, or none");
  return decision;
}

Decision Ungranted(const std::vector<CompiledTreaty>& treaties, const CompiledTreaty* cited, const Asked& asked) {
  const bool is_not_in_force =
      cited != nullptr ? ForceShortfalls(*cited, asked) != 0 : AnyFailsOnlyBy(kNotInForce, treaties, cited, asked);
  Decision decision = Deny(is_not_in_force ? "TREATY_NOT_IN_FORCE" : "NO_GRANT");
  if (cited != nullptr) SetTreaty(*cited, &decision);
  // Where only facts stand in the way, the reason would give them away.
  decision.may_be_told = is_not_in_force || !AnyFailsOnlyBy(kFacts, treaties, cited, asked);
  const Question& question = asked.question;
  const std::string what = absl::StrCat(ShortName(question.operation), " for ", ShortName(question.purpose), " by ",
                                        question.asker, " to ", question.answerer, ".");
  decision.explanation = cited == nullptr  ? absl::StrCat("No treaty in force between the two sides permits ", what)
                         : is_not_in_force ? absl::StrCat(cited->id(), " is not in force between the two sides.")
                                           : absl::StrCat(cited->id(), " does not permit ", what);
  if (cited != nullptr) decision.missing = NotInForce(*cited, asked);
  for (std::string& sentence : NearestGrants(treaties, asked)) {
    const auto& known = decision.missing;
    if (std::find(known.begin(), known.end(), sentence) == known.end()) decision.missing.push_back(std::move(sentence));
  }
  return decision;
}

Decision Forbidden(absl::Span<const ProhibitionEntry> hits) {
  Decision decision = DenyBy("FORBIDDEN", hits);
  std::vector<std::string> reasons;
  for (const ProhibitionEntry& hit : hits) {
    reasons.push_back(absl::StrCat(absl::StrJoin(hit.rule->articles, " and "), ", ", FactsOf(hit)));
  }
  decision.explanation = absl::StrCat("Forbidden by ", absl::StrJoin(reasons, "; by "), ".");
  return decision;
}

Decision FactUnknown(absl::Span<const ProhibitionEntry> hits, const Asked& asked) {
  Decision decision = DenyBy("FACT_UNKNOWN", hits);
  for (const ProhibitionEntry& hit : hits) decision.missing.push_back(WayOut(hit, asked));
  decision.explanation =
      absl::StrCat("Forbidden as long as facts are not known: ", absl::StrJoin(decision.missing, "; "), ".");
  return decision;
}

}  // namespace tamga::policy
