// What all who answer auditors share: the log, and what of it is whose to see.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/principal.h"
#include "node/audit/visibility.h"
#include "node/exchange/entry.h"
#include "node/ledger/log_reader.h"
#include "node/ledger/note.h"
#include "node/ledger/sequencer.h"
#include "node/store/exchange_db.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::audit {

// The log that is audited. All references outlive the auditor.
struct AuditedLog {
  std::string own_agency;  // "KAZ/border-service"
  ledger::NoteKey key;
  store::ReadableDb& database;
  ledger::LogReader& reader;
  ledger::Sequencer& sequencer;
  const exchange::Pseudonyms& pseudonyms;
  // Says of an entry with its position how far it is witnessed.
  std::function<void(v1::IndexedEntry& entry)> add_witnessing = [](v1::IndexedEntry&) {};
};

struct SignedCheckpoint {
  std::string note;
  uint64_t size = 0;
};

// What it covers is the log. Rows beyond are not yet part of it, or were not put there by the node.
absl::StatusOr<SignedCheckpoint> NewestCheckpoint(const AuditedLog& log);

// The checkpoint over `size` entries; 0: the newest. INVALID_FIELD, naming `field`, for a size that the log has not
// reached; NotFound (CHECKPOINT_UNKNOWN) for one of which it signed none that it gave out, with a size that will do.
absl::StatusOr<SignedCheckpoint> CheckpointOfSize(const AuditedLog& log, absl::string_view field, uint64_t size);

Visibility VisibilityFor(const AuditedLog& log, const certs::Principal& caller);

// What the caller asks for, as far as he may see it. INVALID_FIELD as of FilterOf (entry_query.h). An auditor of
// another State finds by asker only callers of his State's agencies (PermissionDenied, ASKER_OF_OTHER_STATE), and by
// case reference only exchanges that these asked for: otherwise he could try out whose pseudonym stands in an entry.
absl::StatusOr<store::EntryFilter> VisibleFilter(const AuditedLog& log, const certs::Principal& caller,
                                                 const v1::ListEntriesRequest& request);

// The bytes are what was logged; where damage keeps them from being parsed, they stand alone.
v1::IndexedEntry Indexed(const AuditedLog& log, const store::EntryRow& row);

}  // namespace tamga::audit
