#include "node/reconciliation/comparison.h"

#include <algorithm>
#include <map>
#include <string>

namespace tamga::reconciliation {
namespace {

// What the logs have of one message that is not in both. More than one item if a log contradicts itself.
struct Unmatched {
  std::vector<Item> here;
  std::vector<Item> there;
};

}  // namespace

Compared Compare(absl::Span<const Item> here, absl::Span<const Item> there) {
  Compared compared;
  std::map<std::string, Unmatched> unmatched;  // by message
  size_t i = 0;
  size_t j = 0;
  while (i < here.size() || j < there.size()) {
    const bool none_here = i == here.size();
    const bool none_there = j == there.size();
    const std::string own = none_here ? "" : here[i].Bytes();
    const std::string theirs = none_there ? "" : there[j].Bytes();
    if (!none_here && !none_there && own == theirs) {
      ++compared.matched;
      ++i, ++j;
    } else if (none_there || (!none_here && own < theirs)) {
      unmatched[here[i].Name()].here.push_back(here[i]);
      ++i;
    } else {
      unmatched[there[j].Name()].there.push_back(there[j]);
      ++j;
    }
  }
  for (const auto& [unused, message] : unmatched) {
    const size_t pairs = std::min(message.here.size(), message.there.size());
    for (size_t k = 0; k < pairs; ++k) {
      compared.differences.push_back({v1::LOG_DIFFERENCE_TYPE_DIFFERS, message.here[k], message.there[k]});
    }
    for (size_t k = pairs; k < message.here.size(); ++k) {
      compared.differences.push_back({v1::LOG_DIFFERENCE_TYPE_ONLY_HERE, message.here[k], std::nullopt});
    }
    for (size_t k = pairs; k < message.there.size(); ++k) {
      compared.differences.push_back({v1::LOG_DIFFERENCE_TYPE_ONLY_THERE, std::nullopt, message.there[k]});
    }
  }
  return compared;
}

}  // namespace tamga::reconciliation
