#include "node/store/records.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"

namespace tamga::store {
namespace {

constexpr size_t kBlobIdBytes = 16;
constexpr size_t kScanPage = 200;
// A reader meets an erased body only if the record changed between its two reads; this often in a row is a fault.
constexpr int kReadAttempts = 10;

std::string ContextOf(absl::string_view kind, absl::string_view stored_id, int64_t version) {
  return absl::StrCat("tamga/record\n", kind, "\n", stored_id, "\n", version);
}

}  // namespace

absl::StatusOr<Record> Records::Open(const RecordRow& row) {
  ASSIGN_OR_RETURN(std::string body, vault_.Get(row.blob, ContextOf(row.kind, row.id, row.version)));
  return Record{row.kind, row.id, row.version, std::move(body), row.updated_at, row.origin};
}

absl::StatusOr<Record> Records::Get(absl::string_view kind, absl::string_view id) {
  return GetNewest(kind, [kind, id](Reader& reader) { return reader.GetRecord(kind, id); });
}

absl::StatusOr<Record> Records::GetNewest(absl::string_view kind,
                                          absl::FunctionRef<absl::StatusOr<RecordRow>(Reader&)> find) {
  for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
    RecordRow row;
    {
      ASSIGN_OR_RETURN(ReadSession session, database_.Read());
      ASSIGN_OR_RETURN(row, find(*session));
    }
    absl::StatusOr<Record> record = Open(row);
    if (!absl::IsNotFound(record.status())) return record;
  }
  return absl::DataLossError(absl::StrCat("a ", kind, " record's body is missing from the vault; restore the vault"));
}

absl::StatusOr<RecordList> Records::List(absl::string_view kind, size_t page_size, absl::string_view page_token) {
  RecordPage page;
  {
    ASSIGN_OR_RETURN(ReadSession session, database_.Read());
    ASSIGN_OR_RETURN(page, session->ListRecords(kind, page_size, page_token));
  }
  RecordList list;
  list.next_page_token = page.next_page_token;
  for (const RecordRow& row : page.records) {
    absl::StatusOr<Record> record = Open(row);
    if (absl::IsNotFound(record.status())) continue;
    RETURN_IF_ERROR(record.status());
    list.records.push_back(*std::move(record));
  }
  return list;
}

absl::Status Records::ForEach(absl::string_view kind, const std::function<absl::Status(const Record&)>& fn) {
  std::string last_id;
  while (true) {
    std::vector<RecordRow> rows;
    {
      ASSIGN_OR_RETURN(ReadSession session, database_.Read());
      ASSIGN_OR_RETURN(rows, session->RecordsAfter(kind, last_id, kScanPage));
    }
    if (rows.empty()) return absl::OkStatus();
    for (const RecordRow& row : rows) {
      // Read again, so that a record changed meanwhile comes in its newer version.
      const absl::StatusOr<Record> record = GetNewest(kind, [&row](Reader& reader) { return reader.GetRecord(row); });
      if (absl::IsNotFound(record.status())) continue;
      RETURN_IF_ERROR(record.status());
      RETURN_IF_ERROR(fn(*record));
    }
    last_id = rows.back().id;
  }
}

Effects Records::Put(absl::string_view kind, absl::string_view id, int64_t expected_version, std::string body,
                     absl::Time now, const std::optional<Origin>& origin) {
  const std::string blob = rng_.Bytes(kBlobIdBytes);
  Effects effects;
  effects.blobs.push_back(
      {blob, ContextOf(kind, database_.blind_index().OfRecord(kind, id), expected_version + 1), std::move(body)});
  effects.writes.push_back(
      [kind = std::string(kind), id = std::string(id), expected_version, blob, now, origin](Transaction& transaction) {
        return transaction.PutRecord(kind, id, expected_version, blob, now, origin);
      });
  return effects;
}

Effects Records::Delete(absl::string_view kind, absl::string_view id, int64_t expected_version) {
  Effects effects;
  effects.writes.push_back(
      [kind = std::string(kind), id = std::string(id), expected_version](Transaction& transaction) {
        return transaction.DeleteRecord(kind, id, expected_version);
      });
  return effects;
}

Effects Records::Delete(const RecordRow& version) {
  Effects effects;
  effects.writes.push_back([version](Transaction& transaction) { return transaction.DeleteRecord(version); });
  return effects;
}

}  // namespace tamga::store
