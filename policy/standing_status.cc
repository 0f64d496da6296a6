// Where each State stands with each version of a treaty on a day.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/pair_force.h"
#include "policy/spans.h"
#include "policy/standing.h"

namespace tamga::policy {
namespace {

std::string DayOf(absl::Time time) { return absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone()); }

// "act 3 of KAZ (Law 97-II)".
std::string Source(const VerifiedAct& act) { return absl::StrCat(NameOf(act), " (", act.instrument.citation(), ")"); }

// The State's suspensions of the treaty at that time: one of all of it towards all, or what the others say.
struct Suspensions {
  const Suspension* whole = nullptr;
  std::vector<std::string> in_part;
};

Suspensions SuspensionsBy(const Fold& fold, const std::string& state, const std::string& treaty_id, absl::Time at) {
  Suspensions found;
  for (const Suspension& suspension : fold.suspensions) {
    const v1::Suspend& suspend = suspension.act->instrument.suspend();
    if (suspension.act->state != state || suspend.treaty_id() != treaty_id || !IsWithin(suspension.spans, at)) continue;
    if (suspend.articles().empty() && suspend.towards().empty()) {
      found.whole = &suspension;
      continue;
    }
    found.in_part.push_back(absl::StrCat(
        "suspended by ", NameOf(*suspension.act),
        suspend.articles().empty() ? "" : absl::StrCat(", articles ", absl::StrJoin(suspend.articles(), " and ")),
        suspend.towards().empty() ? "" : absl::StrCat(", towards ", absl::StrJoin(suspend.towards(), " and "))));
  }
  return found;
}

std::vector<std::string> ReplacedWith(const Version& version, const std::string& state, absl::Time at) {
  std::vector<std::string> others;
  for (const v1::Party& party : version.document->treaty.parties()) {
    if (IsWithin(ReplacedBetween(version, state, party.state()), at)) others.push_back(party.state());
  }
  return others;
}

class Describer {
 public:
  Describer(const Fold& fold, const Version& version, const std::string& state, absl::Time at)
      : fold_(fold), version_(version), state_(state), at_(at) {
    const auto found = version.consents.find(state);
    if (found == version.consents.end()) return;
    // The newest that has begun; before the first of them, none.
    for (const Consent& consent : found->second) {
      if (consent.span.from <= at) consent_ = &consent;
    }
  }

  void Describe(StandingLine* line) const {
    if (const Span* bound = FindSpan(BoundSpans(version_, state_), at_); bound != nullptr && consent_ != nullptr) {
      return DescribeBound(*bound, line);
    }
    if (consent_ != nullptr && consent_->span.until <= at_) {
      return Say(StandingStatus::kDenounced, consent_->span.until, Source(*consent_->denunciation), line);
    }
    if (consent_ != nullptr) return DescribeRatified(line);
    const auto signing = version_.signings.find(state_);
    if (signing != version_.signings.end() && EffectiveOn(*signing->second) <= at_) {
      return Say(StandingStatus::kSigned, EffectiveOn(*signing->second), Source(*signing->second), line);
    }
    Say(StandingStatus::kNothing, absl::InfinitePast(), "The State has done nothing about it", line);
  }

 private:
  static void Say(StandingStatus status, absl::Time since, const std::string& why, StandingLine* line) {
    line->status = status;
    line->since = since;
    line->why = absl::StrCat(why, ".");
  }

  void DescribeBound(const Span& bound, StandingLine* line) const {
    const std::string& id = version_.document->treaty.id();
    if (const Spans expired = ExpiredSpans(version_); IsWithin(expired, at_)) {
      return Say(StandingStatus::kExpired, std::max(bound.from, expired[0].from),
                 "The day on which it expires has come; what it forbids stays forbidden", line);
    }
    const Suspensions suspensions = SuspensionsBy(fold_, state_, id, at_);
    if (suspensions.whole != nullptr) {
      return Say(StandingStatus::kSuspended, std::max(bound.from, suspensions.whole->spans[0].from),
                 Source(*suspensions.whole->act), line);
    }
    std::vector<std::string> why = {Source(*consent_->ratification)};
    why.insert(why.end(), suspensions.in_part.begin(), suspensions.in_part.end());
    if (const auto others = ReplacedWith(version_, state_, at_); !others.empty()) {
      why.push_back(absl::StrCat("replaced by a later version between it and ", absl::StrJoin(others, " and ")));
    }
    if (const auto yields = version_.yields.find(state_); IsWithin(yields->second, at_)) {
      why.push_back("grants nothing, since the State keeps to another document in its place, which it ratified before");
    }
    if (consent_->denunciation != nullptr) {
      why.push_back(
          absl::StrCat("denounced by ", NameOf(*consent_->denunciation), ", it ends on ", DayOf(consent_->span.until)));
    }
    Say(StandingStatus::kInForce, bound.from, absl::StrJoin(why, "; "), line);
  }

  void DescribeRatified(StandingLine* line) const {
    std::vector<std::string> why = {Source(*consent_->ratification)};
    for (const Span& bound : BoundSpans(version_, state_)) {
      if (bound.from <= at_) continue;
      why.push_back(absl::StrCat("in force from ", DayOf(bound.from)));
      break;
    }
    if (why.size() == 1) {
      why.push_back(version_.is_rooted ? "ratifications that it takes are missing"
                                       : "the version that it amends is not at hand");
    }
    Say(StandingStatus::kRatified, consent_->span.from, absl::StrJoin(why, "; "), line);
  }

  const Fold& fold_;
  const Version& version_;
  const std::string& state_;
  const absl::Time at_;
  const Consent* consent_ = nullptr;
};

}  // namespace

std::vector<StandingLine> Standing::StatusAt(absl::Time at) const {
  std::vector<StandingLine> lines;
  for (const Version& version : fold_.versions) {
    const v1::Treaty& treaty = version.document->treaty;
    for (const v1::Party& party : treaty.parties()) {
      StandingLine& line = lines.emplace_back();
      line.treaty_id = treaty.id();
      line.version = treaty.version();
      line.sha256 = version.document->sha256;
      line.state = party.state();
      Describer(fold_, version, party.state(), at).Describe(&line);
    }
  }
  return lines;
}

}  // namespace tamga::policy
