// Decisions of the past taken again under other treaties.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "policy/treaty_set.h"
#include "tamga/v1/decision_record.pb.h"

namespace tamga::policy {

// What comes of a decision under other treaties.
enum class Flip {
  kNone,          // the same: reason, articles, what may be told and what is asked in return
  kNowPermitted,  // was denied
  kNowDenied,     // was permitted
  kOtherTerms,    // permitted by other articles, or with another disclosure or other obligations
  kOtherReason    // denied for another reason, or by other articles
};

struct Redecision {
  Flip flip = Flip::kNone;
  // "PERMITTED by READMISSION-KAZ-KGZ art. 2"; where both would say that, also what is not the same: "…; the reply may
  // tell: FULL".
  std::string before;
  std::string after;
};

// Takes the decision again for the same time and by the same facts. A new text that says the same is no difference.
Redecision DecideAgain(const TreatySet& treaties, const v1::DecisionRecord& record);

// "unchanged", "now permitted", "now denied", "other terms", "other reason".
absl::string_view NameOf(Flip flip);

}  // namespace tamga::policy
