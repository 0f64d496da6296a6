// The larger commands of `tamga audit`, each in a file of its own.
#pragma once

#include "absl/status/statusor.h"
#include "node/cli/command_line.h"
#include "node/cli/environment.h"
#include "node/cli/session.h"
#include "node/ledger/note.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::cli {

void AddListEntriesCommand(const Command& audit);
void AddEvidenceCommands(const Command& audit);
void AddReplayCommand(const Command& audit);
void AddStatisticsCommand(const Command& audit);
void AddVerifyCommand(const Command& audit);
void AddProofCommands(const Command& audit);
void AddReconcileCommand(const Command& audit);
void AddExportCommands(const Command& audit);

// Options that say which entries, into `request`, which must outlive the parsing.
void AddEntryFilter(const Command& command, v1::ListEntriesRequest& request);

// The log's verification key (C2SP vkey, one line) in a file.
absl::StatusOr<ledger::NoteKey> ReadVkeyFile(const std::string& path);

// The key that the node itself names, which is as good as the first visit: says so.
absl::StatusOr<ledger::NoteKey> KeyNamedByNode(Session& session, Environment& environment);

}  // namespace tamga::cli
