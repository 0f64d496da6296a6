#include "policy/decision_record.h"

#include "node/base/clock.h"
#include "node/base/encoding.h"

namespace tamga::policy {
namespace {

v1::ExchangeStage StageIn(Stage stage) {
  switch (stage) {
    case Stage::kRequestEgress:
      return v1::EXCHANGE_STAGE_REQUEST_EGRESS;
    case Stage::kRequestIngress:
      return v1::EXCHANGE_STAGE_REQUEST_INGRESS;
    case Stage::kReplyEgress:
      return v1::EXCHANGE_STAGE_REPLY_EGRESS;
    case Stage::kReplyIngress:
      return v1::EXCHANGE_STAGE_REPLY_INGRESS;
  }
  return v1::EXCHANGE_STAGE_UNSPECIFIED;
}

}  // namespace

v1::DecisionRecord RecordOf(const std::string& exchange_id, const Question& question, Stage stage, absl::Time at,
                            const Decision& decision) {
  v1::DecisionRecord record;
  record.set_exchange_id(exchange_id);
  record.set_stage(StageIn(stage));
  *record.mutable_decided_for() = ToProto(at);
  record.set_asker(question.asker);
  record.set_answerer(question.answerer);
  record.set_record_kind(question.record_kind);
  record.set_operation(question.operation);
  record.set_purpose(question.purpose);
  record.set_treaty_id(question.treaty_id);
  for (const v1::FactValue& fact : question.facts.ToProto()) *record.add_facts() = fact;
  record.set_approvals(question.approvals);
  record.set_reason(decision.reason);
  record.set_decided_by(decision.treaty_id);
  record.set_treaty_sha256(HexEncode(decision.treaty_sha256));
  for (const std::string& article : decision.articles) record.add_articles(article);
  *record.mutable_request() = decision.request;
  *record.mutable_reply() = decision.reply;
  for (const v1::Obligation& obligation : decision.obligations.ToProto()) *record.add_obligations() = obligation;
  return record;
}

Question QuestionOf(const v1::DecisionRecord& record) {
  Question question;
  question.asker = record.asker();
  question.answerer = record.answerer();
  question.record_kind = record.record_kind();
  question.operation = record.operation();
  question.purpose = record.purpose();
  question.treaty_id = record.treaty_id();
  for (const v1::FactValue& fact : record.facts()) question.facts.Set(fact);
  question.approvals = record.approvals();
  question.dischargeable = kAllObligationTypes;
  return question;
}

Stage StageOf(v1::ExchangeStage stage) {
  switch (stage) {
    case v1::EXCHANGE_STAGE_REQUEST_INGRESS:
      return Stage::kRequestIngress;
    case v1::EXCHANGE_STAGE_REPLY_EGRESS:
      return Stage::kReplyEgress;
    case v1::EXCHANGE_STAGE_REPLY_INGRESS:
      return Stage::kReplyIngress;
    default:
      return Stage::kRequestEgress;
  }
}

}  // namespace tamga::policy
