#include "node/cli/trust_argument.h"

#include <utility>

#include "absl/strings/str_split.h"
#include "certs/trust_store.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/output_files.h"

namespace tamga::cli {

absl::StatusOr<std::vector<v1::TrustBundle>> ParseTrustArguments(const std::vector<std::string>& arguments,
                                                                 absl::string_view folder) {
  std::vector<v1::TrustBundle> bundles;
  std::vector<std::pair<std::string, std::string>> roots;
  for (const std::string& argument : arguments) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(argument, absl::MaxSplits('=', 1));
    if (parts.first.empty() || parts.second.empty()) return InvalidField("--trust", "must be STATE=FILE");
    ASSIGN_OR_RETURN(std::string pem, ReadFile(parts.second));
    roots.emplace_back(parts.first, std::move(pem));
    v1::TrustBundle& bundle = bundles.emplace_back();
    bundle.set_state(parts.first);
    bundle.set_roots_file(PathSeenFrom(folder, parts.second));
  }
  if (const auto store = certs::TrustStore::Build(roots); !store.ok()) return Annotate(store.status(), "--trust");
  return bundles;
}

}  // namespace tamga::cli
