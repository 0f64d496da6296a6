// A log in a folder of its own. For tests only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "node/base/clock.h"
#include "node/base/uuid.h"
#include "node/ledger/log_verifier.h"
#include "node/ledger/log_writer.h"
#include "node/ledger/sequencer.h"
#include "node/ledger/test_ed25519.h"
#include "node/store/test_store.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::ledger {

// The n-th entry of a made-up log, serialised.
inline std::string TestEntry(uint64_t n) {
  SeededRng rng(n);
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(v1::ENTRY_KIND_RECEIVED);
  entry.set_exchange_id(NewUuidV7(store::kTestNow, rng));
  entry.set_own("KAZ/border-service");
  entry.set_partner(n % 2 == 0 ? "KGZ/interior-ministry" : "UZB/interior-ministry");
  *entry.mutable_logged_at() = ToProto(store::kTestNow + absl::Milliseconds(n));
  entry.set_outcome(v1::ENTRY_OUTCOME_PERMITTED);
  entry.set_request_commitment(rng.Bytes(32));
  return entry.SerializeAsString();
}

class TestLog : public store::TestStore {
 protected:
  absl::StatusOr<std::unique_ptr<LogWriter>> OpenWriter() {
    return LogWriter::Open(*database_, *vault_, log_key_.key(), log_key_.signer());
  }
  absl::StatusOr<std::unique_ptr<Sequencer>> StartSequencer() {
    return Sequencer::Start(*database_, *vault_, log_key_.key(), log_key_.signer());
  }

  static CheckedSubmission Checked(store::Effects effects, std::optional<std::string> entry) {
    return CheckSubmission({std::move(effects), std::move(entry)}).value();
  }

  // Appends entries `begin` to `end` - 1 in one batch for each stretch of `batch` entries.
  static void AppendEntries(LogWriter& writer, uint64_t begin, uint64_t end, uint64_t batch = 100) {
    for (uint64_t next = begin; next < end;) {
      std::vector<CheckedSubmission> submissions;
      for (; next < end && submissions.size() < batch; ++next) submissions.push_back(Checked({}, TestEntry(next)));
      for (const auto& result : writer.Write(submissions)) ASSERT_OK(result);
    }
  }

  // Of a log whose newest checkpoint is stored, unless `settle` does that.
  absl::StatusOr<LogVerdict> Verify(const SettleLog& settle = absl::OkStatus) {
    return VerifyLog(*database_, log_key_.key(), certs::VerifyEd25519, settle, [](uint64_t, uint64_t) { return true; });
  }

  // Closes and opens both databases.
  void Reopen() {
    vault_.reset();
    database_.reset();
    SetUp();
  }

  // Changes the database behind the node's back.
  void Tamper(const std::string& sql) {
    ASSERT_OK_AND_ASSIGN(const auto other,
                         store::Database::Open(folder_.path() + "/exchange.db", store::Database::Access::kReadWrite));
    for (const char* trigger : {"entry_no_update", "entry_no_delete", "tile_no_update", "tile_no_delete"}) {
      ASSERT_OK(other->Execute(std::string("DROP TRIGGER IF EXISTS ") + trigger));
    }
    ASSERT_OK(other->Execute("PRAGMA ignore_check_constraints = ON"));
    ASSERT_OK(other->Execute(sql));
  }

  const TestLogKey log_key_{"log.test.example/exchange"};
};

}  // namespace tamga::ledger
