// The fingerprint of what is in effect between two States under a treaty.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/encoding.h"
#include "policy/spans.h"
#include "policy/standing.h"

namespace tamga::policy {

std::string Standing::PolicyDigest(absl::string_view treaty_id, const std::string& a, const std::string& b,
                                   absl::Time at) const {
  const std::string& first = std::min(a, b);
  const std::string& second = std::max(a, b);
  std::vector<std::string> lines;
  for (const TreatyLaw& law : LawBetween(first, second).treaties) {
    if (law.document->treaty.id() != treaty_id) continue;
    const std::string version = absl::StrCat(law.document->treaty.version(), " ", HexEncode(law.document->sha256));
    const auto add = [&](const Spans& spans, absl::string_view what) {
      if (IsWithin(spans, at)) lines.push_back(absl::StrCat(version, " ", what));
    };
    add(law.grants, "grants");
    add(law.asker_bound, absl::StrCat("binds ", first));
    add(law.answerer_bound, absl::StrCat("binds ", second));
    for (const auto& [article, spans] : law.withdrawn) add(spans, absl::StrCat("withdraws ", article));
  }
  for (const Reservation& reservation : fold_.reservations) {
    const VerifiedAct& act = *reservation.act;
    const bool is_between = act.state == first || act.state == second;
    if (!is_between || act.instrument.reserve().treaty_id() != treaty_id) continue;
    if (IsWithin(reservation.spans, at)) lines.push_back(absl::StrCat("reservation ", act.sha256));
  }
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return Sha256(
      absl::StrCat("tamga policy v1\n", treaty_id, "\n", first, "\n", second, "\n", absl::StrJoin(lines, "\n"), "\n"));
}

}  // namespace tamga::policy
