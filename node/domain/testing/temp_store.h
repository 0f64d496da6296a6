// For tests: a node's durable state in a folder of its own, gone with the object.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "node/base/check.h"
#include "node/base/mutex.h"
#include "node/base/rng.h"
#include "node/base/status_macros.h"
#include "node/store/exchange_db.h"
#include "node/store/records.h"
#include "node/store/vault.h"

namespace tamga::domain {

// Commits effects one after the other, without a log.
class PlainWriter final : public store::EffectWriter {
 public:
  PlainWriter(store::ExchangeDb& database, store::Vault& vault) : database_(database), vault_(vault) {}

  absl::Status Commit(store::Effects effects) override {
    MutexLock lock(mutex_);
    ++commits_;
    RETURN_IF_ERROR(vault_.Update({}, effects.blobs));
    ASSIGN_OR_RETURN(const std::unique_ptr<store::WriteBatch> batch, database_.Begin());
    const auto run_all = [&effects](store::Transaction& transaction) -> absl::Status {
      for (const store::Write& write : effects.writes) RETURN_IF_ERROR(write(transaction));
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(batch->Try(run_all));
    return batch->Commit();
  }

  // How many commits were tried.
  int commits() {
    MutexLock lock(mutex_);
    return commits_;
  }

 private:
  store::ExchangeDb& database_;
  store::Vault& vault_;
  Mutex mutex_;
  int commits_ ABSL_GUARDED_BY(mutex_) = 0;
};

class TempStore {
 public:
  explicit TempStore(Rng& rng) : rng_(rng) {
    std::string pattern = ::testing::TempDir() + "/tamga-XXXXXX";
    TAMGA_CHECK(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    Open();
  }
  ~TempStore() {
    Close();
    std::filesystem::remove_all(folder_);
  }
  TempStore(const TempStore&) = delete;
  TempStore& operator=(const TempStore&) = delete;

  store::ExchangeDb& database() { return *database_; }
  store::Records& records() { return *records_; }
  PlainWriter& writer() { return *writer_; }
  const std::string& folder() const { return folder_; }

 private:
  void Open() {
    auto database = store::ExchangeDb::Open(folder_, std::string(32, 'k'), std::string(32, 'b'));
    TAMGA_CHECK(database.ok());
    database_ = *std::move(database);
    auto vault = store::Vault::Open(folder_, std::string(32, 'k'), rng_);
    TAMGA_CHECK(vault.ok());
    vault_ = *std::move(vault);
    records_ = std::make_unique<store::Records>(*database_, *vault_, rng_);
    writer_ = std::make_unique<PlainWriter>(*database_, *vault_);
  }
  void Close() {
    writer_.reset();
    records_.reset();
    vault_.reset();
    database_.reset();
  }

  Rng& rng_;
  std::string folder_;
  std::unique_ptr<store::ExchangeDb> database_;
  std::unique_ptr<store::Vault> vault_;
  std::unique_ptr<store::Records> records_;
  std::unique_ptr<PlainWriter> writer_;
};

}  // namespace tamga::domain
