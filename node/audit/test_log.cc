#include "node/audit/test_log.h"

#include <stdlib.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/base/check.h"
#include "node/base/clock.h"
#include "node/base/uuid.h"
#include "node/store/sqlite.h"

namespace tamga::audit {
namespace {

template <typename T>
T Must(absl::StatusOr<T> result) {
  TAMGA_CHECK(result.ok());
  return *std::move(result);
}

std::string MakeTemporaryFolder() {
  std::string path = absl::StrCat(testing::TempDir(), "audit.XXXXXX");
  TAMGA_CHECK(::mkdtemp(path.data()) != nullptr);
  return path;
}

}  // namespace

TestLog::TestLog()
    : folder_(MakeTemporaryFolder()),
      signing_key_(Must(certs::Ed25519Key::FromSeed(rng_.Bytes(32)))),
      key_{"log.border-service.kaz.tamga", signing_key_.public_key()},
      database_(Must(store::ExchangeDb::Open(folder_, vault_key_, vault_key_))),
      vault_(Must(store::Vault::Open(folder_, vault_key_, rng_))),
      sequencer_(Must(ledger::Sequencer::Start(*database_, *vault_, key_,
                                               [this](absl::string_view text) { return signing_key_.Sign(text); }))),
      reader_(*database_) {}

TestLog::~TestLog() {
  sequencer_.reset();
  vault_.reset();
  database_.reset();
  std::filesystem::remove_all(folder_);
}

std::string TestLog::Add(const std::string& partner, v1::EntryKind kind, const std::string& exchange_id) {
  std::string id = exchange_id;
  Add([&](v1::LogEntry& entry) {
    entry.set_kind(kind);
    entry.set_partner(partner);
    if (!id.empty()) entry.set_exchange_id(Must(ParseUuidV7(id)));
    id = FormatUuid(entry.exchange_id());
  });
  return id;
}

void TestLog::Add(const std::function<void(v1::LogEntry&)>& change) {
  now_ += absl::Seconds(1);
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(v1::ENTRY_KIND_RECEIVED);
  entry.set_exchange_id(NewUuidV7(now_, rng_));
  entry.set_own("KAZ/border-service");
  entry.set_partner("KGZ/interior-ministry");
  entry.set_outcome(v1::ENTRY_OUTCOME_PERMITTED);
  *entry.mutable_logged_at() = ToProto(now_);
  change(entry);
  Must(sequencer_->Append({{}, entry.SerializeAsString()}));
}

void TestLog::Damage(uint64_t index) {
  const auto connection =
      Must(store::Database::Open(absl::StrCat(folder_, "/exchange.db"), store::Database::Access::kReadWrite));
  const absl::Status damaged = connection->Execute(absl::StrCat(
      "DROP TRIGGER IF EXISTS entry_no_update; UPDATE entry SET body = body || x'f80101' WHERE idx = ", index));
  TAMGA_CHECK(damaged.ok());
}

void TestLog::CopyRow(uint64_t from, int64_t to) {
  const auto connection =
      Must(store::Database::Open(absl::StrCat(folder_, "/exchange.db"), store::Database::Access::kReadWrite));
  const absl::Status copied = connection->Execute(
      absl::StrCat("PRAGMA ignore_check_constraints = ON; INSERT INTO entry SELECT ", to,
                   ", xid, facet, t, asker, case_file, leaf, body, mac FROM entry WHERE idx = ", from));
  TAMGA_CHECK(copied.ok());
}

void TestLog::RemoveCheckpoint(uint64_t size) {
  const auto connection =
      Must(store::Database::Open(absl::StrCat(folder_, "/exchange.db"), store::Database::Access::kReadWrite));
  const absl::Status removed = connection->Execute(absl::StrCat("DELETE FROM checkpoint WHERE size = ", size));
  TAMGA_CHECK(removed.ok());
}

certs::Principal AuditorOf(const std::string& agency) { return {agency, certs::Role::kAuditor, "auditor-1"}; }

}  // namespace tamga::audit
