#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "policy/attributes.h"
#include "policy/spans.h"
#include "tests/oracle/law.h"

namespace tamga::policy::oracle {
namespace {

const std::vector<std::string>& States() {
  static const auto& states = *new std::vector<std::string>{"AAA", "BBB", "CCC"};
  return states;
}

const std::vector<std::string>& Agencies() {
  static const auto& agencies = *new std::vector<std::string>{"AAA/x", "AAA/y", "BBB/x", "BBB/y", "CCC/x"};
  return agencies;
}

// What the laws of one set point to.
struct Texts {
  std::vector<TreatyDocument> documents;
  std::vector<v1::Narrowing> narrowings;
};

absl::Time TheChange() { return Noon("2025-01-01"); }

// Always, or only before or after the change, or never.
Spans RandomSpans(Dice* dice) {
  switch (dice->Roll(8)) {
    case 0:
      return Since(TheChange());
    case 1:
      return Until(TheChange());
    case 2:
      return {};
    default:
      return Always();
  }
}

template <typename List, typename Value>
void AddSome(Dice* dice, const std::vector<Value>& from, List* list) {
  const size_t first = dice->Roll(from.size());
  const size_t count = 1 + dice->Roll(from.size());
  for (size_t i = 0; i < count; ++i) list->Add(Value(from[(first + i) % from.size()]));
}

v1::Scope RandomScope(Dice* dice, bool is_grant) {
  static const auto& kinds = *new std::vector<int>{v1::RECORD_KIND_WATCHLIST, v1::RECORD_KIND_TRAFFICKING};
  static const auto& purposes = *new std::vector<int>{v1::PURPOSE_BORDER_CHECK, v1::PURPOSE_READMISSION};
  // One of each way in which facts are judged.
  static const auto& operations = *new std::vector<int>{v1::OPERATION_WATCHLIST_CHECK, v1::OPERATION_READMISSION_SUBMIT,
                                                        v1::OPERATION_TRAFFICKING_RETRIEVE};
  v1::Scope scope;
  if (dice->OneIn(4)) AddSome(dice, States(), scope.mutable_askers());
  if (dice->OneIn(6)) AddSome(dice, Agencies(), scope.mutable_askers());
  if (dice->OneIn(4)) AddSome(dice, Agencies(), scope.mutable_answerers());
  if (dice->OneIn(6)) AddSome(dice, States(), scope.mutable_answerers());
  if (is_grant || dice->OneIn(2)) AddSome(dice, kinds, scope.mutable_record_kinds());
  if (is_grant || dice->OneIn(2)) AddSome(dice, operations, scope.mutable_operations());
  if (is_grant || dice->OneIn(2)) AddSome(dice, purposes, scope.mutable_purposes());
  return scope;
}

void SetNumberTest(Dice* dice, const AttributeInfo& info, v1::Condition* condition) {
  const int64_t low = info.min + static_cast<int64_t>(dice->Roll(3)) * (info.max - info.min) / 4;
  const int64_t high = low + static_cast<int64_t>(dice->Roll(3)) * (info.max - low) / 3;
  const size_t form = dice->Roll(3);
  if (form != 0) condition->set_at_least(low);
  if (form != 1) condition->set_at_most(high);
}

void SetChoiceTest(Dice* dice, const AttributeInfo& info, v1::Condition* condition) {
  auto* list = dice->OneIn(2) ? condition->mutable_any_of() : condition->mutable_none_of();
  const size_t first = dice->Roll(info.choices.size());
  const size_t count = 1 + dice->Roll(3);
  for (size_t i = first; i < std::min(first + count, info.choices.size()); ++i) {
    list->Add(std::string(info.choices[i]));
  }
}

v1::Condition RandomCondition(Dice* dice, const AttributeInfo& info) {
  v1::Condition condition;
  condition.set_attribute(info.attribute);
  if (dice->OneIn(4)) {
    const size_t stricter = dice->Roll(static_cast<size_t>(v1::PROVENANCE_AUTHENTICATED - info.least) + 1);
    condition.set_min_provenance(static_cast<v1::Provenance>(info.least + static_cast<int>(stricter)));
  }
  switch (info.type) {
    case ValueType::kFlag:
      condition.set_is(dice->OneIn(2) ? v1::TERNARY_YES : v1::TERNARY_NO);
      break;
    case ValueType::kChoice:
      SetChoiceTest(dice, info, &condition);
      break;
    case ValueType::kNumber:
      SetNumberTest(dice, info, &condition);
      break;
  }
  return condition;
}

// Tests of up to three facts, each once, as a valid document has them.
template <typename List>
void AddConditions(Dice* dice, List* when) {
  std::vector<v1::Attribute> used;
  for (size_t n = dice->Roll(4); n > 0; --n) {
    const AttributeInfo& info = dice->Pick(AllAttributes());
    if (std::count(used.begin(), used.end(), info.attribute) > 0) continue;
    used.push_back(info.attribute);
    *when->Add() = RandomCondition(dice, info);
  }
}

v1::Prohibition RandomProhibition(Dice* dice, int number) {
  v1::Prohibition prohibition;
  prohibition.set_id(absl::StrCat("p", number));
  prohibition.add_cites("2");
  *prohibition.mutable_scope() = RandomScope(dice, /*is_grant=*/false);
  AddConditions(dice, prohibition.mutable_when());
  // One that always holds would leave nothing else to see.
  if (prohibition.when().empty()) {
    const AttributeInfo& info = dice->Pick(AllAttributes());
    *prohibition.add_when() = RandomCondition(dice, info);
  }
  if (dice->OneIn(5)) prohibition.set_ignore_unknown_because("Random.");
  return prohibition;
}

void AddObligation(v1::ObligationType type, v1::Bearer bearer, uint32_t amount, v1::Grant* grant) {
  v1::Obligation* obligation = grant->add_obligations();
  obligation->set_type(type);
  obligation->set_bearer(bearer);
  obligation->set_amount(amount);
}

v1::Grant RandomGrant(Dice* dice, int number) {
  v1::Grant grant;
  grant.set_id(absl::StrCat("g", number));
  grant.add_cites(dice->OneIn(3) ? "2" : "1");
  if (dice->OneIn(4)) grant.add_cites("3");
  *grant.mutable_scope() = RandomScope(dice, /*is_grant=*/true);
  AddConditions(dice, grant.mutable_when());
  grant.mutable_request()->set_level(static_cast<v1::DisclosureLevel>(1 + dice->Roll(5)));
  grant.mutable_reply()->set_level(static_cast<v1::DisclosureLevel>(1 + dice->Roll(5)));
  if (dice->OneIn(8)) {
    AddObligation(v1::OBLIGATION_TYPE_FOUR_EYES, static_cast<v1::Bearer>(1 + dice->Roll(3)), 1, &grant);
  }
  if (dice->OneIn(8)) AddObligation(v1::OBLIGATION_TYPE_VOLUME, v1::BEARER_BOTH, 50, &grant);
  if (dice->OneIn(8)) AddObligation(v1::OBLIGATION_TYPE_HUMAN_REVIEW, v1::BEARER_ASKER, 0, &grant);
  return grant;
}

// `states`: the parties; with one it is an agreement within that State.
TreatyDocument RandomTreaty(Dice* dice, const std::string& id, uint32_t version,
                            const std::vector<std::string>& states) {
  TreatyDocument document;
  v1::Treaty& treaty = document.treaty;
  treaty.set_id(id);
  treaty.set_version(version);
  for (const std::string& state : states) {
    v1::Party* party = treaty.add_parties();
    party->set_state(state);
    for (const std::string& agency : Agencies()) {
      if (StateIn(agency) == state && !dice->OneIn(5)) party->add_agencies(agency);
    }
  }
  for (const char* number : {"1", "2", "3"}) treaty.add_articles()->set_number(number);
  for (size_t n = 2 + dice->Roll(3); n > 0; --n) *treaty.add_grants() = RandomGrant(dice, treaty.grants_size());
  for (size_t n = dice->Roll(3); n > 0; --n) {
    *treaty.add_prohibitions() = RandomProhibition(dice, treaty.prohibitions_size());
  }
  document.sha256 = NameIn(document, "hash");
  document.file_name = id;
  return document;
}

// Where one State stands with one treaty.
struct Side {
  Spans bound;
  std::vector<Authorities> authorities;
};

Side RandomSide(Dice* dice, const TreatyDocument& document, const std::string& state) {
  Side side;
  for (const v1::Party& party : document.treaty.parties()) {
    if (party.state() != state) continue;
    side.bound = RandomSpans(dice);
    side.authorities = {{Span(), {party.agencies().begin(), party.agencies().end()}}};
  }
  if (side.authorities.empty() || !dice->OneIn(4)) return side;
  side.authorities[0].span.until = TheChange();
  side.authorities.push_back({Span{TheChange(), absl::InfiniteFuture()}, {state + "/x"}});
  return side;
}

TreatyLaw RandomTreatyLaw(Dice* dice, const TreatyDocument& document, const Side& asker, const Side& answerer) {
  TreatyLaw law;
  law.document = &document;
  law.asker_bound = asker.bound;
  law.answerer_bound = answerer.bound;
  law.asker_authorities = asker.authorities;
  law.answerer_authorities = answerer.authorities;
  law.grants = Intersect(asker.bound, answerer.bound);
  // Of two versions, the second takes the place of the first.
  if (document.treaty.id() == "A") {
    law.grants = Intersect(law.grants, document.treaty.version() == 1 ? Until(TheChange()) : Since(TheChange()));
  }
  for (const char* article : {"2", "3"}) {
    if (dice->OneIn(8)) law.withdrawn[article] = RandomSpans(dice);
  }
  return law;
}

// A State's rules: a part of its own law, or a reservation to a treaty.
struct Addition {
  std::string state;
  NarrowingLaw law;
};

std::vector<Addition> RandomAdditions(Dice* dice, Texts* texts) {
  std::vector<Addition> additions;
  texts->narrowings.reserve(2);  // Laws point into it.
  if (dice->OneIn(3)) {
    *texts->narrowings.emplace_back().add_prohibitions() = RandomProhibition(dice, 1);
    additions.push_back({"AAA", {&texts->narrowings.back(), RandomSpans(dice), "", "OVERLAY-AAA"}});
  }
  if (dice->OneIn(2)) {
    *texts->narrowings.emplace_back().add_prohibitions() = RandomProhibition(dice, 1);
    additions.push_back({"BBB", {&texts->narrowings.back(), RandomSpans(dice), "B", "reservation of BBB to B"}});
  }
  return additions;
}

}  // namespace

Law SyntheticLaw(Dice* dice) {
  const auto texts = std::make_shared<Texts>();
  texts->documents.push_back(RandomTreaty(dice, "A", 1, States()));
  texts->documents.push_back(RandomTreaty(dice, "A", 2, States()));
  texts->documents.push_back(RandomTreaty(dice, "B", 1, States()));
  texts->documents.push_back(RandomTreaty(dice, "C", 1, {"AAA", "BBB"}));
  texts->documents.push_back(RandomTreaty(dice, "WITHIN-AAA", 1, {"AAA"}));
  const std::vector<Addition> additions = RandomAdditions(dice, texts.get());

  std::vector<std::string> states = States();
  states.emplace_back();  // any that is party to nothing
  std::vector<PairLaw> laws;
  for (const std::string& asker : States()) {
    for (const std::string& answerer : states) laws.push_back({asker, answerer, {}, {}});
  }
  std::vector<const TreatyDocument*> documents;
  for (const TreatyDocument& document : texts->documents) {
    documents.push_back(&document);
    std::map<std::string, Side> sides;
    for (const std::string& state : States()) sides[state] = RandomSide(dice, document, state);
    for (PairLaw& law : laws) {
      law.treaties.push_back(RandomTreatyLaw(dice, document, sides[law.asker], sides[law.answerer]));
    }
  }
  for (PairLaw& law : laws) {
    for (const Addition& addition : additions) {
      if (law.asker == addition.state || law.answerer == addition.state) law.narrowings.push_back(addition.law);
    }
  }
  return {TreatySet(texts, std::move(documents), std::move(laws), absl::Minutes(2)),
          States(),
          {"2024-06-01", "2026-06-01"}};
}

}  // namespace tamga::policy::oracle
