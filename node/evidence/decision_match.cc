// What of a decision stands in the entry that came of it. Entries do not commit to facts, but to what was decided.
#include <algorithm>

#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/evidence/checks.h"
#include "node/exchange/operations.h"

namespace tamga::evidence {
namespace {

bool IsPermitted(const v1::DecisionRecord& decision) { return decision.reason() == "PERMITTED"; }
bool IsPermitted(const v1::LogEntry& entry) { return entry.outcome() == v1::ENTRY_OUTCOME_PERMITTED; }

// Reasons for which a node refuses what its treaties permit: quotas, limits on what was told before, and treaties that
// the two nodes do not have alike.
bool IsNodesOwn(const std::string& reason) {
  for (const char* own : {"QUOTA_EXCEEDED", "ONWARD_TRANSFER_BARRED", "USE_NOT_PERMITTED", "PAYLOAD_WITHHELD",
                          "TREATY_TEXT_DIFFERS", "TREATY_ACTS_DIFFER"}) {
    if (reason == own) return true;
  }
  return false;
}

bool AreAboutTheSame(const v1::LogEntry& entry, const v1::DecisionRecord& decision) {
  const std::string& asker = IsAskers(entry.kind()) ? entry.own() : entry.partner();
  const std::string& answerer = IsAskers(entry.kind()) ? entry.partner() : entry.own();
  return asker == decision.asker() && answerer == decision.answerer() && entry.operation() == decision.operation() &&
         entry.record_kind() == decision.record_kind() && entry.purpose() == decision.purpose();
}

// A reply is judged by the law for which it was asked, and may come as late as a request may wait. Everything else is
// logged when it is decided.
bool IsInTime(const v1::LogEntry& entry, const v1::DecisionRecord& decision) {
  const absl::Duration after = FromProto(entry.logged_at()) - FromProto(decision.decided_for());
  const bool may_wait = decision.stage() == v1::EXCHANGE_STAGE_REPLY_INGRESS;
  return after >= -kMostSkew && after <= kMostSkew + (may_wait ? exchange::kLongestLife : absl::ZeroDuration());
}

bool HaveSameArticles(const v1::LogEntry& entry, const v1::DecisionRecord& decision) {
  return std::equal(entry.articles().begin(), entry.articles().end(), decision.articles().begin(),
                    decision.articles().end());
}

bool HaveSameTreaty(const v1::LogEntry& entry, const v1::DecisionRecord& decision) {
  return entry.treaty_id() == decision.decided_by() && HexEncode(entry.treaty_sha256()) == decision.treaty_sha256();
}

// Of a request on its way out or in: the entry is of this very decision, unless the node refused for its own reasons.
std::string OtherRequestDecision(const v1::LogEntry& entry, const v1::DecisionRecord& decision) {
  // What makes the two nodes' treaties the same does not wait until they are.
  const bool relies_on_own_text = entry.record_kind() == v1::RECORD_KIND_TREATY && !IsAskers(entry.kind());
  if (IsPermitted(entry)) {
    if (!IsPermitted(decision)) return "it was permitted";
    if (!HaveSameArticles(entry, decision)) return "other articles permitted it";
    return relies_on_own_text || HaveSameTreaty(entry, decision) ? "" : "another treaty text permitted it";
  }
  const bool may_be_own = entry.kind() != v1::ENTRY_KIND_SENT;
  if (may_be_own && IsNodesOwn(entry.reason())) return "";
  if (IsPermitted(decision)) {
    // Why it was refused when it came again, the entry does not say.
    return entry.reason() == "REPEATED" ? "" : "it was refused";
  }
  const bool hides_reason = entry.kind() == v1::ENTRY_KIND_RECEIVED;
  if (hides_reason && (entry.reason() == "NOT_SERVED" || entry.reason() == "REPEATED")) return "";
  if (entry.reason() != decision.reason()) return "it was refused for another reason";
  return HaveSameArticles(entry, decision) ? "" : "it was refused by other articles";
}

// ANSWERED has the articles of the request's decision, so only the outcome can be compared. What a service fails at is
// not kept as a decision.
std::string OtherReplyEgress(const v1::LogEntry& entry, const v1::DecisionRecord& decision) {
  if (IsPermitted(entry)) return IsPermitted(decision) ? "" : "it was permitted";
  if (entry.reason() == "NOT_SERVED") return "";
  if (IsPermitted(decision)) return "it was refused";
  return entry.reason() == decision.reason() ? "" : "it was refused for another reason";
}

// Where the partner refused, the own decision is about nothing that came.
std::string OtherReplyIngress(const v1::LogEntry& entry, const v1::DecisionRecord& decision) {
  if (!IsPermitted(entry)) return "";
  if (!IsPermitted(decision)) return "it was permitted";
  const bool are_its_articles =
      std::all_of(entry.articles().begin(), entry.articles().end(), [&](const std::string& article) {
        return std::find(decision.articles().begin(), decision.articles().end(), article) != decision.articles().end();
      });
  if (!are_its_articles) return "other articles permitted it";
  return entry.treaty_id() == decision.decided_by() ? "" : "another treaty permitted it";
}

}  // namespace

bool RecordsDecision(v1::EntryKind kind, v1::ExchangeStage stage) {
  switch (stage) {
    case v1::EXCHANGE_STAGE_REQUEST_EGRESS:
      return kind == v1::ENTRY_KIND_SENT || kind == v1::ENTRY_KIND_WITHHELD;
    case v1::EXCHANGE_STAGE_REQUEST_INGRESS:
      return kind == v1::ENTRY_KIND_RECEIVED;
    case v1::EXCHANGE_STAGE_REPLY_EGRESS:
      return kind == v1::ENTRY_KIND_ANSWERED;
    case v1::EXCHANGE_STAGE_REPLY_INGRESS:
      return kind == v1::ENTRY_KIND_DELIVERED;
    default:
      return false;
  }
}

std::string DifferenceOf(const v1::LogEntry& entry, const v1::DecisionRecord& decision) {
  if (!AreAboutTheSame(entry, decision)) {
    return "it is about other parties, or another operation, kind of record or purpose";
  }
  if (!IsInTime(entry, decision)) return "it was logged at another time than the decision is for";
  switch (decision.stage()) {
    case v1::EXCHANGE_STAGE_REPLY_EGRESS:
      return OtherReplyEgress(entry, decision);
    case v1::EXCHANGE_STAGE_REPLY_INGRESS:
      return OtherReplyIngress(entry, decision);
    default:
      return OtherRequestDecision(entry, decision);
  }
}

}  // namespace tamga::evidence
