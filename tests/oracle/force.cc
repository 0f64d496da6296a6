#include "tests/oracle/force.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "policy/spans.h"

namespace tamga::policy::oracle {
namespace {

void AddAuthorities(const std::vector<Authorities>& authorities, absl::Time at, std::set<std::string>* agencies) {
  for (const Authorities& stretch : authorities) {
    if (IsWithin({stretch.span}, at)) agencies->insert(stretch.agencies.begin(), stretch.agencies.end());
  }
}

void AddTreaty(const TreatyLaw& law, const std::string& pair, bool within_a_state, absl::Time at, TreatyForce* force) {
  // Agreements within one State grant there and nowhere else, those between States among States.
  const bool is_domestic = law.document->treaty.parties_size() == 1;
  if (is_domestic == within_a_state && IsWithin(law.grants, at)) force->granting.insert(pair);
  for (const auto& [article, spans] : law.withdrawn) {
    if (IsWithin(spans, at)) force->withdrawn[article].insert(pair);
  }
  if (IsWithin(law.asker_bound, at)) {
    force->request_bound.insert(pair);
    force->reply_bound.insert(pair);
  }
  if (IsWithin(law.answerer_bound, at)) force->reply_bound.insert(pair);
  AddAuthorities(law.asker_authorities, at, &force->authorities);
  AddAuthorities(law.answerer_authorities, at, &force->authorities);
}

void AddNarrowings(const PairLaw& law, const std::string& pair, absl::Time at, std::vector<AddedForce>* added) {
  for (const NarrowingLaw& narrowing : law.narrowings) {
    if (!IsWithin(narrowing.spans, at)) continue;
    auto same = std::find_if(added->begin(), added->end(), [&](const AddedForce& earlier) {
      return earlier.law->rules == narrowing.rules && earlier.law->treaty_id == narrowing.treaty_id;
    });
    if (same == added->end()) same = added->insert(added->end(), AddedForce{&narrowing, {}});
    same->pairs.insert(pair);
  }
}

}  // namespace

Force ForceOn(const Law& law, absl::Time at) {
  Force force;
  for (const TreatyDocument* document : law.treaties.documents()) force.treaties.emplace_back().document = document;
  std::vector<std::string> answerers = law.states;
  answerers.emplace_back();
  for (const std::string& asker : law.states) {
    for (const std::string& answerer : answerers) {
      const std::string pair = absl::StrCat(asker, ">", answerer);
      const PairLaw& between = law.treaties.ViewBetween(asker, answerer).law();
      TAMGA_CHECK(between.asker == asker && between.answerer == answerer);
      for (const TreatyLaw& treaty : between.treaties) {
        const auto of = std::find_if(force.treaties.begin(), force.treaties.end(),
                                     [&](const TreatyForce& known) { return known.document == treaty.document; });
        TAMGA_CHECK(of != force.treaties.end());
        AddTreaty(treaty, pair, asker == answerer, at, &*of);
      }
      AddNarrowings(between, pair, at, &force.added);
    }
  }
  return force;
}

std::string PairOf(const Law& law, absl::string_view asker, absl::string_view answerer) {
  const auto known = [&](absl::string_view agency) {
    const std::string state = StateIn(agency);
    return std::find(law.states.begin(), law.states.end(), state) == law.states.end() ? std::string() : state;
  };
  // An asker whose State is party to nothing is in no pair at all.
  return absl::StrCat(known(asker), ">", known(answerer));
}

}  // namespace tamga::policy::oracle
