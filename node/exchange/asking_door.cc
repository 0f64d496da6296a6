#include "node/exchange/asking_door.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "certs/refusal.h"
#include "node/base/error.h"
#include "node/base/failpoint.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/exchange/call_context.h"
#include "node/exchange/dead_letter.h"
#include "node/exchange/holding.h"
#include "node/exchange/message.h"
#include "node/exchange/message_store.h"
#include "node/exchange/operations.h"
#include "node/exchange/pinned_law.h"
#include "node/exchange/quota.h"
#include "node/exchange/refusal.h"
#include "node/exchange/reply_checks.h"
#include "node/exchange/revocation_bound.h"
#include "node/exchange/treaty_question.h"
#include "node/exchange/waiting_request.h"
#include "node/store/transaction.h"
#include "policy/decision_record.h"
#include "policy/redact.h"

namespace tamga::exchange {
namespace {

constexpr int kMaxAttemptsOnConflict = 3;
constexpr absl::Duration kFirstRetryAfter = absl::Seconds(1);

// Whether even the fact that this was asked must stay at home: an own article forbids it or cannot be ruled out, or it
// would tell what another agency told us and does not want passed on.
bool ForbidsAsking(const policy::Decision& decision, const PassingOn& passing_on) {
  if (passing_on.denial) return true;
  return !decision.permitted && (decision.reason == "FORBIDDEN" || decision.reason == "FACT_UNKNOWN");
}

// Whether certificates or revocation lists were not in order, here or there. That is mended, and another connection
// shows another certificate. What a seal's own certificate is refused for stays, since what waits is not sealed again;
// but that there is no current list of its issuer does not.
bool IsOfCertificates(const absl::Status& status) {
  if (!absl::IsUnauthenticated(status)) return false;
  const std::string reason = ReasonOf(status);
  if (reason != certs::kSealUntrusted)
    return absl::StartsWith(reason, "CERT_") || absl::StartsWith(reason, "REVOCATION_");
  const std::map<std::string, std::string> particulars = MetadataOf(status);
  const auto certificate = particulars.find("certificate");
  return certificate != particulars.end() && absl::StartsWith(certificate->second, "REVOCATION_");
}

bool IsTransient(const absl::Status& status) {
  if (IsOfCertificates(status)) return true;
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status) ||
         absl::IsAborted(status) || absl::IsCancelled(status) || absl::IsInternal(status) || absl::IsUnknown(status);
}

// "SYSTEM". Treaties know no other officers than the agency's (policy/attributes.cc); treaty and protection officers
// are such.
std::string RoleFact(const certs::Principal& caller) {
  const bool is_officer = caller.role == certs::Role::kTreatyOfficer || caller.role == certs::Role::kProtectionOfficer;
  const certs::Role role = is_officer ? certs::Role::kOfficer : caller.role;
  return absl::AsciiStrToUpper(certs::RoleName(role));
}

AskResult Failed(absl::Status status) {
  AskResult result;
  result.status = std::move(status);
  return result;
}

}  // namespace

AskingDoor::AskingDoor(DoorParts& parts) : parts_(parts), approvals_(parts), circuits_(parts.clock, parts.rng) {}

AskResult AskingDoor::Ask(const Outgoing& question) {
  if (absl::Status status = CheckQuestion(question); !status.ok()) return Failed(status);
  bool left = false;
  AskResult result = AskOnce(question, &left);
  // The same question was asked at the same moment, or an officer agreed to it: look again.
  for (int attempt = 1; !left && ApprovalsChanged(result.status) && attempt < kMaxAttemptsOnConflict; ++attempt) {
    result = AskOnce(question, &left);
  }
  return result;
}

AskResult AskingDoor::AskOnce(const Outgoing& question, bool* left) {
  const absl::StatusOr<PassingOn> passing_on =
      JudgePassingOn(parts_.database, question.origin, question.to, question.context.purpose());
  if (!passing_on.ok()) return Failed(passing_on.status());
  v1::MessageHeader header = BuildHeader(question);
  if (!question.withheld.ok()) return Withhold(question.withheld, header);
  const auto treaties = parts_.treaties.Get();
  v1::DecisionRecord record;
  policy::Decision decision = DecideRequestEgress(question, *treaties, *passing_on, 0, &header, &record);
  std::optional<Approval> approval;
  if (NeedsApproval(decision)) {
    absl::StatusOr<Approval> found = FindApproval(question, decision, header);
    if (!found.ok()) return Failed(found.status());
    approval = *std::move(found);
    decision = DecideRequestEgress(question, *treaties, *passing_on, approval->given(), &header, &record);
    if (NeedsApproval(decision)) return RefuseToSend(decision, record, header, &*approval);
  }
  if (ForbidsAsking(decision, *passing_on)) return RefuseToSend(decision, record, header);
  const auto as_of = [&] { return parts_.partner_lists_as_of(question.to); };
  if (absl::Status age = CheckRevocationAge(parts_, *treaties, decision, question.to, as_of); !age.ok()) {
    return Failed(age);
  }

  std::vector<std::string> withheld_fields;
  const absl::StatusOr<SentRequest> request = SealRequest(question, decision, header, &withheld_fields);
  if (!request.ok()) return Failed(request.status());
  TAMGA_FAILPOINT("asking.sealed");
  // A question that an answer now is wanted to, and one that tells nothing, is asked whatever waits.
  const bool deferred = decision.permitted && FindOperation(question.operation)->delivery == Delivery::kDeferred;
  const auto turn = std::make_shared<Turn>();
  if (deferred) {
    turn->order_token = parts_.database.blind_index().OfOrderKey(question.to, question.order_key);
    turn->line_is_up = circuits_.MayTry(question.to);
  }
  const absl::Status logged =
      LogSent(question, decision, record, *request, withheld_fields, approval.has_value() ? &*approval : nullptr, turn);
  if (IsQuotaUsedUp(logged)) return RefuseToSend(QuotaExceeded(decision), record, header);
  if (!logged.ok()) return Failed(logged);
  TAMGA_FAILPOINT("asking.sent");
  *left = true;

  const absl::Time deadline = std::min(question.deadline, parts_.clock.Now() + parts_.partner_timeout);
  AskResult result = turn->at_once ? Deliver(*request, deferred, deadline) : Queued(request->header);
  for (std::string& field : withheld_fields) result.summary.add_withheld_fields(std::move(field));
  // Our own refusal stands, whatever the partner says to it, and it says more to our own caller.
  if (!decision.permitted) {
    result.status = DenialToCaller(decision);
    result.summary.set_delivery_state(v1::DELIVERY_STATE_REFUSED);
  }
  return result;
}

// Step 1. The caller's certificate was verified at the edge; here only what a question must say.
absl::Status AskingDoor::CheckQuestion(const Outgoing& question) const {
  RETURN_IF_ERROR(CheckAgency("partner", question.to));
  if (parts_.partners.find(question.to) == parts_.partners.end()) {
    return Error(absl::StatusCode::kNotFound, "UNKNOWN_PARTNER",
                 absl::StrCat("no node of ", question.to, " is configured here; ask the operator to add it"));
  }
  RETURN_IF_ERROR(parts_.check_partner(question.to));
  return CheckContext(question.context);
}

// Step 2.
v1::MessageHeader AskingDoor::BuildHeader(const Outgoing& question) const {
  const absl::Time now = parts_.clock.Now();
  v1::MessageHeader header;
  header.set_version(1);
  header.set_kind(v1::MESSAGE_KIND_REQUEST);
  header.set_exchange_id(NewUuidV7(now, parts_.rng));
  header.set_from(parts_.own_agency);
  header.set_to(question.to);
  header.set_purpose(question.context.purpose());
  header.set_operation(question.operation);
  header.set_record_kind(question.record_kind);
  header.mutable_asker()->set_principal(question.caller.SpiffeId());
  header.mutable_asker()->set_officer(question.context.officer());
  header.mutable_asker()->set_case_reference(question.context.case_reference());
  header.mutable_asker()->set_emergency_ground(question.context.emergency_ground());
  *header.mutable_issued_at() = ToProto(now);
  *header.mutable_expires_at() = ToProto(now + FindOperation(question.operation)->Life());
  header.set_idempotency_key(question.context.idempotency_key().empty() ? FormatUuid(header.exchange_id())
                                                                        : question.context.idempotency_key());
  return header;
}

// Step 3.
policy::Decision AskingDoor::DecideRequestEgress(const Outgoing& question, const treaty::TreatyLibrary& treaties,
                                                 const PassingOn& passing_on, uint32_t approvals,
                                                 v1::MessageHeader* header, v1::DecisionRecord* record) const {
  policy::Question asked = QuestionOf(*header, question.facts);
  asked.treaty_id = question.context.treaty_id();
  asked.approvals = approvals;
  asked.facts.SetChoice(v1::ATTRIBUTE_CALLER_ROLE, RoleFact(question.caller), v1::PROVENANCE_AUTHENTICATED);
  asked.facts.SetFlag(v1::ATTRIBUTE_ONWARD_BARRED, passing_on.barred);
  const absl::Time law_as_of = LawAsOf(parts_.handlers, *header, question.body->SerializeAsString());
  PinnedDecision taken =
      DecideAsOf(*treaties.set, asked, policy::Stage::kRequestEgress, FromProto(header->issued_at()), law_as_of);
  policy::Decision decision = std::move(taken.decision);
  *record =
      policy::RecordOf(FormatUuid(header->exchange_id()), asked, policy::Stage::kRequestEgress, taken.at, decision);
  if (passing_on.denial) decision = *passing_on.denial;
  if (decision.permitted) {
    v1::TreatyReference& treaty = *header->mutable_treaty();
    treaty.set_id(decision.treaty_id);
    treaty.set_document_sha256(decision.treaty_sha256);
    treaty.set_policy_sha256(PolicyDigest(treaties, decision.treaty_id, *header, law_as_of));
  }
  return decision;
}

absl::StatusOr<Approval> AskingDoor::FindApproval(const Outgoing& question, const policy::Decision& decision,
                                                  const v1::MessageHeader& header) const {
  // Whoever asks must not be the one who agrees, so it must be known who that is.
  if (question.caller.role == certs::Role::kSystem && question.context.officer().empty()) {
    return InvalidField("context.officer",
                        absl::StrCat("is required: ", decision.treaty_id,
                                     " asks for the consent of another officer than the one for whom the system asks"));
  }
  // Otherwise no certificate could ever be recognised as that officer's own.
  const certs::Principal officer{parts_.own_agency, certs::Role::kOfficer,
                                 absl::AsciiStrToLower(question.context.officer())};
  if (!officer.name.empty() && !certs::ParseSpiffeId(officer.SpiffeId()).ok()) {
    return InvalidField("context.officer",
                        absl::StrCat("must be letters, digits and hyphens, as in the officer's certificate: ",
                                     decision.treaty_id, " asks for the consent of another officer"));
  }
  return approvals_.Find(header, decision,
                         question.content.empty() ? question.body->SerializeAsString() : question.content);
}

// Step 5, on what step 3 lets out.
absl::StatusOr<SentRequest> AskingDoor::SealRequest(const Outgoing& question, const policy::Decision& decision,
                                                    v1::MessageHeader header,
                                                    std::vector<std::string>* withheld_fields) const {
  SentRequest request;
  request.obligations = decision.obligations;
  std::string type;
  if (decision.permitted) {
    const std::unique_ptr<google::protobuf::Message> body(question.body->New());
    body->CopyFrom(*question.body);
    absl::StatusOr<std::vector<std::string>> withheld = policy::CutDown(decision.request, body.get());
    if (!withheld.ok()) {
      return Annotate(withheld.status(), decision.articles.empty() ? decision.treaty_id : decision.articles.front());
    }
    *withheld_fields = *std::move(withheld);
    request.body = body->SerializeAsString();
    type = body->GetTypeName();
  }
  ASSIGN_OR_RETURN(request.message, SealMessage(std::move(header), type, request.body, *parts_.seal.Get(), parts_.rng));
  if (!request.header.ParseFromString(request.message.header())) return absl::InternalError("own header is unreadable");
  return request;
}

// Step 6. From here on the request has to come to an end: the outbox keeps it until "delivered" or "undelivered".
absl::Status AskingDoor::LogSent(const Outgoing& question, const policy::Decision& decision,
                                 const v1::DecisionRecord& record, const SentRequest& request,
                                 const std::vector<std::string>& withheld_fields, const Approval* used,
                                 const std::shared_ptr<Turn>& turn) {
  const absl::Time now = parts_.clock.Now();
  v1::LogEntry entry =
      StartEntry(v1::ENTRY_KIND_SENT, request.header, parts_.own_agency, request.header.to(), parts_.pseudonyms, now);
  AddDecision(decision, &entry);
  entry.set_disclosure(decision.permitted ? decision.request.level() : v1::DISCLOSURE_LEVEL_NONE);
  for (const std::string& field : withheld_fields) entry.add_withheld_fields(field);
  AddSeal(request.message, &entry);
  if (used != nullptr && used->may_be_told) entry.set_approval_sha256(used->request.request_sha256());

  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  submission.effects = question.on_sent;
  if (question.on_sealed) {
    ASSIGN_OR_RETURN(store::Effects sealed, question.on_sealed(request.header));
    submission.effects.Add(std::move(sealed));
  }
  if (used != nullptr) submission.effects.Add(approvals_.UseUp(*used));
  submission.effects.Add(CountAgainstQuota(decision, policy::Stage::kRequestEgress, request.header, now));
  store::OutboxRow row;
  row.exchange_id = request.header.exchange_id();
  row.partner = request.header.to();
  row.operation = request.header.operation();
  row.message_blob = parts_.rng.Bytes(16);
  row.expires_at = FromProto(request.header.expires_at());
  row.order_token = turn->order_token;
  submission.effects.Add(KeepMessage({row.partner, row.exchange_id, v1::ENTRY_KIND_SENT}, row.message_blob,
                                     request.message, {record}, now, question.origin));
  // The delivery below comes first; the outbox takes over if this process dies or the partner does not answer. Whether
  // an older one waits is found out in the commit: two of one case may be asked at the same moment.
  const absl::Time once_delivery_failed = now + parts_.partner_timeout + kFirstRetryAfter;
  submission.effects.writes.push_back(
      [row, turn, now, once_delivery_failed](store::Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(const bool is_behind, transaction.WaitsInOrder(row.partner, row.order_token));
        turn->at_once = turn->line_is_up && !is_behind;
        store::OutboxRow placed = row;
        placed.next_attempt_at = turn->at_once ? once_delivery_failed : now;
        return transaction.AddOutbox(placed);
      });
  return parts_.sequencer.Append(std::move(submission)).status();
}

// Step 7.
AskResult AskingDoor::Deliver(const SentRequest& request, bool deferred, absl::Time deadline,
                              const store::OutboxRow* waited, absl::Status* failure) {
  return Received(request, Send(request, deadline), deferred, waited, failure);
}

// Whichever way it came.
AskResult AskingDoor::Received(const SentRequest& request, absl::StatusOr<v1::SealedMessage> message, bool deferred,
                               const store::OutboxRow* waited, absl::Status* failure) {
  TAMGA_FAILPOINT("asking.replied");
  absl::StatusOr<VerifiedReply> reply =
      message.ok() ? OpenReply(parts_, request, *std::move(message)) : absl::StatusOr<VerifiedReply>(message.status());
  if (const absl::Status& status = reply.status(); !status.ok()) {
    if (!deferred || !IsTransient(status)) return GiveUp(request, status, waited);
    if (failure != nullptr) *failure = status;
    Log(Severity::kWarning, "partner not reached",
        {{"partner", request.header.to()}, {"exchange", FormatUuid(request.header.exchange_id())}});
    return Queued(request.header);
  }
  const absl::StatusOr<v1::LogPosition> position = LogDelivered(request, *reply, waited);
  if (!position.ok()) return Failed(position.status());
  TAMGA_FAILPOINT("asking.delivered");

  AskResult result;
  result.exchange_id = request.header.exchange_id();
  result.summary = Summarise(request.header, v1::DELIVERY_STATE_DELIVERED);
  *result.summary.mutable_own_log() = *position;
  *result.summary.mutable_partner_log() = reply->receipt_position;
  result.summary.set_disclosure(reply->reply.disclosure());
  *result.summary.mutable_articles() = reply->reply.articles();
  *result.summary.mutable_withheld_fields() = reply->reply.withheld_fields();
  if (reply->holding) exchange::Summarise(*reply->holding, &result.summary);
  if (reply->reply.has_refusal()) {
    result.status = RefusalToCaller(reply->reply.refusal(), request.header.to());
    result.summary.set_delivery_state(v1::DELIVERY_STATE_REFUSED);
    if (ShowsOtherTreaties(reply->reply.refusal())) parts_.treaties_differ(request.header.to());
  } else {
    result.result = reply->reply.result();
  }
  return result;
}

AskResult AskingDoor::Queued(const v1::MessageHeader& header) const {
  AskResult queued;
  queued.exchange_id = header.exchange_id();
  queued.summary = Summarise(header, v1::DELIVERY_STATE_QUEUED);
  return queued;
}

absl::StatusOr<v1::SealedMessage> AskingDoor::Send(const SentRequest& request, absl::Time deadline) {
  const auto partner = parts_.partners.find(request.header.to());
  // The operator has removed the partner while the request waited. It waits on, in case the partner comes back.
  if (partner == parts_.partners.end()) return absl::UnavailableError("the partner is not configured");
  const Circuits::Pass pass = circuits_.Enter(request.header.to());
  if (pass == Circuits::Pass::kNone) return absl::UnavailableError("nobody answered lately; it is tried again soon");
  // Callers have used up some of their time when they get here; half of a partner's is enough to tell.
  const absl::Duration patience = deadline - parts_.clock.Now();
  absl::StatusOr<v1::SealedMessage> reply = partner->second->Exchange(request.message, deadline);
  circuits_.Leave(request.header.to(), pass, OutcomeOf(reply.status(), patience, parts_.partner_timeout / 2));
  // From here on that reason is of the own key or helper, which the own operator has to mend.
  if (ReasonOf(reply.status()) == certs::kSignerUnavailable) {
    return Error(reply.status().code(), "PARTNER_SEAL_UNAVAILABLE",
                 absl::StrCat("the node of ", request.header.to(), " cannot seal or judge seals at the moment"));
  }
  return reply;
}

absl::StatusOr<v1::LogPosition> AskingDoor::LogDelivered(const SentRequest& request, const VerifiedReply& reply,
                                                         const store::OutboxRow* waited) {
  v1::LogEntry entry = StartEntry(v1::ENTRY_KIND_DELIVERED, request.header, parts_.own_agency, request.header.to(),
                                  parts_.pseudonyms, parts_.clock.Now());
  AddOutcome(reply.reply.has_refusal() ? &reply.reply.refusal() : nullptr, &entry);
  *entry.mutable_articles() = reply.reply.articles();
  entry.set_disclosure(reply.reply.disclosure());
  *entry.mutable_withheld_fields() = reply.reply.withheld_fields();
  entry.set_reply_commitment(reply.header.commitment());
  AddSeal(reply.message, &entry);
  entry.set_revocation_sha256(parts_.revocation_sha256(StateOf(request.header.to())));
  entry.set_receipt_sha256(reply.receipt_sha256);
  entry.set_receipt_index(reply.receipt_position.index());
  const absl::Status status =
      reply.reply.has_refusal() ? RefusalToCaller(reply.reply.refusal(), request.header.to()) : absl::OkStatus();
  store::Effects effects = KeepMessage({request.header.to(), request.header.exchange_id(), v1::ENTRY_KIND_DELIVERED},
                                       parts_.rng.Bytes(16), reply.message, {reply.record}, parts_.clock.Now());
  if (reply.holding) effects.Add(Book(*reply.holding, &entry));
  return Settle(request, status, &reply.reply, entry, std::move(effects), waited);
}

// The end of a request: its last entry, what it changes for the domain, and its removal from the outbox, all at once.
absl::StatusOr<v1::LogPosition> AskingDoor::Settle(const SentRequest& request, const absl::Status& status,
                                                   const v1::ExchangeReply* reply, const v1::LogEntry& entry,
                                                   store::Effects effects, const store::OutboxRow* waited) {
  OperationHandler& handler = *parts_.handlers.at(request.header.operation());
  const std::string exchange_id = request.header.exchange_id();
  effects.writes.push_back([exchange_id](store::Transaction& transaction) {
    // It ends once: an attempt that comes second finds it gone.
    RETURN_IF_ERROR(transaction.FindOutbox(exchange_id).status());
    return transaction.RemoveOutbox(exchange_id);
  });
  // Nobody waits for the answer to what waited.
  if (waited != nullptr) effects.Add(DeadLetterOf(request.header, *waited, status, parts_.clock.Now()));
  absl::StatusOr<ledger::Appended> appended = absl::AbortedError("not tried");
  for (int attempt = 0; attempt < kMaxAttemptsOnConflict && absl::IsAborted(appended.status()); ++attempt) {
    ASSIGN_OR_RETURN(store::Effects domain_effects,
                     handler.HandleSettled({request.header, request.body, status, reply}));
    ledger::Submission submission;
    submission.entry = entry.SerializeAsString();
    submission.effects = effects;
    submission.effects.Add(std::move(domain_effects));
    appended = parts_.sequencer.Append(std::move(submission));
  }
  RETURN_IF_ERROR(appended.status());
  v1::LogPosition position;
  position.set_origin(parts_.log_origin);
  position.set_index(appended->index);
  return position;
}

// Nothing leaves, and the log says so: an own article forbids even asking, officers must agree first, or the quota is
// used up.
AskResult AskingDoor::RefuseToSend(const policy::Decision& decision, const v1::DecisionRecord& record,
                                   const v1::MessageHeader& header, const Approval* lacking) {
  v1::LogEntry entry = StartEntry(v1::ENTRY_KIND_WITHHELD, header, parts_.own_agency, header.to(), parts_.pseudonyms,
                                  parts_.clock.Now());
  AddDecision(decision, &entry);
  entry.set_treaty_id(decision.treaty_id);
  entry.set_treaty_sha256(decision.treaty_sha256);
  entry.set_disclosure(v1::DISCLOSURE_LEVEL_NONE);
  if (lacking != nullptr) entry.set_approval_sha256(lacking->request.request_sha256());
  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  submission.effects = KeepMessage({header.to(), header.exchange_id(), v1::ENTRY_KIND_WITHHELD}, parts_.rng.Bytes(16),
                                   {}, {record}, parts_.clock.Now());
  if (lacking != nullptr) submission.effects.Add(approvals_.Keep(*lacking));
  const absl::StatusOr<ledger::Appended> appended = parts_.sequencer.Append(std::move(submission));
  if (!appended.ok()) return Failed(appended.status());
  AskResult result;
  result.status = lacking == nullptr ? DenialToCaller(decision) : ApprovalRequired(decision, *lacking);
  result.exchange_id = header.exchange_id();
  result.summary = Summarise(header, v1::DELIVERY_STATE_REFUSED);
  result.summary.set_treaty_id(decision.treaty_id);
  for (const std::string& article : decision.articles) result.summary.add_articles(article);
  result.summary.mutable_own_log()->set_origin(parts_.log_origin);
  result.summary.mutable_own_log()->set_index(appended->index);
  return result;
}

// The service itself withholds the request. No treaty is asked: the articles that would be cited, and the facts that
// are kept with a decision, could tell what it was withheld for.
AskResult AskingDoor::Withhold(const absl::Status& why, const v1::MessageHeader& header) {
  v1::LogEntry entry = StartEntry(v1::ENTRY_KIND_WITHHELD, header, parts_.own_agency, header.to(), parts_.pseudonyms,
                                  parts_.clock.Now());
  entry.set_outcome(v1::ENTRY_OUTCOME_DENIED);
  entry.set_reason(ReasonOf(why));
  entry.set_disclosure(v1::DISCLOSURE_LEVEL_NONE);
  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  const absl::StatusOr<ledger::Appended> appended = parts_.sequencer.Append(std::move(submission));
  if (!appended.ok()) return Failed(appended.status());
  AskResult result;
  result.status = why;
  result.exchange_id = header.exchange_id();
  result.summary = Summarise(header, v1::DELIVERY_STATE_REFUSED);
  result.summary.mutable_own_log()->set_origin(parts_.log_origin);
  result.summary.mutable_own_log()->set_index(appended->index);
  return result;
}

// No answer will come, or none that counts.
AskResult AskingDoor::GiveUp(const SentRequest& request, const absl::Status& cause, const store::OutboxRow* waited) {
  // The transport's own words name addresses; they are for our log, not for the caller.
  absl::Status why = cause;
  if (ReasonOf(cause).empty()) {
    Log(Severity::kWarning, "request not answered",
        {{"partner", request.header.to()}, {"detail", std::string(cause.message())}});
    why = IsTransient(cause) ? Error(absl::StatusCode::kUnavailable, "PARTNER_UNAVAILABLE",
                                     absl::StrCat("the node of ", request.header.to(), " did not answer in time"))
                             : Error(cause.code(), "NOT_OPENED",
                                     absl::StrCat("the node of ", request.header.to(), " did not open the message"));
  }
  v1::LogEntry entry = StartEntry(v1::ENTRY_KIND_UNDELIVERED, request.header, parts_.own_agency, request.header.to(),
                                  parts_.pseudonyms, parts_.clock.Now());
  entry.set_outcome(v1::ENTRY_OUTCOME_FAILED);
  entry.set_reason(ReasonCode(ReasonOf(why)));
  const absl::StatusOr<v1::LogPosition> position = Settle(request, why, nullptr, entry, {}, waited);
  if (!position.ok()) return Failed(position.status());
  AskResult result;
  result.status = why;
  result.exchange_id = request.header.exchange_id();
  result.summary = Summarise(request.header, v1::DELIVERY_STATE_EXPIRED);
  *result.summary.mutable_own_log() = *position;
  return result;
}

absl::StatusOr<AskingDoor::Waiting> AskingDoor::ReadWaiting(const store::OutboxRow& row) const {
  Waiting waiting;
  SentRequest& request = waiting.request;
  const MessageKey key{row.partner, row.exchange_id, v1::ENTRY_KIND_SENT};
  ASSIGN_OR_RETURN(KeptRow sent, FindAndRead(parts_.database, parts_.vault, key));
  for (const v1::DecisionRecord& decision : sent.kept.decisions()) {
    for (const v1::Obligation& obligation : decision.obligations()) request.obligations.Add(obligation);
  }
  request.message = std::move(*sent.kept.mutable_message());
  v1::Payload payload;
  if (!request.header.ParseFromString(request.message.header()) ||
      !payload.ParseFromString(request.message.payload())) {
    return absl::DataLossError(absl::StrCat("the outbox message of ", FormatUuid(row.exchange_id), " is unreadable"));
  }
  request.body = payload.body();
  const OperationType* type = FindOperation(request.header.operation());
  waiting.deferred = type != nullptr && type->delivery == Delivery::kDeferred && !request.header.payload_withheld();
  if (waiting.deferred && request.message.payload().empty()) {
    waiting.may_leave = Error(absl::StatusCode::kFailedPrecondition, "ERASED",
                              "what the request passes on had to be erased before the partner answered");
  } else if (!waiting.deferred || FromProto(request.header.expires_at()) <= parts_.clock.Now()) {
    waiting.may_leave =
        Error(absl::StatusCode::kDeadlineExceeded, kExpired, "the request expired before the partner answered");
  } else {
    waiting.may_leave = CheckMayStillLeave(*parts_.treaties.Get(), request.header, request.body, sent.kept.decisions(),
                                           parts_.clock.Now(), LawAsOf(parts_.handlers, request.header, request.body));
  }
  const auto handler = parts_.handlers.find(request.header.operation());
  if (waiting.may_leave.ok() && handler != parts_.handlers.end()) {
    waiting.may_leave = handler->second->CheckMayLeave(request.header, request.body);
    // Anything else is no answer of the service, so it is not known whether it may.
    if (!absl::IsFailedPrecondition(waiting.may_leave)) RETURN_IF_ERROR(waiting.may_leave);
  }
  return waiting;
}

absl::Status AskingDoor::Resume(const store::OutboxRow& row) {
  const absl::StatusOr<Waiting> read = ReadWaiting(row);
  if (absl::IsNotFound(read.status()) || absl::IsDataLoss(read.status())) return KeepUnreadable(row, read.status());
  RETURN_IF_ERROR(read.status());
  const SentRequest& request = read->request;
  // Of a question that was worth an answer only at once, nothing is left to be sent.
  const store::OutboxRow* const waited = read->deferred ? &row : nullptr;
  if (!read->may_leave.ok()) {
    return GiveUp(request, read->may_leave, waited).summary.has_own_log()
               ? absl::OkStatus()
               : absl::UnavailableError("the end of the request could not be logged");
  }
  // It waits on: the operators may settle the matter.
  if (const absl::Status may = parts_.check_partner(row.partner); !may.ok()) {
    return absl::UnavailableError(may.message());
  }
  absl::Status failure;
  const AskResult result =
      Deliver(request, read->deferred, parts_.clock.Now() + parts_.partner_timeout, waited, &failure);
  if (result.summary.delivery_state() == v1::DELIVERY_STATE_QUEUED) {
    return absl::IsDeadlineExceeded(failure) ? absl::DeadlineExceededError("no reply in time")
                                             : absl::UnavailableError("the partner could not be reached");
  }
  return result.summary.has_own_log() ? absl::OkStatus() : result.status;
}

absl::StatusOr<v1::SealedMessage> AskingDoor::Carry(const store::OutboxRow& row) const {
  if (const absl::Status may = parts_.check_partner(row.partner); !may.ok()) {
    return Error(absl::StatusCode::kUnavailable, ReasonOf(may), may.message());
  }
  ASSIGN_OR_RETURN(Waiting waiting, ReadWaiting(row));
  RETURN_IF_ERROR(waiting.may_leave);
  return std::move(waiting.request.message);
}

AskResult AskingDoor::TakeReply(const store::OutboxRow& row, absl::StatusOr<v1::SealedMessage> reply,
                                absl::Status* failure) {
  const absl::StatusOr<Waiting> read = ReadWaiting(row);
  if (!read.ok()) return Failed(read.status());
  // Without what it said, nobody can tell what the answer is to; Resume gives it up.
  if (read->request.message.payload().empty()) return Failed(read->may_leave);
  return Received(read->request, std::move(reply), read->deferred, &row, failure);
}

v1::ExchangeSummary AskingDoor::Summarise(const v1::MessageHeader& header, v1::DeliveryState state) const {
  v1::ExchangeSummary summary;
  summary.set_exchange_id(FormatUuid(header.exchange_id()));
  summary.set_partner(header.to());
  summary.set_treaty_id(header.treaty().id());
  summary.set_delivery_state(state);
  *summary.mutable_completed_at() = ToProto(parts_.clock.Now());
  return summary;
}

}  // namespace tamga::exchange
