#include "policy/analysis/fixture.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "node/base/check.h"
#include "policy/analysis/space.h"

namespace tamga::policy::analysis {
namespace {

using Random = std::mt19937_64;

int Below(Random* random, int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(*random); }
bool Chance(Random* random, int percent) { return Below(random, 100) < percent; }

constexpr v1::RecordKind kKinds[] = {v1::RECORD_KIND_READMISSION, v1::RECORD_KIND_WATCHLIST};
constexpr v1::Operation kOperations[] = {v1::OPERATION_READMISSION_SUBMIT, v1::OPERATION_WATCHLIST_CHECK};
constexpr v1::Purpose kPurposes[] = {v1::PURPOSE_READMISSION, v1::PURPOSE_BORDER_CHECK};
constexpr v1::DataClass kClasses[] = {v1::DATA_CLASS_IDENTITY, v1::DATA_CLASS_DOCUMENT, v1::DATA_CLASS_BELIEF};

// Who is named as a side of a rule, and who asks whom; no rule names AAA/other.
constexpr const char* kSides[] = {"AAA", "BBB", "AAA/police", "AAA/border", "BBB/police"};
constexpr const char* kPairs[][2] = {{"AAA/police", "AAA/border"}, {"AAA/police", "BBB/police"},
                                     {"AAA/border", "AAA/police"}, {"AAA/border", "BBB/police"},
                                     {"BBB/police", "AAA/police"}, {"BBB/police", "AAA/border"},
                                     {"AAA/other", "BBB/police"},  {"BBB/police", "AAA/other"}};

v1::Scope RandomScope(Random* random, bool is_grant) {
  v1::Scope scope;
  if (Chance(random, 40)) scope.add_askers(kSides[Below(random, 5)]);
  if (Chance(random, 30)) scope.add_answerers(kSides[Below(random, 5)]);
  const auto pick = [&](auto add, const auto& values) {
    const int which = Below(random, is_grant ? 3 : 4);
    if (which != 1 && which != 3) add(values[0]);
    if (which != 0 && which != 3) add(values[1]);
  };
  pick([&](v1::RecordKind value) { scope.add_record_kinds(value); }, kKinds);
  pick([&](v1::Operation value) { scope.add_operations(value); }, kOperations);
  pick([&](v1::Purpose value) { scope.add_purposes(value); }, kPurposes);
  return scope;
}

v1::Condition RandomCondition(Random* random) {
  v1::Condition condition;
  switch (Below(random, 3)) {
    case 0:
      condition.set_attribute(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN);
      condition.set_is(Chance(random, 50) ? v1::TERNARY_YES : v1::TERNARY_NO);
      if (Chance(random, 30)) condition.set_min_provenance(v1::PROVENANCE_AUTHENTICATED);
      break;
    case 1:
      condition.set_attribute(v1::ATTRIBUTE_IDENTITY_EVIDENCE);
      (Chance(random, 50) ? condition.add_any_of() : condition.add_none_of())
          ->assign(Chance(random, 50) ? "PROOF" : "PRIMA_FACIE");
      break;
    default:
      condition.set_attribute(v1::ATTRIBUTE_AGE);
      if (Chance(random, 60)) condition.set_at_least(Chance(random, 50) ? 5 : 10);
      if (!condition.has_at_least() || Chance(random, 30)) condition.set_at_most(Chance(random, 30) ? 4 : 9);
      break;
  }
  return condition;
}

template <typename List>
void AddConditions(Random* random, int most, List* when) {
  for (int i = Below(random, most + 1); i > 0; --i) *when->Add() = RandomCondition(random);
}

v1::Disclosure RandomDisclosure(Random* random) {
  v1::Disclosure disclosure;
  disclosure.set_level(static_cast<v1::DisclosureLevel>(1 + Below(random, 5)));
  if (disclosure.level() == v1::DISCLOSURE_LEVEL_PARTIAL) {
    for (const v1::DataClass data_class : kClasses) {
      if (Chance(random, 50)) disclosure.add_classes(data_class);
    }
  }
  if (Chance(random, 20)) disclosure.set_on_excess(v1::ON_EXCESS_REFUSE);
  return disclosure;
}

v1::Obligation RandomObligation(Random* random) {
  v1::Obligation obligation;
  obligation.set_type(static_cast<v1::ObligationType>(1 + Below(random, 4)));
  obligation.set_bearer(static_cast<v1::Bearer>(1 + Below(random, 3)));
  if (obligation.type() == v1::OBLIGATION_TYPE_USE_ONLY_FOR) {
    obligation.add_purposes(kPurposes[Below(random, 2)]);
  } else if (obligation.type() != v1::OBLIGATION_TYPE_NO_ONWARD_TRANSFER) {
    obligation.set_amount(static_cast<uint32_t>(1 + Below(random, 3)));
  }
  return obligation;
}

std::string Article(Random* random) { return absl::StrCat(1 + Below(random, 4)); }

v1::Grant RandomGrant(Random* random, const std::string& id) {
  v1::Grant grant;
  grant.set_id(id);
  grant.add_cites(Article(random));
  *grant.mutable_scope() = RandomScope(random, true);
  AddConditions(random, 2, grant.mutable_when());
  *grant.mutable_request() = RandomDisclosure(random);
  *grant.mutable_reply() = RandomDisclosure(random);
  if (Chance(random, 20)) grant.set_answer_within_days(static_cast<uint32_t>(1 + Below(random, 3)));
  for (int i = Below(random, 3); i > 0; --i) *grant.add_obligations() = RandomObligation(random);
  return grant;
}

// A grant that has much in common with another one, so that one may shadow the other.
v1::Grant Variant(Random* random, const v1::Grant& grant, const std::string& id) {
  v1::Grant variant = grant;
  variant.set_id(id);
  if (Chance(random, 40)) *variant.add_when() = RandomCondition(random);
  if (Chance(random, 40) && !variant.when().empty()) variant.mutable_when()->RemoveLast();
  if (Chance(random, 30)) variant.clear_obligations();
  if (Chance(random, 30)) *variant.mutable_reply() = RandomDisclosure(random);
  return variant;
}

v1::Prohibition RandomProhibition(Random* random, const std::string& id) {
  v1::Prohibition prohibition;
  prohibition.set_id(id);
  prohibition.add_cites(Article(random));
  *prohibition.mutable_scope() = RandomScope(random, false);
  AddConditions(random, 3, prohibition.mutable_when());
  if (Chance(random, 40)) prohibition.set_ignore_unknown_because("a test");
  return prohibition;
}

v1::Ceiling RandomCeiling(Random* random, const std::string& id) {
  v1::Ceiling ceiling;
  ceiling.set_id(id);
  ceiling.add_cites(Article(random));
  *ceiling.mutable_scope() = RandomScope(random, false);
  AddConditions(random, 2, ceiling.mutable_when());
  if (Chance(random, 50)) *ceiling.mutable_request() = RandomDisclosure(random);
  if (Chance(random, 50)) *ceiling.mutable_reply() = RandomDisclosure(random);
  return ceiling;
}

v1::Duty RandomDuty(Random* random, const std::string& id) {
  v1::Duty duty;
  duty.set_id(id);
  duty.add_cites(Article(random));
  *duty.mutable_scope() = RandomScope(random, false);
  AddConditions(random, 2, duty.mutable_when());
  *duty.mutable_obligation() = RandomObligation(random);
  return duty;
}

v1::Invariant RandomInvariant(Random* random, const std::string& id) {
  v1::Invariant invariant;
  invariant.set_id(id);
  invariant.add_cites(Article(random));
  *invariant.mutable_scope() = RandomScope(random, false);
  AddConditions(random, 3, invariant.mutable_when());
  return invariant;
}

template <typename List>
void Shuffle(Random* random, List* list) {
  for (int i = list->size() - 1; i > 0; --i) list->SwapElements(i, Below(random, i + 1));
}

template <typename Rules>
void ShuffleRules(Random* random, Rules* rules) {
  for (auto& rule : *rules) {
    Shuffle(random, rule.mutable_when());
    Shuffle(random, rule.mutable_scope()->mutable_record_kinds());
    Shuffle(random, rule.mutable_scope()->mutable_purposes());
  }
  Shuffle(random, rules);
}

bool IsKnown(const v1::Condition& condition, const Point& point) {
  const AttributeInfo& info = *FindAttribute(condition.attribute());
  const Fact& fact = point.facts.Get(condition.attribute());
  return fact.known() && fact.provenance >= info.least && fact.provenance >= condition.min_provenance();
}

bool IsInSet(const v1::Condition& condition, const Point& point) {
  const AttributeInfo& info = *FindAttribute(condition.attribute());
  const int64_t value = point.facts.Get(condition.attribute()).value;
  if (info.type == ValueType::kFlag) return value == condition.is();
  if (info.type == ValueType::kNumber) {
    return !(condition.has_at_least() && value < condition.at_least()) &&
           !(condition.has_at_most() && value > condition.at_most());
  }
  const std::string choice(info.choices[static_cast<size_t>(value) - 1]);
  const auto names = [&](const auto& list) { return std::find(list.begin(), list.end(), choice) != list.end(); };
  if (!condition.any_of().empty() && !names(condition.any_of())) return false;
  return !names(condition.none_of());
}

template <typename List>
bool NamesSide(const List& list, const std::string& agency) {
  for (const std::string& name : list) {
    if (agency == name || agency.substr(0, 4) == name + "/") return true;
  }
  return list.empty();
}

template <typename List>
bool HasOrAny(const List& list, int value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool IsAbout(const v1::Scope& scope, const Point& point) {
  return NamesSide(scope.askers(), point.asker) && NamesSide(scope.answerers(), point.answerer) &&
         HasOrAny(scope.record_kinds(), point.record_kind) && HasOrAny(scope.operations(), point.operation) &&
         HasOrAny(scope.purposes(), point.purpose);
}

template <typename List>
bool HoldAll(const List& when, bool or_unknown, const Point& point) {
  return std::all_of(when.begin(), when.end(), [&](const v1::Condition& condition) {
    return IsKnown(condition, point) ? IsInSet(condition, point) : or_unknown;
  });
}

void Limit(bool has, const v1::Disclosure& disclosure, ClassSet* classes) {
  if (has) *classes &= AllowedClasses(AllowanceOf(disclosure));
}

void AddAll(const std::vector<Demand>& more, std::vector<Demand>* demands) {
  demands->insert(demands->end(), more.begin(), more.end());
}

// What narrows in a treaty or a Narrowing.
template <typename Rules>
void Narrow(const std::vector<std::string>& bound, const Rules& rules, const Point& point, Judgement* judgement) {
  for (const auto& rule : rules.prohibitions()) {
    if (Hits(bound, rule, point)) judgement->is_permitted = false;
  }
  for (const auto& rule : rules.ceilings()) {
    if (!Applies(bound, rule, true, point)) continue;
    Limit(rule.has_request(), rule.request(), &judgement->request);
    Limit(rule.has_reply(), rule.reply(), &judgement->reply);
    AddAll(DemandsOf(rule), &judgement->demands);
  }
  for (const auto& rule : rules.duties()) {
    if (Applies(bound, rule, true, point)) AddAll(DemandsOf(rule.obligation()), &judgement->demands);
  }
}

}  // namespace

v1::Treaty Treaty(absl::string_view text) {
  v1::Treaty treaty;
  TAMGA_CHECK(google::protobuf::TextFormat::ParseFromString(std::string(text), &treaty));
  return treaty;
}

v1::Overlay Overlay(absl::string_view text) {
  v1::Overlay overlay;
  TAMGA_CHECK(google::protobuf::TextFormat::ParseFromString(std::string(text), &overlay));
  return overlay;
}

v1::Treaty Small(absl::string_view rules) {
  return Treaty(absl::StrCat(R"text(id: "SMALL"
    parties { state: "AAA" agencies: "AAA/police" agencies: "AAA/border" }
    parties { state: "BBB" agencies: "BBB/police" }
    articles { number: "1" summary: "Allows." }
    articles { number: "2" summary: "Forbids." }
    articles { number: "3" summary: "Limits." }
    articles { number: "4" summary: "Demands." }
    )text",
                             rules));
}

std::string Grant(absl::string_view id, absl::string_view more) {
  return absl::StrCat("grants { id: \"", id, R"text(" cites: "1" scope { askers: "AAA" answerers: "BBB"
      record_kinds: RECORD_KIND_WATCHLIST operations: OPERATION_WATCHLIST_CHECK purposes: PURPOSE_BORDER_CHECK } )text",
                      more, " }\n");
}

std::vector<Finding> Only(Check check, const std::vector<Finding>& findings) {
  std::vector<Finding> only;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(only),
               [&](const Finding& finding) { return finding.check == check; });
  return only;
}

v1::Treaty RandomTreaty(std::mt19937_64* random, int grants, int prohibitions) {
  v1::Treaty treaty = Small("");
  for (int i = 0; i < grants; ++i) {
    const std::string id = absl::StrCat("g", i);
    v1::Grant grant =
        i > 0 && Chance(random, 50) ? Variant(random, treaty.grants(Below(random, i)), id) : RandomGrant(random, id);
    *treaty.add_grants() = std::move(grant);
  }
  for (int i = 0; i < prohibitions; ++i) *treaty.add_prohibitions() = RandomProhibition(random, absl::StrCat("p", i));
  for (int i = 0; i < 2; ++i) {
    *treaty.add_ceilings() = RandomCeiling(random, absl::StrCat("c", i));
    *treaty.add_duties() = RandomDuty(random, absl::StrCat("d", i));
    *treaty.add_invariants() = RandomInvariant(random, absl::StrCat("i", i));
  }
  return treaty;
}

v1::Treaty Amended(const v1::Treaty& treaty, std::mt19937_64* random) {
  v1::Treaty amended = treaty;
  for (int i = 1 + Below(random, 3); i > 0; --i) {
    const auto one_of = [&](const auto& list) { return Below(random, list.size()); };
    switch (Below(random, 7)) {
      case 0:
        *amended.mutable_grants(one_of(amended.grants())) = RandomGrant(random, absl::StrCat("changed", i));
        break;
      case 1:
        *amended.mutable_prohibitions(one_of(amended.prohibitions())) =
            RandomProhibition(random, absl::StrCat("changed", i));
        break;
      case 2:
        *amended.mutable_ceilings(one_of(amended.ceilings())) = RandomCeiling(random, absl::StrCat("changed", i));
        break;
      case 3:
        *amended.mutable_duties(one_of(amended.duties())) = RandomDuty(random, absl::StrCat("changed", i));
        break;
      case 4:
        if (amended.prohibitions_size() > 1) amended.mutable_prohibitions()->RemoveLast();
        break;
      case 5:
        *amended.add_grants() = RandomGrant(random, absl::StrCat("added", i));
        break;
      default:
        amended.mutable_grants(one_of(amended.grants()))->clear_obligations();
        break;
    }
  }
  return amended;
}

v1::Treaty Shuffled(const v1::Treaty& treaty, std::mt19937_64* random) {
  v1::Treaty shuffled = treaty;
  ShuffleRules(random, shuffled.mutable_grants());
  ShuffleRules(random, shuffled.mutable_prohibitions());
  ShuffleRules(random, shuffled.mutable_ceilings());
  ShuffleRules(random, shuffled.mutable_duties());
  ShuffleRules(random, shuffled.mutable_invariants());
  Shuffle(random, shuffled.mutable_parties());
  Shuffle(random, shuffled.mutable_articles());
  for (auto& grant : *shuffled.mutable_grants()) Shuffle(random, grant.mutable_obligations());
  return shuffled;
}

v1::Overlay RandomOverlay(std::mt19937_64* random) {
  v1::Overlay overlay;
  overlay.set_id("AAA-LAW");
  overlay.set_state("AAA");
  overlay.add_articles()->set_number("1");
  *overlay.mutable_narrowing()->add_prohibitions() = RandomProhibition(random, "op");
  *overlay.mutable_narrowing()->add_ceilings() = RandomCeiling(random, "oc");
  *overlay.mutable_narrowing()->add_duties() = RandomDuty(random, "od");
  return overlay;
}

std::vector<Point> AllPoints() {
  std::vector<Facts> all_facts;
  struct Flag {
    v1::Ternary value;
    v1::Provenance provenance;
  };
  // ATTESTED is less than the attribute requires.
  const Flag flags[] = {
      {v1::TERNARY_UNSPECIFIED, v1::PROVENANCE_LOCAL}, {v1::TERNARY_YES, v1::PROVENANCE_ATTESTED},
      {v1::TERNARY_YES, v1::PROVENANCE_LOCAL},         {v1::TERNARY_NO, v1::PROVENANCE_LOCAL},
      {v1::TERNARY_YES, v1::PROVENANCE_AUTHENTICATED}, {v1::TERNARY_NO, v1::PROVENANCE_AUTHENTICATED}};
  for (const Flag& flag : flags) {
    for (const char* evidence : {"", "PROOF", "PRIMA_FACIE", "NONE"}) {
      for (const int age : {-1, 4, 5, 9, 10}) {
        Facts facts;
        facts.SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, flag.value, flag.provenance);
        facts.SetChoice(v1::ATTRIBUTE_IDENTITY_EVIDENCE, evidence);
        facts.SetNumber(v1::ATTRIBUTE_AGE, age);
        all_facts.push_back(facts);
      }
    }
  }
  std::vector<Point> points;
  for (const auto& [asker, answerer] : kPairs) {
    for (const v1::RecordKind kind : kKinds) {
      for (const v1::Operation operation : kOperations) {
        for (const v1::Purpose purpose : kPurposes) {
          for (const Facts& facts : all_facts) points.push_back({asker, answerer, kind, operation, purpose, facts});
        }
      }
    }
  }
  return points;
}

bool Matches(const v1::Treaty& treaty, const v1::Grant& grant, const Point& point) {
  const v1::Party* asker = nullptr;
  const v1::Party* answerer = nullptr;
  bool is_domestic = true;
  for (const v1::Party& party : treaty.parties()) {
    is_domestic = is_domestic && party.state() == treaty.parties(0).state();
    for (const std::string& agency : party.agencies()) {
      if (agency == point.asker) asker = &party;
      if (agency == point.answerer) answerer = &party;
    }
  }
  if (asker == nullptr || answerer == nullptr || (asker->state() == answerer->state()) != is_domestic) return false;
  return point.asker != point.answerer && IsAbout(grant.scope(), point) && HoldAll(grant.when(), false, point);
}

template <typename Narrowing>
bool Applies(const std::vector<std::string>& bound, const Narrowing& rule, bool or_unknown, const Point& point) {
  const bool is_bound = std::any_of(bound.begin(), bound.end(), [&](const std::string& state) {
    return StateOf(point.asker) == state || StateOf(point.answerer) == state;
  });
  return is_bound && IsAbout(rule.scope(), point) && HoldAll(rule.when(), or_unknown, point);
}

template bool Applies(const std::vector<std::string>&, const v1::Ceiling&, bool, const Point&);
template bool Applies(const std::vector<std::string>&, const v1::Duty&, bool, const Point&);
template bool Applies(const std::vector<std::string>&, const v1::Invariant&, bool, const Point&);

bool Hits(const std::vector<std::string>& bound, const v1::Prohibition& prohibition, const Point& point) {
  return Applies(bound, prohibition, prohibition.ignore_unknown_because().empty(), point);
}

std::vector<std::string> BoundBy(const v1::Treaty& treaty) {
  std::vector<std::string> states;
  for (const v1::Party& party : treaty.parties()) states.push_back(party.state());
  return states;
}

Judgement Judge(const Corpus& corpus, const Point& point) {
  Judgement judgement;
  for (const v1::Treaty* treaty : corpus.treaties) {
    for (const v1::Grant& grant : treaty->grants()) {
      if (!Matches(*treaty, grant, point)) continue;
      judgement.is_permitted = true;
      judgement.request |= AllowedClasses(AllowanceOf(grant.request()));
      judgement.reply |= AllowedClasses(AllowanceOf(grant.reply()));
      AddAll(DemandsOf(grant), &judgement.demands);
    }
  }
  for (const v1::Treaty* treaty : corpus.treaties) Narrow(BoundBy(*treaty), *treaty, point, &judgement);
  for (const v1::Overlay* overlay : corpus.overlays) {
    Narrow({overlay->state()}, overlay->narrowing(), point, &judgement);
  }
  if (!judgement.is_permitted) return {};
  std::sort(judgement.demands.begin(), judgement.demands.end());
  judgement.demands.erase(std::unique(judgement.demands.begin(), judgement.demands.end()), judgement.demands.end());
  return judgement;
}

size_t CellsOfAPair() {
  size_t cells = 1;
  for (const auto* type : {v1::Operation_descriptor(), v1::RecordKind_descriptor(), v1::Purpose_descriptor()}) {
    cells *= static_cast<size_t>(type->value_count()) - 1;
  }
  return cells;
}

}  // namespace tamga::policy::analysis
