#include "policy/what_if.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/message_differencer.h"
#include "node/base/clock.h"
#include "policy/decision_record.h"

namespace tamga::policy {
namespace {

constexpr char kPermitted[] = "PERMITTED";

std::string TextOf(const v1::DecisionRecord& decision) {
  std::vector<std::string> articles(decision.articles().begin(), decision.articles().end());
  return articles.empty() ? decision.reason()
                          : absl::StrCat(decision.reason(), " by ", absl::StrJoin(articles, " and "));
}

bool AreSameTerms(const v1::DecisionRecord& a, const v1::DecisionRecord& b) {
  const auto parts = [](const v1::DecisionRecord& decision) {
    v1::DecisionRecord terms;
    terms.set_reason(decision.reason());
    terms.set_decided_by(decision.decided_by());
    *terms.mutable_articles() = decision.articles();
    *terms.mutable_request() = decision.request();
    *terms.mutable_reply() = decision.reply();
    *terms.mutable_obligations() = decision.obligations();
    return terms;
  };
  return google::protobuf::util::MessageDifferencer::Equals(parts(a), parts(b));
}

Flip FlipOf(const v1::DecisionRecord& before, const v1::DecisionRecord& after) {
  const bool was_permitted = before.reason() == kPermitted, is_permitted = after.reason() == kPermitted;
  if (was_permitted != is_permitted) return is_permitted ? Flip::kNowPermitted : Flip::kNowDenied;
  if (AreSameTerms(before, after)) return Flip::kNone;
  return is_permitted ? Flip::kOtherTerms : Flip::kOtherReason;
}

}  // namespace

Redecision DecideAgain(const TreatySet& treaties, const v1::DecisionRecord& record) {
  const Question question = QuestionOf(record);
  const Stage stage = StageOf(record.stage());
  const absl::Time at = FromProto(record.decided_for());
  const v1::DecisionRecord again =
      RecordOf(record.exchange_id(), question, stage, at, treaties.Decide(question, stage, at));
  return {FlipOf(record, again), TextOf(record), TextOf(again)};
}

absl::string_view NameOf(Flip flip) {
  switch (flip) {
    case Flip::kNone:
      return "unchanged";
    case Flip::kNowPermitted:
      return "now permitted";
    case Flip::kNowDenied:
      return "now denied";
    case Flip::kOtherTerms:
      return "other terms";
    case Flip::kOtherReason:
      return "other reason";
  }
  return "";
}

}  // namespace tamga::policy
