// Treaties made ready for deciding: names as numbers, days as instants, citations as text, disclosures as values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/disclosure.h"
#include "policy/treaty_document.h"

namespace tamga::policy {

// States and agencies as small numbers.
class Names {
 public:
  static constexpr int kNone = -1;

  // The name's number; a new one if it has none yet.
  int Add(absl::string_view name);
  // kNone if no treaty names it.
  int Find(absl::string_view name) const;

 private:
  absl::flat_hash_map<std::string, int> numbers_;
};

// One side of an exchange.
struct Side {
  int agency = Names::kNone;
  int state = Names::kNone;
};

// For how long a State is bound.
struct Term {
  int state = Names::kNone;
  absl::Time from;   // first instant
  absl::Time until;  // first instant after it; InfiniteFuture while it lasts
};

struct CompiledScope {
  std::vector<int> askers;     // numbers of States and agencies; empty: any
  std::vector<int> answerers;  // the same
  uint64_t record_kinds = 0;   // bit n: RecordKind n; 0: any
  uint64_t operations = 0;     // bit n: Operation n; 0: any
  uint64_t purposes = 0;       // bit n: Purpose n; 0: any
};

struct CompiledGrant {
  const v1::Grant* source;
  CompiledScope scope;
  Allowance request;
  Allowance reply;
  std::vector<std::string> articles;  // "PALERMO-TIP-2000 art. 10.1", sorted
  std::string explanation;            // of a permit by this grant alone
};

struct CompiledProhibition {
  const v1::Prohibition* source;
  CompiledScope scope;
  std::vector<std::string> articles;
};

struct CompiledTreaty {
  const TreatyDocument* document;
  bool is_domestic = false;                       // between agencies of one State
  std::vector<Term> terms;                        // one a party
  std::vector<int> agencies;                      // competent authorities of all parties
  std::vector<CompiledGrant> grants;              // by id
  std::vector<CompiledProhibition> prohibitions;  // by id

  const std::string& id() const { return document->treaty.id(); }
};

// `document` must outlive the result. Every name it holds gets a number.
CompiledTreaty Compile(const TreatyDocument& document, Names* names);

// "Permitted by A art. 1 and A art. 2."
std::string PermitExplanation(const std::vector<std::string>& articles);

}  // namespace tamga::policy
