// The larger commands of `tamga audit`, each in a file of its own.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/cli/command_line.h"
#include "node/cli/environment.h"
#include "node/cli/session.h"
#include "node/cli/table.h"
#include "node/ledger/note.h"
#include "tamga/v1/audit_service.pb.h"
#include "tamga/v1/witness_service.pb.h"

namespace tamga::cli {

void AddListEntriesCommand(const Command& audit);
void AddEvidenceCommands(const Command& audit);
void AddOpenCommand(const Command& audit);
void AddShowBundleCommand(const Command& audit);
void AddTailCommand(const Command& audit);
void AddReplayCommand(const Command& audit);
void AddSealsCommand(const Command& audit);
void AddStatisticsCommand(const Command& audit);
void AddVerifyCommand(const Command& audit);
void AddProofCommands(const Command& audit);
void AddReconcileCommand(const Command& audit);
void AddExportCommands(const Command& audit);
void AddWitnessesCommand(const Command& audit);

// Options that say which entries, into `request`, which must outlive the parsing.
void AddEntryFilter(const Command& command, v1::ListEntriesRequest& request);

// For the flag --readings.
inline constexpr char kReadingsHelp[] = "Also the entries that say who read the log";
// Whether READ entries are asked for: where the flag says so, or the kind itself does.
void LeaveOutReadings(bool readings, v1::ListEntriesRequest* request);

// An entry on one line, in columns as wide as their heading's on EntryHeader, or wider where it must be.
std::string EntryLine(const v1::IndexedEntry& indexed);
std::string EntryHeader();

// The newest entry's state, and the witnesses.
std::vector<Table> WitnessingTables(const v1::GetWitnessingResponse& response);

// The verification key of a log, or of the `type` given (C2SP vkey, one line) in a file.
absl::StatusOr<ledger::NoteKey> ReadVkeyFile(const std::string& path, char type = ledger::kEd25519);

// The key that the node itself names, which is as good as the first visit: says so.
absl::StatusOr<ledger::NoteKey> KeyNamedByNode(Session& session, Environment& environment);

}  // namespace tamga::cli
