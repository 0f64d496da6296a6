#include "policy/nearest.h"

#include <algorithm>
#include <bit>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/text.h"
#include "policy/enum_names.h"

namespace tamga::policy {
namespace {

constexpr size_t kMostSentences = 3;

struct NearGrant {
  const CompiledTreaty* treaty;
  const CompiledGrant* grant;
  Shortfalls shortfalls;
};

template <typename Enum, typename List>
std::string AnyOf(const List& values) {
  std::vector<std::string> names;
  for (const int value : values) names.push_back(ShortName(static_cast<Enum>(value)));
  return absl::StrJoin(names, " or ");
}

// The agencies for which the grant would serve on that side; of the asked agency's own State, if it has any.
template <typename List>
std::string AgenciesOf(const v1::Treaty& treaty, const List& listed, const std::string& instead_of) {
  std::vector<std::string> own, all;
  for (const v1::Party& party : treaty.parties()) {
    for (const std::string& agency : party.agencies()) {
      const bool is_listed = std::any_of(listed.begin(), listed.end(), [&](const std::string& name) {
        return name == agency || name == party.state();
      });
      if (!listed.empty() && !is_listed) continue;
      all.push_back(agency);
      if (party.state() == StateOf(instead_of)) own.push_back(agency);
    }
  }
  return absl::StrJoin(own.empty() ? all : own, " or ");
}

std::string TermOf(const v1::Treaty& treaty, absl::string_view state) {
  for (const v1::Party& party : treaty.parties()) {
    if (party.state() != state) continue;
    const std::string until = party.in_force_until().empty() ? "" : absl::StrCat(" until ", party.in_force_until());
    return absl::StrCat(" (from ", party.in_force_from(), until, ")");
  }
  return "";
}

// What the grant would need, as "the purpose were A (asked: B)".
std::vector<std::string> Needs(const NearGrant& near, const Asked& asked) {
  const Question& question = asked.question;
  const v1::Treaty& treaty = near.treaty->document->treaty;
  const v1::Scope& scope = near.grant->source->scope();
  std::vector<std::string> needs;
  const auto add = [&](Shortfall shortfall, const std::string& need) {
    if ((near.shortfalls & shortfall) != 0) needs.push_back(need);
  };
  add(kAskerNotBound, absl::StrCat("the treaty were in force for ", StateOf(question.asker)));
  add(kAnswererNotBound, absl::StrCat("the treaty were in force for ", StateOf(question.answerer)));
  add(kNotBetweenThem, "the two sides were of different States");
  add(kAsker, absl::StrCat("the asker were ", AgenciesOf(treaty, scope.askers(), question.asker),
                           " (is: ", question.asker, ")"));
  add(kAnswerer, absl::StrCat("the answerer were ", AgenciesOf(treaty, scope.answerers(), question.answerer),
                              " (is: ", question.answerer, ")"));
  add(kOperation, absl::StrCat("the operation were ", AnyOf<v1::Operation>(scope.operations()),
                               " (asked: ", ShortName(question.operation), ")"));
  add(kPurpose, absl::StrCat("the purpose were ", AnyOf<v1::Purpose>(scope.purposes()),
                             " (asked: ", ShortName(question.purpose), ")"));
  for (const v1::Condition& condition : near.grant->source->when()) {
    if (!FailsGrant(condition, asked)) continue;
    add(kFacts, absl::StrCat(ShortName(condition.attribute()), " were ", ShortName(condition.is()),
                             " (is: ", ShortName(FactOf(question.facts, condition.attribute())), ")"));
  }
  if (near.shortfalls == 0) needs.push_back("it were cited");
  return needs;
}

bool IsParty(const v1::Treaty& treaty, const std::string& agency) {
  return std::any_of(treaty.parties().begin(), treaty.parties().end(),
                     [&](const v1::Party& party) { return party.state() == StateOf(agency); });
}

// Whether it is a treaty that the two sides could have with each other: their States are parties, and it is a domestic
// one if they are of one State.
bool CouldBind(const NearGrant& near, const Question& question) {
  const v1::Treaty& treaty = near.treaty->document->treaty;
  return (near.shortfalls & kNotBetweenThem) == 0 && IsParty(treaty, question.asker) &&
         IsParty(treaty, question.answerer);
}

std::vector<NearGrant> OnSameKind(const std::vector<CompiledTreaty>& treaties, const Asked& asked) {
  std::vector<NearGrant> grants;
  for (const CompiledTreaty& treaty : treaties) {
    for (const CompiledGrant& grant : treaty.grants) {
      const Shortfalls shortfalls = ShortfallsOf(treaty, grant, asked);
      if ((shortfalls & kRecordKind) == 0) grants.push_back({&treaty, &grant, shortfalls});
    }
  }
  return grants;
}

}  // namespace

std::vector<std::string> NotInForce(const CompiledTreaty& treaty, const Asked& asked) {
  std::vector<std::string> sentences;
  const Shortfalls shortfalls = ForceShortfalls(treaty, asked);
  const auto add = [&](Shortfall shortfall, const std::string& agency) {
    if ((shortfalls & shortfall) == 0) return;
    const std::string state = StateOf(agency);
    sentences.push_back(
        absl::StrCat(treaty.id(), " is not in force for ", state, TermOf(treaty.document->treaty, state)));
  };
  add(kAskerNotBound, asked.question.asker);
  add(kAnswererNotBound, asked.question.answerer);
  return sentences;
}

std::vector<std::string> NearestGrants(const std::vector<CompiledTreaty>& treaties, const Asked& asked) {
  std::vector<NearGrant> grants = OnSameKind(treaties, asked);
  // Treaties come by id and their grants by id, so a stable sort makes the order independent of how they were written.
  std::stable_sort(grants.begin(), grants.end(), [](const NearGrant& a, const NearGrant& b) {
    return std::popcount(a.shortfalls) < std::popcount(b.shortfalls);
  });
  // An officer can ask for another purpose, not make a State join a treaty: that comes last, and only if nothing else
  // is in the way.
  const auto others = std::stable_partition(grants.begin(), grants.end(),
                                            [&](const NearGrant& near) { return CouldBind(near, asked.question); });
  if (others != grants.begin()) {
    const auto is_far = [](const NearGrant& near) { return (near.shortfalls & ~kNotInForce) != 0; };
    grants.erase(std::remove_if(others, grants.end(), is_far), grants.end());
  }
  std::vector<std::string> sentences;
  const auto add = [&](const std::string& sentence) {
    const bool is_new = std::find(sentences.begin(), sentences.end(), sentence) == sentences.end();
    if (is_new && sentences.size() < kMostSentences) sentences.push_back(sentence);
  };
  for (const NearGrant& near : grants) {
    if (sentences.size() == kMostSentences) break;
    if (near.shortfalls != 0 && (near.shortfalls & ~kNotInForce) == 0) {
      for (const std::string& sentence : NotInForce(*near.treaty, asked)) add(sentence);
    } else {
      add(absl::StrCat(absl::StrJoin(near.grant->articles, " and "), " would serve if ",
                       absl::StrJoin(Needs(near, asked), " and ")));
    }
  }
  return sentences;
}

}  // namespace tamga::policy
