#include "node/treaty/invariants.h"

#include <optional>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/treaty/text_memory.h"
#include "policy/analysis/checks.h"

namespace tamga::treaty {
namespace {

// What the rules permit though they must not, or may; "" if nothing.
std::string Prove(const v1::Treaty& treaty) {
  if (treaty.invariants().empty()) return "";
  policy::analysis::Corpus corpus;
  corpus.treaties.push_back(&treaty);
  const std::vector<policy::analysis::Finding> unproved =
      policy::analysis::UnprovedInvariants(policy::analysis::Compile(corpus));
  return unproved.empty() ? "" : policy::analysis::ToText(unproved.front());
}

// By the text's SHA-256.
TextMemory<std::string>& Verdicts() {
  static auto& verdicts = *new TextMemory<std::string>();
  return verdicts;
}

}  // namespace

absl::Status ProveInvariants(const policy::TreatyDocument& document) {
  std::optional<std::string> verdict = Verdicts().Find(document.sha256);
  if (!verdict) {
    verdict = Prove(document.treaty);
    Verdicts().Put(document.sha256, *verdict);
  }
  if (verdict->empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, "TREATY_UNSOUND", absl::StrCat(document.file_name, ": ", *verdict));
}

absl::Status ProveHeld(const std::vector<policy::TreatyDocument>& documents) {
  std::set<std::string> held;
  for (const policy::TreatyDocument& document : documents) {
    RETURN_IF_ERROR(ProveInvariants(document));
    held.insert(document.sha256);
  }
  Verdicts().Hold(std::move(held));
  return absl::OkStatus();
}

bool IsVerdictKnown(const policy::TreatyDocument& document) { return Verdicts().Find(document.sha256).has_value(); }

}  // namespace tamga::treaty
