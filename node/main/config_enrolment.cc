// Where the node renews its certificates.
#include <unistd.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/enrolment/key_files.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

constexpr uint32_t kUsualPercent = 66;
constexpr uint32_t kMostPercent = 90;

// New files are made beside the old ones.
void CheckFolderOf(absl::string_view field, const std::string& path, Mistakes& mistakes) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (path.empty() || ::access(folder.c_str(), W_OK | X_OK) == 0) return;
  mistakes.Add(field,
               absl::StrCat("is in ", folder, ", where the node may write no new one; give its user access to the ",
                            "folder, or leave out enrolment"));
}

// Ends what a crash interrupted, too.
void CheckFiles(absl::string_view pair_field, const v1::KeyPair& pair, Mistakes& mistakes) {
  CheckFolderOf(absl::StrCat(pair_field, ".certificate_file"), pair.certificate_file(), mistakes);
  CheckFolderOf(absl::StrCat(pair_field, ".key_file"), pair.key_file(), mistakes);
  if (pair.certificate_file().empty() || pair.key_file().empty()) return;
  const absl::Status finished = enrolment::FinishReplacement({pair.certificate_file(), pair.key_file()});
  if (!finished.ok()) mistakes.AddUnusable(pair_field, finished);
}

}  // namespace

void CompleteEnrolment(v1::NodeConfig& config, Mistakes& mistakes) {
  if (!config.has_enrolment()) return;
  v1::Enrolment& enrolment = *config.mutable_enrolment();
  if (mistakes.Require("enrolment.authority_address", enrolment.authority_address(),
                       "name the address of the State's issuing authority")) {
    CheckPartnerAddress("enrolment.authority_address", enrolment.authority_address(), mistakes);
  }
  if (enrolment.renew_after_percent() == 0) enrolment.set_renew_after_percent(kUsualPercent);
  if (enrolment.renew_after_percent() > kMostPercent) {
    mistakes.Add("enrolment.renew_after_percent",
                 absl::StrCat("is ", enrolment.renew_after_percent(), "; must be 1 to ", kMostPercent, ", or 0 for ",
                              kUsualPercent));
  }
  CheckFiles("tls", config.tls(), mistakes);
  if (!enrolment.renew_seal()) return;
  if (config.seal().key_file().empty()) {  // the key stays where it is, and its certificate alone is replaced
    CheckFolderOf("seal.certificate_file", config.seal().certificate_file(), mistakes);
  } else {
    CheckFiles("seal", config.seal(), mistakes);
  }
}

}  // namespace tamga::node
