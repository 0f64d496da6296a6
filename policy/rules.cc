#include "policy/rules.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/check.h"
#include "policy/day.h"

namespace tamga::policy {
namespace {

absl::Time InstantOf(absl::string_view day) {
  const std::optional<absl::Time> instant = ParseDay(day);
  TAMGA_CHECK(instant.has_value());  // ReadTreaty has refused every other text.
  return *instant;
}

template <typename Enums>
uint64_t BitsOf(const Enums& values) {
  uint64_t bits = 0;
  for (const int value : values) {
    TAMGA_CHECK(value > 0 && value < 64);  // ReadTreaty has refused unknown values.
    bits |= uint64_t{1} << value;
  }
  return bits;
}

template <typename List>
std::vector<int> NumbersOf(const List& list, Names* names) {
  std::vector<int> numbers;
  for (const std::string& name : list) numbers.push_back(names->Add(name));
  return numbers;
}

CompiledScope CompileScope(const v1::Scope& scope, Names* names) {
  return {.askers = NumbersOf(scope.askers(), names),
          .answerers = NumbersOf(scope.answerers(), names),
          .record_kinds = BitsOf(scope.record_kinds()),
          .operations = BitsOf(scope.operations()),
          .purposes = BitsOf(scope.purposes())};
}

template <typename List>
std::vector<std::string> Citations(const std::string& treaty_id, const List& cites) {
  std::vector<std::string> articles;
  for (const std::string& number : cites) articles.push_back(absl::StrCat(treaty_id, " art. ", number));
  std::sort(articles.begin(), articles.end());
  return articles;
}

template <typename Rule>
void SortById(std::vector<Rule>* rules) {
  std::sort(rules->begin(), rules->end(), [](const Rule& a, const Rule& b) { return a.source->id() < b.source->id(); });
}

}  // namespace

int Names::Add(absl::string_view name) {
  return numbers_.try_emplace(name, static_cast<int>(numbers_.size())).first->second;
}

int Names::Find(absl::string_view name) const {
  const auto found = numbers_.find(name);
  return found == numbers_.end() ? kNone : found->second;
}

std::string PermitExplanation(const std::vector<std::string>& articles) {
  return absl::StrCat("Permitted by ", absl::StrJoin(articles, " and "), ".");
}

CompiledTreaty Compile(const TreatyDocument& document, Names* names) {
  const v1::Treaty& treaty = document.treaty;
  CompiledTreaty compiled;
  compiled.document = &document;
  compiled.is_domestic = treaty.parties_size() == 1;
  for (const v1::Party& party : treaty.parties()) {
    const absl::Time until =
        party.in_force_until().empty() ? absl::InfiniteFuture() : InstantOf(party.in_force_until());
    compiled.terms.push_back({names->Add(party.state()), InstantOf(party.in_force_from()), until});
    for (const std::string& agency : party.agencies()) compiled.agencies.push_back(names->Add(agency));
  }
  for (const v1::Grant& grant : treaty.grants()) {
    std::vector<std::string> articles = Citations(treaty.id(), grant.cites());
    compiled.grants.push_back({.source = &grant,
                               .scope = CompileScope(grant.scope(), names),
                               .request = AllowanceOf(grant.request()),
                               .reply = AllowanceOf(grant.reply()),
                               .articles = articles,
                               .explanation = PermitExplanation(articles)});
  }
  for (const v1::Prohibition& prohibition : treaty.prohibitions()) {
    compiled.prohibitions.push_back({.source = &prohibition,
                                     .scope = CompileScope(prohibition.scope(), names),
                                     .articles = Citations(treaty.id(), prohibition.cites())});
  }
  SortById(&compiled.grants);
  SortById(&compiled.prohibitions);
  return compiled;
}

}  // namespace tamga::policy
