#include "node/audit/statistics.h"

#include <map>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/error.h"

namespace tamga::audit {
namespace {

// Day, partner, treaty, article, operation, kind and outcome.
using Key = std::tuple<std::string, std::string, std::string, std::string, int, int, int>;

// At least one, so that every entry counts.
std::vector<std::string> ArticlesOf(const store::EntryRow& facet) {
  std::vector<std::string> articles = absl::StrSplit(facet.articles, '\n', absl::SkipEmpty());
  if (articles.empty()) articles.emplace_back();
  return articles;
}

}  // namespace

absl::StatusOr<v1::GetStatisticsResponse> StatisticsOf(const std::vector<store::EntryGroup>& groups) {
  std::map<Key, uint64_t> counts;
  for (const store::EntryGroup& group : groups) {
    const store::EntryRow& facet = group.facet;
    const std::string day = absl::FormatTime("%Y-%m-%d", group.day, absl::UTCTimeZone());
    for (const std::string& article : ArticlesOf(facet)) {
      counts[{day, facet.partner, facet.treaty_id, article, facet.operation, facet.kind, facet.outcome}] += group.count;
    }
    if (counts.size() > kMostCounts) {
      return InvalidField("since", absl::StrCat("this period has more than ", kMostCounts,
                                                " counts; ask for a shorter one, a partner or a treaty"));
    }
  }
  v1::GetStatisticsResponse response;
  for (const auto& [key, number] : counts) {
    v1::EntryCount& count = *response.add_counts();
    count.set_day(std::get<0>(key));
    count.set_partner(std::get<1>(key));
    count.set_treaty_id(std::get<2>(key));
    count.set_article(std::get<3>(key));
    count.set_operation(static_cast<v1::Operation>(std::get<4>(key)));
    count.set_kind(static_cast<v1::EntryKind>(std::get<5>(key)));
    count.set_outcome(static_cast<v1::EntryOutcome>(std::get<6>(key)));
    count.set_count(number);
  }
  return response;
}

}  // namespace tamga::audit
