#include "node/treaty/invariants.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/mutex.h"
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

class Verdicts {
 public:
  std::optional<std::string> Find(const std::string& sha256) {
    MutexLock lock(mutex_);
    const auto found = verdicts_.find(sha256);
    return found == verdicts_.end() ? std::nullopt : std::optional(found->second);
  }

  void Put(const std::string& sha256, std::string verdict) {
    MutexLock lock(mutex_);
    // Far more than a node holds: whoever sends ever new texts only makes us prove the others again.
    if (verdicts_.size() >= kMost) verdicts_.clear();
    verdicts_.emplace(sha256, std::move(verdict));
  }

 private:
  static constexpr size_t kMost = 4096;

  Mutex mutex_;
  std::map<std::string, std::string> verdicts_ ABSL_GUARDED_BY(mutex_);  // by the text's SHA-256
};

}  // namespace

absl::Status ProveInvariants(const policy::TreatyDocument& document) {
  static Verdicts& verdicts = *new Verdicts();
  std::optional<std::string> verdict = verdicts.Find(document.sha256);
  if (!verdict) {
    verdict = Prove(document.treaty);
    verdicts.Put(document.sha256, *verdict);
  }
  if (verdict->empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, "TREATY_UNSOUND", absl::StrCat(document.file_name, ": ", *verdict));
}

void ProveAhead(const v1::TreatyBundle& bundle) {
  for (const std::string& text : bundle.treaties()) {
    const absl::StatusOr<policy::TreatyDocument> document = policy::ReadTreaty(text, "treaty");
    if (document.ok()) ProveInvariants(*document).IgnoreError();
  }
}

}  // namespace tamga::treaty
