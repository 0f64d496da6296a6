#include "node/ministry_main/postgres_tables.h"

#include <libpq-fe.h>

#include <cstdint>
#include <exception>
#include <pqxx/pqxx>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/interior_ministry/command_text.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::ministry {
namespace {

constexpr char kInboxChannel[] = "tamga_inbox";
// A database whose machine is gone is noticed; what the operator sets goes before it.
constexpr char kDefaults[] = "connect_timeout=10 keepalives_idle=60 application_name=tamga-ministry ";

std::string WithDefaults(const std::string& parameters) {
  const bool is_uri = absl::StartsWith(parameters, "postgresql://") || absl::StartsWith(parameters, "postgres://");
  return is_uri ? parameters : absl::StrCat(kDefaults, parameters);
}

absl::Status OutOfReach(absl::string_view what) {
  return Error(absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE", what);
}

class WakeUp final : public pqxx::notification_receiver {
 public:
  explicit WakeUp(pqxx::connection_base& connection) : notification_receiver(connection, kInboxChannel) {}
  void operator()(const std::string& /*payload*/, int /*backend*/) override { came_ = true; }
  // Whether there was one since this was last asked.
  bool Came() { return std::exchange(came_, false); }

 private:
  bool came_ = false;
};

// Errors of the database as statuses. `work` may throw what libpqxx throws.
template <typename Work>
absl::Status Guarded(const Work& work) {
  try {
    return work();
  } catch (const pqxx::undefined_table&) {
    return OutOfReach("the database lacks the tables; run schema.sql in it");
  } catch (const pqxx::insufficient_privilege&) {
    return OutOfReach("the database user may not use the tables; grant what docs/ministry.md says");
  } catch (const pqxx::transaction_rollback&) {
    return Error(absl::StatusCode::kAborted, "DATABASE_CONFLICT", "another transaction of the database was in the way");
  } catch (const pqxx::sql_error& error) {
    // 57P: the server is stopping. No code: the connection ended in the middle.
    if (error.sqlstate().empty() || absl::StartsWith(error.sqlstate(), "57P")) {
      return OutOfReach("the database has ended the connection; it is connected to again");
    }
    // Its text may repeat what a row says about a person.
    return Error(absl::StatusCode::kInternal, "DATABASE_ERROR",
                 absl::StrCat("the database refused a statement with SQLSTATE ", error.sqlstate()));
  } catch (const pqxx::broken_connection&) {
    return OutOfReach("the database does not answer; start it, or mend the connection string");
  } catch (const pqxx::in_doubt_error&) {
    return OutOfReach("the connection broke while a transaction was ending; it is looked up again");
  } catch (const std::exception&) {
    return Error(absl::StatusCode::kInternal, "DATABASE_ERROR", "the database answered what was not expected");
  }
}

// The ministry's file numbers as the transaction sees them, and with it.
class TransactionNumbers final : public adapters::CaseNumbers {
 public:
  explicit TransactionNumbers(pqxx::work& transaction) : transaction_(transaction) {}

  absl::StatusOr<std::vector<std::string>> CasesOf(const std::string& file_number) override {
    std::vector<std::string> cases;
    const absl::Status read = Guarded([&] {
      for (const pqxx::row& row : transaction_.exec_params(
               "SELECT case_id::text FROM tamga_file_number WHERE file_number = $1 LIMIT 100", file_number)) {
        cases.push_back(row[0].as<std::string>());
      }
      return absl::OkStatus();
    });
    if (!read.ok()) return read;
    return cases;
  }

  absl::Status Remember(const std::string& file_number, const std::string& case_id) override {
    return Guarded([&] {
      transaction_.exec_params(
          "INSERT INTO tamga_file_number (file_number, case_id) VALUES ($1, $2::uuid) ON CONFLICT DO NOTHING",
          file_number, case_id);
      return absl::OkStatus();
    });
  }

 private:
  pqxx::work& transaction_;
};

}  // namespace

struct PostgresConnection::Live {
  explicit Live(const std::string& parameters) : connection(parameters) {}

  pqxx::connection connection;
  std::unique_ptr<WakeUp> wake_up;  // once someone listens
};

PostgresConnection::PostgresConnection(std::string parameters) : parameters_(WithDefaults(parameters)) {}

PostgresConnection::~PostgresConnection() = default;

absl::Status PostgresConnection::Use(const std::function<absl::Status(Live&)>& work) {
  bool is_whole = false;
  const absl::Status used = Guarded([&] {
    if (live_ == nullptr) live_ = std::make_unique<Live>(parameters_);
    const absl::Status done = work(*live_);
    is_whole = true;
    return done;
  });
  if (!is_whole) live_.reset();
  return used;
}

absl::StatusOr<std::optional<int64_t>> PostgresInbox::Take(int64_t after, const Work& work) {
  std::optional<int64_t> taken;
  RETURN_IF_ERROR(connection_.Use([&](PostgresConnection::Live& live) -> absl::Status {
    if (live.wake_up == nullptr) live.wake_up = std::make_unique<WakeUp>(live.connection);
    pqxx::work transaction(live.connection);
    if (!transaction.exec1("SELECT pg_try_advisory_xact_lock(hashtextextended('tamga_inbox', 0))")[0].as<bool>()) {
      return absl::OkStatus();
    }
    const pqxx::result rows = transaction.exec_params(
        "SELECT id, key::text, CASE WHEN octet_length(command::text) <= 1048576 THEN command::text END"
        " FROM tamga_inbox WHERE state = 'NEW' AND id > $1 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED",
        after);
    if (rows.empty()) return absl::OkStatus();
    const auto id = rows[0][0].as<int64_t>();
    adapters::CommandRow row{absl::StrCat("row-", rows[0][1].as<std::string>()), std::nullopt};
    if (!rows[0][2].is_null()) row.command = rows[0][2].as<std::string>();
    TransactionNumbers numbers(transaction);
    const adapters::RowOutcome outcome = work(row, numbers);
    taken = id;
    if (outcome.state == adapters::RowOutcome::State::kWaits) return absl::OkStatus();  // nothing is committed
    const std::string state = outcome.state == adapters::RowOutcome::State::kDone ? "DONE" : "FAILED";
    transaction.exec_params(
        "UPDATE tamga_inbox SET state = $2, taken_at = clock_timestamp(), result = $3::jsonb WHERE id = $1", id, state,
        outcome.result);
    transaction.commit();
    return absl::OkStatus();
  }));
  return taken;
}

absl::StatusOr<bool> PostgresInbox::Wait(absl::Duration most) {
  bool came = false;
  RETURN_IF_ERROR(connection_.Use([&](PostgresConnection::Live& live) {
    if (live.wake_up == nullptr) live.wake_up = std::make_unique<WakeUp>(live.connection);
    came = live.wake_up->Came();
    if (came) return absl::OkStatus();
    const int64_t micros = absl::ToInt64Microseconds(most);
    live.connection.await_notification(static_cast<long>(micros / 1'000'000), static_cast<long>(micros % 1'000'000));
    came = live.wake_up->Came();
    return absl::OkStatus();
  }));
  return came;
}

absl::StatusOr<adapters::ChangeSink::Place> PostgresOutbox::Resume() {
  Place place;
  RETURN_IF_ERROR(connection_.Use([&](PostgresConnection::Live& live) {
    pqxx::work transaction(live.connection);
    const pqxx::row row = transaction.exec1("SELECT cursor, next_number FROM tamga_place");
    place.cursor = row[0].as<std::string>();
    place.next_number = row[1].as<uint64_t>();
    return absl::OkStatus();
  }));
  next_number_ = place.next_number;
  return place;
}

absl::Status PostgresOutbox::Put(const v1::MinistryChange& change, const std::string& cursor) {
  const std::string body = adapters::WriteMinistryRecord(adapters::MinistryFormat::kJson, change, "change");
  RETURN_IF_ERROR(connection_.Use([&](PostgresConnection::Live& live) -> absl::Status {
    pqxx::work transaction(live.connection);
    const pqxx::result moved = transaction.exec_params(
        "UPDATE tamga_place SET cursor = $1, next_number = $2::bigint + 1 WHERE next_number = $2::bigint", cursor,
        change.number());
    if (moved.affected_rows() != 1) {
      return Error(absl::StatusCode::kAborted, "PLACE_MOVED", "another program hands over changes to this database");
    }
    transaction.exec_params(
        "INSERT INTO tamga_outbox (change_number, case_id, body) VALUES ($1, NULLIF($2, '')::uuid, $3::jsonb)",
        change.number(), change.case_().case_id(), body);
    transaction.commit();
    return absl::OkStatus();
  }));
  next_number_ = change.number() + 1;
  return absl::OkStatus();
}

absl::Status PostgresOutbox::MoveTo(const std::string& cursor) {
  return connection_.Use([&](PostgresConnection::Live& live) -> absl::Status {
    pqxx::work transaction(live.connection);
    const pqxx::result moved = transaction.exec_params(
        "UPDATE tamga_place SET cursor = $1 WHERE next_number = $2::bigint", cursor, next_number_);
    if (moved.affected_rows() != 1) {
      return Error(absl::StatusCode::kAborted, "PLACE_MOVED", "another program hands over changes to this database");
    }
    transaction.commit();
    return absl::OkStatus();
  });
}

absl::Status CheckConnectionString(absl::string_view field, const std::string& parameters) {
  if (parameters.empty()) {
    return InvalidField(field, "is required; write libpq's connection string, such as \"host=/run/postgresql\"");
  }
  char* why = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&::PQconninfoFree)> options(
      ::PQconninfoParse(parameters.c_str(), &why), &::PQconninfoFree);
  if (why != nullptr) ::PQfreemem(why);  // it may repeat what the string holds
  if (options == nullptr) return InvalidField(field, "is none that libpq reads; write \"keyword=value keyword=value\"");
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (std::string(option->keyword) == "password" && option->val != nullptr && *option->val != '\0') {
      return InvalidField(field, "holds a password; take it out and name a passfile instead");
    }
  }
  return absl::OkStatus();
}

}  // namespace tamga::ministry
