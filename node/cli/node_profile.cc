// tamga node profile: how a caller reaches a node, as a file for --profile.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/cli/node_parts.h"
#include "node/cli/output.h"
#include "node/cli/output_files.h"
#include "node/cli/profile.h"
#include "node/cli/trust_argument.h"

namespace tamga::cli {
namespace {

struct ProfileArguments {
  std::string out;
  std::string node_agency;
  std::string address;
  std::string certificate;
  std::string key;
  std::vector<std::string> trust;
  bool force = false;
};

absl::Status WriteProfile(const ProfileArguments& arguments, Environment& environment) {
  const std::string folder = FolderOf(arguments.out);
  v1::ClientProfile profile;
  profile.set_node_address(arguments.address);
  profile.set_node_agency(arguments.node_agency);
  profile.set_certificate_file(PathSeenFrom(folder, arguments.certificate));
  profile.set_key_file(PathSeenFrom(folder, arguments.key));
  ASSIGN_OR_RETURN(const auto bundles, ParseTrustArguments(arguments.trust, folder));
  for (const v1::TrustBundle& bundle : bundles) *profile.add_trust() = bundle;
  RETURN_IF_ERROR(WriteOutputFiles({ProfileFile(arguments.out, profile)}, arguments.force));
  // What was written must be of use: a profile that cannot be loaded is reported now, not at the first call.
  ASSIGN_OR_RETURN(const Profile loaded, LoadProfile(arguments.out));
  Say(environment, absl::StrCat("Wrote ", arguments.out, ": ", loaded.caller.SpiffeId(), " calls the node of ",
                                loaded.node_agency, " at ", loaded.node_address, "."));
  return absl::OkStatus();
}

}  // namespace

void AddProfileCommand(const Command& node) {
  const Command command = node.Add("profile", "Write a profile: which node to ask, and as whom");
  const auto arguments = std::make_shared<ProfileArguments>();
  command.Required("--out", "File to write", Into(arguments->out));
  command.Required("--node-agency", "Agency whose node it is", Into(arguments->node_agency));
  command.Required("--address", "The node's address, host:port", Into(arguments->address));
  command.Required("--certificate", "The caller's certificate", Into(arguments->certificate));
  command.Required("--key", "The caller's key", Into(arguments->key));
  command.Required("--trust", "STATE=FILE: root certificates of the node's State", Into(arguments->trust));
  command.Flag("--force", "Replace the file if it is there", arguments->force);
  command.Run([arguments](Environment& environment) { return WriteProfile(*arguments, environment); });
}

}  // namespace tamga::cli
