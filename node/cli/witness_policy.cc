#include "node/cli/witness_policy.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/text.h"

namespace tamga::cli {
namespace {

constexpr char kHead[] =
    R"(# Which witnesses' cosignatures of this node's log count, and how many there must be (C2SP tlog-policy).
# After each change: tamga node check --config FILE
)";

constexpr char kNone[] = R"(
# Nobody is asked to cosign yet: give partners a witness_vkey, name them here, and replace the quorum:
#   witness KGZ/interior-ministry <what its witness.vkey says>
#   quorum KGZ/interior-ministry
quorum none
)";

}  // namespace

std::string DefaultWitnessPolicy(const std::string& agency, const ledger::NoteKey& log,
                                 const std::map<std::string, ledger::NoteKey>& witnesses) {
  std::string text = absl::StrCat(kHead, "\nlog ", ledger::FormatVkey(log), "\n");
  if (witnesses.empty()) return absl::StrCat(text, kNone);
  std::vector<std::string> all;
  std::vector<std::string> abroad;
  for (const auto& [witness, key] : witnesses) {
    absl::StrAppend(&text, "witness ", witness, " ", ledger::FormatVkey(key), "\n");
    all.push_back(witness);
    if (StateOf(witness) != StateOf(agency)) abroad.push_back(witness);
  }
  const bool has_abroad = !abroad.empty();
  absl::StrAppend(&text, "\n# Any one of ", has_abroad ? "another State" : "another agency", ".\n");
  const std::string group = has_abroad ? "another-state" : "another-agency";
  absl::StrAppend(&text, "group ", group, " any ", absl::StrJoin(has_abroad ? abroad : all, " "), "\nquorum ", group,
                  "\n");
  return text;
}

}  // namespace tamga::cli
