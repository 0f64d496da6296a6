#include "policy/treaty_fixture.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <set>

#include "absl/strings/str_replace.h"
#include "node/base/check.h"
#include "policy/day.h"
#include "policy/spans.h"

namespace tamga::policy {
namespace {

// What the laws of a set point to.
struct Texts {
  std::vector<TreatyDocument> documents;
  std::vector<Added> added;
};

const v1::Party* PartyOf(const v1::Treaty& treaty, const std::string& state) {
  const auto found = std::find_if(treaty.parties().begin(), treaty.parties().end(),
                                  [&](const v1::Party& party) { return party.state() == state; });
  return found == treaty.parties().end() ? nullptr : &*found;
}

Spans BoundBy(const v1::Treaty& treaty, const std::string& state, const Terms& terms) {
  if (PartyOf(treaty, state) == nullptr) return {};
  const auto named = terms.find({treaty.id(), state});
  if (named != terms.end()) return {named->second};
  return {{Midnight("2020-01-01"), state == "BBB" ? Midnight("2030-01-01") : absl::InfiniteFuture()}};
}

std::vector<Authorities> AuthoritiesOf(const v1::Treaty& treaty, const std::string& state) {
  const v1::Party* party = PartyOf(treaty, state);
  if (party == nullptr) return {};
  return {{Span(), {party->agencies().begin(), party->agencies().end()}}};
}

PairLaw LawBetween(const Texts& texts, const std::string& asker, const std::string& answerer, const Terms& terms) {
  PairLaw law;
  law.asker = asker;
  law.answerer = answerer;
  for (const TreatyDocument& document : texts.documents) {
    const v1::Treaty& text = document.treaty;
    TreatyLaw treaty;
    treaty.document = &document;
    treaty.asker_bound = BoundBy(text, asker, terms);
    treaty.answerer_bound = BoundBy(text, answerer, terms);
    const bool is_domestic = text.parties_size() == 1;
    if (is_domestic == (asker == answerer)) treaty.grants = Intersect(treaty.asker_bound, treaty.answerer_bound);
    treaty.asker_authorities = AuthoritiesOf(text, asker);
    treaty.answerer_authorities = AuthoritiesOf(text, answerer);
    law.treaties.push_back(std::move(treaty));
  }
  for (const Added& added : texts.added)
    law.narrowings.push_back({&added.rules, {Span()}, added.treaty_id, added.origin});
  return law;
}

}  // namespace

std::string SmallTreaty() {
  return R"text(id: "SMALL"
version: 1
title: "A small treaty"
citation: "Nowhere, 1 January 2020"
text_status: TEXT_STATUS_OFFICIAL
entry_into_force { rule: ENTRY_RULE_STATED }
parties { state: "AAA" agencies: "AAA/police" agencies: "AAA/border" }
parties { state: "BBB" agencies: "BBB/police" }
articles { number: "1" summary: "Allows." }
articles { number: "2(b)" summary: "Forbids." }
grants {
  id: "check"
  cites: "1"
  scope {
    askers: "AAA/police"
    record_kinds: RECORD_KIND_WATCHLIST
    operations: OPERATION_WATCHLIST_CHECK
    purposes: PURPOSE_BORDER_CHECK
  }
  request { level: DISCLOSURE_LEVEL_PARTIAL classes: DATA_CLASS_IDENTITY }
  reply { level: DISCLOSURE_LEVEL_REFERENCE }
  answer_within_days: 10
}
prohibitions {
  id: "asylum"
  cites: "2(b)"
  scope { operations: OPERATION_WATCHLIST_CHECK }
  when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_YES }
}
)text";
}

std::string With(std::string text, absl::string_view from, absl::string_view to) {
  TAMGA_CHECK(absl::StrReplaceAll({{from, to}}, &text) == 1);
  return text;
}

TreatyDocument Document(absl::string_view text) {
  absl::StatusOr<TreatyDocument> document = ReadTreaty(text, "test.txtpb");
  if (!document.ok()) std::cerr << document.status() << std::endl;
  TAMGA_CHECK(document.ok());
  return *std::move(document);
}

TreatySet SetOf(const std::vector<std::string>& texts, const Terms& terms, const std::vector<Added>& added) {
  std::vector<TreatyDocument> documents;
  for (const std::string& text : texts) documents.push_back(Document(text));
  return SetOf(std::move(documents), terms, added);
}

TreatySet SetOf(std::vector<TreatyDocument> given, const Terms& terms, const std::vector<Added>& added) {
  const auto kept = std::make_shared<Texts>();
  kept->documents = std::move(given);
  kept->added = added;
  std::vector<const TreatyDocument*> documents;
  std::set<std::string> states{"AAA", "BBB", "CCC"};
  for (const TreatyDocument& document : kept->documents) {
    documents.push_back(&document);
    for (const v1::Party& party : document.treaty.parties()) states.insert(party.state());
  }
  std::vector<PairLaw> laws;
  for (const std::string& asker : states) {
    for (const std::string& answerer : states) laws.push_back(LawBetween(*kept, asker, answerer, terms));
    laws.push_back(LawBetween(*kept, asker, "", terms));
  }
  return TreatySet(kept, std::move(documents), std::move(laws), absl::ZeroDuration());
}

absl::Time Midnight(absl::string_view day) {
  const std::optional<absl::Time> start = ParseDay(day);
  TAMGA_CHECK(start.has_value());
  return *start;
}

absl::Time Day(absl::string_view day) { return Midnight(day) + absl::Hours(12); }

Facts FactsOf(const std::map<v1::Attribute, v1::Ternary>& flags) {
  Facts facts;
  for (const auto& [attribute, value] : flags) facts.SetFlag(attribute, value);
  return facts;
}

Question SmallQuestion() {
  Question question;
  question.asker = "AAA/police";
  question.answerer = "BBB/police";
  question.record_kind = v1::RECORD_KIND_WATCHLIST;
  question.operation = v1::OPERATION_WATCHLIST_CHECK;
  question.purpose = v1::PURPOSE_BORDER_CHECK;
  question.facts.SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_NO);
  question.dischargeable = kAllObligationTypes;
  return question;
}

}  // namespace tamga::policy
