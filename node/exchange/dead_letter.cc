#include "node/exchange/dead_letter.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/exchange/asking_door.h"
#include "node/exchange/entry.h"
#include "node/exchange/holdings.h"
#include "node/exchange/message.h"
#include "node/exchange/message_store.h"
#include "node/exchange/operations.h"
#include "node/exchange/pinned_law.h"
#include "node/exchange/refusal.h"
#include "node/exchange/reply_checks.h"
#include "node/exchange/revocation_bound.h"
#include "node/exchange/treaty_question.h"
#include "node/exchange/waiting_request.h"
#include "node/store/transaction.h"
#include "policy/decision_record.h"

namespace tamga::exchange {
namespace {

absl::Status Unknown(const std::string& exchange_id) {
  return Error(absl::StatusCode::kNotFound, "DEAD_LETTER_UNKNOWN",
               absl::StrCat("exchange ", FormatUuid(exchange_id), " is not among the dead letters"));
}

AskResult NotReleased(absl::Status status) {
  AskResult result;
  result.status = std::move(status);
  return result;
}

store::Effects Removing(const std::string& exchange_id) {
  store::Effects effects;
  effects.writes.push_back(
      [exchange_id](store::Transaction& transaction) { return transaction.RemoveDeadLetter(exchange_id); });
  return effects;
}

// The last entry of a request that cannot be read, as far as the first one tells.
absl::StatusOr<v1::LogEntry> EndingOf(store::Reader& reader, const store::OutboxRow& row, absl::Time now) {
  ASSIGN_OR_RETURN(const std::vector<store::EntryRow> entries, reader.EntriesOfExchange(row.exchange_id));
  const auto sent = std::find_if(entries.begin(), entries.end(), [&](const store::EntryRow& entry) {
    return entry.kind == v1::ENTRY_KIND_SENT && entry.partner == row.partner;
  });
  v1::LogEntry before;
  if (sent == entries.end() || !before.ParseFromString(sent->body)) {
    return absl::DataLossError("the entry of the waiting request is not in the log");
  }
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(v1::ENTRY_KIND_UNDELIVERED);
  entry.set_exchange_id(before.exchange_id());
  entry.set_own(before.own());
  entry.set_partner(before.partner());
  *entry.mutable_logged_at() = ToProto(now);
  entry.set_treaty_id(before.treaty_id());
  entry.set_treaty_sha256(before.treaty_sha256());
  entry.set_purpose(before.purpose());
  entry.set_operation(before.operation());
  entry.set_record_kind(before.record_kind());
  entry.set_request_commitment(before.request_commitment());
  entry.set_asker_pseudonym(before.asker_pseudonym());
  entry.set_case_pseudonym(before.case_pseudonym());
  entry.set_outcome(v1::ENTRY_OUTCOME_FAILED);
  entry.set_reason(kUnreadable);
  return entry;
}

}  // namespace

absl::StatusOr<store::Effects> OperationHandler::HandleRelease(const Releasing& /*releasing*/) {
  return Error(absl::StatusCode::kFailedPrecondition, "NOT_RELEASABLE",
               "its service does not have such a message sent anew: whoever asked has to ask again");
}

store::DeadLetterRow LetterOf(const store::OutboxRow& waited, v1::DeliveryState state, const std::string& reason,
                              absl::Time now) {
  store::DeadLetterRow letter;
  letter.exchange_id = waited.exchange_id;
  letter.partner = waited.partner;
  letter.operation = waited.operation;
  letter.order_token = waited.order_token;
  letter.state = state;
  letter.reason = reason;
  letter.attempts = waited.attempts;
  letter.since = now;
  return letter;
}

store::Effects DeadLetterOf(const v1::MessageHeader& header, const store::OutboxRow& waited, const absl::Status& status,
                            absl::Time now) {
  store::Effects effects;
  if (status.ok()) {
    effects.writes.push_back([exchange_id = waited.exchange_id](store::Transaction& transaction) {
      const absl::Status removed = transaction.RemoveDeadLetter(exchange_id);
      return absl::IsNotFound(removed) ? absl::OkStatus() : removed;
    });
    return effects;
  }
  const std::string reason = ReasonCode(ReasonOf(status));
  const v1::DeliveryState state = reason == kExpired ? v1::DELIVERY_STATE_EXPIRED : v1::DELIVERY_STATE_REFUSED;
  Log(Severity::kWarning, "message came to nothing",
      {{"partner", header.to()},
       {"exchange", FormatUuid(header.exchange_id())},
       {"operation", v1::Operation_Name(header.operation())},
       {"reason", reason}});
  effects.writes.push_back([letter = LetterOf(waited, state, reason, now)](store::Transaction& transaction) {
    return transaction.PutDeadLetter(letter);
  });
  return effects;
}

// It may become readable again, when a file of the vault is put back; nothing else of its case may overtake it until
// then.
absl::Status AskingDoor::KeepUnreadable(const store::OutboxRow& row, const absl::Status& cause) {
  const absl::Time now = parts_.clock.Now();
  if (row.expires_at <= now) return EndUnreadable(row, false);
  store::Effects effects;
  effects.writes.push_back([letter = LetterOf(row, v1::DELIVERY_STATE_QUEUED, kUnreadable, now)](
                               store::Transaction& transaction) -> absl::Status {
    const absl::StatusOr<store::OutboxRow> waiting = transaction.FindOutbox(letter.exchange_id);
    if (absl::IsNotFound(waiting.status())) return absl::OkStatus();  // it was answered meanwhile
    RETURN_IF_ERROR(waiting.status());
    const absl::StatusOr<store::DeadLetterRow> known = transaction.FindDeadLetter(letter.exchange_id);
    return absl::IsNotFound(known.status()) ? transaction.PutDeadLetter(letter) : known.status();
  });
  const absl::Status kept = parts_.sequencer.Commit(std::move(effects));
  Log(Severity::kError, "waiting message cannot be read",
      {{"partner", row.partner},
       {"exchange", FormatUuid(row.exchange_id)},
       {"reason", kUnreadable},
       {"detail", std::string((kept.ok() ? cause : kept).message())}});
  return cause;
}

// Its service does not hear of it: nobody can tell it what the request was.
absl::Status AskingDoor::EndUnreadable(const store::OutboxRow& row, bool is_discarded) {
  const absl::Time now = parts_.clock.Now();
  ledger::Submission submission;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
    ASSIGN_OR_RETURN(const v1::LogEntry entry, EndingOf(*session, row, now));
    submission.entry = entry.SerializeAsString();
  }
  submission.effects.writes.push_back([letter = LetterOf(row, v1::DELIVERY_STATE_EXPIRED, kUnreadable, now),
                                       is_discarded](store::Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction.FindOutbox(letter.exchange_id).status());
    RETURN_IF_ERROR(transaction.RemoveOutbox(letter.exchange_id));
    return is_discarded ? transaction.RemoveDeadLetter(letter.exchange_id) : transaction.PutDeadLetter(letter);
  });
  RETURN_IF_ERROR(parts_.sequencer.Append(std::move(submission)).status());
  Log(Severity::kWarning, "message came to nothing",
      {{"partner", row.partner}, {"exchange", FormatUuid(row.exchange_id)}, {"reason", kUnreadable}});
  return absl::OkStatus();
}

absl::Status AskingDoor::Discard(const std::string& exchange_id) {
  absl::StatusOr<store::OutboxRow> waiting;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
    const absl::Status known = session->FindDeadLetter(exchange_id).status();
    if (absl::IsNotFound(known)) return Unknown(exchange_id);
    RETURN_IF_ERROR(known);
    waiting = session->FindOutbox(exchange_id);
  }
  if (waiting.ok()) return EndUnreadable(*waiting, true);
  const absl::Status removed = parts_.sequencer.Commit(Removing(exchange_id));
  return absl::IsNotFound(removed) ? Unknown(exchange_id) : removed;
}

AskResult AskingDoor::Release(const std::string& exchange_id, absl::Time deadline) {
  store::DeadLetterRow letter;
  {
    absl::StatusOr<store::ReadSession> session = parts_.database.Read();
    if (!session.ok()) return NotReleased(session.status());
    absl::StatusOr<store::DeadLetterRow> found = (*session)->FindDeadLetter(exchange_id);
    if (absl::IsNotFound(found.status())) return NotReleased(Unknown(exchange_id));
    if (!found.ok()) return NotReleased(found.status());
    if ((*session)->FindOutbox(exchange_id).ok()) {
      return NotReleased(Error(absl::StatusCode::kFailedPrecondition, "STILL_WAITING",
                               "it waits in the outbox and is sent by itself as soon as it can be read; put the "
                               "vault's files back, or discard it"));
    }
    letter = *std::move(found);
  }
  absl::StatusOr<KeptRow> sent =
      FindAndRead(parts_.database, parts_.vault, {letter.partner, exchange_id, v1::ENTRY_KIND_SENT});
  v1::MessageHeader header;
  v1::Payload payload;
  const bool is_readable = sent.ok() && header.ParseFromString(sent->kept.message().header()) &&
                           payload.ParseFromString(sent->kept.message().payload());
  if (!is_readable) {
    return NotReleased(Error(absl::StatusCode::kFailedPrecondition, kUnreadable,
                             "the message cannot be read here any more; whoever asked has to ask again"));
  }
  if (!sent->HasPayload()) {
    return NotReleased(Error(absl::StatusCode::kFailedPrecondition, "ERASED",
                             "what the message told had to be erased; whoever asked has to ask again"));
  }
  const OperationType* const type = FindOperation(header.operation());
  const auto handler = parts_.handlers.find(header.operation());
  if (type == nullptr || type->delivery != Delivery::kDeferred || handler == parts_.handlers.end()) {
    return NotReleased(Error(absl::StatusCode::kFailedPrecondition, "NOT_RELEASABLE",
                             "what such a message asks is worth an answer only at once"));
  }
  if (parts_.partners.find(letter.partner) == parts_.partners.end()) {
    return NotReleased(Error(absl::StatusCode::kFailedPrecondition, "UNKNOWN_PARTNER",
                             absl::StrCat("no node of ", letter.partner, " is configured here any more")));
  }
  if (const absl::Status may = parts_.check_partner(letter.partner); !may.ok()) return NotReleased(may);

  // By the law of now, or of its case, and by what may be passed on now.
  const absl::StatusOr<PassingOn> passing_on =
      JudgePassingOn(parts_.database, sent->row.origin, letter.partner, header.purpose());
  if (!passing_on.ok()) return NotReleased(passing_on.status());
  if (passing_on->denial) return NotReleased(DenialToCaller(*passing_on->denial));
  const auto treaties = parts_.treaties.Get();
  const absl::Time law_as_of = LawAsOf(parts_.handlers, header, payload.body());
  const absl::StatusOr<DecidedAgain> again = DecideAgain(*treaties, header, payload.body(), sent->kept.decisions(),
                                                         parts_.clock.Now(), law_as_of, passing_on->barred);
  if (!again.ok()) return NotReleased(again.status());
  const policy::Decision& decision = again->taken.decision;
  const auto as_of = [&] { return parts_.partner_lists_as_of(letter.partner); };
  if (absl::Status age = CheckRevocationAge(parts_, *treaties, decision, letter.partner, as_of); !age.ok()) {
    return NotReleased(age);
  }
  absl::StatusOr<store::Effects> effects = handler->second->HandleRelease({header, payload.body()});
  if (!effects.ok()) return NotReleased(effects.status());

  const absl::StatusOr<SentRequest> request = SealAnew(header, payload.body(), decision, law_as_of);
  if (!request.ok()) return NotReleased(request.status());
  Outgoing question;
  question.to = letter.partner;
  question.operation = header.operation();
  question.on_sent = *std::move(effects);
  question.on_sent.Add(Removing(exchange_id));
  question.origin = sent->row.origin;
  const v1::DecisionRecord record = policy::RecordOf(FormatUuid(request->header.exchange_id()), again->question,
                                                     policy::Stage::kRequestEgress, again->taken.at, decision);
  const auto turn = std::make_shared<Turn>();
  turn->order_token = letter.order_token;
  turn->line_is_up = circuits_.MayTry(letter.partner);
  const absl::Status logged = LogSent(question, decision, record, *request, {}, nullptr, turn);
  // Somebody else released or discarded it at the same moment.
  if (absl::IsNotFound(logged)) return NotReleased(Unknown(exchange_id));
  if (!logged.ok()) return NotReleased(logged);
  Log(Severity::kInfo, "dead letter released",
      {{"partner", letter.partner},
       {"exchange", FormatUuid(exchange_id)},
       {"anew", FormatUuid(request->header.exchange_id())}});
  if (!turn->at_once) return Queued(request->header);
  return Deliver(*request, true, std::min(deadline, parts_.clock.Now() + parts_.partner_timeout));
}

absl::StatusOr<SentRequest> AskingDoor::SealAnew(const v1::MessageHeader& before, const std::string& body,
                                                 const policy::Decision& decision, absl::Time law_as_of) const {
  const OperationType& type = *FindOperation(before.operation());
  const absl::Time now = parts_.clock.Now();
  v1::MessageHeader header = before;
  header.set_exchange_id(NewUuidV7(now, parts_.rng));
  *header.mutable_issued_at() = ToProto(now);
  *header.mutable_expires_at() = ToProto(now + type.Life());
  header.mutable_treaty()->set_document_sha256(decision.treaty_sha256);
  header.mutable_treaty()->set_policy_sha256(
      PolicyDigest(*parts_.treaties.Get(), decision.treaty_id, header, law_as_of));
  SentRequest request;
  request.body = body;
  request.obligations = decision.obligations;
  ASSIGN_OR_RETURN(request.message,
                   SealMessage(std::move(header), type.request.GetTypeName(), body, *parts_.seal.Get(), parts_.rng));
  if (!request.header.ParseFromString(request.message.header())) return absl::InternalError("own header is unreadable");
  return request;
}

}  // namespace tamga::exchange
