// What exchanges demand of the sides, cut into parts that can be compared one by one.
#pragma once

#include <string>
#include <vector>

#include "tamga/v1/treaty.pb.h"

namespace tamga::policy::analysis {

// One thing demanded of one side. An obligation of both sides makes two; USE_ONLY_FOR makes one for each purpose that
// it bars, so that several of them add up as they do in force: what any bars is barred.
struct Demand {
  enum class Kind {
    kObligation,          // `type`, other than USE_ONLY_FOR
    kNoUseFor,            // `purpose`
    kAnswerWithin,        // `amount` days
    kRequestRefusesMore,  // a request that tells more than it may is refused whole
    kReplyRefusesMore     // the same of replies
  };

  Kind kind = Kind::kObligation;
  v1::ObligationType type = v1::OBLIGATION_TYPE_UNSPECIFIED;
  v1::Bearer bearer = v1::BEARER_UNSPECIFIED;  // never BOTH
  v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
  uint32_t amount = 0;
  uint32_t window_hours = 0;

  friend bool operator==(const Demand&, const Demand&) = default;
  friend auto operator<=>(const Demand&, const Demand&) = default;
};

// Sorted, each once.
std::vector<Demand> DemandsOf(const v1::Obligation& obligation);
std::vector<Demand> DemandsOf(const v1::Grant& grant);
std::vector<Demand> DemandsOf(const v1::Ceiling& ceiling);

// Whether whoever does what `a` demands has done what `b` demands.
bool Implies(const Demand& a, const Demand& b);

// Whether `demands` imply every one of `others`.
bool Imply(const std::vector<Demand>& demands, const std::vector<Demand>& others);

// "the asker: RETAIN_AT_MOST 30 days".
std::string ToText(const Demand& demand);

}  // namespace tamga::policy::analysis
