#include "tests/oracle/answer.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/check.h"
#include "policy/explain.h"

namespace tamga::policy::oracle {
namespace {

using Names = std::set<std::string>;

std::string TextOf(const Names& names) { return names.empty() ? "-" : absl::StrJoin(names, ","); }

Names NamesOf(absl::string_view text) {
  if (text == "-") return {};
  return absl::StrSplit(text, ',');
}

struct Outcome {
  bool permitted = false;
  std::string reason;  // of the verdict; the decision in words tells more denials apart
  Names grants;
  Names hits;
  std::string treaty;  // that serves, as it stands before its rules' ids: "A:2/"
  std::string explanation;
};

Outcome NoGrantLeft(Outcome outcome) {
  outcome.reason = ReasonCode(Reason::kNoGrant);
  outcome.grants.clear();
  outcome.hits.clear();
  outcome.treaty.clear();
  return outcome;
}

Outcome OutcomeOf(const Sample& sample, const Case& of) {
  const Law& law = sample.laws[of.law];
  const absl::Time at = Noon(law.days[of.day]);
  const Decision decision = law.treaties.Decide(of.question, of.stage, at);
  Outcome outcome;
  outcome.permitted = decision.permitted;
  outcome.reason = decision.reason;
  outcome.explanation = decision.explanation;
  if (decision.reason == "TREATY_UNKNOWN") return outcome;
  const Verdict verdict = law.treaties.Judge(of.question, of.stage, at);
  outcome.reason = ReasonCode(verdict.reason);
  for (const GrantRule* rule : verdict.grants) outcome.grants.insert(NameOf(*rule));
  if (!verdict.grants.empty()) outcome.treaty = NameIn(*verdict.grants.front()->treaty->document, "");
  for (const ProhibitionRule* rule : verdict.hits) {
    // It took away all grants that there were. Other engines do not name it: they see grants that do not match.
    if (IsLimited(*rule)) return NoGrantLeft(std::move(outcome));
    outcome.hits.insert(NameOf(*rule));
  }
  return outcome;
}

// Denials of what treaties allow, for want of something that other engines do not look at.
bool IsAllowedByTreaties(absl::string_view reason) {
  return reason == "PERMITTED" || reason == "APPROVAL_REQUIRED" || reason == "VOLUME_EXCEEDED" ||
         reason == "OBLIGATION_UNSUPPORTED";
}

Names OfTreaty(const Names& names, absl::string_view treaty) {
  Names of;
  for (const std::string& name : names) {
    if (absl::StartsWith(name, treaty)) of.insert(name);
  }
  return of;
}

bool GrantsAgree(const Outcome& outcome, const Answer& answer) {
  return !outcome.grants.empty() && outcome.grants == OfTreaty(answer.deciding, outcome.treaty);
}

bool DenialsAgree(const Outcome& outcome, const Answer& answer) {
  // A treaty that does not exist is refused before any rule is looked at.
  if (outcome.reason == "TREATY_UNKNOWN") return true;
  if (answer.deciding.empty()) return outcome.reason == "NO_GRANT" && outcome.grants.empty();
  return outcome.reason == "FORBIDDEN" && outcome.hits == answer.deciding;
}

bool Agrees(const Outcome& outcome, const Answer& answer, bool names_prohibitions) {
  if (outcome.permitted != (outcome.reason == "PERMITTED")) return false;
  if (!names_prohibitions) {
    return answer.allows == IsAllowedByTreaties(outcome.reason) && (!answer.allows || GrantsAgree(outcome, answer));
  }
  if (!answer.allows) return DenialsAgree(outcome, answer);
  const bool is_known = answer.unknown.empty();
  return (is_known ? IsAllowedByTreaties(outcome.reason) : outcome.reason == "FACT_UNKNOWN") &&
         GrantsAgree(outcome, answer) && outcome.hits == answer.unknown;
}

}  // namespace

std::string TextOf(const Answer& answer) {
  return absl::StrCat(answer.allows ? "allow " : "deny ", TextOf(answer.deciding), " ", TextOf(answer.unknown));
}

Answer AnswerOf(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ' ');
  TAMGA_CHECK(parts.size() == 3 && (parts[0] == "allow" || parts[0] == "deny"));
  return {parts[0] == "allow", NamesOf(parts[1]), NamesOf(parts[2])};
}

std::string Difference(const Sample& sample, const Case& of, const Answer& answer, bool names_prohibitions) {
  const Outcome outcome = OutcomeOf(sample, of);
  if (Agrees(outcome, answer, names_prohibitions)) return "";
  return absl::StrCat(TextOf(sample, of), "\n  here:  ", outcome.reason, " ", TextOf(outcome.grants), " ",
                      TextOf(outcome.hits), " (", outcome.explanation, ")\n  there: ", TextOf(answer));
}

std::string ReasonOf(const Sample& sample, const Case& of) { return OutcomeOf(sample, of).reason; }

}  // namespace tamga::policy::oracle
