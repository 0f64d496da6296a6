// Attachments between nodes: what partners offer and send, and what came of what was offered to them.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "node/attachment/attachments.h"
#include "node/attachment/manifest_checks.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/domain/record_id.h"
#include "node/domain/typed.h"
#include "node/exchange/circuit.h"
#include "node/exchange/refusal.h"

namespace tamga::attachment {
namespace {

constexpr size_t kUuidChars = 36;

// The partner could not take it now; later it may.
bool IsForNow(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason == "DISK_FULL" || reason == "TOO_MANY_ATTACHMENTS" || reason == "SCANNER_UNAVAILABLE" ||
         reason == "OVERLOADED" || reason == "VERSION_CONFLICT" || absl::IsUnavailable(status);
}

// What a partner is told of a case that is not its own is what it is told of none.
absl::Status NotServedIfUnknown(const absl::Status& status) {
  return absl::IsNotFound(status) ? exchange::NotServed() : status;
}

v1::AttachmentAnswer AnswerAbout(const v1::AttachmentFile& file, uint64_t offset) {
  v1::AttachmentAnswer answer;
  answer.set_attachment_id(file.manifest().attachment_id());
  answer.set_offset(offset);
  answer.set_complete(file.state() == v1::ATTACHMENT_STATE_HELD);
  if (answer.complete()) *answer.mutable_received_at() = file.held_at();
  return answer;
}

exchange::Answer Answering(const v1::AttachmentFile& file, uint64_t offset, store::Effects effects) {
  return {std::make_unique<v1::AttachmentAnswer>(AnswerAbout(file, offset)), std::move(effects)};
}

absl::Status CaseEnded() {
  return Error(absl::StatusCode::kFailedPrecondition, "CASE_CLOSED",
               "manifest.case_id: the case has ended, and takes no attachments any more");
}

absl::Status Rejected(const std::string& reason) {
  return Error(absl::StatusCode::kFailedPrecondition, reason,
               "the attachment was rejected when its bytes were looked at; send it as a new one if it was mended");
}

}  // namespace

absl::StatusOr<exchange::Answer> Attachments::HandleRequest(const exchange::Incoming& request) {
  ASSIGN_OR_RETURN(const auto manifest, domain::ParseBody<v1::AttachmentManifest>(request.body));
  RETURN_IF_ERROR(CheckManifest(manifest));
  RETURN_IF_ERROR(domain::CheckRecordId("manifest.attachment_id", manifest.attachment_id()));
  const absl::StatusOr<CaseTerms> terms = parts_.cases.Find(manifest.case_id());
  RETURN_IF_ERROR(NotServedIfUnknown(terms.status()));
  if (terms->partner != request.header.from()) return exchange::NotServed();
  const absl::StatusOr<StoredFile> file = store_.Load(KeyOf(manifest));
  if (file.ok()) return AnswerKnown(*file, manifest, *terms, request);
  if (!absl::IsNotFound(file.status())) return file.status();
  return TakeNew(manifest, *terms, request);
}

absl::StatusOr<exchange::Answer> Attachments::AnswerKnown(const StoredFile& file,
                                                          const v1::AttachmentManifest& manifest,
                                                          const CaseTerms& terms,
                                                          const exchange::Incoming& request) const {
  if (file.value.agency() != request.header.from() ||
      !google::protobuf::util::MessageDifferencer::Equals(file.value.manifest(), manifest)) {
    return Error(absl::StatusCode::kAlreadyExists, "ATTACHMENT_CONTRADICTS",
                 "manifest.attachment_id: names another attachment of the case already");
  }
  if (file.value.state() == v1::ATTACHMENT_STATE_REJECTED) return Rejected(file.value.reason());
  if (file.value.state() == v1::ATTACHMENT_STATE_HELD) return Answering(file.value, manifest.size(), {});
  if (!terms.is_open) return CaseEnded();
  ASSIGN_OR_RETURN(std::optional<StoredOpen> open, store_.LoadOpen(KeyOf(manifest)));
  if (!open) return Error(absl::StatusCode::kAborted, "VERSION_CONFLICT", "the attachment changes just now; try again");
  // From now on bytes come by this exchange's answer alone.
  open->value.set_exchange_id(request.header.exchange_id());
  const uint64_t offset = std::min(uint64_t{open->value.blocks()} * kBlockBytes, manifest.size());
  return Answering(file.value, offset, store_.Put(KeyOf(manifest), *open));
}

absl::StatusOr<exchange::Answer> Attachments::TakeNew(const v1::AttachmentManifest& manifest, const CaseTerms& terms,
                                                      const exchange::Incoming& request) {
  if (!terms.is_open) return CaseEnded();
  RETURN_IF_ERROR(CheckAllowed(manifest, terms, parts_.limits.max_bytes));
  const store::Origin origin{request.header.exchange_id(), request.header.from(), false};
  auto [file, open] = NewAttachment(request.header.from(), manifest, origin);
  ASSIGN_OR_RETURN(const std::vector<StoredFile> files, store_.OfCase(manifest.case_id()));
  // Under other names the same bytes would be taken without end, as they need no room.
  RETURN_IF_ERROR(CheckCount(request.header.from(), files));
  for (const StoredFile& other : files) {
    // What the own side holds may not be told by this, so only what this very partner sent counts.
    const bool has_them = other.value.agency() == request.header.from() && other.value.bytes_of().empty() &&
                          other.value.state() == v1::ATTACHMENT_STATE_HELD &&
                          other.value.manifest().sha256() == manifest.sha256() &&
                          other.value.manifest().size() == manifest.size() &&
                          other.value.manifest().media_type() == manifest.media_type();
    if (!has_them) continue;
    file.value.set_state(v1::ATTACHMENT_STATE_HELD);
    file.value.set_bytes_of(other.value.manifest().attachment_id());
    *file.value.mutable_held_at() = ToProto(request.received_at);
    return Answering(file.value, manifest.size(), store_.Put(file));
  }
  {
    MutexLock lock(beginning_);
    RETURN_IF_ERROR(CheckRoom(request.header.from(), manifest));
  }
  store::Effects effects = store_.Put(file);
  effects.Add(store_.Put(KeyOf(manifest), open));
  return Answering(file.value, 0, std::move(effects));
}

absl::StatusOr<std::unique_ptr<Reception>> Attachments::Transfer(const std::string& partner,
                                                                 const v1::AttachmentChunk& first) {
  RETURN_IF_ERROR(domain::CheckRecordId("case_id", first.case_id()));
  RETURN_IF_ERROR(domain::CheckRecordId("attachment_id", first.attachment_id()));
  const absl::StatusOr<StoredFile> file = store_.Load({first.case_id(), first.attachment_id()});
  RETURN_IF_ERROR(NotServedIfUnknown(file.status()));
  if (file->value.agency() != partner) return exchange::NotServed();
  const absl::StatusOr<CaseTerms> terms = parts_.cases.Find(first.case_id());
  RETURN_IF_ERROR(NotServedIfUnknown(terms.status()));
  if (terms->partner != partner) return exchange::NotServed();
  if (file->value.state() == v1::ATTACHMENT_STATE_REJECTED) return Rejected(file->value.reason());
  if (file->value.state() == v1::ATTACHMENT_STATE_HELD) {
    return std::make_unique<Reception>(*this, *file, StoredOpen());
  }
  if (!terms->is_open) return CaseEnded();
  ASSIGN_OR_RETURN(const std::optional<StoredOpen> open, store_.LoadOpen(KeyOf(file->value.manifest())));
  if (!open || open->value.exchange_id() != first.exchange_id()) {
    return Error(absl::StatusCode::kFailedPrecondition, "NOT_OFFERED",
                 "exchange_id: bytes are wanted by the answer to the last offer alone; offer the manifest again");
  }
  return std::make_unique<Reception>(*this, *file, *open);
}

absl::StatusOr<store::Effects> Attachments::HandleSettled(const exchange::Settled& settled) {
  // The key that this node gave the offer names the attachment also where the body did not leave.
  const std::string attachment_id = settled.header.idempotency_key().substr(0, kUuidChars);
  const std::string& partner = settled.header.to();
  ASSIGN_OR_RETURN(const std::optional<StoredSending> stored, store_.LoadSending(partner, attachment_id));
  if (!stored) return store::Effects();
  const absl::StatusOr<StoredFile> file = store_.Load({stored->value.case_id(), attachment_id});
  if (absl::IsNotFound(file.status())) return store_.DeleteSending(partner, *stored);  // erased meanwhile
  RETURN_IF_ERROR(file.status());
  StoredSending sending = *stored;
  const absl::Time now = parts_.clock.Now();
  if (!settled.status.ok()) {
    const bool is_over = settled.reply == nullptr || now - FromProto(sending.value.begun_at()) > kUnfinishedLife;
    if (!IsForNow(settled.status) || is_over) return Refused(partner, sending, *file, ReasonOf(settled.status));
    sending.value.set_step(v1::SENDING_STEP_OFFER);
    sending.value.set_reason(ReasonOf(settled.status));
    sending.value.set_attempts(sending.value.attempts() + 1);
    *sending.value.mutable_next_at() = ToProto(now + absl::Seconds(30));
    return store_.Put(partner, sending);
  }
  ASSIGN_OR_RETURN(const auto answer, domain::ParseBody<v1::AttachmentAnswer>(settled.reply->result()));
  if (answer.complete()) {
    StoredFile delivered = *file;
    delivered.value.set_state(v1::ATTACHMENT_STATE_DELIVERED);
    *delivered.value.mutable_delivered_at() = answer.received_at();
    delivered.value.set_exchange_id(FormatUuid(settled.header.exchange_id()));
    store::Effects effects = store_.Put(delivered);
    effects.Add(store_.DeleteSending(partner, sending));
    return effects;
  }
  const uint64_t wanted = std::min(answer.offset(), file->value.manifest().size());
  const bool is_first = sending.value.exchange_id().empty();
  // A partner that wants what it wanted before is not asked without end: each offer is an exchange in the log.
  const bool goes_on = is_first || wanted > sending.value.offset();
  sending.value.set_attempts(goes_on ? 0 : sending.value.attempts() + 1);
  sending.value.set_step(v1::SENDING_STEP_BYTES);
  sending.value.set_offset(wanted);
  sending.value.set_exchange_id(settled.header.exchange_id());
  *sending.value.mutable_next_at() = ToProto(goes_on ? now : now + BackoffOf(sending));
  return store_.Put(partner, sending);
}

absl::Duration Attachments::BackoffOf(const StoredSending& sending) const {
  return exchange::Backoff(sending.value.attempts(), static_cast<uint8_t>(parts_.rng.Bytes(1).front()));
}

store::Effects Attachments::Refused(const std::string& partner, const StoredSending& sending, StoredFile file,
                                    const std::string& reason) const {
  file.value.set_state(v1::ATTACHMENT_STATE_NOT_DELIVERED);
  file.value.set_reason(reason);
  store::Effects effects = store_.Put(file);
  effects.Add(store_.DeleteSending(partner, sending));
  return effects;
}

absl::Time Attachments::LawAsOf(const v1::MessageHeader& header, const std::string& body) const {
  v1::AttachmentManifest manifest;
  if (!manifest.ParseFromString(body)) return absl::InfiniteFuture();
  const absl::StatusOr<CaseTerms> terms = parts_.cases.Find(manifest.case_id());
  const std::string& partner = header.from() == parts_.own_agency ? header.to() : header.from();
  return terms.ok() && terms->partner == partner ? terms->law_as_of : absl::InfiniteFuture();
}

absl::StatusOr<store::Effects> Attachments::HandleErasure(const exchange::Erasure& erasure) {
  store::Effects effects;
  for (const store::RecordRow& row : erasure.records) effects.Add(store::Records::Delete(row));
  return effects;
}

absl::Status Attachments::OfferAgain(const std::string& partner, const StoredSending& sending) {
  const AttachmentKey key{sending.value.case_id(), sending.value.attachment_id()};
  ASSIGN_OR_RETURN(const StoredFile file, store_.Load(key));
  ASSIGN_OR_RETURN(const certs::Principal caller, certs::ParseSpiffeId(sending.value.caller()));
  exchange::Outgoing question = QuestionOf(file.value.manifest(), sending.value, partner, caller);
  StoredSending waiting = sending;
  waiting.value.set_step(v1::SENDING_STEP_ANSWER);
  question.on_sent = store_.Put(partner, waiting);
  return parts_.door.Ask(question).status;
}

void Attachments::NoteSending(const std::string& partner, const StoredSending& sending,
                              const std::function<void(v1::SendingAttachment*)>& change) const {
  StoredSending changed = sending;
  change(&changed.value);
  const absl::Status noted = store_.Commit(store_.Put(partner, changed));
  if (noted.ok() || absl::IsAborted(noted)) return;
  Log(Severity::kWarning, "attachment's sending not noted",
      {{"attachment", sending.value.attachment_id()}, {"reason", ReasonOf(noted)}});
}

void Attachments::GiveUpSending(const std::string& partner, const StoredSending& sending,
                                const std::string& reason) const {
  const absl::StatusOr<StoredFile> file = store_.Load({sending.value.case_id(), sending.value.attachment_id()});
  store::Effects effects =
      file.ok() ? Refused(partner, sending, *file, reason) : store_.DeleteSending(partner, sending);
  const absl::Status noted = store_.Commit(std::move(effects));
  if (noted.ok() || absl::IsAborted(noted)) return;
  Log(Severity::kWarning, "attachment's sending not noted",
      {{"attachment", sending.value.attachment_id()}, {"reason", ReasonOf(noted)}});
}

}  // namespace tamga::attachment
