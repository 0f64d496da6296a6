// tamga treaty sign: acts of a State into its register.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/output.h"
#include "node/cli/treaty_files.h"
#include "node/cli/treaty_office.h"
#include "node/cli/treaty_parts.h"
#include "node/treaty/act_files.h"
#include "node/treaty/sign_act.h"
#include "policy/act.h"

namespace tamga::cli {
namespace {

struct SignArguments {
  std::string treaties;
  std::string office;
  std::vector<std::string> keys;
  std::vector<std::string> instruments;
};

absl::StatusOr<v1::TreatyOffice> ReadOffice(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return policy::ReadTreatyOffice(text, path);
}

// The State's register as it stands in the folder; every act in it must verify.
absl::StatusOr<policy::Register> LoadRegister(const std::string& folder, const v1::TreatyOffice& office) {
  std::vector<v1::SignedAct> acts;
  RETURN_IF_ERROR(MakeFolder(folder));
  ASSIGN_OR_RETURN(acts, treaty::ReadActFiles(folder));
  ASSIGN_OR_RETURN(policy::RegisterReading reading, policy::ReadRegister(office, acts, &treaty::CheckActSignature));
  if (!reading.stopped.ok()) return Annotate(reading.stopped, absl::StrCat(folder, ": the register is not in order"));
  return std::move(reading.good);
}

absl::Status Sign(const SignArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const v1::TreatyOffice office, ReadOffice(arguments.office));
  std::vector<certs::Ed25519Key> keys;
  for (const std::string& path : arguments.keys) {
    ASSIGN_OR_RETURN(certs::Ed25519Key key, ReadOfficeKey(path));
    keys.push_back(std::move(key));
  }
  const std::string folder = absl::StrCat(arguments.treaties, "/registers/", office.state());
  ASSIGN_OR_RETURN(policy::Register acts, LoadRegister(folder, office));
  ASSIGN_OR_RETURN(const std::vector<std::string> files, FindTreatyFiles(arguments.instruments));
  Table table({"ACT", "INSTRUMENT", "SHA256"});
  for (const std::string& file : files) {
    ASSIGN_OR_RETURN(std::string text, ReadFile(file));
    v1::SignedAct act = treaty::NextAct(office.state(), acts.head(), std::move(text));
    for (const certs::Ed25519Key& key : keys) treaty::SignAct(key, &act);
    // What would not be believed is not written.
    if (const absl::Status added = acts.Append(act, &treaty::CheckActSignature); !added.ok()) {
      return Annotate(added, file);
    }
    RETURN_IF_ERROR(treaty::WriteActFiles(folder, act));
    table.AddRow({absl::StrCat(office.state(), " ", act.number()), file, acts.head().sha256.substr(0, 16)});
  }
  PrintTableOrJson(environment, table);
  return absl::OkStatus();
}

}  // namespace

void AddSignCommand(const Command& treaty) {
  const Command command = treaty.Add("sign", "Sign acts of a State and enter them into its register");
  const auto arguments = std::make_shared<SignArguments>();
  command.Required("--treaties", "Folder of treaties; the register is its registers/STATE", Into(arguments->treaties));
  command.Required("--office", "The State's first treaty office, treaty-office.txtpb", Into(arguments->office));
  command.Required("--key", "Key of the treaty office; as often as its threshold asks", Into(arguments->keys));
  command.Required("instruments", "Instruments, in their order, or folders of them", Into(arguments->instruments));
  command.Run([arguments](Environment& environment) { return Sign(*arguments, environment); });
}

}  // namespace tamga::cli
