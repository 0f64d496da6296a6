#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "policy/validate.h"
#include "policy/validate_forms.h"

namespace tamga::policy {
namespace {

// The articles that hold something other than a grant, and a rule of each.
std::map<std::string, std::string> Foundations(const v1::Treaty& treaty) {
  std::map<std::string, std::string> rule_of_article;
  const auto add = [&](const auto& rules, absl::string_view kind) {
    for (const auto& rule : rules) {
      for (const std::string& article : rule.cites()) {
        rule_of_article.try_emplace(article, absl::StrCat(kind, " ", rule.id()));
      }
    }
  };
  add(treaty.prohibitions(), "prohibition");
  add(treaty.ceilings(), "ceiling");
  add(treaty.duties(), "duty");
  add(treaty.invariants(), "invariant");
  return rule_of_article;
}

template <typename Rules>
void CheckCited(const Rules& rules, const std::string& field, const std::set<std::string>& articles,
                const Place& narrowing, Findings* findings) {
  for (int i = 0; i < rules.size(); ++i) {
    const auto& cites = rules.Get(i).cites();
    for (int j = 0; j < cites.size(); ++j) {
      if (articles.count(cites.Get(j)) > 0) continue;
      findings->Add(
          narrowing.Element(field, i).Element("cites", j),
          absl::StrCat("is not an article of the treaty: ", cites.Get(j), HintFrom(articles, cites.Get(j), *findings)));
    }
  }
}

}  // namespace

void ValidateReservation(const v1::Reserve& reservation, const v1::Treaty& treaty, const Place& root,
                         Findings* findings) {
  if (reservation.treaty_id() != treaty.id()) {
    findings->Add(root.Field("treaty_id"), absl::StrCat("is about another treaty than ", treaty.id()));
    return;
  }
  std::set<std::string> articles;
  for (const v1::Article& article : treaty.articles()) articles.insert(article.number());
  const std::map<std::string, std::string> foundations = Foundations(treaty);
  for (int i = 0; i < reservation.excluded_articles_size(); ++i) {
    const std::string& article = reservation.excluded_articles(i);
    const Place place = root.Element("excluded_articles", i);
    if (articles.count(article) == 0) {
      findings->Add(place,
                    absl::StrCat("is not an article of the treaty: ", article, HintFrom(articles, article, *findings)));
    }
    if (const auto found = foundations.find(article); found != foundations.end()) {
      findings->Add(place, absl::StrCat("would take away what protects: ", found->second,
                                        " rests on the article; a reservation may only narrow, so leave it out"));
    }
  }
  const Place narrowing = root.Field("narrowing");
  CheckCited(reservation.narrowing().prohibitions(), "prohibitions", articles, narrowing, findings);
  CheckCited(reservation.narrowing().ceilings(), "ceilings", articles, narrowing, findings);
  CheckCited(reservation.narrowing().duties(), "duties", articles, narrowing, findings);
}

}  // namespace tamga::policy
