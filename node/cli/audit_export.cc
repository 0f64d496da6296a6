// tamga audit export and verify-export: the whole log as plain files, and their check without any node.
#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/audit_parts.h"
#include "node/cli/log_copy.h"
#include "node/cli/output.h"
#include "node/cli/session.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

struct ExportArguments {
  std::string out;
  std::string vkey;
};

absl::StatusOr<ledger::NoteKey> ChooseKey(const ExportArguments& arguments, Session& session,
                                          Environment& environment) {
  return arguments.vkey.empty() ? KeyNamedByNode(session, environment) : ReadVkeyFile(arguments.vkey);
}

absl::Status Export(const ExportArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(ledger::NoteKey key, ChooseKey(arguments, *session, environment));
  const LogCheck check(std::move(key));
  ASSIGN_OR_RETURN(const LogCopy copy, CopyLog(*session, check, arguments.out, environment));
  v1::GetCheckpointResponse exported;
  exported.set_checkpoint(copy.note);
  exported.set_vkey(ledger::FormatVkey(check.key()));
  if (PrintedAsJson(environment, exported)) return absl::OkStatus();
  environment.out << arguments.out << " holds the log " << copy.checkpoint.origin << ": "
                  << EntriesText(copy.checkpoint.size) << ", " << copy.checkpoint.size - copy.known
                  << " of them new; all hashed and found as signed.\n";
  return absl::OkStatus();
}

struct VerifyExportArguments {
  std::string folder;
  std::string vkey;
};

v1::VerifyVerdict VerdictOf(const absl::StatusOr<ledger::Checkpoint>& found) {
  v1::VerifyVerdict verdict;
  verdict.set_intact(found.ok());
  if (found.ok()) {
    verdict.set_checkpoint_size(found->size);
    verdict.set_root(std::string(found->root.bytes()));
    return verdict;
  }
  v1::LogFault& fault = *verdict.add_faults();
  fault.set_detail(std::string(found.status().message()));
  const auto particulars = MetadataOf(found.status());
  const auto index = particulars.find("index");
  uint64_t number = 0;
  fault.set_has_index(index != particulars.end() && absl::SimpleAtoi(index->second, &number));
  fault.set_index(number);
  return verdict;
}

absl::Status VerifyExport(const VerifyExportArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(ledger::NoteKey key, ReadVkeyFile(arguments.vkey));
  const absl::StatusOr<ledger::Checkpoint> found = VerifyCopy(LogCheck(std::move(key)), arguments.folder, environment);
  if (!found.ok() && ReasonOf(found.status()) != "LOG_FAULT") return found.status();
  if (!PrintedAsJson(environment, VerdictOf(found)) && found.ok()) {
    environment.out << "The exported log " << found->origin << " is intact: " << EntriesText(found->size) << ", root "
                    << HexEncode(found->root.bytes()) << ".\n";
  }
  return found.status();
}

}  // namespace

void AddExportCommands(const Command& audit) {
  const Command command = audit.Add("export", "Copy the whole log to a folder (C2SP tlog-tiles), checked as it comes");
  const auto arguments = std::make_shared<ExportArguments>();
  command.Required("--out", "The folder; if it holds an earlier export, only what is new is copied",
                   Into(arguments->out));
  command.Optional("--vkey", "File with the log's verification key, as its agency published it", Into(arguments->vkey));
  command.Run([arguments](Environment& environment) { return Export(*arguments, environment); });

  const Command verify = audit.Add("verify-export", "Hash such a folder again and verify it, without any node");
  const auto verify_arguments = std::make_shared<VerifyExportArguments>();
  verify.Required("folder", "The folder", Into(verify_arguments->folder));
  verify.Required("--vkey", "File with the log's verification key", Into(verify_arguments->vkey));
  verify.Run([verify_arguments](Environment& environment) { return VerifyExport(*verify_arguments, environment); });
}

}  // namespace tamga::cli
