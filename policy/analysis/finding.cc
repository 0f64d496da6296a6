#include "policy/analysis/finding.h"

#include "absl/strings/str_cat.h"
#include "policy/analysis/words.h"

namespace tamga::policy::analysis {

absl::string_view NameOf(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      return "note";
  }
  return "";
}

absl::string_view NameOf(Check check) {
  switch (check) {
    case Check::kDeadGrant:
      return "dead-grant";
    case Check::kShadowedGrant:
      return "shadowed-grant";
    case Check::kObligationTwins:
      return "obligation-twins";
    case Check::kIdleRule:
      return "idle-rule";
    case Check::kInvariantRefuted:
      return "invariant-refuted";
    case Check::kInvariantProved:
      return "invariant-proved";
    case Check::kOneWay:
      return "one-way";
    case Check::kUnjustifiedClasses:
      return "unjustified-classes";
    case Check::kObligationUnbearable:
      return "obligation-unbearable";
    case Check::kUnsupported:
      return "unsupported";
    case Check::kNotDecided:
      return "not-decided";
  }
  return "";
}

std::string ToText(const Finding& finding) {
  std::string text = absl::StrCat(NameOf(finding.severity), ": ", finding.document);
  if (!finding.rule.empty()) absl::StrAppend(&text, " ", finding.rule);
  if (!finding.articles.empty()) absl::StrAppend(&text, " (", ArticlesText(finding.articles), ")");
  absl::StrAppend(&text, ": ", finding.sentence, " [", NameOf(finding.check), "]");
  if (finding.witness.has_value()) absl::StrAppend(&text, "\n  such as: ", ToText(*finding.witness));
  return text;
}

}  // namespace tamga::policy::analysis
