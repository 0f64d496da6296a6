#include "policy/treaty_set.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "policy/decide.h"
#include "policy/denial.h"

namespace tamga::policy {

absl::StatusOr<TreatySet> TreatySet::Build(std::vector<TreatyDocument> documents) {
  std::sort(documents.begin(), documents.end(),
            [](const TreatyDocument& a, const TreatyDocument& b) { return a.treaty.id() < b.treaty.id(); });
  for (size_t i = 1; i < documents.size(); ++i) {
    if (documents[i - 1].treaty.id() != documents[i].treaty.id()) continue;
    return Error(absl::StatusCode::kInvalidArgument, "TREATY_INVALID",
                 absl::StrCat(documents[i - 1].file_name, " and ", documents[i].file_name, ": both have the id ",
                              documents[i].treaty.id(), "; keep one of them"));
  }
  return TreatySet(std::move(documents));
}

TreatySet::TreatySet(std::vector<TreatyDocument> documents) : documents_(std::move(documents)) {
  for (const TreatyDocument& document : documents_) treaties_.push_back(Compile(document, &names_));
  index_ = RuleIndex(treaties_);
}

Decision TreatySet::Decide(const Question& question, Stage stage, absl::Time now) const {
  const CompiledTreaty* cited = FindCompiled(question.treaty_id);
  if (cited == nullptr && !question.treaty_id.empty()) return TreatyUnknown(question);
  const Asked asked{question, stage, now, SideOf(question.asker), SideOf(question.answerer)};
  return policy::Decide(treaties_, index_.Find(question.record_kind, question.operation), cited, asked);
}

const TreatyDocument* TreatySet::Find(absl::string_view id) const {
  const CompiledTreaty* found = FindCompiled(id);
  return found == nullptr ? nullptr : found->document;
}

const CompiledTreaty* TreatySet::FindCompiled(absl::string_view id) const {
  const auto found = std::lower_bound(
      treaties_.begin(), treaties_.end(), id,
      [](const CompiledTreaty& treaty, absl::string_view sought) { return absl::string_view(treaty.id()) < sought; });
  return found != treaties_.end() && found->id() == id ? &*found : nullptr;
}

Side TreatySet::SideOf(absl::string_view agency) const {
  return {.agency = names_.Find(agency), .state = names_.Find(agency.substr(0, agency.find('/')))};
}

}  // namespace tamga::policy
