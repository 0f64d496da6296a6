// What a difference between two logs probably means, from what the own log and vault hold of the exchange.
#pragma once

#include <set>
#include <string>

#include "node/store/exchange_db.h"
#include "node/store/vault.h"
#include "tamga/v1/audit_service.pb.h"

namespace tamga::reconciliation {

// What the own node holds of an exchange.
struct OwnTraces {
  std::set<int> kinds;       // of entries, v1::EntryKind
  bool waits = false;        // in the outbox
  bool has_receipt = false;  // the partner's proof that it had logged the request
};

// A sentence. `kind` is that of the entry in the log that has it.
std::string Explain(v1::LogDifferenceType type, v1::EntryKind kind, const OwnTraces& traces);

// The partner's proof (tlog-proof) that its log has the request, out of the reply that is kept; empty if there is none,
// or its payload was erased.
std::string ReceiptProof(store::ReadableDb& database, store::Vault& vault, const std::string& partner,
                         const std::string& exchange_id);

}  // namespace tamga::reconciliation
