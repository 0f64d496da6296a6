#include "node/trust/root_record.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/encoding.h"

namespace tamga::trust {
namespace {

// What stands about each State.
std::map<std::string, std::string> PartsOf(absl::string_view text) {
  std::map<std::string, std::string> parts;
  std::string state;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (const size_t space = line.find(' '); space != absl::string_view::npos)
      state = std::string(line.substr(0, space));
    absl::StrAppend(&parts[state], line, "\n");
  }
  return parts;
}

}  // namespace

std::string RootsText(const certs::TrustStore& trust) {
  std::string text;
  for (const std::string& state : trust.States()) {
    std::vector<std::string> roots;
    for (const certs::Certificate& root : trust.RootsOf(state)) roots.push_back(Sha256(root.Der()));
    std::sort(roots.begin(), roots.end());
    absl::StrAppend(&text, state, " ", roots.size(), "\n");
    for (const std::string& root : roots) absl::StrAppend(&text, HexEncode(root), "\n");
  }
  return text;
}

std::set<std::string> ChangedStates(absl::string_view before, absl::string_view after) {
  const std::map<std::string, std::string> old_parts = PartsOf(before);
  const std::map<std::string, std::string> new_parts = PartsOf(after);
  std::set<std::string> changed;
  for (const auto& [state, part] : new_parts) {
    const auto found = old_parts.find(state);
    if (found == old_parts.end() || found->second != part) changed.insert(state);
  }
  for (const auto& [state, part] : old_parts) {
    // A digest, as this record once was, names no State.
    if (state.size() == 3 && new_parts.count(state) == 0) changed.insert(state);
  }
  return changed;
}

}  // namespace tamga::trust
