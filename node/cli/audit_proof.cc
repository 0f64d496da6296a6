// tamga audit prove and verify-proof: evidence that can be given away, and its check without any node.
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/audit_parts.h"
#include "node/cli/log_check.h"
#include "node/cli/log_growth.h"
#include "node/cli/output.h"
#include "node/cli/output_files.h"
#include "node/cli/session.h"
#include "node/ledger/tlog_proof.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

struct ProveArguments {
  uint64_t index = 0;
  std::string out;
  bool force = false;
};

absl::Status Prove(const ProveArguments& arguments, Environment& environment) {
  v1::ProveInclusionRequest request;
  request.set_index(arguments.index);
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  const auto answer = session->Call(&v1::AuditService::Stub::ProveInclusion, request);
  if (!answer.ok()) return AsLogDamage(answer.status());
  const v1::ProveInclusionResponse& response = *answer;
  if (!arguments.out.empty()) {
    const std::string entry = absl::StrCat(arguments.out, ".entry");
    RETURN_IF_ERROR(
        WriteOutputFiles({{arguments.out, response.proof()}, {entry, response.entry_bytes()}}, arguments.force));
    Say(environment, absl::StrCat("Wrote the proof to ", arguments.out, " and the entry's bytes to ", entry, "."));
    return absl::OkStatus();
  }
  if (!PrintedAsJson(environment, response)) environment.out << response.proof();
  return absl::OkStatus();
}

struct VerifyProofArguments {
  std::string proof;
  std::string entry;
  std::string vkey;
};

absl::Status VerifyProof(const VerifyProofArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(ledger::NoteKey key, ReadVkeyFile(arguments.vkey));
  ASSIGN_OR_RETURN(const std::string proof, ReadFile(arguments.proof, ledger::kMaxProofBytes));
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(arguments.entry));
  const absl::StatusOr<ledger::TlogProof> parsed = ledger::ParseTlogProof(proof);
  if (!parsed.ok() || proof.back() != '\n') {
    return absl::InvalidArgumentError(absl::StrCat(
        arguments.proof, " is no proof, or is cut off; give the file that `tamga audit prove --out` wrote"));
  }
  if (bytes.empty()) return absl::InvalidArgumentError(absl::StrCat(arguments.entry, " is empty; get the entry again"));
  const absl::StatusOr<ledger::Checkpoint> checkpoint =
      LogCheck(std::move(key)).CheckInclusion(parsed->index, proof, bytes);
  if (!checkpoint.ok()) return WithoutNode(checkpoint.status());
  v1::LogEntry entry;
  if (!entry.ParseFromString(bytes)) {
    return WithoutNode(LogFaultError("the entry is in the log, but its bytes are no log entry"));
  }
  Say(environment, absl::StrCat("Proven: this is entry ", parsed->index, " of ", checkpoint->origin, ", which had ",
                                EntriesText(checkpoint->size), " when it signed."));
  PrintRecord(environment, entry, entry);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ledger::NoteKey> ReadVkeyFile(const std::string& path, char type) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  absl::StatusOr<ledger::NoteKey> key = ledger::ParseVkey(absl::StripAsciiWhitespace(text), type);
  if (!key.ok()) return Annotate(key.status(), path);
  return key;
}

void AddProofCommands(const Command& audit) {
  const Command prove = audit.Add("prove", "Get the proof that an entry is in the log (C2SP tlog-proof)");
  const auto prove_arguments = std::make_shared<ProveArguments>();
  prove.Required("index", "Index of the entry", Into(prove_arguments->index));
  prove.Optional("--out", "File for the proof; the entry's bytes go beside it, into FILE.entry",
                 Into(prove_arguments->out));
  prove.Flag("--force", "Replace files that are there", prove_arguments->force);
  prove.Run([prove_arguments](Environment& environment) { return Prove(*prove_arguments, environment); });

  const Command verify = audit.Add("verify-proof", "Verify such a proof, without any node");
  const auto arguments = std::make_shared<VerifyProofArguments>();
  verify.Required("--proof", "File with the proof", Into(arguments->proof));
  verify.Required("--entry", "File with the entry's bytes", Into(arguments->entry));
  verify.Required("--vkey", "File with the log's verification key", Into(arguments->vkey));
  verify.Run([arguments](Environment& environment) { return VerifyProof(*arguments, environment); });
}

}  // namespace tamga::cli
