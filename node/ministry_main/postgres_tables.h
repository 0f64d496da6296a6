// The ministry's tables in PostgreSQL (adapters/interior_ministry/schema.sql).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/interior_ministry/change_feed.h"
#include "adapters/interior_ministry/command_table.h"

namespace tamga::ministry {

// A connection that is made when it is needed, and made anew after an error. Used by one thread.
class PostgresConnection {
 public:
  // `parameters` is libpq's connection string.
  explicit PostgresConnection(std::string parameters);
  ~PostgresConnection();

  // Errors of the database: Unavailable (DATABASE_UNAVAILABLE) if it is out of reach or lacks the tables, Aborted
  // (DATABASE_CONFLICT) if others were in the way, Internal (DATABASE_ERROR) otherwise. Texts of the database that may
  // repeat values are not passed on; its five-character error code is.
  struct Live;  // what there is while it is connected
  absl::Status Use(const std::function<absl::Status(Live&)>& work);

 private:
  const std::string parameters_;
  std::unique_ptr<Live> live_;
};

class PostgresInbox final : public adapters::CommandTable {
 public:
  explicit PostgresInbox(std::string parameters) : connection_(std::move(parameters)) {}

  // Only one who asks at a time gets a row, so that the rows' order holds among several programs. Rows that the case
  // system itself has locked are passed over until the next time.
  absl::StatusOr<std::optional<int64_t>> Take(int64_t after, const Work& work) override;
  absl::StatusOr<bool> Wait(absl::Duration most) override;

 private:
  PostgresConnection connection_;
};

// Cursor and change are written in one transaction, so that each change is there once.
class PostgresOutbox final : public adapters::ChangeSink {
 public:
  explicit PostgresOutbox(std::string parameters) : connection_(std::move(parameters)) {}

  absl::StatusOr<Place> Resume() override;
  // Aborted (PLACE_MOVED) if another program has handed over changes meanwhile.
  absl::Status Put(const v1::MinistryChange& change, const std::string& cursor) override;
  absl::Status MoveTo(const std::string& cursor) override;

 private:
  PostgresConnection connection_;
  uint64_t next_number_ = 1;
};

// OK if the string is one that libpq can read, and holds no password. INVALID_FIELD otherwise.
absl::Status CheckConnectionString(absl::string_view field, const std::string& parameters);

}  // namespace tamga::ministry
