// tamga audit seals: when the node's seal changed its key, and whether the log stood as it says by then.
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/audit_parts.h"
#include "node/cli/log_growth.h"
#include "node/cli/output.h"
#include "node/cli/paging.h"
#include "node/cli/session.h"
#include "node/cli/trust_argument.h"
#include "node/evidence/head_check.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

// "; gost-r-34.10-2012-256: 5d0c…" for each key of another algorithm that changed.
std::string OtherKeys(const v1::LogEntry& entry) {
  std::string text;
  for (const v1::OtherSealKey& key : entry.other_seal_keys()) {
    absl::StrAppend(&text, "; ", key.algorithm(), ": ", key.key_id().empty() ? "none" : HexEncode(key.key_id()));
  }
  return text;
}

struct SealsArguments {
  std::vector<std::string> trust;
  std::string vkey;
};

// The entry as the log has it, whatever the node lists.
absl::StatusOr<v1::LogEntry> ProvenEntry(uint64_t index, const LogCheck& log, const SignedCheckpoint& newest,
                                         Session& session) {
  v1::ProveInclusionRequest request;
  request.set_index(index);
  request.set_tree_size(newest.checkpoint.size);
  ASSIGN_OR_RETURN(const auto response, session.Call(&v1::AuditService::Stub::ProveInclusion, request));
  ASSIGN_OR_RETURN(const ledger::Checkpoint proven,
                   log.CheckInclusion(index, response.proof(), response.entry_bytes()));
  if (proven != newest.checkpoint) return LogFaultError("the entry is proven in another log than the newest");
  v1::LogEntry entry;
  if (!entry.ParseFromString(response.entry_bytes())) return LogFaultError("the entry cannot be read");
  return entry;
}

// That the head is sealed, and that the log as it is now begins with it.
absl::Status CheckChange(const v1::LogEntry& entry, uint64_t index, const LogCheck& log, const SignedCheckpoint& newest,
                         const certs::CurrentTrust& trust, Session& session) {
  ASSIGN_OR_RETURN(const ledger::Checkpoint head, evidence::CheckHead(entry, index, log.key(), trust));
  std::vector<std::string> contradicting;
  return ProveGrowth(session, log, {entry.head(), head}, newest, &contradicting);
}

absl::Status Seals(const SealsArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(certs::TrustStore store, ReadTrustArguments(arguments.trust));
  const certs::CurrentTrust trust(std::move(store));
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  absl::StatusOr<ledger::NoteKey> key =
      arguments.vkey.empty() ? KeyNamedByNode(*session, environment) : ReadVkeyFile(arguments.vkey);
  RETURN_IF_ERROR(key.status());
  const LogCheck log(*std::move(key));
  v1::ListEntriesRequest request;
  request.set_kind(v1::ENTRY_KIND_SEAL_CHANGED);
  ASSIGN_OR_RETURN(const auto response,
                   ListUpTo(
                       std::numeric_limits<uint64_t>::max(), request,
                       [&](const auto& page) { return session->Call(&v1::AuditService::Stub::ListEntries, page); },
                       [](const v1::ListEntriesResponse& pages) { return pages.entries_size(); }));
  // After the entries, so that it is over all of their heads.
  ASSIGN_OR_RETURN(const SignedCheckpoint newest, GetNewest(*session, log));
  Table table({"INDEX", "LOGGED AT", "FORMER KEY", "KEY", "HEAD"});
  absl::Status worst;
  std::string next_former;  // of the change after this one; entries come newest first
  for (const v1::IndexedEntry& indexed : response.entries()) {
    const uint64_t index = indexed.position().index();
    const absl::StatusOr<v1::LogEntry> proven = ProvenEntry(index, log, newest, *session);
    const v1::LogEntry& entry = proven.ok() ? *proven : indexed.entry();
    absl::Status checked =
        proven.ok() ? CheckChange(entry, index, log, newest, trust, *session) : absl::Status(proven.status());
    if (checked.ok() && !next_former.empty() && next_former != entry.seal_key_id()) {
      checked = LogFaultError("the change after it was from another key: a change between the two is not listed");
    }
    next_former = entry.former_seal_key_id();
    if (!checked.ok()) worst = checked;
    table.AddRow(
        {absl::StrCat(index), UtcText(FromProto(entry.logged_at())), HexEncode(entry.former_seal_key_id()),
         HexEncode(entry.seal_key_id()),
         checked.ok() ? absl::StrCat("sealed by the new key", OtherKeys(entry)) : std::string(checked.message())});
  }
  if (table.empty() && environment.settings.output != OutputFormat::kJson) {
    Say(environment,
        "The node lists no change of its seal's key; `tamga audit verify` shows whether it serves its whole log.");
    return absl::OkStatus();
  }
  PrintTableOrJson(environment, table);
  if (worst.ok()) return worst;
  return Annotate(worst, "not every change of the seal's key is proven");
}

}  // namespace

void AddSealsCommand(const Command& audit) {
  const Command command =
      audit.Add("seals", "Show when the seal's key changed, and verify the head of the log that each new key sealed");
  const auto arguments = std::make_shared<SealsArguments>();
  command.Required("--trust", "STATE=FILE: the root certificates of the node's State", Into(arguments->trust));
  command.Optional("--vkey", "File with the log's verification key; without it, the key that the node names",
                   Into(arguments->vkey));
  command.Run([arguments](Environment& environment) { return Seals(*arguments, environment); });
}

}  // namespace tamga::cli
