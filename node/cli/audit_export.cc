// tamga audit export and verify-export: the whole log as plain files, and their check without any node.
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "certs/ed25519.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/audit_parts.h"
#include "node/cli/log_copy.h"
#include "node/cli/output.h"
#include "node/cli/session.h"
#include "node/cli/witness_check.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

struct ExportArguments {
  std::string out;
  std::string vkey;
  std::string policy;
};

absl::StatusOr<ledger::NoteKey> ChooseKey(const ExportArguments& arguments, Session& session,
                                          Environment& environment) {
  return arguments.vkey.empty() ? KeyNamedByNode(session, environment) : ReadVkeyFile(arguments.vkey);
}

void PrintCopy(const ExportArguments& arguments, const LogCheck& check, const LogCopy& copy, Environment& environment) {
  v1::GetCheckpointResponse exported;
  exported.set_checkpoint(copy.newest.note);
  exported.set_vkey(ledger::FormatVkey(check.key()));
  if (PrintedAsJson(environment, exported)) return;
  const ledger::Checkpoint& checkpoint = copy.newest.checkpoint;
  environment.out << arguments.out << " holds the log " << checkpoint.origin << ": " << EntriesText(checkpoint.size)
                  << ", " << checkpoint.size - copy.known << " of them new; all hashed and found as signed.\n";
}

// Who stands behind the copy. The cosigned checkpoint is kept with it, once its quorum is met.
absl::Status CheckCosigned(const ExportArguments& arguments, const ledger::TlogPolicy& policy, const LogCheck& check,
                           const SignedCheckpoint& newest, Session& session, Environment& environment) {
  std::vector<std::string> contradicting;
  const absl::StatusOr<Witnessed> witnessed = CheckWitnessed(session, check, policy, newest, &contradicting);
  const std::string path = absl::StrCat(arguments.out, "/checkpoint");
  if (!witnessed.ok()) {
    ASSIGN_OR_RETURN(const std::vector<std::string> kept, KeepContradicting(check, contradicting, path));
    if (kept.empty()) return witnessed.status();
    return Annotate(witnessed.status(), absl::StrCat("the notes are kept in ", absl::StrJoin(kept, ", ")));
  }
  Say(environment, WitnessedText(*witnessed, newest.checkpoint.size));
  RETURN_IF_ERROR(CheckQuorum(*witnessed, session.node_agency()));
  return witnessed->note.empty() ? absl::OkStatus() : WriteFile(absl::StrCat(path, ".cosigned"), witnessed->note);
}

absl::Status Export(const ExportArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(ledger::NoteKey key, ChooseKey(arguments, *session, environment));
  const LogCheck check(std::move(key));
  std::optional<ledger::TlogPolicy> policy;
  if (!arguments.policy.empty()) {
    ASSIGN_OR_RETURN(policy, ReadPolicyFile(arguments.policy, check.key()));
  }
  ASSIGN_OR_RETURN(const LogCopy copy, CopyLog(*session, check, arguments.out, environment));
  PrintCopy(arguments, check, copy, environment);
  if (!policy.has_value()) return absl::OkStatus();
  return CheckCosigned(arguments, *policy, check, copy.newest, *session, environment);
}

struct VerifyExportArguments {
  std::string folder;
  std::string vkey;
  std::string policy;
};

// What was found of the cosigned checkpoint that an export may hold.
struct KeptCosigned {
  Witnessed witnessed;
  std::string note;  // to be said; empty if there is nothing to say
};

// Faults: COPY_FAULT if it is not what the log signed, or, with a policy, has a cosignature that does not verify;
// LOG_FAULT if the log signed it, and it is not of the log in the folder.
absl::StatusOr<KeptCosigned> CheckKeptCosigned(const std::string& folder, const ledger::TlogPolicy* policy,
                                               const LogCheck& check, const ledger::Checkpoint& exported) {
  const std::string path = absl::StrCat(folder, "/checkpoint.cosigned");
  const auto fault = [&path](absl::string_view what) {
    return WithoutNode(LogFaultError(absl::StrCat(path, ": ", what)));
  };
  KeptCosigned kept;
  kept.witnessed.is_quorum = policy == nullptr || policy->IsQuorum({});
  const absl::StatusOr<std::string> text = ReadFile(path, ledger::kMaxNoteBytes);
  if (absl::IsNotFound(text.status())) return kept;
  if (absl::IsResourceExhausted(text.status())) return fault("is larger than any checkpoint");
  RETURN_IF_ERROR(text.status());
  const absl::StatusOr<ledger::Checkpoint> cosigned = check.Open(*text);
  if (!cosigned.ok()) return fault(cosigned.status().message());
  ASSIGN_OR_RETURN(const ledger::Note note, ledger::ParseNote(*text));
  if (cosigned->size > exported.size) {
    kept.note = absl::StrCat(path, " is over ", EntriesText(cosigned->size),
                             ", more than the export has: that they are of one log only another export can show");
    return kept;
  }
  const absl::Status same = CheckCopyBeginsWith(folder, exported, *cosigned);
  if (!same.ok()) {
    return Annotate(same, absl::StrCat("the log signed ", path, " and ", folder, "/checkpoint, which are of two logs"));
  }
  if (note.signatures.size() < 2) kept.note = absl::StrCat(path, " has no cosignature");
  if (policy == nullptr) return kept;
  const absl::StatusOr<std::set<std::string>> cosigners = policy->CosignersOf(note, certs::VerifyEd25519);
  if (!cosigners.ok()) return fault(cosigners.status().message());
  kept.witnessed = {{cosigners->begin(), cosigners->end()}, policy->IsQuorum(*cosigners), cosigned->size, *text};
  return kept;
}

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
  const LogCheck check(std::move(key));
  std::optional<ledger::TlogPolicy> policy;
  if (!arguments.policy.empty()) {
    ASSIGN_OR_RETURN(policy, ReadPolicyFile(arguments.policy, check.key()));
  }
  absl::StatusOr<ledger::Checkpoint> found = VerifyCopy(check, arguments.folder, environment);
  KeptCosigned kept;
  if (found.ok()) {
    absl::StatusOr<KeptCosigned> cosigned =
        CheckKeptCosigned(arguments.folder, policy.has_value() ? &*policy : nullptr, check, *found);
    if (cosigned.ok()) {
      kept = *std::move(cosigned);
    } else {
      found = cosigned.status();
    }
  }
  const std::string reason = ReasonOf(found.status());
  if (!found.ok() && reason != "COPY_FAULT" && reason != "LOG_FAULT") return found.status();
  if (!PrintedAsJson(environment, VerdictOf(found)) && found.ok()) {
    environment.out << "The exported log " << found->origin << " is intact: " << EntriesText(found->size) << ", root "
                    << HexEncode(found->root.bytes()) << ".\n";
  }
  RETURN_IF_ERROR(found.status());
  if (!kept.note.empty()) Say(environment, absl::StrCat("note: ", kept.note));
  if (!policy.has_value()) return absl::OkStatus();
  Say(environment, WitnessedText(kept.witnessed, found->size));
  return CheckQuorum(kept.witnessed, found->origin);
}

}  // namespace

void AddExportCommands(const Command& audit) {
  const Command command = audit.Add("export", "Copy the whole log to a folder (C2SP tlog-tiles), checked as it comes");
  const auto arguments = std::make_shared<ExportArguments>();
  command.Required("--out", "The folder; if it holds an earlier export, only what is new is copied",
                   Into(arguments->out));
  command.Optional("--vkey", "File with the log's verification key, as its agency published it", Into(arguments->vkey));
  command.Optional("--policy", "File with a witness policy (C2SP tlog-policy) by which the log must be cosigned",
                   Into(arguments->policy));
  command.Run([arguments](Environment& environment) { return Export(*arguments, environment); });

  const Command verify = audit.Add("verify-export", "Hash such a folder again and verify it, without any node");
  const auto verify_arguments = std::make_shared<VerifyExportArguments>();
  verify.Required("folder", "The folder", Into(verify_arguments->folder));
  verify.Required("--vkey", "File with the log's verification key", Into(verify_arguments->vkey));
  verify.Optional("--policy",
                  "File with a witness policy (C2SP tlog-policy) by which checkpoint.cosigned must be cosigned",
                  Into(verify_arguments->policy));
  verify.Run([verify_arguments](Environment& environment) { return VerifyExport(*verify_arguments, environment); });
}

}  // namespace tamga::cli
