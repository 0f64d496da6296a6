// The fingerprint of what is in effect between two States under a treaty.
#include <algorithm>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/encoding.h"
#include "policy/spans.h"
#include "policy/standing.h"

namespace tamga::policy {
namespace {

// Something that is in effect for a while, as a line of what is hashed.
struct Line {
  std::string text;
  Spans spans;
};

std::string DigestOf(absl::string_view treaty_id, const std::string& first, const std::string& second,
                     std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return Sha256(
      absl::StrCat("tamga policy v1\n", treaty_id, "\n", first, "\n", second, "\n", absl::StrJoin(lines, "\n"), "\n"));
}

// What says something of a version, in any order.
void AddLines(const TreatyLaw& law, const std::string& first, const std::string& second, std::vector<Line>* lines) {
  const std::string version = absl::StrCat(law.document->treaty.version(), " ", HexEncode(law.document->sha256));
  const auto add = [&](const Spans& spans, absl::string_view what) {
    if (!spans.empty()) lines->push_back({absl::StrCat(version, " ", what), spans});
  };
  add(law.grants, "grants");
  add(law.asker_bound, absl::StrCat("binds ", first));
  add(law.answerer_bound, absl::StrCat("binds ", second));
  for (const auto& [article, spans] : law.withdrawn) add(spans, absl::StrCat("withdraws ", article));
}

std::vector<std::string> LinesAt(const std::vector<Line>& lines, absl::Time at) {
  std::vector<std::string> texts;
  for (const Line& line : lines) {
    if (IsWithin(line.spans, at)) texts.push_back(line.text);
  }
  return texts;
}

}  // namespace

PairDigests Standing::DigestsBetween(const std::string& first, const std::string& second) const {
  std::map<std::string, std::vector<Line>> by_treaty;
  for (const TreatyLaw& law : LawBetween(first, second).treaties) {
    AddLines(law, first, second, &by_treaty[law.document->treaty.id()]);
  }
  for (const Reservation& reservation : fold_.reservations) {
    const VerifiedAct& act = *reservation.act;
    if (act.state != first && act.state != second) continue;
    by_treaty[act.instrument.reserve().treaty_id()].push_back(
        {absl::StrCat("reservation ", act.sha256), reservation.spans});
  }
  PairDigests digests;
  for (const auto& [treaty_id, lines] : by_treaty) {
    std::set<absl::Time> edges{absl::InfinitePast()};
    for (const Line& line : lines) {
      for (const Span& span : line.spans) edges.insert({span.from, span.until});
    }
    for (const absl::Time from : edges) {
      digests[treaty_id].push_back({from, DigestOf(treaty_id, first, second, LinesAt(lines, from))});
    }
  }
  return digests;
}

std::string Standing::PolicyDigest(absl::string_view treaty_id, const std::string& a, const std::string& b,
                                   absl::Time at) const {
  DigestMemory::Pair pair = std::minmax(a, b);
  std::shared_ptr<const PairDigests> digests = digests_->Find(pair);
  if (digests == nullptr) digests = digests_->Put(pair, DigestsBetween(pair.first, pair.second));
  const auto of_treaty = digests->find(treaty_id);
  // Of a treaty that nobody has ratified, nothing is in effect.
  if (of_treaty == digests->end()) return DigestOf(treaty_id, pair.first, pair.second, {});
  const auto after = std::upper_bound(of_treaty->second.begin(), of_treaty->second.end(), at,
                                      [](absl::Time time, const DigestFrom& digest) { return time < digest.from; });
  return std::prev(after)->sha256;
}

}  // namespace tamga::policy
