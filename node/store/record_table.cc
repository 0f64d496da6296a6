// Domain records by kind and id.
#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/store/page_token.h"
#include "node/store/transaction.h"

namespace tamga::store {
namespace {

constexpr char kColumns[] = "SELECT kind, id, version, blob, updated_at, mac FROM record WHERE kind = ?1 ";

std::string MacOf(const RowMac& mac, const RecordRow& row) {
  return mac.Make("record", {row.kind, row.id, row.version, row.blob, RowMac::Of(row.updated_at)});
}

absl::StatusOr<RecordRow> RowOf(const RowMac& mac, const Statement& statement) {
  RecordRow row{statement.Bytes(0), statement.Bytes(1), statement.Int(2), statement.Bytes(3), statement.Time(4)};
  RETURN_IF_ERROR(CheckRowMac(MacOf(mac, row), statement.Bytes(5), absl::StrCat(row.kind, " record"), row.id));
  return row;
}

absl::StatusOr<std::vector<RecordRow>> RowsOf(const RowMac& mac, Statement& statement) {
  return AllRows<RecordRow>(statement, [&mac](const Statement& row) { return RowOf(mac, row); });
}

// The stored record, or one of version 0 and without blob if there is none; Aborted unless its version is the expected.
absl::StatusOr<RecordRow> ExpectVersion(Reader& reader, absl::string_view kind, absl::string_view id,
                                        int64_t expected) {
  absl::StatusOr<RecordRow> stored = reader.GetRecord(kind, id);
  if (absl::IsNotFound(stored.status())) stored = RecordRow{};
  RETURN_IF_ERROR(stored.status());
  if (stored->version == expected) return stored;
  return Error(absl::StatusCode::kAborted, "VERSION_CONFLICT",
               absl::StrCat("the ", kind, " record is of version ", stored->version, ", not ", expected,
                            "; read it again and repeat the change"));
}

}  // namespace

absl::StatusOr<RecordRow> Reader::GetRecord(absl::string_view kind, absl::string_view id) {
  Statement statement(database_, absl::StrCat(kColumns, "AND id = ?2"));
  ASSIGN_OR_RETURN(const bool found, statement.BindText(1, kind).BindText(2, id).Step());
  if (!found) return absl::NotFoundError(absl::StrCat("there is no such ", kind, " record"));
  return RowOf(mac_, statement);
}

absl::StatusOr<RecordPage> Reader::ListRecords(absl::string_view kind, size_t page_size, absl::string_view page_token) {
  ASSIGN_OR_RETURN(const std::optional<PageEnd> after, ReadPageToken(page_token));
  Statement statement(database_, absl::StrCat(kColumns, after ? "AND (updated_at, id) < (?2, ?3) " : "",
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

absl::StatusOr<std::vector<RecordRow>> Reader::RecordsAfter(absl::string_view kind, absl::string_view id,
                                                            size_t limit) {
  Statement statement(database_, absl::StrCat(kColumns, "AND id > ?2 ORDER BY id LIMIT ?3"));
  return RowsOf(mac_, statement.BindText(1, kind).BindText(2, id).BindInt(3, static_cast<int64_t>(limit)));
}

absl::StatusOr<bool> Reader::IsBlobNamed(absl::string_view blob) {
  Statement statement(database_, "SELECT 1 FROM record WHERE blob = ?1");
  return statement.BindBlob(1, blob).Step();
}

absl::Status Transaction::PutRecord(absl::string_view kind, absl::string_view id, int64_t expected_version,
                                    absl::string_view blob, absl::Time now) {
  ASSIGN_OR_RETURN(const RecordRow old, ExpectVersion(*this, kind, id, expected_version));
  if (expected_version > 0 && old.blob != blob) RETURN_IF_ERROR(DiscardBlob(old.blob));
  Statement statement(database_,
                      "INSERT INTO record(kind, id, version, blob, updated_at, mac) VALUES(?1, ?2, ?3, ?4, ?5, ?6) "
                      "ON CONFLICT(kind, id) DO UPDATE SET version = ?3, blob = ?4, updated_at = ?5, mac = ?6");
  const RecordRow row{std::string(kind), std::string(id), expected_version + 1, std::string(blob), now};
  return statement.BindText(1, row.kind)
      .BindText(2, row.id)
      .BindInt(3, row.version)
      .BindBlob(4, row.blob)
      .BindTime(5, row.updated_at)
      .BindBlob(6, MacOf(mac_, row))
      .Run();
}

absl::Status Transaction::DeleteRecord(absl::string_view kind, absl::string_view id, int64_t expected_version) {
  ASSIGN_OR_RETURN(const RecordRow old, ExpectVersion(*this, kind, id, expected_version));
  if (expected_version == 0) return absl::OkStatus();
  RETURN_IF_ERROR(DiscardBlob(old.blob));
  return Statement(database_, "DELETE FROM record WHERE kind = ?1 AND id = ?2").BindText(1, kind).BindText(2, id).Run();
}

}  // namespace tamga::store
