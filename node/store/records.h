// Domain records: their bodies in the vault, their index in the exchange database.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "node/base/rng.h"
#include "node/store/effects.h"
#include "node/store/exchange_db.h"
#include "node/store/vault.h"

namespace tamga::store {

struct Record {
  std::string kind;
  std::string id;       // as stored: of some kinds its token (blind_index.h)
  int64_t version = 0;  // 1 for the first
  std::string body;
  absl::Time updated_at;
  std::optional<Origin> origin = {};  // of what it holds of another agency
};

struct RecordList {
  std::vector<Record> records;
  std::string next_page_token;  // empty on the last page
};

// Reads at once; changes are effects, to be committed with what caused them. Thread-safe. The database, vault and
// generator must outlive it.
class Records {
 public:
  Records(ExchangeDb& database, Vault& vault, Rng& rng) : database_(database), vault_(vault), rng_(rng) {}

  // NotFound if there is none.
  absl::StatusOr<Record> Get(absl::string_view kind, absl::string_view id);
  // Last updated first. A record that is changed or deleted meanwhile may be left out.
  absl::StatusOr<RecordList> List(absl::string_view kind, size_t page_size, absl::string_view page_token);
  // Calls `fn` for all records of a kind, by id as stored, until it returns an error, which is handed on.
  absl::Status ForEach(absl::string_view kind, const std::function<absl::Status(const Record&)>& fn);

  // Stores `body` as version `expected_version` + 1. Committing fails with Aborted (reason VERSION_CONFLICT) unless
  // `expected_version` is then the stored version; 0 stands for "there is none". `kind` stands in the exchange database
  // in clear, and `id` unless blind_index.h has it stored as a token. `origin` is the exchange that brought what the
  // record now holds of another agency; without one the record keeps the origin that it has.
  Effects Put(absl::string_view kind, absl::string_view id, int64_t expected_version, std::string body, absl::Time now,
              const std::optional<Origin>& origin = std::nullopt);
  // The same for deleting it; the body is erased from the vault.
  Effects Delete(absl::string_view kind, absl::string_view id, int64_t expected_version);
  // The same, of the record that this is the version of.
  static Effects Delete(const RecordRow& version);

 private:
  // The newest version, whose row `find` finds.
  absl::StatusOr<Record> GetNewest(absl::string_view kind, absl::FunctionRef<absl::StatusOr<RecordRow>(Reader&)> find);
  // NotFound if the body has been erased since the row was read.
  absl::StatusOr<Record> Open(const RecordRow& row);

  ExchangeDb& database_;
  Vault& vault_;
  Rng& rng_;
};

}  // namespace tamga::store
