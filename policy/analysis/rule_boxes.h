// Rules as boxes. A grant's box holds the situations in which it matches: every fact that it tests is known and as it
// asks. The box of whatever narrows (prohibition, ceiling, duty) holds those in which it applies: every fact that it
// tests is unknown or as it asks; a prohibition that ignores the unknown asks for known facts as a grant does.
//
// A treaty grants between agencies that are competent authorities of different parties or, if all of them are of one
// State, between those. What narrows binds every exchange in which one side is of a State that the document binds,
// whatever treaty grants it.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "policy/analysis/box.h"
#include "policy/analysis/corpus.h"
#include "policy/analysis/demand.h"
#include "policy/analysis/space.h"
#include "policy/disclosure.h"

namespace tamga::policy::analysis {

// What a rule's document says besides the rule.
struct Document {
  std::string id;
  const google::protobuf::RepeatedPtrField<v1::Article>* articles = nullptr;
  std::set<std::string> states;       // that it binds
  std::set<std::string> authorities;  // of a treaty: competent agencies
  bool is_domestic = false;           // a treaty of one State
  bool has_grants = false;
};

struct Rule {
  const Document* document = nullptr;
  std::string id;
  std::vector<std::string> cites;
  Box box;  // may be empty
};

struct GrantRule : Rule {
  const v1::Grant* source = nullptr;
  ClassSet request = 0;
  ClassSet reply = 0;
  std::vector<Demand> demands{};
};

struct ProhibitionRule : Rule {
  const v1::Prohibition* source = nullptr;
};

struct CeilingRule : Rule {
  const v1::Ceiling* source = nullptr;
  ClassSet request = 0;  // all classes where it sets no limit
  ClassSet reply = 0;
  std::vector<Demand> demands{};
};

struct DutyRule : Rule {
  const v1::Duty* source = nullptr;
  std::vector<Demand> demands{};
};

struct InvariantRule : Rule {};

// The rules of a corpus, each list in the order of documents' and rules' ids, so that nothing depends on the order in
// which they are written.
struct RuleBoxes {
  std::shared_ptr<const Space> space;
  std::vector<std::unique_ptr<Document>> documents;  // rules point to them
  std::vector<GrantRule> grants;
  std::vector<ProhibitionRule> prohibitions;
  std::vector<CeilingRule> ceilings;
  std::vector<DutyRule> duties;
  std::vector<InvariantRule> invariants;
};

// `space` is of this corpus and perhaps of others. The corpus outlives the result.
RuleBoxes Compile(const Corpus& corpus, std::shared_ptr<const Space> space);

// With a space of its own.
RuleBoxes Compile(const Corpus& corpus);

// A direction of disclosure.
enum class Direction { kRequest, kReply };

constexpr Direction kDirections[] = {Direction::kRequest, Direction::kReply};

inline ClassSet Told(const GrantRule& grant, Direction direction) {
  return direction == Direction::kRequest ? grant.request : grant.reply;
}
inline ClassSet Told(const CeilingRule& ceiling, Direction direction) {
  return direction == Direction::kRequest ? ceiling.request : ceiling.reply;
}

}  // namespace tamga::policy::analysis
