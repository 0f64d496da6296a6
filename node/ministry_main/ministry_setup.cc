#include "node/ministry_main/ministry_setup.h"

#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/principal.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/base/text_proto.h"
#include "node/main/mistakes.h"
#include "node/ministry_main/postgres_tables.h"

namespace tamga::ministry {
namespace {

constexpr uint32_t kMostMs = 600'000;

// A number of milliseconds with its default and bounds.
void Settle(absl::string_view field, uint32_t standard, uint32_t least, uint32_t* value, node::Mistakes& mistakes) {
  if (*value == 0) *value = standard;
  if (*value < least || *value > kMostMs) {
    mistakes.Add(field, absl::StrCat("is out of bounds; write ", least, " to ", kMostMs));
  }
}

void CheckFolder(v1::MinistryFolder& folder, node::Mistakes& mistakes) {
  mistakes.Require("folder.path", folder.path(), "name the folder that the case system and the adapter share");
  uint32_t poll = folder.poll_ms();
  uint32_t settle = folder.settle_ms();
  Settle("folder.poll_ms", 1'000, 100, &poll, mistakes);
  Settle("folder.settle_ms", 2'000, 1, &settle, mistakes);
  folder.set_poll_ms(poll);
  folder.set_settle_ms(settle);
  if (folder.format() == v1::MINISTRY_FILE_FORMAT_UNSPECIFIED) folder.set_format(v1::MINISTRY_FILE_FORMAT_JSON);
}

void CheckDatabase(v1::MinistryDatabase& database, node::Mistakes& mistakes) {
  mistakes.Add(CheckConnectionString("database.connection", database.connection()));
  uint32_t poll = database.poll_ms();
  Settle("database.poll_ms", 5'000, 100, &poll, mistakes);
  database.set_poll_ms(poll);
}

}  // namespace

absl::StatusOr<MinistrySetup> LoadMinistrySetup(const std::string& path) {
  MinistrySetup setup;
  v1::MinistryConfig& config = setup.config;
  RETURN_IF_ERROR(ReadTextProto(path, config));
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), "cannot tell the current folder");
  const std::string folder = absolute.parent_path().string();

  node::Mistakes mistakes;
  uint32_t timeout = config.call_timeout_ms();
  Settle("call_timeout_ms", 30'000, 1'000, &timeout, mistakes);
  config.set_call_timeout_ms(timeout);
  if (!config.has_folder() && !config.has_database()) {
    mistakes.Add("folder", "is not there, and no database either; give one of the two");
  }
  if (config.has_folder()) {
    CheckFolder(*config.mutable_folder(), mistakes);
    config.mutable_folder()->set_path(ResolvePath(folder, config.folder().path()));
  }
  if (config.has_database()) CheckDatabase(*config.mutable_database(), mistakes);
  if (mistakes.Require("profile_file", config.profile_file(), "name the profile that reaches the ministry's node")) {
    config.set_profile_file(ResolvePath(folder, config.profile_file()));
    absl::StatusOr<cli::Profile> profile = cli::LoadProfile(config.profile_file());
    if (!profile.ok()) {
      mistakes.Add("profile_file", std::string(profile.status().message()));
    } else if (profile->caller.role != certs::Role::kSystem) {
      mistakes.Add("profile_file", "has another certificate than a system's; have the node's operator make one");
    } else {
      setup.profile = *std::move(profile);
    }
  }
  RETURN_IF_ERROR(mistakes.ToStatus());
  return setup;
}

}  // namespace tamga::ministry
