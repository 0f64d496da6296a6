#include "policy/treaty_set.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/decide.h"
#include "policy/explain.h"

namespace tamga::policy {
namespace {

absl::string_view StateIn(absl::string_view agency) { return agency.substr(0, agency.find('/')); }

}  // namespace

TreatySet::TreatySet(std::shared_ptr<const void> texts, std::vector<const TreatyDocument*> documents,
                     std::vector<PairLaw> laws, absl::Duration skew)
    : texts_(std::move(texts)),
      documents_(std::move(documents)),
      nothing_(std::make_unique<const View>(PairLaw(), skew)) {
  std::sort(documents_.begin(), documents_.end(), [](const TreatyDocument* a, const TreatyDocument* b) {
    return std::make_tuple(absl::string_view(a->treaty.id()), a->treaty.version()) <
           std::make_tuple(absl::string_view(b->treaty.id()), b->treaty.version());
  });
  for (PairLaw& law : laws) {
    std::string pair = absl::StrCat(law.asker, ">", law.answerer);
    views_[std::move(pair)] = std::make_unique<const View>(std::move(law), skew);
  }
}

TreatySet TreatySetOf(std::shared_ptr<const Standing> standing, absl::Duration skew, const std::string& state) {
  std::vector<PairLaw> laws;
  std::vector<std::string> answerers = standing->States();
  answerers.emplace_back();  // any State that is party to nothing
  for (const std::string& asker : standing->States()) {
    for (const std::string& answerer : answerers) {
      if (state.empty() || asker == state || answerer == state) laws.push_back(standing->LawBetween(asker, answerer));
    }
  }
  std::vector<const TreatyDocument*> documents = standing->Treaties();
  return TreatySet(std::move(standing), std::move(documents), std::move(laws), skew);
}

const View& TreatySet::ViewBetween(absl::string_view asker_state, absl::string_view answerer_state) const {
  auto found = views_.find(absl::StrCat(asker_state, ">", answerer_state));
  if (found == views_.end()) found = views_.find(absl::StrCat(asker_state, ">"));
  return found == views_.end() ? *nothing_ : *found->second;
}

const View& TreatySet::ViewOf(const Question& question) const {
  return ViewBetween(StateIn(question.asker), StateIn(question.answerer));
}

Verdict TreatySet::Judge(const Question& question, Stage stage, absl::Time now) const {
  return policy::Decide(ViewOf(question), question, stage, now);
}

Decision TreatySet::Decide(const Question& question, Stage stage, absl::Time now) const {
  if (!question.treaty_id.empty() && Find(question.treaty_id) == nullptr) return TreatyUnknown(question);
  const View& view = ViewOf(question);
  return Explain(view, question, stage, now, policy::Decide(view, question, stage, now));
}

const TreatyDocument* TreatySet::Find(absl::string_view id) const {
  const TreatyDocument* newest = nullptr;
  for (const TreatyDocument* document : documents_) {
    if (document->treaty.id() != id) continue;
    if (newest == nullptr || newest->treaty.version() < document->treaty.version()) newest = document;
  }
  return newest;
}

}  // namespace tamga::policy
