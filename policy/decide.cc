#include "policy/decide.h"

#include <algorithm>
#include <utility>

#include "policy/spans.h"

namespace tamga::policy {
namespace {

using Grants = absl::InlinedVector<const GrantRule*, 8>;

bool IsReply(Stage stage) { return stage == Stage::kReplyEgress || stage == Stage::kReplyIngress; }

absl::string_view IdOf(const GrantRule& grant) { return grant.treaty->document->treaty.id(); }

bool AppliesUnder(const Rule& rule, absl::string_view serving_id) {
  return !IsLimited(rule) || rule.narrowing->treaty_id == serving_id;
}

// What the serving grants of one treaty allow together.
struct Offer {
  Grants::const_iterator begin = nullptr;
  Grants::const_iterator end = nullptr;
  Allowance request;
  Allowance reply;
};

// The offer of the treaty that stands at `begin`; grants of one treaty stand together.
Offer OfferAt(Grants::const_iterator begin, Grants::const_iterator end) {
  Offer offer{begin, begin + 1, (*begin)->request, (*begin)->reply};
  for (; offer.end != end && (*offer.end)->treaty == (*begin)->treaty; ++offer.end) {
    offer.request = Join(offer.request, (*offer.end)->request);
    offer.reply = Join(offer.reply, (*offer.end)->reply);
  }
  return offer;
}

bool IsBetter(const Offer& a, const Offer& b) {
  if (TellsMore(a.reply, b.reply)) return true;
  return !TellsMore(b.reply, a.reply) && TellsMore(a.request, b.request);
}

// `served` is not empty. Treaties stand by id, so the first of equals is the one to take.
Offer BestOffer(const Grants& served) {
  Offer best = OfferAt(served.begin(), served.end());
  for (auto next = best.end; next != served.end();) {
    const Offer offer = OfferAt(next, served.end());
    if (IsBetter(offer, best)) best = offer;
    next = offer.end;
  }
  return best;
}

// One decision while it is taken.
class Decider {
 public:
  Decider(const View& view, const Question& question, Stage stage, absl::Time now)
      : question_(question),
        stage_(stage),
        now_(now),
        answerer_(view.Answerer(question.answerer)),
        buckets_(view.Find(view.Asker(question.asker), question.record_kind, question.operation, question.purpose)) {}

  Verdict Run() {
    JudgeProhibitions();
    if (verdict_.reason == Reason::kForbidden) return std::move(verdict_);
    verdict_.may_be_forbidden = !unknown_.empty();
    JudgeGrants();
    // Nobody should go and find out a fact for a question that no treaty serves anyway, so the missing grant, or the
    // rule that took it away, is named first.
    if (served_.empty()) return std::move(verdict_);
    TakeOffer(BestOffer(served_));
    if (unknown_.empty()) {
      Bind();
    } else {
      // It is the forbidding treaty that decides, not the one that would have served.
      verdict_.treaty = nullptr;
      verdict_.hits.assign(unknown_.begin(), unknown_.end());
      Deny(Reason::kFactUnknown);
    }
    return std::move(verdict_);
  }

 private:
  void Deny(Reason reason) {
    verdict_.reason = reason;
    verdict_.request = Allowance();
    verdict_.reply = Allowance();
  }

  // Calls `visit` with the rules of one kind about the question that count now, in the order of the view.
  template <typename RuleType, typename Visit>
  void ForEach(std::vector<const RuleType*> Bucket::*list, Visit visit) const {
    absl::InlinedVector<size_t, 4> next(buckets_.size(), 0);
    while (true) {
      const RuleType* first = nullptr;
      size_t place = 0;
      for (size_t i = 0; i < buckets_.size(); ++i) {
        const std::vector<const RuleType*>& rules = buckets_[i]->*list;
        if (next[i] == rules.size()) continue;
        const RuleType* rule = rules[next[i]];
        if (first != nullptr && first->place < rule->place) continue;
        first = rule;
        place = i;
      }
      if (first == nullptr) return;
      ++next[place];
      if (IsWithin(SpansOf(*first), now_)) visit(*first);
    }
  }

  const Spans& SpansOf(const GrantRule& grant) const { return grant.spans; }
  const Spans& SpansOf(const NarrowingRule& rule) const {
    return IsReply(stage_) ? *rule.reply_spans : *rule.request_spans;
  }

  Hit HitBy(const NarrowingRule& rule) const {
    if (!rule.answerers.Covers(answerer_)) return Hit::kNo;
    return HitOf(rule.tests, question_.facts, question_.operation, stage_);
  }

  void JudgeProhibitions() {
    ForEach(&Bucket::prohibitions, [&](const ProhibitionRule& rule) {
      Hit hit = HitBy(rule);
      if (hit == Hit::kUnknown && rule.ignores_unknown) hit = Hit::kNo;
      if (hit == Hit::kNo) return;
      if (IsLimited(rule)) {
        limited_.push_back({&rule, hit});
      } else if (hit == Hit::kYes) {
        verdict_.hits.push_back(&rule);
        verdict_.reason = Reason::kForbidden;
      } else {
        (hit == Hit::kUnknown ? unknown_ : verdict_.deferred).push_back(&rule);
      }
    });
  }

  void JudgeGrants() {
    ForEach(&Bucket::grants, [&](const GrantRule& grant) {
      const bool is_cited = question_.treaty_id.empty() || IdOf(grant) == question_.treaty_id;
      const bool serves = grant.answerers.Covers(answerer_) &&
                          MatchGrant(grant.tests, question_.facts, question_.operation, stage_) != Match::kNo;
      if (is_cited && serves) {
        (IsTakenAway(grant) ? taken_ : served_).push_back(&grant);
      } else if (verdict_.near_misses.size() < kMostNearMisses) {
        verdict_.near_misses.push_back(Miss(grant));
      }
    });
    if (served_.empty() && taken_.empty()) return;
    verdict_.near_misses.clear();
    if (served_.empty()) DenyTaken();
  }

  // Whether a rule that a State added to this treaty takes the grant away.
  bool IsTakenAway(const GrantRule& grant) const {
    return IsTakenBy(Hit::kYes, grant) || IsTakenBy(Hit::kUnknown, grant);
  }

  bool IsTakenBy(Hit hit, const GrantRule& grant) const {
    return std::any_of(limited_.begin(), limited_.end(), [&](const Limited& limited) {
      return limited.hit == hit && AppliesUnder(*limited.rule, IdOf(grant));
    });
  }

  // All grants that would have served are taken away. One that only facts not known take away could still be opened by
  // knowing them, so then it is these facts that are missing; otherwise the rules that hold forbid.
  void DenyTaken() {
    Grants openable;
    for (const GrantRule* grant : taken_) {
      if (!IsTakenBy(Hit::kYes, *grant)) openable.push_back(grant);
    }
    const Hit hit = openable.empty() ? Hit::kYes : Hit::kUnknown;
    const Grants& grants = openable.empty() ? taken_ : openable;
    if (hit == Hit::kUnknown) {
      verdict_.grants.assign(openable.begin(), openable.end());
      verdict_.hits.assign(unknown_.begin(), unknown_.end());
    }
    for (const Limited& limited : limited_) {
      const bool takes = std::any_of(grants.begin(), grants.end(),
                                     [&](const GrantRule* grant) { return AppliesUnder(*limited.rule, IdOf(*grant)); });
      if (limited.hit == hit && takes) verdict_.hits.push_back(limited.rule);
    }
    Deny(hit == Hit::kUnknown ? Reason::kFactUnknown : Reason::kForbidden);
  }

  NearMiss Miss(const GrantRule& grant) const {
    NearMiss miss;
    miss.grant = &grant;
    miss.fails_answerer = !grant.answerers.Covers(answerer_);
    for (size_t i = 0; i < grant.tests.size() && i < 32; ++i) {
      const Tests one{grant.tests[i]};
      if (MatchGrant(one, question_.facts, question_.operation, stage_) == Match::kNo) miss.failed_tests |= 1u << i;
    }
    return miss;
  }

  void TakeOffer(const Offer& offer) {
    verdict_.treaty = (*offer.begin)->treaty;
    verdict_.grants.assign(offer.begin, offer.end);
    verdict_.request = offer.request;
    verdict_.reply = offer.reply;
    for (const GrantRule* grant : verdict_.grants) {
      Oblige(*grant, grant->obligations);
      const uint32_t days = grant->source->answer_within_days();
      uint32_t& due = verdict_.answer_within_days;
      due = due == 0 || days == 0 ? std::max(due, days) : std::min(due, days);
    }
    for (const Limited& limited : limited_) {
      if (limited.hit == Hit::kLater && AppliesUnder(*limited.rule, IdOf(*verdict_.grants.front()))) {
        verdict_.deferred.push_back(limited.rule);
      }
    }
  }

  // Caps, duties, and whether all that is asked in return can be done.
  void Bind() {
    const absl::string_view serving_id = IdOf(*verdict_.grants.front());
    ForEach(&Bucket::ceilings, [&](const CeilingRule& rule) {
      const Hit hit = HitBy(rule);
      if ((hit != Hit::kYes && hit != Hit::kUnknown) || !AppliesUnder(rule, serving_id)) return;
      verdict_.request = Meet(verdict_.request, rule.request);
      verdict_.reply = Meet(verdict_.reply, rule.reply);
    });
    ForEach(&Bucket::duties, [&](const DutyRule& rule) {
      if (HitBy(rule) != Hit::kNo && AppliesUnder(rule, serving_id)) Oblige(rule, rule.obligations);
    });
    verdict_.reason = Reason::kPermitted;
    verdict_.unsupported = verdict_.obligations.types() & ~question_.dischargeable;
    if (verdict_.unsupported != 0) {
      Deny(Reason::kObligationUnsupported);
    } else if (ExceedsVolume()) {
      Deny(Reason::kVolumeExceeded);
    } else if (LacksApproval()) {
      Deny(Reason::kApprovalRequired);
      verdict_.approval_tells = verdict_.obligations.Find(v1::OBLIGATION_TYPE_FOUR_EYES)->amount > plain_eyes_;
    }
  }

  void Oblige(const Rule& rule, const ObligationSet& obligations) {
    verdict_.obligations.Add(obligations);
    const ObligationSet::Item* eyes = obligations.Find(v1::OBLIGATION_TYPE_FOUR_EYES);
    if (eyes == nullptr || !IsForThisSide(*eyes)) return;
    // What the caller says of itself, both sides know.
    const bool is_plain = std::all_of(rule.tests.begin(), rule.tests.end(),
                                      [](const Test& test) { return test.knower == Knower::kCaller; });
    if (is_plain) plain_eyes_ = std::max(plain_eyes_, eyes->amount);
  }

  bool ExceedsVolume() const {
    const ObligationSet::Item* volume = verdict_.obligations.Find(v1::OBLIGATION_TYPE_VOLUME);
    if (volume == nullptr) return false;
    const Fact& records = question_.facts.Get(v1::ATTRIBUTE_VOLUME);
    return !records.known() || records.value > volume->amount;
  }

  bool LacksApproval() const {
    const ObligationSet::Item* eyes = verdict_.obligations.Find(v1::OBLIGATION_TYPE_FOUR_EYES);
    return eyes != nullptr && question_.approvals < eyes->amount && IsForThisSide(*eyes);
  }

  // The asker's officers agree before the request leaves, the answerer's before the reply does.
  bool IsForThisSide(const ObligationSet::Item& eyes) const {
    if (stage_ == Stage::kRequestEgress) return (eyes.bearers & v1::BEARER_ASKER) != 0;
    return stage_ == Stage::kReplyEgress && (eyes.bearers & v1::BEARER_ANSWERER) != 0;
  }

  struct Limited {
    const ProhibitionRule* rule;
    Hit hit;
  };

  static constexpr size_t kMostNearMisses = 4;

  const Question& question_;
  const Stage stage_;
  const absl::Time now_;
  const AgencyNumber answerer_;
  const Buckets buckets_;
  Verdict verdict_;
  Grants served_;
  uint32_t plain_eyes_ = 0;  // officers that rules without facts about person or record ask for
  Grants taken_;             // would serve, were it not for a rule that a State added to their treaty
  absl::InlinedVector<const ProhibitionRule*, 4> unknown_;
  absl::InlinedVector<Limited, 2> limited_;  // prohibitions that bear on one treaty only
};

}  // namespace

Verdict Decide(const View& view, const Question& question, Stage stage, absl::Time now) {
  return Decider(view, question, stage, now).Run();
}

}  // namespace tamga::policy
