// Domain records by kind and id.
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/store/page_token.h"
#include "node/store/transaction.h"

namespace tamga::store {
namespace {

constexpr char kColumns[] =
    "SELECT kind, id, version, blob, updated_at, origin_xid, origin_partner, origin_own_asked, mac FROM record ";

std::string MacOf(const RowMac& mac, const RecordRow& row) {
  if (!row.origin) {
    return mac.Make("record", {row.kind, row.id, row.version, row.blob, RowMac::Of(row.updated_at), RowMac::Value(),
                               RowMac::Value(), RowMac::Value()});
  }
  return mac.Make("record", {row.kind, row.id, row.version, row.blob, RowMac::Of(row.updated_at),
                             row.origin->exchange_id, row.origin->partner, int64_t{row.origin->own_asked}});
}

absl::StatusOr<RecordRow> RowOf(const RowMac& mac, const Statement& statement) {
  RecordRow row{statement.Bytes(0), statement.Bytes(1), statement.Int(2), statement.Bytes(3), statement.Time(4)};
  // The MAC is over all three, so a row without any has none.
  if (!statement.IsNull(5) || !statement.IsNull(6) || !statement.IsNull(7)) {
    row.origin = Origin{statement.Bytes(5), statement.Bytes(6), statement.Int(7) != 0};
  }
  RETURN_IF_ERROR(CheckRowMac(MacOf(mac, row), statement.Bytes(8), absl::StrCat(row.kind, " record"), row.id));
  return row;
}

absl::StatusOr<std::vector<RecordRow>> RowsOf(const RowMac& mac, Statement& statement) {
  return AllRows<RecordRow>(statement, [&mac](const Statement& row) { return RowOf(mac, row); });
}

absl::StatusOr<RecordRow> Find(Database& database, const RowMac& mac, absl::string_view kind,
                               absl::string_view stored_id) {
  Statement statement(database, absl::StrCat(kColumns, "WHERE kind = ?1 AND id = ?2"));
  ASSIGN_OR_RETURN(const bool found, statement.BindText(1, kind).BindText(2, stored_id).Step());
  if (!found) return absl::NotFoundError(absl::StrCat("there is no such ", kind, " record"));
  return RowOf(mac, statement);
}

// The stored record, or one of version 0 and without blob if there is none; Aborted unless its version is the expected.
absl::StatusOr<RecordRow> ExpectVersion(Database& database, const RowMac& mac, absl::string_view kind,
                                        absl::string_view stored_id, int64_t expected) {
  absl::StatusOr<RecordRow> stored = Find(database, mac, kind, stored_id);
  if (absl::IsNotFound(stored.status())) stored = RecordRow{};
  RETURN_IF_ERROR(stored.status());
  if (stored->version == expected) return stored;
  return Error(absl::StatusCode::kAborted, "VERSION_CONFLICT",
               absl::StrCat("the ", kind, " record is of version ", stored->version, ", not ", expected,
                            "; read it again and repeat the change"));
}

// Puts the row in the place of the one with its kind and id, if there is one.
absl::Status Write(Database& database, const RowMac& mac, const RecordRow& row) {
  Statement statement(database,
                      "INSERT OR REPLACE INTO record(kind, id, version, blob, updated_at, mac, origin_xid, "
                      "origin_partner, origin_own_asked) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  statement.BindText(1, row.kind)
      .BindText(2, row.id)
      .BindInt(3, row.version)
      .BindBlob(4, row.blob)
      .BindTime(5, row.updated_at)
      .BindBlob(6, MacOf(mac, row));
  // A parameter that is not bound is NULL.
  if (row.origin) {
    statement.BindBlob(7, row.origin->exchange_id).BindText(8, row.origin->partner).BindInt(9, row.origin->own_asked);
  }
  return statement.Run();
}

}  // namespace

absl::StatusOr<RecordRow> Reader::GetRecord(absl::string_view kind, absl::string_view id) {
  return Find(database_, mac_, kind, blind_.OfRecord(kind, id));
}

absl::StatusOr<RecordRow> Reader::GetRecord(const RecordRow& version) {
  return Find(database_, mac_, version.kind, version.id);
}

absl::StatusOr<RecordPage> Reader::ListRecords(absl::string_view kind, size_t page_size, absl::string_view page_token) {
  ASSIGN_OR_RETURN(const std::optional<PageEnd> after, ReadPageToken(page_token));
  Statement statement(database_,
                      absl::StrCat(kColumns, "WHERE kind = ?1 ", after ? "AND (updated_at, id) < (?2, ?3) " : "",
                                   "ORDER BY updated_at DESC, id DESC LIMIT ?4"));
  statement.BindText(1, kind);
  if (after) statement.BindTime(2, after->time).BindText(3, after->name);
  statement.BindInt(4, static_cast<int64_t>(page_size) + 1);  // one more tells whether there is a next page
  RecordPage page;
  ASSIGN_OR_RETURN(page.records, RowsOf(mac_, statement));
  if (page.records.size() > page_size) {
    page.records.resize(page_size);
    page.next_page_token = MakePageToken({page.records.back().updated_at, page.records.back().id});
  }
  return page;
}

absl::StatusOr<std::vector<RecordRow>> Reader::RecordsAfter(absl::string_view kind, absl::string_view stored_id,
                                                            size_t limit) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE kind = ?1 AND id > ?2 ORDER BY id LIMIT ?3"));
  return RowsOf(mac_, statement.BindText(1, kind).BindText(2, stored_id).BindInt(3, static_cast<int64_t>(limit)));
}

absl::StatusOr<std::vector<RecordRow>> Reader::RecordsOf(const Origin& origin) {
  Statement statement(database_, absl::StrCat(kColumns,
                                              "WHERE origin_xid = ?1 AND origin_partner = ?2 AND origin_own_asked = ?3 "
                                              "ORDER BY kind, id"));
  statement.BindBlob(1, origin.exchange_id).BindText(2, origin.partner).BindInt(3, origin.own_asked);
  return RowsOf(mac_, statement);
}

absl::StatusOr<bool> Reader::IsBlobNamed(absl::string_view blob) {
  Statement statement(database_, "SELECT 1 FROM record WHERE blob = ?1");
  return statement.BindBlob(1, blob).Step();
}

absl::Status Transaction::PutRecord(absl::string_view kind, absl::string_view id, int64_t expected_version,
                                    absl::string_view blob, absl::Time now, const std::optional<Origin>& origin) {
  RecordRow row{std::string(kind), blind_.OfRecord(kind, id), expected_version + 1, std::string(blob), now, origin};
  ASSIGN_OR_RETURN(const RecordRow old, ExpectVersion(database_, mac_, kind, row.id, expected_version));
  if (expected_version > 0 && old.blob != blob) RETURN_IF_ERROR(DiscardBlob(old.blob));
  if (!row.origin) row.origin = old.origin;
  return Write(database_, mac_, row);
}

absl::Status Transaction::ForgetOrigin(const Origin& origin) {
  ASSIGN_OR_RETURN(std::vector<RecordRow> rows, RecordsOf(origin));
  for (RecordRow& row : rows) {
    row.origin.reset();
    RETURN_IF_ERROR(Write(database_, mac_, row));
  }
  return absl::OkStatus();
}

absl::Status Transaction::DeleteRecord(absl::string_view kind, absl::string_view id, int64_t expected_version) {
  return DeleteStored(kind, blind_.OfRecord(kind, id), expected_version);
}

absl::Status Transaction::DeleteRecord(const RecordRow& version) {
  return DeleteStored(version.kind, version.id, version.version);
}

absl::Status Transaction::DeleteStored(absl::string_view kind, absl::string_view stored_id, int64_t expected_version) {
  ASSIGN_OR_RETURN(const RecordRow old, ExpectVersion(database_, mac_, kind, stored_id, expected_version));
  if (expected_version == 0) return absl::OkStatus();
  RETURN_IF_ERROR(DiscardBlob(old.blob));
  Statement statement(database_, "DELETE FROM record WHERE kind = ?1 AND id = ?2");
  return statement.BindText(1, kind).BindText(2, stored_id).Run();
}

}  // namespace tamga::store
