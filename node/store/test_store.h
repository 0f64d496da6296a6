// An exchange database and a vault in a folder of their own, and commits without a sequencer. For tests only.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/base/status_macros.h"
#include "node/store/exchange_db.h"
#include "node/store/test_folder.h"
#include "node/store/vault.h"

namespace tamga::store {

inline const absl::Time kTestNow = absl::FromUnixSeconds(1'795'000'000);

inline const std::string kTestVaultKey(32, 'k');
inline const std::string kTestBlindKey(32, 'b');

// Any name for 16 bytes.
inline std::string TestId(absl::string_view name) { return (std::string(name) + std::string(16, '.')).substr(0, 16); }

class TestStore : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, ExchangeDb::Open(folder_.path(), kTestVaultKey, kTestBlindKey));
    ASSERT_OK_AND_ASSIGN(vault_, Vault::Open(folder_.path(), kTestVaultKey, rng_));
  }

  // One commit with one submission.
  absl::Status Commit(const std::function<absl::Status(Transaction&)>& write) {
    ASSIGN_OR_RETURN(const std::unique_ptr<WriteBatch> batch, database_->Begin());
    RETURN_IF_ERROR(batch->Try(write));
    return batch->Commit();
  }

  absl::Status Commit(const Effects& effects) {
    RETURN_IF_ERROR(vault_->Update({}, effects.blobs));
    return Commit([&](Transaction& transaction) -> absl::Status {
      for (const Write& write : effects.writes) RETURN_IF_ERROR(write(transaction));
      return absl::OkStatus();
    });
  }

  ReadSession Read() {
    absl::StatusOr<ReadSession> session = database_->Read();
    TAMGA_CHECK(session.ok());
    return *std::move(session);
  }

  TestFolder folder_;
  SeededRng rng_{7};
  std::unique_ptr<ExchangeDb> database_;
  std::unique_ptr<Vault> vault_;
};

}  // namespace tamga::store
