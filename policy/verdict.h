// A decision as the engine takes it: rules and numbers, no text. explain.h puts it into words.
#pragma once

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "policy/disclosure.h"
#include "policy/obligations.h"
#include "policy/rules.h"

namespace tamga::policy {

enum class Reason {
  kPermitted,
  kTreatyUnknown,          // the cited treaty is not among the node's own
  kTreatyNotInForce,       // nothing but entry into force, suspension or reservation stands in the way
  kNoGrant,                // no article allows it
  kForbidden,              // an article forbids it
  kFactUnknown,            // an article forbids it unless a fact is shown to be otherwise
  kVolumeExceeded,         // more records at once than allowed, or nobody said how many
  kApprovalRequired,       // it waits for other officers
  kObligationUnsupported,  // the node cannot see to what would have to be done in return
};

// A grant that does not serve, and by which of its tests (bit n: the n-th).
struct NearMiss {
  const GrantRule* grant = nullptr;
  uint32_t failed_tests = 0;
  bool fails_answerer = false;
};

// What it points to belongs to the view that decided.
struct Verdict {
  Reason reason = Reason::kNoGrant;
  const TreatyLaw* treaty = nullptr;  // that serves
  // That serve, all of that treaty; with kFactUnknown, that would once the facts are known.
  absl::InlinedVector<const GrantRule*, 4> grants;
  absl::InlinedVector<const ProhibitionRule*, 2> hits;      // why not; with kFactUnknown those that hold unless
  absl::InlinedVector<const ProhibitionRule*, 4> deferred;  // to be judged at a later stage
  // A prohibition turns on a fact that is not known, whether or not any grant serves.
  bool may_be_forbidden = false;
  absl::InlinedVector<NearMiss, 4> near_misses;  // with kNoGrant: those about the same question
  ObligationTypes unsupported = 0;               // with kObligationUnsupported
  // With kApprovalRequired: facts about the person or the record call for it, so that whoever hears of it learns them.
  bool approval_tells = false;
  Allowance request;
  Allowance reply;
  ObligationSet obligations;
  uint32_t answer_within_days = 0;  // 0: no time is set

  bool permitted() const { return reason == Reason::kPermitted; }
};

}  // namespace tamga::policy
