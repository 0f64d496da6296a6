#include "node/exchange/answering_door.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/failpoint.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/exchange/holding.h"
#include "node/exchange/holdings.h"
#include "node/exchange/message_store.h"
#include "node/exchange/operations.h"
#include "node/exchange/pinned_law.h"
#include "node/exchange/quota.h"
#include "node/exchange/refusal.h"
#include "node/exchange/revocation_bound.h"
#include "node/exchange/treaty_question.h"
#include "node/store/transaction.h"
#include "policy/decision_record.h"
#include "policy/redact.h"

namespace tamga::exchange {
namespace {

constexpr int kMaxAttemptsOnConflict = 3;
// How often it is logged that a message came again: often enough for all that go astray on a bad day.
constexpr size_t kMostRepetitions = 10;
// How long a reply stays good: as long as a request that waits in an outbox may be sent again.
constexpr absl::Duration kReplyLife = kLongestLife;

// Recognises the same request under another exchange id: same question, same grounds, same asker.
std::string ContentOf(const OpenedMessage& opened) {
  const v1::MessageHeader& header = opened.header;
  return absl::StrCat(static_cast<int>(header.operation()), "\n", static_cast<int>(header.purpose()), "\n",
                      header.treaty().SerializeAsString(), "\n", header.asker().SerializeAsString(), "\n", opened.body);
}

// An answer that is worth something only now is given by the law of now, however often it is asked for. What a deferred
// operation does, it does once.
bool IsAnsweredOnce(v1::Operation operation) {
  const OperationType* type = FindOperation(operation);
  return type != nullptr && type->delivery == Delivery::kDeferred;
}

// What may stand in an entry: the other State's auditors read it too.
policy::Decision Tellable(const policy::Decision& decision) {
  if (decision.permitted || decision.may_be_told) return decision;
  policy::Decision tellable;
  tellable.reason = RefusalToPeer(decision).reason();
  return tellable;
}

}  // namespace

AnsweringDoor::AnsweringDoor(DoorParts& parts) : parts_(parts), approvals_(parts), refusals_(parts.clock) {}

absl::StatusOr<v1::SealedMessage> AnsweringDoor::Answer(const certs::Principal& peer,
                                                        const v1::SealedMessage& message) {
  ReceivedRequest request;
  ASSIGN_OR_RETURN(request.opened, OpenRequest(peer, message));
  parts_.partner_heard(peer.agency);
  request.received_at = parts_.clock.Now();
  request.law_as_of = LawAsOf(parts_.handlers, request.opened.header, request.opened.body);
  request.decision =
      DecideRequestIngress(request.opened.header, request.received_at, request.law_as_of, &request.record);
  RETURN_IF_ERROR(CheckRevocationAge(parts_, *parts_.treaties.Get(), request.decision, peer.agency,
                                     [&] { return parts_.path_lists_as_of(request.opened.seal_path); }));
  if (request.decision.permitted) request.body = CheckBody(request);
  TAMGA_FAILPOINT("answering.opened");
  absl::StatusOr<std::optional<v1::SealedMessage>> earlier = LogReceived(message, &request);
  // The same message came in at the same time and was first, or others have used up the quota: look again.
  for (int attempt = 1; attempt < kMaxAttemptsOnConflict; ++attempt) {
    if (IsQuotaUsedUp(earlier.status())) {
      request.decision = QuotaExceeded(request.decision);
    } else if (!absl::IsAborted(earlier.status())) {
      break;
    }
    earlier = LogReceived(message, &request);
  }
  if (!earlier.ok()) {
    const std::string reason = ReasonOf(earlier.status());
    if (const std::optional<int64_t> count = refusals_.Count(absl::StrCat(reason, " ", peer.agency))) {
      Log(Severity::kWarning, "message not taken", {{"peer", peer.agency}, {"reason", reason}, {"count", *count}});
    }
    return earlier.status();
  }
  if (earlier->has_value()) return **std::move(earlier);
  TAMGA_FAILPOINT("answering.received");

  for (int attempt = 1;; ++attempt) {
    ASSIGN_OR_RETURN(const Outcome outcome, Act(request));
    TAMGA_FAILPOINT("answering.acted");
    ASSIGN_OR_RETURN(v1::SealedMessage sealed, SealReply(request, outcome.reply));
    const absl::Status logged = LogAnswered(request, sealed, outcome);
    TAMGA_FAILPOINT("answering.answered");
    if (logged.ok()) return sealed;
    // Somebody changed the record meanwhile, or answered this very request: look again.
    if (!absl::IsAborted(logged) || attempt == kMaxAttemptsOnConflict) return logged;
    ASSIGN_OR_RETURN(const store::Reception known, FindReceived(request.opened));
    if (known.state == store::Reception::State::kAnswered) {
      return ReadReply(request.opened.header.from(), known);
    }
  }
}

// Steps 1 and 2. `peer` is who the TLS connection belongs to.
absl::StatusOr<OpenedMessage> AnsweringDoor::OpenRequest(const certs::Principal& peer,
                                                         const v1::SealedMessage& message) {
  if (const absl::Status may = parts_.check_partner(peer.agency); !may.ok()) {
    Log(Severity::kWarning, "message refused", {{"peer", peer.agency}, {"reason", ReasonOf(may)}});
    // What can wait does: the operators may settle the matter.
    return Error(absl::StatusCode::kUnavailable, ReasonOf(may), may.message());
  }
  OpenRules rules;
  rules.kind = v1::MESSAGE_KIND_REQUEST;
  rules.from = peer.agency;
  rules.to = parts_.own_agency;
  rules.now = parts_.clock.Now();
  rules.max_skew = parts_.max_clock_skew;
  absl::StatusOr<OpenedMessage> opened = OpenMessage(message, rules, parts_.seal_verifier);
  if (!opened.ok()) {
    std::map<std::string, std::string> about = MetadataOf(opened.status());
    Log(Severity::kWarning, "message refused",
        {{"peer", peer.agency},
         {"reason", ReasonOf(opened.status())},
         {"subject", about["subject"]},
         {"serial", about["serial"]},
         {"issuer", about["issuer"]}});
  }
  return opened;
}

// Step 3, first half: from our own treaties, whatever the asking side decided.
policy::Decision AnsweringDoor::DecideRequestIngress(const v1::MessageHeader& header, absl::Time now,
                                                     absl::Time law_as_of, v1::DecisionRecord* record) const {
  const auto treaties = parts_.treaties.Get();
  const policy::Question question = QuestionOf(header);
  const PinnedDecision taken = DecideAsOf(*treaties->set, question, policy::Stage::kRequestIngress, now, law_as_of);
  const policy::Decision& decision = taken.decision;
  *record =
      policy::RecordOf(FormatUuid(header.exchange_id()), question, policy::Stage::kRequestIngress, taken.at, decision);
  const auto deny = [&](absl::string_view reason, std::string explanation) {
    policy::Decision denied;
    denied.reason = std::string(reason);
    denied.treaty_id = decision.treaty_id;
    denied.treaty_sha256 = decision.treaty_sha256;
    denied.explanation = std::move(explanation);
    return denied;
  };
  if (!decision.permitted) return decision;
  if (header.payload_withheld()) {
    parts_.treaties_differ(header.from());
    return deny("PAYLOAD_WITHHELD", absl::StrCat(header.from(), " found no treaty that permits this, though ",
                                                 decision.treaty_id, " does here; compare the treaty documents"));
  }
  // What makes the two nodes' treaties the same must not wait until they are.
  if (header.record_kind() == v1::RECORD_KIND_TREATY) return decision;
  if (header.treaty().document_sha256() != decision.treaty_sha256) {
    parts_.treaties_differ(header.from());
    return deny("TREATY_TEXT_DIFFERS", absl::StrCat("the two nodes hold different texts of ", header.treaty().id(),
                                                    "; both nodes fetch what is missing; try again"));
  }
  if (header.treaty().policy_sha256() != PolicyDigest(*treaties, header.treaty().id(), header, law_as_of)) {
    Log(Severity::kError, "treaty acts differ", {{"partner", header.from()}, {"treaty", header.treaty().id()}});
    parts_.treaties_differ(header.from());
    return deny("TREATY_ACTS_DIFFER",
                absl::StrCat("the two nodes know different acts of States about ", header.treaty().id(),
                             "; both nodes fetch what is missing; try again"));
  }
  return decision;
}

// Step 3, second half: what came is what the decision lets in.
absl::Status AnsweringDoor::CheckBody(const ReceivedRequest& request) const {
  const OperationType& type = *FindOperation(request.opened.header.operation());
  if (request.opened.header.payload_type() != type.request.GetTypeName()) {
    return Error(absl::StatusCode::kInvalidArgument, "INVALID_BODY",
                 absl::StrCat("the operation takes a ", type.request.GetTypeName()));
  }
  ASSIGN_OR_RETURN(const auto body, ParseStrictly(type.request, request.opened.body));
  const absl::Status contained = policy::ContainsOnly(request.decision.request, *body);
  if (contained.ok()) return contained;
  return Error(absl::StatusCode::kPermissionDenied, "REQUEST_EXCEEDS_TREATY",
               absl::StrCat(request.decision.treaty_id, " does not allow this to be sent: ", contained.message()));
}

v1::LogEntry AnsweringDoor::StartEntryOf(v1::EntryKind kind, const ReceivedRequest& request, absl::Time now) const {
  const v1::MessageHeader& header = request.opened.header;
  v1::LogEntry entry = StartEntry(kind, header, parts_.own_agency, header.from(), parts_.pseudonyms, now);
  if (request.decision.reason == "TREATY_UNKNOWN") {
    entry.clear_treaty_id();
    entry.clear_treaty_sha256();
  }
  return entry;
}

// Step 4, first half: the trace that it came is durable before anything is read for it. Gives the stored reply if the
// request was answered before.
absl::StatusOr<std::optional<v1::SealedMessage>> AnsweringDoor::LogReceived(const v1::SealedMessage& message,
                                                                            ReceivedRequest* request) {
  const v1::MessageHeader& header = request->opened.header;
  ASSIGN_OR_RETURN(const store::Reception known, FindReceived(request->opened));
  if (known.state == store::Reception::State::kContradictory) {
    return Error(absl::StatusCode::kAlreadyExists, "EXCHANGE_ID_REUSED",
                 absl::StrCat("exchange ", FormatUuid(header.exchange_id()),
                              " was used for another message; every message needs an id of its own"));
  }
  const bool is_new = known.state == store::Reception::State::kNew;
  if (!is_new) {
    ASSIGN_OR_RETURN(const std::vector<store::EntryRow> logged, EntriesOfReception(header));
    if (logged.size() > kMostRepetitions) return TakeWithoutEntry(message, known, logged.back(), request);
  }
  v1::LogEntry entry = StartEntryOf(v1::ENTRY_KIND_RECEIVED, *request, request->received_at);
  AddDecision(Tellable(request->decision), &entry);
  if (!is_new) entry.set_reason("REPEATED");
  entry.set_disclosure(request->decision.permitted ? request->decision.request.level() : v1::DISCLOSURE_LEVEL_NONE);
  AddSeal(message, &entry);
  entry.set_revocation_sha256(parts_.revocation_sha256(StateOf(header.from())));

  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  if (known.state != store::Reception::State::kAnswered) {
    ASSIGN_OR_RETURN(submission.effects, TakeIn(message, *request, is_new));
  }
  ASSIGN_OR_RETURN(const ledger::Appended appended, parts_.sequencer.Append(std::move(submission)));
  if (known.state == store::Reception::State::kAnswered) {
    ASSIGN_OR_RETURN(v1::SealedMessage reply, ReadReply(header.from(), known));
    return std::optional<v1::SealedMessage>(std::move(reply));
  }
  request->receipt.set_entry(entry.SerializeAsString());
  ASSIGN_OR_RETURN(*request->receipt.mutable_proof(),
                   parts_.log_reader.ProveInclusion(appended.index, appended.checkpoint));
  return std::optional<v1::SealedMessage>();
}

// The entries RECEIVED of the exchange, oldest first, and no more than is needed to see that they are enough.
absl::StatusOr<std::vector<store::EntryRow>> AnsweringDoor::EntriesOfReception(const v1::MessageHeader& header) const {
  ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
  ASSIGN_OR_RETURN(std::vector<store::EntryRow> rows, session->EntriesOfExchange(header.exchange_id()));
  std::erase_if(rows, [&](const store::EntryRow& row) {
    return row.kind != v1::ENTRY_KIND_RECEIVED || row.partner != header.from();
  });
  return rows;
}

// A message that comes again and again is on record; one entry more each time would only hide the exchange among its
// repetitions. One that was not answered yet gets the receipt of the entry `received`.
absl::StatusOr<std::optional<v1::SealedMessage>> AnsweringDoor::TakeWithoutEntry(const v1::SealedMessage& message,
                                                                                 const store::Reception& known,
                                                                                 const store::EntryRow& received,
                                                                                 ReceivedRequest* request) {
  if (known.state == store::Reception::State::kAnswered) {
    ASSIGN_OR_RETURN(v1::SealedMessage reply, ReadReply(request->opened.header.from(), known));
    return std::optional<v1::SealedMessage>(std::move(reply));
  }
  ASSIGN_OR_RETURN(store::Effects effects, TakeIn(message, *request, false));
  RETURN_IF_ERROR(parts_.sequencer.Commit(std::move(effects)));
  request->receipt.set_entry(received.body);
  ASSIGN_OR_RETURN(*request->receipt.mutable_proof(),
                   parts_.log_reader.ProveInclusion(received.index, parts_.sequencer.NewestCheckpoint()));
  return std::optional<v1::SealedMessage>();
}

// Nobody is to make us keep what no treaty lets us have, nor to fill our disk with it. A message that may be answered
// is kept whole and counted against the quota by the first of its copies of which that is true.
absl::StatusOr<store::Effects> AnsweringDoor::TakeIn(const v1::SealedMessage& message, const ReceivedRequest& request,
                                                     bool is_new) const {
  const v1::MessageHeader& header = request.opened.header;
  const MessageKey key = {header.from(), header.exchange_id(), v1::ENTRY_KIND_RECEIVED};
  const bool is_refused = !request.decision.permitted || !request.body.ok();
  store::Effects effects;
  if (is_new) {
    effects = KeepMessage(key, parts_.rng.Bytes(16), is_refused ? WithoutPayload(message) : message, {request.record},
                          request.received_at);
    effects.writes.push_back(
        [sender = header.from(), exchange_id = header.exchange_id(), header_sha256 = request.opened.header_sha256,
         forget_at = FromProto(header.expires_at()) + 2 * parts_.max_clock_skew,
         most = parts_.max_remembered_per_partner](store::Transaction& transaction) -> absl::Status {
          // Nothing is forgotten to make room: what is forgotten could be sent again.
          RETURN_IF_ERROR(transaction.CheckRoomToRemember(sender, most));
          return transaction.RecordReceived(sender, exchange_id, header_sha256, forget_at).status();
        });
  } else {
    if (is_refused) return effects;
    ASSIGN_OR_RETURN(const KeptRow kept, FindAndRead(parts_.database, parts_.vault, key));
    if (kept.HasPayload()) return effects;
    effects = ReplaceMessage(kept, parts_.rng.Bytes(16), message, {request.record}, request.received_at);
  }
  if (!is_refused) {
    effects.Add(CountAgainstQuota(request.decision, policy::Stage::kRequestIngress, header, request.received_at));
  }
  return effects;
}

// Step 4, second half: the domain's answer cut down to what the decision discloses, or a refusal.
absl::StatusOr<Outcome> AnsweringDoor::Act(const ReceivedRequest& request) {
  Outcome outcome;
  if (!request.decision.permitted) {
    *outcome.reply.mutable_refusal() = RefusalToPeer(request.decision);
  } else if (!request.body.ok()) {
    *outcome.reply.mutable_refusal() = RefusalToPeer(request.body);
  } else {
    absl::StatusOr<std::optional<v1::ExchangeReply>> earlier = FindEarlierAnswer(request);
    if (!earlier.ok()) {
      if (!absl::IsAlreadyExists(earlier.status())) return earlier.status();
      *outcome.reply.mutable_refusal() = RefusalToPeer(earlier.status());
    } else if (earlier->has_value()) {
      outcome.reply = **std::move(earlier);
      outcome.obligations = request.decision.obligations;
      outcome.repeats = true;
    } else {
      absl::StatusOr<Outcome> answered = AskDomain(parts_, approvals_, request);
      if (answered.ok()) {
        outcome = *std::move(answered);
      } else {
        Log(Severity::kWarning, "request refused by the service",
            {{"exchange", FormatUuid(request.opened.header.exchange_id())},
             {"partner", request.opened.header.from()},
             {"reason", ReasonOf(answered.status())},
             {"code", absl::StatusCodeToString(answered.status().code())},
             {"detail", std::string(answered.status().message())}});
        *outcome.reply.mutable_refusal() = RefusalToPeer(answered.status());
      }
    }
  }
  if (outcome.reply.has_refusal()) outcome.reply.set_disclosure(v1::DISCLOSURE_LEVEL_NONE);
  *outcome.reply.mutable_receipt() = request.receipt;
  return outcome;
}

// The same request under another exchange id (its first reply was lost) has one effect and gets the same answer.
absl::StatusOr<std::optional<v1::ExchangeReply>> AnsweringDoor::FindEarlierAnswer(
    const ReceivedRequest& request) const {
  const v1::MessageHeader& header = request.opened.header;
  if (!IsAnsweredOnce(header.operation())) return std::optional<v1::ExchangeReply>();
  store::Reception earlier;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
    ASSIGN_OR_RETURN(earlier, session->FindByIdempotencyKey(header.from(), header.idempotency_key(),
                                                            parts_.pseudonyms.OfContent(ContentOf(request.opened))));
  }
  if (earlier.state == store::Reception::State::kContradictory) {
    return Error(absl::StatusCode::kAlreadyExists, "IDEMPOTENCY_MISMATCH",
                 "the idempotency key was used for a different request; use a new key");
  }
  if (earlier.state != store::Reception::State::kAnswered) return std::optional<v1::ExchangeReply>();
  ASSIGN_OR_RETURN(const v1::SealedMessage stored, ReadReply(header.from(), earlier));
  v1::Payload payload;
  v1::ExchangeReply reply;
  if (!payload.ParseFromString(stored.payload()) || !reply.ParseFromString(payload.body())) {
    return absl::DataLossError("a stored reply is unreadable");
  }
  return std::optional<v1::ExchangeReply>(std::move(reply));
}

// Step 5.
absl::StatusOr<v1::SealedMessage> AnsweringDoor::SealReply(const ReceivedRequest& request,
                                                           const v1::ExchangeReply& reply) const {
  v1::MessageHeader header = request.opened.header;
  header.set_kind(v1::MESSAGE_KIND_REPLY);
  header.set_from(parts_.own_agency);
  header.set_to(request.opened.header.from());
  const absl::Time now = parts_.clock.Now();
  *header.mutable_issued_at() = ToProto(now);
  *header.mutable_expires_at() = ToProto(now + kReplyLife);
  header.set_request_hash(request.opened.header_sha256);
  header.set_payload_withheld(false);
  return SealMessage(std::move(header), reply.GetTypeName(), reply.SerializeAsString(), *parts_.seal.Get(), parts_.rng);
}

// Step 6: the entry, the domain's effects, the stored reply and the keys that recognise a repetition, all at once.
absl::Status AnsweringDoor::LogAnswered(const ReceivedRequest& request, const v1::SealedMessage& sealed,
                                        const Outcome& outcome) {
  const v1::MessageHeader& header = request.opened.header;
  v1::LogEntry entry = StartEntryOf(v1::ENTRY_KIND_ANSWERED, request, parts_.clock.Now());
  AddOutcome(outcome.reply.has_refusal() ? &outcome.reply.refusal() : nullptr, &entry);
  for (const std::string& article : Tellable(request.decision).articles) entry.add_articles(article);
  entry.set_disclosure(outcome.reply.disclosure());
  *entry.mutable_withheld_fields() = outcome.reply.withheld_fields();
  v1::MessageHeader reply_header;
  if (!reply_header.ParseFromString(sealed.header())) return absl::InternalError("own header is unreadable");
  entry.set_reply_commitment(reply_header.commitment());
  AddSeal(sealed, &entry);
  entry.set_approval_sha256(outcome.approval_sha256);

  ASSIGN_OR_RETURN(store::Effects kept, BookOrErase(request, outcome, &entry));
  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  const std::string reply_blob = parts_.rng.Bytes(16);
  submission.effects.writes.push_back([sender = header.from(), exchange_id = header.exchange_id(),
                                       header_sha256 = request.opened.header_sha256,
                                       reply_blob](store::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const store::Reception known, transaction.FindReceived(sender, exchange_id, header_sha256));
    if (known.state == store::Reception::State::kAnswered) return absl::AbortedError("answered meanwhile");
    return transaction.SetAnswered(sender, exchange_id, reply_blob);
  });
  submission.effects.Add(KeepMessage({header.from(), header.exchange_id(), v1::ENTRY_KIND_ANSWERED}, reply_blob, sealed,
                                     outcome.records, parts_.clock.Now(), outcome.origin));
  if (!outcome.reply.has_refusal() && !outcome.repeats && IsAnsweredOnce(header.operation())) {
    submission.effects.writes.push_back([sender = header.from(), key = header.idempotency_key(),
                                         content = parts_.pseudonyms.OfContent(ContentOf(request.opened)),
                                         exchange_id = header.exchange_id(), reply_blob,
                                         now = parts_.clock.Now()](store::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(const store::Reception known,
                       transaction.ClaimIdempotencyKey(sender, key, content, exchange_id, now));
      const bool taken =
          known.state == store::Reception::State::kContradictory || known.state == store::Reception::State::kAnswered;
      if (taken) return absl::AbortedError("the idempotency key was used meanwhile");
      return transaction.SetKeyAnswered(sender, key, reply_blob);
    });
  }
  submission.effects.Add(std::move(kept));
  submission.effects.Add(outcome.effects);
  return parts_.sequencer.Append(std::move(submission)).status();
}

// What becomes of what the request told: if it was served, our obligations are booked. If not, nothing says how long it
// may be kept; it was kept whole only in case it would be served.
absl::StatusOr<store::Effects> AnsweringDoor::BookOrErase(const ReceivedRequest& request, const Outcome& outcome,
                                                          v1::LogEntry* entry) const {
  const v1::MessageHeader& header = request.opened.header;
  // What a repetition says is kept under the exchange that it repeats.
  if (!outcome.reply.has_refusal() && !outcome.repeats) {
    const std::optional<v1::Holding> holding =
        MakeHolding(header, false, request.decision, outcome.obligations, request.received_at);
    return holding ? Book(*holding, entry) : store::Effects();
  }
  const MessageKey key = {header.from(), header.exchange_id(), v1::ENTRY_KIND_RECEIVED};
  ASSIGN_OR_RETURN(const KeptRow kept, FindAndRead(parts_.database, parts_.vault, key));
  if (!kept.HasPayload()) return store::Effects();
  return ErasePayload(kept, parts_.rng.Bytes(16), parts_.clock.Now());
}

absl::StatusOr<store::Reception> AnsweringDoor::FindReceived(const OpenedMessage& opened) const {
  ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
  return session->FindReceived(opened.header.from(), opened.header.exchange_id(), opened.header_sha256);
}

absl::StatusOr<v1::SealedMessage> AnsweringDoor::ReadReply(const std::string& sender,
                                                           const store::Reception& answered) const {
  return ReadMessage(parts_.vault, {sender, answered.exchange_id, v1::ENTRY_KIND_ANSWERED}, answered.reply_blob);
}

}  // namespace tamga::exchange
