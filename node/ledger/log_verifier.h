// The audit of a stored log: everything is read back and hashed again, nothing that can be computed is believed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/ledger/hash.h"
#include "node/ledger/note.h"
#include "node/store/exchange_db.h"

namespace tamga::ledger {

inline constexpr size_t kMaxFaults = 100;

// Something that does not agree.
struct LogFault {
  std::optional<uint64_t> index;  // of the entry, where one can be named
  std::string exchange_id;        // of that entry, where it can still be read
  std::string detail;             // what is wrong; no personal data
};

struct LogVerdict {
  std::vector<LogFault> faults;  // in the order found; at most kMaxFaults, then the audit stops
  uint64_t entries = 0;          // entries hashed
  uint64_t checkpoint_size = 0;  // of the newest stored checkpoint; 0 if there is none
  Hash root;                     // of that checkpoint

  bool intact() const { return faults.empty(); }
};

// Has the log's writer store its newest checkpoint: the entries that were in the log before must then lie within it.
using SettleLog = std::function<absl::Status()>;

// Called now and then, while no reading connection is held, with the entries hashed so far and all; false ends the
// audit.
using VerifyProgress = std::function<bool(uint64_t checked, uint64_t total)>;

// Audits the entries of the newest checkpoint that is stored after `settle`, while others may be added. It checks that
// each entry's bytes hash to its leaf and agree with the columns by which it is found, that leaves and tiles agree,
// that the indexes lead to each entry and to nothing else, that each stored checkpoint has the log's signature and the
// root of the entries as they are now, and that the table of entries held no other rows before `settle`. Damage is
// reported in the verdict, even where SQLite cannot read the file. Cancelled if `progress` says so; other errors if the
// database cannot be opened or read at all for another reason, or of `settle`.
absl::StatusOr<LogVerdict> VerifyLog(store::ReadableDb& database, const NoteKey& key, const SignatureVerifier& verify,
                                     const SettleLog& settle, const VerifyProgress& progress);

}  // namespace tamga::ledger
