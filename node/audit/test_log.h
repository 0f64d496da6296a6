// For tests: a log in a temporary folder with what an auditor needs to look at it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "certs/ed25519.h"
#include "certs/principal.h"
#include "node/audit/auditor.h"
#include "node/audit/reading_log.h"
#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/exchange/entry.h"
#include "node/ledger/log_reader.h"
#include "node/ledger/sequencer.h"
#include "node/store/exchange_db.h"
#include "node/store/vault.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::audit {

// The log of KAZ/border-service. Any failure to set it up ends the test program.
class TestLog {
 public:
  TestLog();
  ~TestLog();
  TestLog(const TestLog&) = delete;
  TestLog& operator=(const TestLog&) = delete;

  // Adds an entry about an exchange with `partner`, one second later than the last, and returns the exchange's id in
  // text form: a new one unless given.
  std::string Add(const std::string& partner, v1::EntryKind kind = v1::ENTRY_KIND_RECEIVED,
                  const std::string& exchange_id = "");

  // Adds an entry that is as it should be but for what `change` does, one second later than the last.
  void Add(const std::function<void(v1::LogEntry&)>& change);

  // Changes the stored bytes of an entry behind the log's back.
  void Damage(uint64_t index);
  // Copies the row of an entry to another index behind the log's back.
  void CopyRow(uint64_t from, int64_t to);
  // Takes away the stored checkpoint of a size behind the log's back.
  void RemoveCheckpoint(uint64_t size);

  AuditedLog audited() { return {"KAZ/border-service", key_, *database_, reader_, *sequencer_, pseudonyms_}; }
  Auditor MakeAuditor() { return Auditor(audited()); }
  ReadingLog MakeReadingLog() { return ReadingLog({"KAZ/border-service", *sequencer_, pseudonyms_, clock_, rng_}); }
  const exchange::Pseudonyms& pseudonyms() const { return pseudonyms_; }
  store::ExchangeDb& database() { return *database_; }
  store::Vault& vault() { return *vault_; }
  ledger::Sequencer& sequencer() { return *sequencer_; }
  const ledger::NoteKey& key() const { return key_; }
  // When the last entry was logged.
  absl::Time last() const { return now_; }

 private:
  const std::string folder_;
  SeededRng rng_{7};
  const std::string vault_key_ = rng_.Bytes(32);
  certs::Ed25519Key signing_key_;
  ledger::NoteKey key_;
  std::unique_ptr<store::ExchangeDb> database_;
  std::unique_ptr<store::Vault> vault_;
  std::unique_ptr<ledger::Sequencer> sequencer_;
  ledger::LogReader reader_;
  const exchange::Pseudonyms pseudonyms_{"key"};
  absl::Time now_ = absl::FromUnixSeconds(1'795'000'000);
  const ManualClock clock_{now_};  // of what is read
};

certs::Principal AuditorOf(const std::string& agency);

}  // namespace tamga::audit
