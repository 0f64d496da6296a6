// The larger commands of `tamga audit`, each in a file of its own.
#pragma once

#include "absl/status/statusor.h"
#include "node/cli/command_line.h"
#include "node/ledger/note.h"

namespace tamga::cli {

void AddListEntriesCommand(const Command& audit);
void AddVerifyCommand(const Command& audit);
void AddProofCommands(const Command& audit);
void AddReconcileCommand(const Command& audit);

// The log's verification key (C2SP vkey, one line) in a file.
absl::StatusOr<ledger::NoteKey> ReadVkeyFile(const std::string& path);

}  // namespace tamga::cli
