// The treaties that the node decides by, and who speaks for which State about them.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/file.h"
#include "node/base/text.h"
#include "node/main/config_parts.h"
#include "policy/treaty_document.h"

namespace tamga::node {
namespace {

constexpr char kTreatiesDir[] = "treaties_dir";
constexpr size_t kMaxOfficeBytes = 1u << 16;

treaty::Offices LoadOffices(const v1::NodeConfig& config, Mistakes& mistakes) {
  treaty::Offices offices;
  for (int i = 0; i < config.trust_bundles_size(); ++i) {
    const v1::TrustBundle& bundle = config.trust_bundles(i);
    const std::string& path = bundle.treaty_office_file();
    if (path.empty()) continue;
    const std::string field = absl::StrCat("trust_bundles[", i, "].treaty_office_file");
    const absl::StatusOr<std::string> text = ReadFile(path, kMaxOfficeBytes);
    if (!text.ok()) {
      mistakes.AddUnusable(field, text.status());
      continue;
    }
    absl::StatusOr<v1::TreatyOffice> office = policy::ReadTreatyOffice(*text, path);
    if (!office.ok()) {
      mistakes.Add(field, office.status().message());
    } else if (office->state() != bundle.state()) {
      mistakes.Add(field, absl::StrCat(path, " is the office of ", office->state(), "; name that of ", bundle.state()));
    } else {
      offices.emplace(bundle.state(), *std::move(office));
    }
  }
  return offices;
}

}  // namespace

std::optional<LoadedTreaties> LoadTreaties(const v1::NodeConfig& config, absl::Duration skew, Mistakes& mistakes) {
  treaty::IntakeRules rules{LoadOffices(config, mistakes), skew, StateOf(config.agency())};
  const std::string& path = config.treaties_dir();
  if (!mistakes.Require(kTreatiesDir, path, "name the folder of treaty files (*.txtpb)")) return std::nullopt;
  absl::StatusOr<treaty::TreatySources> sources = treaty::ReadTreatyFolder(path);
  if (absl::IsNotFound(sources.status()) || absl::IsPermissionDenied(sources.status())) {
    mistakes.AddUnusable(kTreatiesDir, sources.status());
    return std::nullopt;
  }
  if (!sources.ok()) {
    for (const absl::string_view line : absl::StrSplit(sources.status().message(), '\n')) {
      mistakes.Add(kTreatiesDir, line);
    }
    return std::nullopt;
  }
  if (sources->treaties.empty()) {
    mistakes.Add(kTreatiesDir, absl::StrCat(path, " holds no treaty; put at least one *.txtpb file there"));
    return std::nullopt;
  }
  absl::StatusOr<treaty::TreatyLibrary> library =
      treaty::BuildLibrary(*sources, rules.offices, rules.skew, rules.state);
  if (library.ok()) return LoadedTreaties{*std::move(library), *std::move(sources), std::move(rules)};
  mistakes.Add(kTreatiesDir, library.status().message());
  return std::nullopt;
}

}  // namespace tamga::node
