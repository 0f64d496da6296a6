#include "policy/readmission_terms.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::policy {
namespace {

template <typename List, typename Matches>
auto FindIn(const List& list, Matches matches) -> decltype(&list.Get(0)) {
  const auto found = std::find_if(list.begin(), list.end(), matches);
  return found == list.end() ? nullptr : &*found;
}

// `field` is the evidence's.
absl::Status CheckKind(const v1::Treaty& treaty, const v1::Evidence& evidence, const std::string& field) {
  std::vector<std::string> known, articles;
  for (const v1::EvidenceRule& rule : treaty.readmission().evidence()) {
    if (rule.tier() != evidence.tier()) continue;
    known.insert(known.end(), rule.kinds().begin(), rule.kinds().end());
    articles.insert(articles.end(), rule.cites().begin(), rule.cites().end());
  }
  if (articles.empty() || std::find(known.begin(), known.end(), evidence.kind()) != known.end()) {
    return absl::OkStatus();
  }
  std::sort(articles.begin(), articles.end());
  articles.erase(std::unique(articles.begin(), articles.end()), articles.end());
  return InvalidField(
      absl::StrCat(field, ".kind"),
      absl::StrCat("is not taken as ", v1::EvidenceTier_Name(evidence.tier()), " by ", treaty.id(), " art. ",
                   absl::StrJoin(articles, ", "), "; use one of: ", absl::StrJoin(known, ", "), ", or another tier"));
}

}  // namespace

const v1::StepRule* ReadmissionTerms::FindStep(v1::ReadmissionStepKind kind) const {
  return FindIn(treaty_.readmission().steps(), [&](const v1::StepRule& rule) {
    return std::find(rule.kinds().begin(), rule.kinds().end(), kind) != rule.kinds().end();
  });
}

const v1::TimeLimit* ReadmissionTerms::FindLimit(v1::CaseClock clock, v1::ReadmissionProcedure procedure) const {
  if (procedure == v1::READMISSION_PROCEDURE_UNSPECIFIED) procedure = v1::READMISSION_PROCEDURE_NORMAL;
  const auto find = [&](v1::ReadmissionProcedure of) {
    return FindIn(treaty_.time_limits(),
                  [&](const v1::TimeLimit& limit) { return limit.clock() == clock && limit.procedure() == of; });
  };
  const v1::TimeLimit* own = find(procedure);
  return own != nullptr ? own : find(v1::READMISSION_PROCEDURE_UNSPECIFIED);
}

const v1::CategoryRule* ReadmissionTerms::FindCategory(v1::PersonCategory category) const {
  return FindIn(treaty_.readmission().categories(),
                [&](const v1::CategoryRule& rule) { return rule.category() == category; });
}

absl::Status ReadmissionTerms::CheckEvidence(const v1::ReadmissionApplication& application) const {
  for (int i = 0; i < application.evidence_size(); ++i) {
    RETURN_IF_ERROR(CheckKind(treaty_, application.evidence(i), absl::StrCat("application.evidence[", i, "]")));
  }
  return absl::OkStatus();
}

const v1::AttachmentRule* ReadmissionTerms::FindAttachment(v1::AttachmentKind kind) const {
  return FindIn(treaty_.readmission().attachments(),
                [&](const v1::AttachmentRule& rule) { return rule.kind() == kind; });
}

}  // namespace tamga::policy
