#include "node/exchange/domain_answer.h"

#include <utility>

#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/exchange/holdings.h"
#include "node/exchange/pinned_law.h"
#include "node/exchange/refusal.h"
#include "node/exchange/treaty_question.h"
#include "policy/decision_record.h"
#include "policy/redact.h"

namespace tamga::exchange {
namespace {

// Gives the fields that are withheld of what the service has to tell. A refusal here must not name a field, which would
// tell what the record has; and what was carried out is not refused afterwards, but told without anything else.
absl::StatusOr<std::vector<std::string>> CarryOutAndCutDown(const v1::Disclosure& disclosure, Answer* answer) {
  if (answer->carry_out) RETURN_IF_ERROR(answer->carry_out());
  absl::StatusOr<std::vector<std::string>> withheld = policy::CutDown(disclosure, answer->result.get());
  if (withheld.ok()) return withheld;
  Log(Severity::kWarning, "reply withheld", {{"detail", std::string(withheld.status().message())}});
  if (!answer->carry_out) return NotServed();
  answer->result->Clear();
  return std::vector<std::string>();
}

}  // namespace

absl::StatusOr<Outcome> AskDomain(const DoorParts& parts, const Approvals& approvals, const ReceivedRequest& request) {
  const v1::MessageHeader& header = request.opened.header;
  OperationHandler& handler = *parts.handlers.at(header.operation());
  ASSIGN_OR_RETURN(Answer answer,
                   handler.HandleRequest({header, request.decision, request.opened.body, request.received_at}));
  ASSIGN_OR_RETURN(const PassingOn passing_on,
                   JudgePassingOn(parts.database, answer.origin, header.from(), header.purpose()));
  policy::Question question = QuestionOf(header, answer.facts);
  question.facts.SetFlag(v1::ATTRIBUTE_ONWARD_BARRED, passing_on.barred);
  const auto treaties = parts.treaties.Get();
  const auto decide = [&](const policy::Question& asked) {
    return DecideAsOf(*treaties->set, asked, policy::Stage::kReplyEgress, request.received_at, request.law_as_of);
  };
  PinnedDecision given = decide(question);
  policy::Decision decision = given.decision;
  const auto record = [&] {
    return policy::RecordOf(FormatUuid(header.exchange_id()), question, policy::Stage::kReplyEgress, given.at,
                            decision);
  };
  v1::DecisionRecord taken = record();
  if (passing_on.denial) {
    Log(Severity::kWarning, "answer withheld: it came from another agency",
        {{"exchange", FormatUuid(header.exchange_id())},
         {"partner", header.from()},
         {"reason", passing_on.denial->reason}});
    decision = *passing_on.denial;
  }
  Outcome outcome;
  if (NeedsApproval(decision)) {
    ASSIGN_OR_RETURN(const Approval approval,
                     approvals.Find(header, decision, answer.content.empty() ? request.opened.body : answer.content));
    question.approvals = approval.given();
    given = decide(question);
    decision = given.decision;
    // The partner's auditors see the entry.
    const bool is_told = approval.may_be_told && (decision.permitted || !answer.is_secret);
    if (is_told) outcome.approval_sha256 = approval.request.request_sha256();
    taken = record();
    outcome.effects = NeedsApproval(decision) ? approvals.Keep(approval) : approvals.UseUp(approval);
  }
  outcome.records.push_back(std::move(taken));
  outcome.decision = decision;
  // What the answer is about came to light only now, and may forbid it.
  if (!decision.permitted) {
    *outcome.reply.mutable_refusal() = answer.is_secret ? RefusalToPeer(NotServed()) : RefusalToPeer(decision);
    return outcome;
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> withheld, CarryOutAndCutDown(decision.reply, &answer));
  outcome.effects.Add(std::move(answer.effects));
  outcome.origin = answer.origin;
  outcome.obligations = request.decision.obligations;
  outcome.obligations.Add(decision.obligations);
  outcome.reply.set_result_type(answer.result->GetTypeName());
  outcome.reply.set_result(answer.result->SerializeAsString());
  outcome.reply.set_disclosure(decision.reply.level());
  for (const std::string& article : decision.articles) outcome.reply.add_articles(article);
  // Below PARTIAL the names of what is withheld would tell what is there.
  if (decision.reply.level() >= v1::DISCLOSURE_LEVEL_PARTIAL) {
    for (const std::string& field : withheld) outcome.reply.add_withheld_fields(field);
  }
  return outcome;
}

}  // namespace tamga::exchange
