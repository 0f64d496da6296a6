#include "node/exchange/reply_opening.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "google/protobuf/util/message_differencer.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/exchange/holding.h"
#include "node/exchange/message.h"
#include "node/exchange/operations.h"
#include "node/exchange/pinned_law.h"
#include "node/exchange/refusal.h"
#include "node/exchange/reply_checks.h"
#include "node/exchange/treaty_question.h"
#include "node/ledger/tlog_proof.h"
#include "policy/decision_record.h"
#include "policy/redact.h"

namespace tamga::exchange {
namespace {

// Whether a reply is to this request: its header repeats whatever of the request's it has to, and has the request's
// hash. (Parties, times and the form of every field are for OpenMessage.)
bool Answers(const v1::MessageHeader& reply, const SentRequest& request) {
  using google::protobuf::util::MessageDifferencer;
  return reply.request_hash() == Sha256(request.message.header()) &&
         reply.exchange_id() == request.header.exchange_id() && reply.purpose() == request.header.purpose() &&
         reply.operation() == request.header.operation() && reply.record_kind() == request.header.record_kind() &&
         reply.idempotency_key() == request.header.idempotency_key() &&
         MessageDifferencer::Equals(reply.treaty(), request.header.treaty()) &&
         MessageDifferencer::Equals(reply.asker(), request.header.asker());
}

// The partner must have logged the request before it answered, and prove it.
absl::Status CheckReceipt(const DoorParts& parts, const SentRequest& request, VerifiedReply* reply) {
  const v1::Receipt& receipt = reply->reply.receipt();
  const ledger::NoteKey& key = parts.partner_logs.at(request.header.to());
  const auto invalid = [&](absl::string_view why) {
    return Error(absl::StatusCode::kDataLoss, "RECEIPT_INVALID",
                 absl::StrCat("the receipt of ", request.header.to(), " proves nothing: ", why));
  };
  const absl::StatusOr<ledger::TlogProof> proof = ledger::ParseTlogProof(receipt.proof());
  if (!proof.ok()) return invalid(proof.status().message());
  const absl::Status proven = ledger::VerifyTlogProof(*proof, receipt.entry(), key, certs::VerifyEd25519).status();
  if (!proven.ok()) return invalid(proven.message());
  parts.checkpoint_seen(request.header.to(), proof->checkpoint);
  v1::LogEntry entry;
  const bool fits = entry.ParseFromString(receipt.entry()) && entry.kind() == v1::ENTRY_KIND_RECEIVED &&
                    entry.exchange_id() == request.header.exchange_id() && entry.own() == request.header.to() &&
                    entry.partner() == parts.own_agency && entry.request_commitment() == request.header.commitment();
  if (!fits) return invalid("its entry is not about this request");
  reply->receipt_sha256 = Sha256(receipt.entry());
  reply->receipt_position.set_origin(key.name);
  reply->receipt_position.set_index(proof->index);
  return absl::OkStatus();
}

// Nothing above what the treaty discloses may come in, even if the partner sends it. What may come in obliges.
absl::Status DecideReplyIngress(const DoorParts& parts, const SentRequest& request, VerifiedReply* verified) {
  const OperationType& type = *FindOperation(request.header.operation());
  const v1::ExchangeReply& reply = verified->reply;
  const policy::Question asked = QuestionOf(request.header);
  const absl::Time at = FromProto(request.header.issued_at());
  const PinnedDecision taken = DecideAsOf(*parts.treaties.Get()->set, asked, policy::Stage::kReplyIngress, at,
                                          LawAsOf(parts.handlers, request.header, request.body));
  const policy::Decision& decision = taken.decision;
  verified->record = policy::RecordOf(FormatUuid(request.header.exchange_id()), asked, policy::Stage::kReplyIngress,
                                      taken.at, decision);
  RETURN_IF_ERROR(CheckReply(reply, decision, *type.result.GetDescriptor()));
  if (reply.has_refusal()) return absl::OkStatus();
  if (!decision.permitted) return DenialToCaller(decision);
  if (reply.result_type() != type.result.GetTypeName()) {
    return Error(absl::StatusCode::kDataLoss, "WRONG_REPLY",
                 absl::StrCat(request.header.to(), " answered with another type than ", type.result.GetTypeName()));
  }
  ASSIGN_OR_RETURN(const auto result, ParseStrictly(type.result, reply.result()));
  const absl::Status contained = policy::ContainsOnly(decision.reply, *result);
  if (!contained.ok()) {
    return Error(absl::StatusCode::kDataLoss, "REPLY_EXCEEDS_TREATY",
                 absl::StrCat(request.header.to(), " told more than ", decision.treaty_id,
                              " allows; the reply was not opened further: ", contained.message()));
  }
  policy::ObligationSet obligations = request.obligations;
  obligations.Add(decision.obligations);
  verified->holding = MakeHolding(request.header, true, decision, obligations, parts.clock.Now());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<VerifiedReply> OpenReply(const DoorParts& parts, const SentRequest& request, v1::SealedMessage message) {
  OpenRules rules;
  rules.kind = v1::MESSAGE_KIND_REPLY;
  rules.from = request.header.to();
  rules.to = parts.own_agency;
  rules.now = parts.clock.Now();
  rules.max_skew = parts.max_clock_skew;
  ASSIGN_OR_RETURN(const OpenedMessage opened, OpenMessage(message, rules, parts.seal_verifier));
  if (!Answers(opened.header, request)) {
    return Error(absl::StatusCode::kDataLoss, "WRONG_REPLY",
                 absl::StrCat(rules.from, " answered with the reply to another request"));
  }
  ASSIGN_OR_RETURN(const auto parsed, ParseStrictly(v1::ExchangeReply::default_instance(), opened.body));
  VerifiedReply reply;
  reply.message = std::move(message);
  reply.header = opened.header;
  reply.reply = static_cast<const v1::ExchangeReply&>(*parsed);
  RETURN_IF_ERROR(CheckReceipt(parts, request, &reply));
  RETURN_IF_ERROR(DecideReplyIngress(parts, request, &reply));
  return reply;
}

}  // namespace tamga::exchange
