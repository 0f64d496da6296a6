#include "node/cli/trust_argument.h"

#include <utility>

#include "absl/strings/str_split.h"
#include "certs/trust_store.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/output_files.h"

namespace tamga::cli {

namespace {

using Named = std::pair<std::string, std::string>;

absl::StatusOr<Named> Split(const std::string& argument) {
  Named parts = absl::StrSplit(argument, absl::MaxSplits('=', 1));
  if (parts.first.empty() || parts.second.empty()) return InvalidField("--trust", "must be STATE=FILE");
  return parts;
}

}  // namespace

absl::StatusOr<certs::TrustStore> ReadTrustArguments(const std::vector<std::string>& arguments) {
  std::vector<Named> roots;
  for (const std::string& argument : arguments) {
    ASSIGN_OR_RETURN(const Named parts, Split(argument));
    ASSIGN_OR_RETURN(std::string pem, ReadFile(parts.second));
    roots.emplace_back(parts.first, std::move(pem));
  }
  absl::StatusOr<certs::TrustStore> store = certs::TrustStore::Build(roots);
  if (!store.ok()) return Annotate(store.status(), "--trust");
  return store;
}

absl::StatusOr<std::vector<v1::TrustBundle>> ParseTrustArguments(const std::vector<std::string>& arguments,
                                                                 absl::string_view folder) {
  RETURN_IF_ERROR(ReadTrustArguments(arguments).status());
  std::vector<v1::TrustBundle> bundles;
  for (const std::string& argument : arguments) {
    ASSIGN_OR_RETURN(const Named parts, Split(argument));
    v1::TrustBundle& bundle = bundles.emplace_back();
    bundle.set_state(parts.first);
    bundle.set_roots_file(PathSeenFrom(folder, parts.second));
  }
  return bundles;
}

}  // namespace tamga::cli
