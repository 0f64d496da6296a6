#include "policy/what_if.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/message_differencer.h"
#include "node/base/clock.h"
#include "policy/decision_record.h"
#include "policy/words.h"

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

// "PARTIAL: IDENTITY, TRAVEL, and refused if more".
std::string TextOf(const v1::Disclosure& disclosure) {
  std::vector<std::string> classes;
  for (const int data_class : disclosure.classes()) {
    const std::string name(v1::DataClass_Name(static_cast<v1::DataClass>(data_class)));
    classes.push_back(name.empty() ? absl::StrCat(data_class) : std::string(absl::StripPrefix(name, "DATA_CLASS_")));
  }
  const std::string level(v1::DisclosureLevel_Name(disclosure.level()));
  return absl::StrCat(level.empty() ? absl::StrCat(static_cast<int>(disclosure.level()))
                                    : std::string(absl::StripPrefix(level, "DISCLOSURE_LEVEL_")),
                      classes.empty() ? "" : ": ", absl::StrJoin(classes, ", "),
                      disclosure.on_excess() == v1::ON_EXCESS_REFUSE ? ", and refused if more" : "");
}

using Obligations = google::protobuf::RepeatedPtrField<v1::Obligation>;

std::string TextOf(const Obligations& obligations) {
  std::vector<std::string> duties;
  for (const v1::Obligation& obligation : obligations) duties.push_back(InWords(obligation));
  return duties.empty() ? "nothing" : absl::StrJoin(duties, ", ");
}

bool AreSame(const v1::Disclosure& a, const v1::Disclosure& b) {
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

bool AreSame(const Obligations& a, const Obligations& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const v1::Obligation& one, const v1::Obligation& other) {
    return google::protobuf::util::MessageDifferencer::Equals(one, other);
  });
}

// Adds to both texts what is not the same.
template <typename Part>
void AddPart(absl::string_view what, const Part& before, const Part& after, Redecision* again) {
  if (AreSame(before, after)) return;
  const std::string was = TextOf(before), is = TextOf(after);
  absl::StrAppend(&again->before, "; ", what, ": ", was);
  absl::StrAppend(&again->after, "; ", what, ": ", is, was == is ? " in another form" : "");
}

// Where the articles do not tell the two apart, their terms do.
void AddTerms(const v1::DecisionRecord& before, const v1::DecisionRecord& after, Redecision* again) {
  if (before.decided_by() != after.decided_by()) {
    absl::StrAppend(&again->before, "; decided by ", before.decided_by().empty() ? "none" : before.decided_by());
    absl::StrAppend(&again->after, "; decided by ", after.decided_by().empty() ? "none" : after.decided_by());
  }
  AddPart("the request may tell", before.request(), after.request(), again);
  AddPart("the reply may tell", before.reply(), after.reply(), again);
  AddPart("in return", before.obligations(), after.obligations(), again);
}

}  // namespace

Redecision DecideAgain(const TreatySet& treaties, const v1::DecisionRecord& record) {
  const Question question = QuestionOf(record);
  const Stage stage = StageOf(record.stage());
  const absl::Time at = FromProto(record.decided_for());
  const v1::DecisionRecord again =
      RecordOf(record.exchange_id(), question, stage, at, treaties.Decide(question, stage, at));
  Redecision redecision{FlipOf(record, again), TextOf(record), TextOf(again)};
  if (redecision.flip != Flip::kNone && redecision.before == redecision.after) AddTerms(record, again, &redecision);
  return redecision;
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
