#include "policy/view.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/text.h"
#include "policy/spans.h"

namespace tamga::policy {
namespace {

static_assert(v1::RecordKind_ARRAYSIZE <= 1 << 8 && v1::Operation_ARRAYSIZE <= 1 << 12 &&
              v1::Purpose_ARRAYSIZE <= 1 << 8);

// What a rule lists; the rest of its key is 0.
enum Listed : uint8_t { kAsker = 1u << 0, kKind = 1u << 1, kOperation = 1u << 2, kPurpose = 1u << 3 };

uint64_t KeyOf(uint8_t shape, AgencyNumber asker, int record_kind, int operation, int purpose) {
  const auto part = [&](Listed listed, uint64_t value) { return (shape & listed) != 0 ? value : 0; };
  return part(kAsker, asker) << 32 | part(kKind, static_cast<uint64_t>(record_kind & 0xff)) << 24 |
         part(kOperation, static_cast<uint64_t>(operation & 0xfff)) << 12 |
         part(kPurpose, static_cast<uint64_t>(purpose & 0xff)) << 4 | shape;
}

uint8_t ShapeOf(const Rule& rule) {
  const auto if_listed = [](bool is_listed, Listed listed) { return is_listed ? listed : 0; };
  return static_cast<uint8_t>(
      if_listed(!rule.askers.is_any, kAsker) | if_listed(!rule.scope->record_kinds().empty(), kKind) |
      if_listed(!rule.scope->operations().empty(), kOperation) | if_listed(!rule.scope->purposes().empty(), kPurpose));
}

// The listed values, or, where none is listed, one that counts for nothing.
template <typename List>
std::vector<int> Values(const List& listed) {
  if (listed.empty()) return {0};
  return {listed.begin(), listed.end()};
}

std::vector<std::string> Citations(const TreatyLaw* treaty, const NarrowingLaw* narrowing,
                                   const google::protobuf::RepeatedPtrField<std::string>& cites) {
  const std::string& of = treaty != nullptr ? treaty->document->treaty.id() : narrowing->origin;
  std::vector<std::string> articles;
  for (const std::string& number : cites) articles.push_back(absl::StrCat(of, " art. ", number));
  if (articles.empty()) articles.push_back(of);
  std::sort(articles.begin(), articles.end());
  return articles;
}

// A limit that is not written is none.
Allowance LimitOf(bool is_written, const v1::Disclosure& disclosure) {
  if (is_written) return AllowanceOf(disclosure);
  Allowance none;
  none.level = v1::DISCLOSURE_LEVEL_FULL;
  return none;
}

void Complete(const v1::Prohibition& source, ProhibitionRule* rule) {
  rule->ignores_unknown = !source.ignore_unknown_because().empty();
  rule->may_be_told = source.may_be_told();
}

void Complete(const v1::Ceiling& source, CeilingRule* rule) {
  rule->request = LimitOf(source.has_request(), source.request());
  rule->reply = LimitOf(source.has_reply(), source.reply());
}

void Complete(const v1::Duty& source, DutyRule* rule) { rule->obligations.Add(source.obligation()); }

// Whether it can say anything at any time. What never binds was not made a rule.
bool IsEver(const GrantRule& grant) { return !grant.spans.empty(); }
bool IsEver(const NarrowingRule& /*rule*/) { return true; }

template <typename Rules>
void SortByOrigin(Rules* rules) {
  const auto key = [](const Rule& rule) {
    return rule.treaty != nullptr ? std::make_tuple(0, absl::string_view(rule.treaty->document->treaty.id()),
                                                    rule.treaty->document->treaty.version(), rule.id)
                                  : std::make_tuple(1, absl::string_view(rule.narrowing->origin), 0u, rule.id);
  };
  std::stable_sort(rules->begin(), rules->end(), [&](const Rule& a, const Rule& b) { return key(a) < key(b); });
  uint32_t place = 0;
  for (auto& rule : *rules) rule.place = place++;
}

}  // namespace

View::View(PairLaw law, absl::Duration skew) : law_(std::move(law)) {
  for (const TreatyLaw& treaty : law_.treaties) {
    const v1::Treaty& text = treaty.document->treaty;
    AddGrants(treaty, skew);
    const Spans* const request_spans = Keep(Shrink(treaty.asker_bound, -skew));
    const Spans* const reply_spans = Keep(Unite(*request_spans, Shrink(treaty.answerer_bound, -skew)));
    const auto add = [&](const auto& rules) {
      for (const auto& rule : rules) AddNarrowing(rule, &treaty, nullptr, request_spans, reply_spans);
    };
    add(text.prohibitions());
    add(text.ceilings());
    for (const v1::Duty& duty : text.duties()) {
      // The answerer's quota counts what it is asked, whether it has an answer or not: who gets none is not to tell
      // from that what there is.
      const bool is_quota_of_answerer = duty.obligation().type() == v1::OBLIGATION_TYPE_QUOTA &&
                                        (duty.obligation().bearer() & v1::BEARER_ANSWERER) != 0;
      AddNarrowing(duty, &treaty, nullptr, is_quota_of_answerer ? reply_spans : request_spans, reply_spans);
    }
  }
  for (const NarrowingLaw& narrowing : law_.narrowings) {
    const Spans* const spans = Keep(Shrink(narrowing.spans, -skew));
    const auto add = [&](const auto& rules) {
      for (const auto& rule : rules) AddNarrowing(rule, nullptr, &narrowing, spans, spans);
    };
    add(narrowing.rules->prohibitions());
    add(narrowing.rules->ceilings());
    add(narrowing.rules->duties());
  }
  SortRules();
  Index(grants_, &Bucket::grants);
  Index(prohibitions_, &Bucket::prohibitions);
  Index(ceilings_, &Bucket::ceilings);
  Index(duties_, &Bucket::duties);
}

const Spans* View::Keep(Spans spans) { return &spans_.emplace_back(std::move(spans)); }

AgencyNumber View::NumberOf(const Numbers& numbers, absl::string_view agency) {
  const auto found = numbers.find(agency);
  return found == numbers.end() ? kOtherAgency : found->second;
}

AgencyNumber View::Add(absl::string_view agency, Numbers* numbers) {
  return numbers->try_emplace(agency, static_cast<AgencyNumber>(numbers->size() + 1)).first->second;
}

AgencyScope View::ScopeOf(const google::protobuf::RepeatedPtrField<std::string>& listed, const std::string& state,
                          Numbers* numbers) {
  AgencyScope scope;
  scope.is_any = listed.empty();
  for (const std::string& name : listed) {
    if (name == state) scope.is_any = true;
    if (StateOf(name) == state && name != state) scope.agencies.push_back(Add(name, numbers));
  }
  std::sort(scope.agencies.begin(), scope.agencies.end());
  scope.agencies.erase(std::unique(scope.agencies.begin(), scope.agencies.end()), scope.agencies.end());
  return scope;
}

AgencyScope View::Competent(const AgencyScope& listed, const std::vector<std::string>& authorities, Numbers* numbers) {
  AgencyScope competent;
  for (const std::string& agency : authorities) {
    const AgencyNumber number = Add(agency, numbers);
    if (listed.Covers(number)) competent.agencies.push_back(number);
  }
  return competent;
}

template <typename RuleType, typename Source>
RuleType View::MakeRule(const Source& source, const TreatyLaw* treaty, const NarrowingLaw* narrowing) {
  RuleType rule;
  rule.treaty = treaty;
  rule.narrowing = narrowing;
  rule.id = source.id();
  rule.scope = &source.scope();
  rule.articles = Citations(treaty, narrowing, source.cites());
  rule.askers = ScopeOf(source.scope().askers(), law_.asker, &askers_);
  rule.answerers = ScopeOf(source.scope().answerers(), law_.answerer, &answerers_);
  rule.tests = CompileTests(source.when());
  return rule;
}

void View::AddGrants(const TreatyLaw& treaty, absl::Duration skew) {
  // A treaty between States says nothing about what agencies of one State do among themselves, nor the other way round.
  const bool is_domestic = treaty.document->treaty.parties_size() == 1;
  if (is_domestic != (law_.asker == law_.answerer)) return;
  // Of what neither has ever agreed to, which anybody can propose, nothing is compiled.
  if (treaty.grants.empty() && treaty.asker_bound.empty() && treaty.answerer_bound.empty()) return;
  for (const v1::Grant& grant : treaty.document->treaty.grants()) {
    GrantRule rule = MakeRule<GrantRule>(grant, &treaty, nullptr);
    rule.source = &grant;
    rule.request = AllowanceOf(grant.request());
    rule.reply = AllowanceOf(grant.reply());
    for (const v1::Obligation& obligation : grant.obligations()) rule.obligations.Add(obligation);
    Spans spans = treaty.grants;
    for (const std::string& article : grant.cites()) {
      const auto withdrawn = treaty.withdrawn.find(article);
      if (withdrawn != treaty.withdrawn.end()) spans = Subtract(spans, withdrawn->second);
    }
    // Competent authorities change with time: one rule for each stretch in which they are the same.
    for (const Authorities& asking : treaty.asker_authorities) {
      for (const Authorities& answering : treaty.answerer_authorities) {
        GrantRule& added = grants_.emplace_back(rule);
        added.spans = Shrink(Intersect(spans, Intersect({asking.span}, {answering.span})), skew);
        added.askers = Competent(rule.askers, asking.agencies, &askers_);
        added.answerers = Competent(rule.answerers, answering.agencies, &answerers_);
      }
    }
  }
}

template <typename Source>
void View::AddNarrowing(const Source& source, const TreatyLaw* treaty, const NarrowingLaw* narrowing,
                        const Spans* request_spans, const Spans* reply_spans) {
  if (request_spans->empty() && reply_spans->empty()) return;  // never law between the two
  const auto add = [&](auto* rules) {
    using RuleType = typename std::remove_pointer_t<decltype(rules)>::value_type;
    RuleType rule = MakeRule<RuleType>(source, treaty, narrowing);
    rule.request_spans = request_spans;
    rule.reply_spans = reply_spans;
    Complete(source, &rule);
    rules->push_back(std::move(rule));
  };
  if constexpr (std::is_same_v<Source, v1::Prohibition>) {
    add(&prohibitions_);
  } else if constexpr (std::is_same_v<Source, v1::Ceiling>) {
    add(&ceilings_);
  } else {
    add(&duties_);
  }
}

// So that answers do not depend on the order in which rules and treaties were written or loaded.
void View::SortRules() {
  SortByOrigin(&grants_);
  SortByOrigin(&prohibitions_);
  SortByOrigin(&ceilings_);
  SortByOrigin(&duties_);
}

template <typename RuleType>
void View::Index(const std::deque<RuleType>& rules, std::vector<const RuleType*> Bucket::*list) {
  for (const RuleType& rule : rules) {
    const std::vector<AgencyNumber> askers =
        rule.askers.is_any ? std::vector<AgencyNumber>{kOtherAgency} : rule.askers.agencies;
    if (!IsEver(rule) || askers.empty()) continue;
    const uint8_t shape = ShapeOf(rule);
    if (std::find(shapes_.begin(), shapes_.end(), shape) == shapes_.end()) shapes_.push_back(shape);
    for (const AgencyNumber asker : askers) {
      for (const int kind : Values(rule.scope->record_kinds())) {
        for (const int operation : Values(rule.scope->operations())) {
          for (const int purpose : Values(rule.scope->purposes())) {
            (buckets_[KeyOf(shape, asker, kind, operation, purpose)].*list).push_back(&rule);
          }
        }
      }
    }
  }
}

std::string View::NamesOf(const AgencyScope& scope, bool asking) const {
  std::vector<std::string> names;
  for (const auto& [name, number] : asking ? askers_ : answerers_) {
    if (scope.Covers(number)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names.empty() ? "one that does not exist" : absl::StrJoin(names, " or ");
}

Buckets View::Find(AgencyNumber asker, v1::RecordKind record_kind, v1::Operation operation, v1::Purpose purpose) const {
  Buckets found;
  // Of what this build does not know, no rule says anything.
  const bool is_known = record_kind != v1::RECORD_KIND_UNSPECIFIED && v1::RecordKind_IsValid(record_kind) &&
                        operation != v1::OPERATION_UNSPECIFIED && v1::Operation_IsValid(operation) &&
                        purpose != v1::PURPOSE_UNSPECIFIED && v1::Purpose_IsValid(purpose);
  if (!is_known) return found;
  for (const uint8_t shape : shapes_) {
    const auto bucket = buckets_.find(KeyOf(shape, asker, record_kind, operation, purpose));
    if (bucket != buckets_.end()) found.push_back(&bucket->second);
  }
  return found;
}

}  // namespace tamga::policy
