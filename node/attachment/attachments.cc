#include "node/attachment/attachments.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/attachment/manifest_checks.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/domain/record_id.h"
#include "node/exchange/call_context.h"

namespace tamga::attachment {
namespace {

// What the disk must have room for beside the attachment itself: the log, and whatever else keeps the node going.
constexpr uint64_t kSpareBytes = 256u << 20;

absl::Status TooMany(absl::string_view what) {
  return Error(absl::StatusCode::kResourceExhausted, "TOO_MANY_ATTACHMENTS",
               absl::StrCat(what, "; finish those that are unfinished, or wait until the node drops them"));
}

absl::Status Unfinished() {
  return Error(absl::StatusCode::kFailedPrecondition, "UNFINISHED",
               "attachment_id: its bytes are not all there; finish the upload first");
}

absl::Status CaseClosed(absl::string_view field) {
  return Error(absl::StatusCode::kFailedPrecondition, "CASE_CLOSED",
               absl::StrCat(field, ": the case has ended, and takes no attachments any more"));
}

absl::Status CheckPurpose(const v1::CallContext& context) {
  RETURN_IF_ERROR(exchange::CheckContext(context));
  if (context.purpose() != v1::PURPOSE_READMISSION) return InvalidField("context.purpose", "must be READMISSION");
  return absl::OkStatus();
}

bool IsSame(const v1::AttachmentManifest& one, const v1::AttachmentManifest& other) {
  return one.sha256() == other.sha256() && one.size() == other.size() && one.kind() == other.kind();
}

}  // namespace

Attachments::Attachments(AttachmentParts parts)
    : parts_(std::move(parts)), store_(parts_.database, parts_.records, parts_.writer, parts_.clock) {}

absl::StatusOr<CaseTerms> Attachments::FindOpenCase(const std::string& case_id) const {
  ASSIGN_OR_RETURN(CaseTerms terms, parts_.cases.Find(case_id));
  if (!terms.is_open) return CaseClosed("case_id");
  return terms;
}

absl::Status Attachments::CheckSendable(const std::string& case_id) const {
  ASSIGN_OR_RETURN(const CaseTerms terms, FindOpenCase(case_id));
  if (!terms.is_held) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "CASE_ON_HOLD",
               "case_id: the case is on hold, and nothing is sent for it until that is released");
}

absl::Status Attachments::CheckUpload(const v1::CallContext& context, const v1::AttachmentManifest& manifest) const {
  RETURN_IF_ERROR(CheckPurpose(context));
  RETURN_IF_ERROR(CheckManifest(manifest));
  if (!manifest.attachment_id().empty()) return InvalidField("manifest.attachment_id", "is the node's to give");
  ASSIGN_OR_RETURN(const CaseTerms terms, FindOpenCase(manifest.case_id()));
  return CheckAllowed(manifest, terms, parts_.limits.max_bytes);
}

absl::StatusOr<Attachments::Known> Attachments::FindUpload(const v1::AttachmentManifest& manifest) const {
  ASSIGN_OR_RETURN(const std::vector<StoredFile> files, store_.OfCase(manifest.case_id()));
  Known known;
  for (const StoredFile& file : files) {
    if (file.value.agency() == parts_.own_agency && IsSame(file.value.manifest(), manifest)) known.file = file;
  }
  if (known.file && known.file->value.state() == v1::ATTACHMENT_STATE_UNFINISHED) {
    ASSIGN_OR_RETURN(known.open, store_.LoadOpen(KeyOf(known.file->value.manifest())));
  }
  return known;
}

absl::StatusOr<v1::QueryUploadResponse> Attachments::Query(const exchange::Call& /*call*/,
                                                           const v1::QueryUploadRequest& request) const {
  RETURN_IF_ERROR(CheckUpload(request.context(), request.manifest()));
  ASSIGN_OR_RETURN(const Known known, FindUpload(request.manifest()));
  v1::QueryUploadResponse response;
  if (!known.file) return response;
  ASSIGN_OR_RETURN(*response.mutable_attachment(), ViewOf(*known.file));
  const uint64_t size = request.manifest().size();
  response.set_complete(known.file->value.state() != v1::ATTACHMENT_STATE_UNFINISHED);
  response.set_offset(known.open ? std::min(uint64_t{known.open->value.blocks()} * kBlockBytes, size) : size);
  return response;
}

absl::Status Attachments::CheckCount(const std::string& agency, const std::vector<StoredFile>& of_case) {
  const auto of_side = std::count_if(of_case.begin(), of_case.end(),
                                     [&](const StoredFile& file) { return file.value.agency() == agency; });
  if (static_cast<size_t>(of_side) < kMostOfSide) return absl::OkStatus();
  return TooMany(absl::StrCat("the case has ", of_side, " attachments of ", agency));
}

absl::Status Attachments::CheckRoom(const std::string& agency, const v1::AttachmentManifest& manifest) const {
  ASSIGN_OR_RETURN(const std::vector<StoredFile> files, store_.OfCase(manifest.case_id()));
  RETURN_IF_ERROR(CheckCount(agency, files));
  const auto unfinished = std::count_if(files.begin(), files.end(), [&](const StoredFile& file) {
    return file.value.agency() == agency && file.value.state() == v1::ATTACHMENT_STATE_UNFINISHED;
  });
  if (static_cast<size_t>(unfinished) >= kMostUnfinishedOfSide) {
    return TooMany(absl::StrCat("the case has ", unfinished, " unfinished attachments of ", agency));
  }
  uint64_t announced = manifest.size();
  uint64_t missing = manifest.size();
  RETURN_IF_ERROR(store_.VisitOpen([&](const AttachmentKey&, const StoredOpen& open) {
    const uint64_t there = uint64_t{open.value.blocks()} * kBlockBytes;
    missing += open.value.size() - std::min(open.value.size(), there);
    if (open.value.agency() == agency) announced += open.value.size();
    return absl::OkStatus();
  }));
  if (announced > parts_.limits.max_unfinished_bytes) {
    return TooMany(absl::StrCat(agency, " has announced ", announced, " bytes of unfinished attachments"));
  }
  return missing + kSpareBytes > parts_.free_bytes() ? DiskFull() : absl::OkStatus();
}

std::pair<StoredFile, StoredOpen> Attachments::NewAttachment(const std::string& agency,
                                                             const v1::AttachmentManifest& manifest,
                                                             const std::optional<store::Origin>& origin) const {
  const absl::Time now = parts_.clock.Now();
  StoredFile file{{}, 0, origin};
  *file.value.mutable_manifest() = manifest;
  file.value.set_agency(agency);
  file.value.set_state(v1::ATTACHMENT_STATE_UNFINISHED);
  *file.value.mutable_begun_at() = ToProto(now);
  StoredOpen open{{}, 0, origin};
  open.value.set_size(manifest.size());
  open.value.set_agency(agency);
  *open.value.mutable_begun_at() = ToProto(now);
  *open.value.mutable_moved_at() = ToProto(now);
  if (origin) open.value.set_exchange_id(origin->exchange_id);
  return {std::move(file), std::move(open)};
}

absl::StatusOr<std::unique_ptr<Reception>> Attachments::Upload(const exchange::Call& /*call*/,
                                                               const v1::CallContext& context,
                                                               const v1::AttachmentManifest& manifest) {
  RETURN_IF_ERROR(CheckUpload(context, manifest));
  MutexLock lock(beginning_);
  ASSIGN_OR_RETURN(Known known, FindUpload(manifest));
  if (known.file) {
    return std::make_unique<Reception>(*this, *std::move(known.file), known.open ? *known.open : StoredOpen());
  }
  RETURN_IF_ERROR(CheckRoom(parts_.own_agency, manifest));
  v1::AttachmentManifest named = manifest;
  named.set_attachment_id(FormatUuid(NewUuidV7(parts_.clock.Now(), parts_.rng)));
  auto [file, open] = NewAttachment(parts_.own_agency, named, std::nullopt);
  store::Effects effects = store_.Put(file);
  effects.Add(store_.Put(KeyOf(named), open));
  RETURN_IF_ERROR(store_.Commit(std::move(effects)));
  ++file.version;
  ++open.version;
  return std::make_unique<Reception>(*this, std::move(file), std::move(open));
}

absl::Status Attachments::Reject(const StoredFile& file, const StoredOpen& open, const absl::Status& why) const {
  const AttachmentKey key = KeyOf(file.value.manifest());
  const bool is_own = file.value.agency() == parts_.own_agency;
  const bool may_come_again = ReasonOf(why) == "DISK_FULL";
  store::Effects effects = store_.DeleteBlocks(key, open.value.blocks());
  StoredFile rejected = file;
  StoredOpen emptied = open;
  if (is_own) {
    effects.Add(store_.Delete(file));
    effects.Add(store_.DeleteOpen(key, open));
  } else if (may_come_again) {
    emptied.value.set_blocks(0);
    effects.Add(store_.Put(key, emptied));
  } else {
    rejected.value.set_state(v1::ATTACHMENT_STATE_REJECTED);
    rejected.value.set_reason(ReasonOf(why));
    effects.Add(store_.Put(rejected));
    effects.Add(store_.DeleteOpen(key, open));
  }
  if (const absl::Status removed = store_.Commit(std::move(effects)); !removed.ok()) {
    // Whatever is left is unfinished, and goes when it has lain still long enough.
    Log(Severity::kWarning, "attachment not removed",
        {{"attachment", key.attachment_id}, {"reason", ReasonOf(removed)}, {"refused_for", ReasonOf(why)}});
  }
  return why;
}

absl::StatusOr<v1::Attachment> Attachments::ViewOf(const StoredFile& file) const {
  v1::Attachment view;
  const v1::AttachmentFile& value = file.value;
  *view.mutable_manifest() = value.manifest();
  view.set_agency(value.agency());
  view.set_state(value.state());
  *view.mutable_begun_at() = value.begun_at();
  if (value.has_held_at()) *view.mutable_held_at() = value.held_at();
  if (value.has_delivered_at()) *view.mutable_delivered_at() = value.delivered_at();
  view.set_exchange_id(value.exchange_id());
  view.set_reason(value.reason());
  const AttachmentKey key = KeyOf(value.manifest());
  if (value.state() == v1::ATTACHMENT_STATE_UNFINISHED) {
    ASSIGN_OR_RETURN(const std::optional<StoredOpen> open, store_.LoadOpen(key));
    if (open) view.set_offset(std::min(uint64_t{open->value.blocks()} * kBlockBytes, open->value.size()));
  }
  if (!value.bytes_of().empty()) {
    const absl::Status bytes = store_.Load({key.case_id, value.bytes_of()}).status();
    if (absl::IsNotFound(bytes)) view.set_state(v1::ATTACHMENT_STATE_ERASED);
    if (!bytes.ok() && !absl::IsNotFound(bytes)) return bytes;
  }
  if (value.agency() != parts_.own_agency || value.state() != v1::ATTACHMENT_STATE_HELD) return view;
  const absl::StatusOr<CaseTerms> terms = parts_.cases.Find(key.case_id);
  if (!terms.ok()) return absl::IsNotFound(terms.status()) ? absl::StatusOr<v1::Attachment>(view) : terms.status();
  ASSIGN_OR_RETURN(const std::optional<StoredSending> sending, store_.LoadSending(terms->partner, key.attachment_id));
  if (sending) {
    view.set_state(v1::ATTACHMENT_STATE_SENDING);
    view.set_offset(sending->value.offset());
    view.set_reason(sending->value.reason());
  }
  return view;
}

exchange::Outgoing Attachments::QuestionOf(const v1::AttachmentManifest& manifest, const v1::SendingAttachment& sending,
                                           const std::string& partner, const certs::Principal& caller) const {
  exchange::Outgoing question;
  question.caller = caller;
  question.context.set_purpose(static_cast<v1::Purpose>(sending.purpose()));
  question.context.set_case_reference(sending.case_reference());
  question.context.set_officer(sending.officer());
  question.context.set_treaty_id(sending.treaty_id());
  // Names the attachment where the body does not leave, and is another with each offer: the answer to one must not be
  // that to the one before.
  question.context.set_idempotency_key(absl::StrCat(manifest.attachment_id(), "-", HexEncode(parts_.rng.Bytes(8))));
  question.to = partner;
  question.record_kind = v1::RECORD_KIND_READMISSION;
  question.operation = v1::OPERATION_READMISSION_ATTACH;
  question.body = std::make_shared<const v1::AttachmentManifest>(manifest);
  question.deadline = absl::InfiniteFuture();
  question.order_key = manifest.case_id();  // behind the application, where that still waits
  return question;
}

absl::StatusOr<v1::SendAttachmentResponse> Attachments::Send(const exchange::Call& call,
                                                             const v1::SendAttachmentRequest& request) {
  RETURN_IF_ERROR(CheckPurpose(request.context()));
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", request.case_id()));
  RETURN_IF_ERROR(domain::CheckRecordId("attachment_id", request.attachment_id()));
  const AttachmentKey key{request.case_id(), request.attachment_id()};
  ASSIGN_OR_RETURN(const StoredFile file, store_.Load(key));
  if (file.value.agency() != parts_.own_agency) {
    return Error(absl::StatusCode::kFailedPrecondition, "NOT_YOUR_ATTACHMENT",
                 "attachment_id: it came from the other side of the case");
  }
  v1::SendAttachmentResponse response;
  ASSIGN_OR_RETURN(*response.mutable_attachment(), ViewOf(file));
  const v1::AttachmentState state = response.attachment().state();
  if (state == v1::ATTACHMENT_STATE_SENDING || state == v1::ATTACHMENT_STATE_DELIVERED) return response;
  if (state == v1::ATTACHMENT_STATE_UNFINISHED) return Unfinished();
  ASSIGN_OR_RETURN(const CaseTerms terms, FindOpenCase(key.case_id));
  RETURN_IF_ERROR(CheckSendable(key.case_id));
  RETURN_IF_ERROR(CheckAllowed(file.value.manifest(), terms, parts_.limits.max_bytes));

  StoredSending sending;
  v1::SendingAttachment& value = sending.value;
  value.set_case_id(key.case_id);
  value.set_attachment_id(key.attachment_id);
  value.set_step(v1::SENDING_STEP_ANSWER);
  value.set_caller(call.caller.SpiffeId());
  value.set_purpose(request.context().purpose());
  value.set_case_reference(request.context().case_reference());
  value.set_officer(request.context().officer());
  value.set_treaty_id(request.context().treaty_id().empty() ? terms.treaty_id : request.context().treaty_id());
  *value.mutable_begun_at() = ToProto(parts_.clock.Now());
  exchange::Outgoing question = QuestionOf(file.value.manifest(), value, terms.partner, call.caller);
  question.context.set_emergency_ground(request.context().emergency_ground());
  question.deadline = call.deadline;
  question.on_sent = store_.Put(terms.partner, sending);
  // Once more after the partner refused it: it is held again, until this ends.
  StoredFile held = file;
  held.value.set_state(v1::ATTACHMENT_STATE_HELD);
  held.value.clear_reason();
  question.on_sent.Add(store_.Put(held));
  const exchange::AskResult result = parts_.door.Ask(question);
  RETURN_IF_ERROR(result.status);
  *response.mutable_exchange() = result.summary;
  ASSIGN_OR_RETURN(const StoredFile now, store_.Load(key));
  ASSIGN_OR_RETURN(*response.mutable_attachment(), ViewOf(now));
  return response;
}

absl::StatusOr<std::unique_ptr<Download>> Attachments::Get(const exchange::Call& call,
                                                           const v1::GetAttachmentRequest& request) {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", request.case_id()));
  RETURN_IF_ERROR(domain::CheckRecordId("attachment_id", request.attachment_id()));
  AttachmentKey key{request.case_id(), request.attachment_id()};
  ASSIGN_OR_RETURN(const StoredFile file, store_.Load(key));
  if (file.value.agency() != parts_.own_agency) {
    if (!request.has_context()) return InvalidField("context", "is required for what came from another agency");
    if (!file.origin) return absl::InternalError("a partner's attachment has no origin");
    RETURN_IF_ERROR(parts_.uses.CheckUse(call, request.context(), *file.origin));
  }
  ASSIGN_OR_RETURN(const v1::Attachment view, ViewOf(file));
  if (view.state() == v1::ATTACHMENT_STATE_UNFINISHED) return Unfinished();
  if (view.state() == v1::ATTACHMENT_STATE_ERASED || view.state() == v1::ATTACHMENT_STATE_REJECTED) {
    return Error(absl::StatusCode::kNotFound, "ATTACHMENT_ERASED", "attachment_id: its bytes are not there any more");
  }
  if (request.offset() > view.manifest().size()) return InvalidField("offset", "must be the attachment's size at most");
  if (!file.value.bytes_of().empty()) key.attachment_id = file.value.bytes_of();
  return std::make_unique<Download>(store_, std::move(key), view, request.offset());
}

absl::StatusOr<v1::ListAttachmentsResponse> Attachments::List(const v1::ListAttachmentsRequest& request) const {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", request.case_id()));
  RETURN_IF_ERROR(parts_.cases.Find(request.case_id()).status());
  ASSIGN_OR_RETURN(const std::vector<StoredFile> files, store_.OfCase(request.case_id()));
  v1::ListAttachmentsResponse response;
  for (const StoredFile& file : files) {
    ASSIGN_OR_RETURN(*response.add_attachments(), ViewOf(file));
  }
  return response;
}

absl::Status Attachments::EraseOne(const StoredFile& file) {
  const AttachmentKey key = KeyOf(file.value.manifest());
  ASSIGN_OR_RETURN(const std::optional<StoredOpen> open, store_.LoadOpen(key));
  store::Effects effects = store_.Delete(file);
  const bool has_bytes = file.value.bytes_of().empty() && file.value.state() != v1::ATTACHMENT_STATE_REJECTED;
  if (open) {
    effects.Add(store_.DeleteBlocks(key, open->value.blocks()));
    effects.Add(store_.DeleteOpen(key, *open));
  } else if (has_bytes) {
    effects.Add(store_.DeleteBlocks(key, BlocksOf(file.value.manifest().size())));
  }
  if (file.value.agency() == parts_.own_agency) {
    const absl::StatusOr<CaseTerms> terms = parts_.cases.Find(key.case_id);
    if (terms.ok()) {
      ASSIGN_OR_RETURN(const std::optional<StoredSending> sending,
                       store_.LoadSending(terms->partner, key.attachment_id));
      if (sending) effects.Add(store_.DeleteSending(terms->partner, *sending));
    }
  }
  return store_.Commit(std::move(effects));
}

absl::Status Attachments::DropForgotten() {
  std::vector<AttachmentKey> forgotten;
  const absl::Time before = parts_.clock.Now() - kUnfinishedLife;
  RETURN_IF_ERROR(store_.VisitOpen([&](const AttachmentKey& key, const StoredOpen& open) {
    if (FromProto(open.value.moved_at()) < before) forgotten.push_back(key);
    return absl::OkStatus();
  }));
  for (const AttachmentKey& key : forgotten) {
    const absl::StatusOr<StoredFile> file = store_.Load(key);
    if (absl::IsNotFound(file.status())) continue;  // erased meanwhile
    RETURN_IF_ERROR(file.status());
    const absl::Status erased = EraseOne(*file);
    if (!erased.ok() && !absl::IsAborted(erased)) return erased;  // it moved after all
    if (erased.ok()) Log(Severity::kInfo, "unfinished attachment dropped", {{"attachment", key.attachment_id}});
  }
  return absl::OkStatus();
}

absl::Status Attachments::EraseEnded() {
  std::string last;
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<std::string> case_id, store_.CaseAfter(last));
    if (!case_id) return absl::OkStatus();
    const absl::StatusOr<CaseTerms> terms = parts_.cases.Find(*case_id);
    if (!terms.ok() && !absl::IsNotFound(terms.status())) return terms.status();
    if (!terms.ok() || terms->is_erased) RETURN_IF_ERROR(EraseCase(*case_id));
    last = *case_id;
  }
}

absl::Status Attachments::EraseCase(const std::string& case_id) {
  ASSIGN_OR_RETURN(const std::vector<StoredFile> files, store_.OfCase(case_id));
  for (const StoredFile& file : files) RETURN_IF_ERROR(EraseOne(file));
  return absl::OkStatus();
}

}  // namespace tamga::attachment
