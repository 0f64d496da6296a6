#include "policy/explain.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/text.h"
#include "policy/enum_names.h"
#include "policy/nearest.h"
#include "policy/spans.h"
#include "policy/words.h"

namespace tamga::policy {
namespace {

constexpr size_t kMostOneSided = 3;

void AddArticles(const Rule& rule, std::vector<std::string>* articles) {
  articles->insert(articles->end(), rule.articles.begin(), rule.articles.end());
  std::sort(articles->begin(), articles->end());
  articles->erase(std::unique(articles->begin(), articles->end()), articles->end());
}

void SetTreaty(const TreatyDocument& document, Decision* decision) {
  decision->treaty_id = document.treaty.id();
  decision->treaty_sha256 = document.sha256;
}

std::string Cited(const Rule& rule) { return absl::StrJoin(rule.articles, " and "); }

std::string FactsOf(const Rule& rule) {
  std::vector<std::string> facts;
  for (const Test& test : rule.tests) facts.push_back(InWords(test, " is "));
  return facts.empty() ? "in every case" : absl::StrCat("when ", absl::StrJoin(facts, " and "));
}

// "A must be known to be NO": one fact shown to be otherwise lifts the prohibition.
std::string WayOut(const ProhibitionRule& rule, const Facts& facts) {
  std::vector<std::string> ways;
  for (const Test& test : rule.tests) {
    if (Evaluate(test, facts) == Truth::kUnknown) ways.push_back(Otherwise(test));
  }
  return absl::StrCat(absl::StrJoin(ways, " or "), " (", Cited(rule), ")");
}

std::string WhatIsAsked(const Question& question) {
  return absl::StrCat(ShortName(question.operation), " for ", ShortName(question.purpose), " by ", question.asker,
                      " to ", question.answerer);
}

// The law on the cited treaty between the two, if there is any; of several versions the newest.
const TreatyLaw* CitedLaw(const View& view, const Question& question) {
  const TreatyLaw* cited = nullptr;
  for (const TreatyLaw& treaty : view.law().treaties) {
    const v1::Treaty& text = treaty.document->treaty;
    if (text.id() != question.treaty_id) continue;
    if (cited == nullptr || cited->document->treaty.version() < text.version()) cited = &treaty;
  }
  return cited;
}

bool IsInForce(const View& view, const std::string& treaty_id, absl::Time now) {
  return std::any_of(view.law().treaties.begin(), view.law().treaties.end(), [&](const TreatyLaw& treaty) {
    return treaty.document->treaty.id() == treaty_id && IsWithin(treaty.grants, now);
  });
}

// Treaties about this kind of record that bind one of the two alone.
std::vector<std::string> OneSided(const View& view, const Question& question, absl::Time now) {
  std::vector<std::string> sentences;
  for (const TreatyLaw& treaty : view.law().treaties) {
    const v1::Treaty& text = treaty.document->treaty;
    const bool is_about = std::any_of(text.grants().begin(), text.grants().end(), [&](const v1::Grant& grant) {
      const auto& kinds = grant.scope().record_kinds();
      return std::find(kinds.begin(), kinds.end(), question.record_kind) != kinds.end();
    });
    const bool asker = IsWithin(treaty.asker_bound, now), answerer = IsWithin(treaty.answerer_bound, now);
    if (!is_about || asker == answerer || sentences.size() == kMostOneSided) continue;
    sentences.push_back(
        absl::StrCat(text.id(), " does not bind ", StateOf(asker ? question.answerer : question.asker)));
  }
  return sentences;
}

void ExplainUngranted(const View& view, const Question& question, Stage stage, absl::Time now, Decision* decision) {
  const TreatyLaw* cited = CitedLaw(view, question);
  Nearest nearest = FindNearest(view, question, stage, now);
  const bool is_cited = !question.treaty_id.empty();
  const bool is_not_in_force = is_cited ? !IsInForce(view, question.treaty_id, now) : nearest.only_force_is_missing;
  decision->reason = ReasonCode(is_not_in_force ? Reason::kTreatyNotInForce : Reason::kNoGrant);
  if (cited != nullptr) SetTreaty(*cited->document, decision);
  // Where only facts stand in the way, the reason would give them away.
  decision->may_be_told = is_not_in_force || !nearest.only_facts_are_missing;
  decision->missing = nearest.sentences.empty() ? OneSided(view, question, now) : std::move(nearest.sentences);
  const std::string between = absl::StrCat(" between ", StateOf(question.asker), " and ", StateOf(question.answerer));
  if (!is_cited) {
    decision->explanation = absl::StrCat("No treaty in force", between, " permits ", WhatIsAsked(question), ".");
  } else if (is_not_in_force) {
    decision->explanation = absl::StrCat(question.treaty_id, " is not in force", between, ".");
  } else {
    decision->explanation = absl::StrCat(question.treaty_id, " does not permit ", WhatIsAsked(question), ".");
  }
}

// The other side may be told only if every prohibition that hits allows it. The first treaty stands for all.
void AddHits(const Verdict& verdict, Decision* decision) {
  for (const ProhibitionRule* hit : verdict.hits) {
    if (hit->treaty != nullptr && decision->treaty_id.empty()) SetTreaty(*hit->treaty->document, decision);
    AddArticles(*hit, &decision->articles);
    decision->may_be_told = decision->may_be_told && hit->may_be_told;
  }
}

void ExplainForbidden(const Verdict& verdict, Decision* decision) {
  AddHits(verdict, decision);
  std::vector<std::string> reasons;
  for (const ProhibitionRule* hit : verdict.hits) reasons.push_back(absl::StrCat(Cited(*hit), ", ", FactsOf(*hit)));
  decision->explanation = absl::StrCat("Forbidden by ", absl::StrJoin(reasons, "; by "), ".");
}

void ExplainUnknown(const Question& question, const Verdict& verdict, Decision* decision) {
  AddHits(verdict, decision);
  for (const ProhibitionRule* hit : verdict.hits) decision->missing.push_back(WayOut(*hit, question.facts));
  decision->explanation = "Forbidden as long as facts are not known.";
}

std::string DutiesOf(const ObligationSet& obligations, ObligationTypes only) {
  std::vector<std::string> duties;
  for (const v1::Obligation& obligation : obligations.ToProto()) {
    if ((only >> obligation.type() & 1) != 0) duties.push_back(InWords(obligation));
  }
  return absl::StrJoin(duties, "; ");
}

void ExplainUnmet(absl::string_view what, ObligationTypes types, const Question& question, const Verdict& verdict,
                  Decision* decision) {
  for (const GrantRule* grant : verdict.grants) AddArticles(*grant, &decision->articles);
  decision->missing.push_back(DutiesOf(verdict.obligations, types));
  decision->explanation =
      absl::StrCat(absl::StrJoin(decision->articles, " and "), " permits ", WhatIsAsked(question), " ", what, ".");
}

void ExplainPermit(const Verdict& verdict, Decision* decision) {
  decision->permitted = true;
  decision->request = DisclosureOf(verdict.request);
  decision->reply = DisclosureOf(verdict.reply);
  decision->answer_within_days = verdict.answer_within_days;
  for (const GrantRule* grant : verdict.grants) AddArticles(*grant, &decision->articles);
  decision->explanation = absl::StrCat("Permitted by ", absl::StrJoin(decision->articles, " and "), ".");
}

constexpr ObligationTypes Only(v1::ObligationType type) { return 1u << type; }

}  // namespace

const char* ReasonCode(Reason reason) {
  switch (reason) {
    case Reason::kPermitted:
      return "PERMITTED";
    case Reason::kTreatyUnknown:
      return "TREATY_UNKNOWN";
    case Reason::kTreatyNotInForce:
      return "TREATY_NOT_IN_FORCE";
    case Reason::kNoGrant:
      return "NO_GRANT";
    case Reason::kForbidden:
      return "FORBIDDEN";
    case Reason::kFactUnknown:
      return "FACT_UNKNOWN";
    case Reason::kVolumeExceeded:
      return "VOLUME_EXCEEDED";
    case Reason::kApprovalRequired:
      return "APPROVAL_REQUIRED";
    case Reason::kObligationUnsupported:
      return "OBLIGATION_UNSUPPORTED";
  }
  return "";
}

Decision TreatyUnknown(const Question& question) {
  Decision decision;
  decision.reason = ReasonCode(Reason::kTreatyUnknown);
  decision.request.set_level(v1::DISCLOSURE_LEVEL_NONE);
  decision.reply.set_level(v1::DISCLOSURE_LEVEL_NONE);
  decision.explanation = absl::StrCat("This node has no treaty ", question.treaty_id, ".");
  decision.missing.push_back("cite one of the node's treaties, or none");
  return decision;
}

Decision Explain(const View& view, const Question& question, Stage stage, absl::Time now, const Verdict& verdict) {
  Decision decision;
  decision.reason = ReasonCode(verdict.reason);
  decision.may_be_forbidden = verdict.may_be_forbidden;
  decision.request.set_level(v1::DISCLOSURE_LEVEL_NONE);
  decision.reply.set_level(v1::DISCLOSURE_LEVEL_NONE);
  if (verdict.treaty != nullptr) SetTreaty(*verdict.treaty->document, &decision);
  decision.obligations = verdict.obligations;
  switch (verdict.reason) {
    case Reason::kPermitted:
      ExplainPermit(verdict, &decision);
      break;
    case Reason::kTreatyUnknown:
    case Reason::kTreatyNotInForce:
    case Reason::kNoGrant:
      ExplainUngranted(view, question, stage, now, &decision);
      break;
    case Reason::kForbidden:
      ExplainForbidden(verdict, &decision);
      break;
    case Reason::kFactUnknown:
      ExplainUnknown(question, verdict, &decision);
      break;
    case Reason::kVolumeExceeded:
      ExplainUnmet("for fewer records at once", Only(v1::OBLIGATION_TYPE_VOLUME), question, verdict, &decision);
      break;
    case Reason::kApprovalRequired:
      ExplainUnmet("once other officers agree", Only(v1::OBLIGATION_TYPE_FOUR_EYES), question, verdict, &decision);
      decision.may_be_told = !verdict.approval_tells;
      break;
    case Reason::kObligationUnsupported:
      ExplainUnmet("in return for what this node cannot do", verdict.unsupported, question, verdict, &decision);
      break;
  }
  for (const ProhibitionRule* rule : verdict.deferred) {
    decision.deferred.push_back(absl::StrCat(Cited(*rule), ", ", FactsOf(*rule)));
  }
  return decision;
}

}  // namespace tamga::policy
