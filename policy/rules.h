// Rules made ready for deciding between two States: names as numbers, tests as bits, citations as text.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/condition.h"
#include "policy/disclosure.h"
#include "policy/law.h"
#include "policy/obligations.h"

namespace tamga::policy {

// An agency of one side, as a number of its view. 0 stands for every agency that neither a rule nor a treaty names.
using AgencyNumber = uint32_t;
constexpr AgencyNumber kOtherAgency = 0;

// Which agencies of one side a rule is about.
struct AgencyScope {
  bool is_any = false;                 // every agency of the State, also those without a number
  std::vector<AgencyNumber> agencies;  // otherwise these

  bool Covers(AgencyNumber agency) const {
    return is_any || std::find(agencies.begin(), agencies.end(), agency) != agencies.end();
  }
};

// What all rules have. What it points to belongs to the law that the view was compiled from.
struct Rule {
  const TreatyLaw* treaty = nullptr;        // null: added by a State's own act
  const NarrowingLaw* narrowing = nullptr;  // null: of a treaty
  absl::string_view id;
  const v1::Scope* scope = nullptr;
  std::vector<std::string> articles;  // "PALERMO-TIP-2000 art. 10.1", sorted
  AgencyScope askers;
  AgencyScope answerers;
  Tests tests;
  uint32_t place = 0;  // among the rules of its kind in the view: by treaty, then by id
};

// Added by a State to one treaty: it says nothing about exchanges under others.
inline bool IsLimited(const Rule& rule) { return rule.narrowing != nullptr && !rule.narrowing->treaty_id.empty(); }

struct GrantRule : Rule {
  const v1::Grant* source = nullptr;
  Spans spans;  // when it may serve
  Allowance request;
  Allowance reply;
  ObligationSet obligations;
};

// A rule that narrows binds whoever discloses: towards the request the asking State, towards the reply either. All
// rules of a document are bound at the same times, which the view keeps once.
struct NarrowingRule : Rule {
  const Spans* request_spans = nullptr;
  const Spans* reply_spans = nullptr;
};

struct ProhibitionRule : NarrowingRule {
  bool ignores_unknown = false;
  bool may_be_told = false;
};

struct CeilingRule : NarrowingRule {
  Allowance request;  // FULL where it sets no limit
  Allowance reply;
};

struct DutyRule : NarrowingRule {
  ObligationSet obligations;
};

}  // namespace tamga::policy
