// What was seen of other agencies' logs, what contradicts it, and who cosigned the own log.
#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/store/transaction.h"

namespace tamga::store {
namespace {

std::string MacOf(const RowMac& mac, const SeenRow& row) {
  return mac.Make("seen", {row.origin, static_cast<int64_t>(row.size), row.root, row.note, RowMac::Of(row.seen_at)});
}

std::string MacOf(const RowMac& mac, int64_t number, const ContradictionRow& row) {
  return mac.Make("contradiction", {number, row.origin, row.what, row.before, row.after, RowMac::Of(row.found_at),
                                    int64_t{row.settled}});
}

std::string MacOf(const RowMac& mac, const CosignedRow& row) {
  return mac.Make("cosigned", {row.witness, static_cast<int64_t>(row.size), row.note, RowMac::Of(row.cosigned_at)});
}

struct NumberedContradiction {
  int64_t number = 0;
  ContradictionRow row;
};

absl::StatusOr<std::vector<NumberedContradiction>> ReadContradictions(Database& database, const RowMac& mac) {
  Statement statement(database, "SELECT n, origin, what, before, after, t, settled, mac FROM contradiction ORDER BY n");
  return AllRows<NumberedContradiction>(
      statement, [&mac](const Statement& found) -> absl::StatusOr<NumberedContradiction> {
        NumberedContradiction numbered{
            found.Int(0),
            {found.Bytes(1), found.Bytes(2), found.Bytes(3), found.Bytes(4), found.Time(5), found.Int(6) != 0}};
        RETURN_IF_ERROR(CheckRowMac(MacOf(mac, numbered.number, numbered.row), found.Bytes(7), "contradiction",
                                    numbered.row.origin));
        return numbered;
      });
}

absl::Status PutContradiction(Database& database, const RowMac& mac, int64_t number, const ContradictionRow& row) {
  return Statement(database,
                   "INSERT OR REPLACE INTO contradiction(n, origin, what, before, after, t, settled, mac) "
                   "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
      .BindInt(1, number)
      .BindText(2, row.origin)
      .BindText(3, row.what)
      .BindBlob(4, row.before)
      .BindBlob(5, row.after)
      .BindTime(6, row.found_at)
      .BindInt(7, row.settled ? 1 : 0)
      .BindBlob(8, MacOf(mac, number, row))
      .Run();
}

}  // namespace

absl::StatusOr<std::optional<SeenRow>> Reader::FindSeen(absl::string_view origin) {
  Statement statement(database_, "SELECT size, root, note, t, mac FROM seen WHERE origin = ?1");
  ASSIGN_OR_RETURN(const bool found, statement.BindText(1, origin).Step());
  if (!found) return std::optional<SeenRow>();
  SeenRow row{std::string(origin), static_cast<uint64_t>(statement.Int(0)), statement.Bytes(1), statement.Bytes(2),
              statement.Time(3)};
  RETURN_IF_ERROR(CheckRowMac(MacOf(mac_, row), statement.Bytes(4), "seen row", row.origin));
  return std::optional<SeenRow>(std::move(row));
}

absl::StatusOr<std::vector<ContradictionRow>> Reader::ListContradictions() {
  ASSIGN_OR_RETURN(const std::vector<NumberedContradiction> found, ReadContradictions(database_, mac_));
  std::vector<ContradictionRow> rows;
  for (const NumberedContradiction& numbered : found) rows.push_back(numbered.row);
  return rows;
}

absl::StatusOr<std::vector<CosignedRow>> Reader::ListCosigned() {
  Statement statement(database_, "SELECT witness, size, note, t, mac FROM cosigned ORDER BY witness");
  return AllRows<CosignedRow>(statement, [this](const Statement& found) -> absl::StatusOr<CosignedRow> {
    CosignedRow row{found.Bytes(0), static_cast<uint64_t>(found.Int(1)), found.Bytes(2), found.Time(3)};
    RETURN_IF_ERROR(CheckRowMac(MacOf(mac_, row), found.Bytes(4), "cosigned row", row.witness));
    return row;
  });
}

absl::Status Transaction::PutSeen(const SeenRow& row, uint64_t expected_size) {
  ASSIGN_OR_RETURN(const std::optional<SeenRow> before, FindSeen(row.origin));
  const uint64_t size = before ? before->size : 0;
  if (size != expected_size) {
    return absl::AbortedError(absl::StrCat(row.origin, " was seen at size ", size, ", not ", expected_size));
  }
  return Statement(database_,
                   "INSERT OR REPLACE INTO seen(origin, size, root, note, t, mac) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
      .BindText(1, row.origin)
      .BindInt(2, static_cast<int64_t>(row.size))
      .BindBlob(3, row.root)
      .BindBlob(4, row.note)
      .BindTime(5, row.seen_at)
      .BindBlob(6, MacOf(mac_, row))
      .Run();
}

absl::Status Transaction::ForgetSeen(absl::string_view origin) {
  return Statement(database_, "DELETE FROM seen WHERE origin = ?1").BindText(1, origin).Run();
}

absl::Status Transaction::AddContradiction(const ContradictionRow& row) {
  ASSIGN_OR_RETURN(const int64_t last, database_.QueryInt("SELECT coalesce(max(n), 0) FROM contradiction"));
  return PutContradiction(database_, mac_, last + 1, row);
}

absl::Status Transaction::SettleContradictions(absl::string_view origin) {
  ASSIGN_OR_RETURN(std::vector<NumberedContradiction> found, ReadContradictions(database_, mac_));
  for (NumberedContradiction& numbered : found) {
    if (numbered.row.origin != origin || numbered.row.settled) continue;
    numbered.row.settled = true;
    RETURN_IF_ERROR(PutContradiction(database_, mac_, numbered.number, numbered.row));
  }
  return absl::OkStatus();
}

absl::Status Transaction::PutCosigned(const CosignedRow& row) {
  return Statement(database_, "INSERT OR REPLACE INTO cosigned(witness, size, note, t, mac) VALUES(?1, ?2, ?3, ?4, ?5)")
      .BindText(1, row.witness)
      .BindInt(2, static_cast<int64_t>(row.size))
      .BindBlob(3, row.note)
      .BindTime(4, row.cosigned_at)
      .BindBlob(5, MacOf(mac_, row))
      .Run();
}

}  // namespace tamga::store
