#include "node/attachment/attachment_store.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/domain/typed.h"

namespace tamga::attachment {
namespace {

// Above any number of attachments of one case (attachments.h).
constexpr size_t kMostOfCase = 1'000;

std::string IdOf(const AttachmentKey& key) { return absl::StrCat(key.case_id, "/", key.attachment_id); }

std::string BlockId(const AttachmentKey& key, uint32_t number) {
  return absl::StrCat(IdOf(key), "/", absl::StrFormat("%06d", number));
}

std::string SendingId(absl::string_view partner, absl::string_view attachment_id) {
  return absl::StrCat(partner, "|", attachment_id);
}

AttachmentKey KeyFrom(const std::string& id) {
  const size_t slash = id.find('/');
  return {id.substr(0, slash), slash == std::string::npos ? "" : id.substr(slash + 1)};
}

template <typename Message>
absl::StatusOr<Stored<Message>> Read(const store::Record& record) {
  ASSIGN_OR_RETURN(Message message, domain::ParseStored<Message>(record));
  return Stored<Message>{std::move(message), record.version, record.origin};
}

template <typename Message>
absl::StatusOr<std::optional<Stored<Message>>> Find(store::Records& records, absl::string_view kind,
                                                    const std::string& id) {
  const absl::StatusOr<store::Record> record = records.Get(kind, id);
  if (absl::IsNotFound(record.status())) return std::optional<Stored<Message>>();
  RETURN_IF_ERROR(record.status());
  ASSIGN_OR_RETURN(Stored<Message> stored, Read<Message>(*record));
  return std::optional<Stored<Message>>(std::move(stored));
}

// Those whose id begins with `prefix`, which no other kind of id continues, and goes on with more than `after`; in the
// order of their ids.
template <typename Message>
absl::StatusOr<std::vector<Stored<Message>>> List(store::ExchangeDb& database, store::Records& records,
                                                  absl::string_view kind, const std::string& prefix, size_t limit,
                                                  absl::string_view after = "") {
  std::vector<store::RecordRow> rows;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, database.Read());
    ASSIGN_OR_RETURN(rows, session->RecordsAfter(kind, absl::StrCat(prefix, after), limit));
  }
  std::vector<Stored<Message>> found;
  for (const store::RecordRow& row : rows) {
    if (!absl::StartsWith(row.id, prefix)) break;
    ASSIGN_OR_RETURN(std::optional<Stored<Message>> stored, Find<Message>(records, kind, row.id));
    if (stored) found.push_back(*std::move(stored));  // else it went meanwhile
  }
  return found;
}

}  // namespace

AttachmentKey KeyOf(const v1::AttachmentManifest& manifest) { return {manifest.case_id(), manifest.attachment_id()}; }

uint32_t BlocksOf(uint64_t size) { return static_cast<uint32_t>((size + kBlockBytes - 1) / kBlockBytes); }

absl::Status DiskFull() {
  return Error(absl::StatusCode::kResourceExhausted, "DISK_FULL",
               "the node's disk has no room for the attachment; its operator must make room, then try again");
}

absl::StatusOr<StoredFile> AttachmentStore::Load(const AttachmentKey& key) const {
  ASSIGN_OR_RETURN(std::optional<StoredFile> file, Find<v1::AttachmentFile>(records_, kAttachmentKind, IdOf(key)));
  if (file) return *std::move(file);
  return Error(absl::StatusCode::kNotFound, "ATTACHMENT_UNKNOWN",
               "attachment_id: the case has no such attachment here; list them");
}

absl::StatusOr<std::vector<StoredFile>> AttachmentStore::OfCase(const std::string& case_id) const {
  return List<v1::AttachmentFile>(database_, records_, kAttachmentKind, absl::StrCat(case_id, "/"), kMostOfCase);
}

absl::StatusOr<std::optional<std::string>> AttachmentStore::CaseAfter(const std::string& case_id) const {
  ASSIGN_OR_RETURN(store::ReadSession session, database_.Read());
  // "0" is the character after "/": above all ids of the case.
  const std::string after = case_id.empty() ? "" : absl::StrCat(case_id, "0");
  ASSIGN_OR_RETURN(const std::vector<store::RecordRow> rows, session->RecordsAfter(kAttachmentKind, after, 1));
  if (rows.empty()) return std::optional<std::string>();
  return std::optional<std::string>(KeyFrom(rows.front().id).case_id);
}

absl::StatusOr<std::optional<StoredOpen>> AttachmentStore::LoadOpen(const AttachmentKey& key) const {
  return Find<v1::OpenAttachment>(records_, kOpenKind, IdOf(key));
}

absl::Status AttachmentStore::VisitOpen(
    const std::function<absl::Status(const AttachmentKey&, const StoredOpen&)>& visit) const {
  return records_.ForEach(kOpenKind, [&](const store::Record& record) -> absl::Status {
    ASSIGN_OR_RETURN(const StoredOpen open, Read<v1::OpenAttachment>(record));
    return visit(KeyFrom(record.id), open);
  });
}

absl::StatusOr<std::optional<StoredSending>> AttachmentStore::LoadSending(absl::string_view partner,
                                                                          absl::string_view attachment_id) const {
  return Find<v1::SendingAttachment>(records_, kSendingKind, SendingId(partner, attachment_id));
}

absl::StatusOr<std::vector<StoredSending>> AttachmentStore::SendingTo(const std::string& partner, size_t limit,
                                                                      absl::string_view attachment_id) const {
  return List<v1::SendingAttachment>(database_, records_, kSendingKind, SendingId(partner, ""), limit, attachment_id);
}

absl::StatusOr<std::string> AttachmentStore::Block(const AttachmentKey& key, uint32_t number) const {
  ASSIGN_OR_RETURN(store::Record record, records_.Get(kBlockKind, BlockId(key, number)));
  return std::move(record.body);
}

store::Effects AttachmentStore::Put(const StoredFile& file) const {
  return records_.Put(kAttachmentKind, IdOf(KeyOf(file.value.manifest())), file.version, file.value.SerializeAsString(),
                      clock_.Now(), file.version == 0 ? file.origin : std::nullopt);
}

store::Effects AttachmentStore::Put(const AttachmentKey& key, const StoredOpen& open) const {
  return records_.Put(kOpenKind, IdOf(key), open.version, open.value.SerializeAsString(), clock_.Now(),
                      open.version == 0 ? open.origin : std::nullopt);
}

store::Effects AttachmentStore::Put(absl::string_view partner, const StoredSending& sending) const {
  return records_.Put(kSendingKind, SendingId(partner, sending.value.attachment_id()), sending.version,
                      sending.value.SerializeAsString(), clock_.Now());
}

store::Effects AttachmentStore::PutBlock(const AttachmentKey& key, uint32_t number, std::string bytes,
                                         const std::optional<store::Origin>& origin) const {
  return records_.Put(kBlockKind, BlockId(key, number), 0, std::move(bytes), clock_.Now(), origin);
}

store::Effects AttachmentStore::Delete(const StoredFile& file) const {
  return records_.Delete(kAttachmentKind, IdOf(KeyOf(file.value.manifest())), file.version);
}

store::Effects AttachmentStore::DeleteOpen(const AttachmentKey& key, const StoredOpen& open) const {
  return records_.Delete(kOpenKind, IdOf(key), open.version);
}

store::Effects AttachmentStore::DeleteSending(absl::string_view partner, const StoredSending& sending) const {
  return records_.Delete(kSendingKind, SendingId(partner, sending.value.attachment_id()), sending.version);
}

store::Effects AttachmentStore::DeleteBlocks(const AttachmentKey& key, uint32_t count) const {
  store::Effects effects;
  for (uint32_t number = 0; number < count; ++number) {
    effects.Add(records_.Delete(kBlockKind, BlockId(key, number), 1));
  }
  return effects;
}

absl::Status AttachmentStore::Commit(store::Effects effects) const {
  absl::Status status = writer_.Commit(std::move(effects));
  return ReasonOf(status) == "STORE_FULL" ? DiskFull() : status;
}

}  // namespace tamga::attachment
