// How long a decision takes, with fact extraction, obligations and the rules that explain it; and in words.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/rng.h"
#include "policy/decide.h"
#include "policy/explain.h"
#include "policy/treaty_fixture.h"

namespace tamga::policy {
namespace {

// A treaty of so many rules: three grants to one prohibition, seven tests each, over agencies, operations and purposes.
v1::Treaty LargeTreaty(int rules) {
  v1::Treaty treaty;
  treaty.set_id("LARGE");
  treaty.set_version(1);
  const int agencies = std::max(2, rules / 20);
  for (const char* state : {"AAA", "BBB"}) {
    v1::Party& party = *treaty.add_parties();
    party.set_state(state);
    for (int i = 0; i < agencies; ++i) party.add_agencies(absl::StrCat(state, "/agency-", i));
  }
  const v1::Operation operations[] = {v1::OPERATION_WATCHLIST_CHECK, v1::OPERATION_READMISSION_SUBMIT,
                                      v1::OPERATION_TRAFFICKING_SHARE};
  const auto fill = [&](int i, auto* rule) {
    rule->set_id(absl::StrCat("r", i));
    rule->add_cites("1");
    v1::Scope& scope = *rule->mutable_scope();
    scope.add_askers(absl::StrCat("AAA/agency-", i % agencies));
    scope.add_record_kinds(static_cast<v1::RecordKind>(1 + i % 3));
    scope.add_operations(operations[i % 3]);
    scope.add_purposes(static_cast<v1::Purpose>(1 + i / 3 % 8));
    const auto test = [&](v1::Attribute attribute) {
      v1::Condition& condition = *rule->add_when();
      condition.set_attribute(attribute);
      return &condition;
    };
    test(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN)->set_is(v1::TERNARY_NO);
    test(v1::ATTRIBUTE_UNACCOMPANIED_MINOR)->set_is(v1::TERNARY_NO);
    test(v1::ATTRIBUTE_AGE)->set_at_least(i % 40);
    test(v1::ATTRIBUTE_OFFENCE_SEVERITY)->set_at_least(i % 30);
    test(v1::ATTRIBUTE_NATIONALITY)->add_any_of("ANSWERER");
    test(v1::ATTRIBUTE_IDENTITY_EVIDENCE)->add_none_of("NONE");
    test(v1::ATTRIBUTE_VOLUME)->set_at_most(1 + i % 100);
  };
  for (int i = 0; i < rules; ++i) {
    if (i % 4 == 3) {
      fill(i, treaty.add_prohibitions());
      treaty.mutable_prohibitions()->rbegin()->mutable_when(0)->set_is(v1::TERNARY_YES);
      continue;
    }
    v1::Grant& grant = *treaty.add_grants();
    fill(i, &grant);
    grant.mutable_request()->set_level(v1::DISCLOSURE_LEVEL_REFERENCE);
    grant.mutable_reply()->set_level(v1::DISCLOSURE_LEVEL_REFERENCE);
    v1::Obligation& obligation = *grant.add_obligations();
    obligation.set_type(v1::OBLIGATION_TYPE_RETAIN_AT_MOST);
    obligation.set_bearer(v1::BEARER_ANSWERER);
    obligation.set_amount(static_cast<uint32_t>(30 + i % 300));
  }
  return treaty;
}

// What a service knows, as it comes from a record.
struct Known {
  v1::Ternary asylum;
  int64_t age;
  int64_t severity;
  const char* nationality;
};

std::vector<Question> Questions(int rules) {
  SeededRng rng(7);
  const int agencies = std::max(2, rules / 20);
  std::vector<Question> questions(1024);
  for (Question& question : questions) {
    const std::string dice = rng.Bytes(8);
    const auto roll = [&](size_t i, int sides) { return static_cast<unsigned char>(dice[i]) % sides; };
    question.asker = absl::StrCat("AAA/agency-", (roll(0, 256) * 256 + roll(1, 256)) % agencies);
    question.answerer = absl::StrCat("BBB/agency-", roll(2, agencies));
    const int i = roll(3, 3);
    question.record_kind = static_cast<v1::RecordKind>(1 + i);
    question.operation = i == 0   ? v1::OPERATION_WATCHLIST_CHECK
                         : i == 1 ? v1::OPERATION_READMISSION_SUBMIT
                                  : v1::OPERATION_TRAFFICKING_SHARE;
    question.purpose = static_cast<v1::Purpose>(1 + roll(4, 8));
    question.dischargeable = kAllObligationTypes;
  }
  return questions;
}

void Extract(const Known& known, Facts* facts) {
  facts->SetFlag(v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, known.asylum);
  facts->SetFlag(v1::ATTRIBUTE_UNACCOMPANIED_MINOR, v1::TERNARY_NO);
  facts->SetNumber(v1::ATTRIBUTE_AGE, known.age);
  facts->SetNumber(v1::ATTRIBUTE_OFFENCE_SEVERITY, known.severity);
  facts->SetChoice(v1::ATTRIBUTE_NATIONALITY, known.nationality);
  facts->SetChoice(v1::ATTRIBUTE_IDENTITY_EVIDENCE, "PROOF");
  facts->SetNumber(v1::ATTRIBUTE_VOLUME, 1);
}

// Reports the median and the 99th percentile of single decisions beside the mean that the library reports.
class Latencies {
 public:
  void Add(std::chrono::steady_clock::duration duration) {
    nanoseconds_.push_back(std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count());
  }
  void Report(benchmark::State* state) {
    if (nanoseconds_.empty()) return;
    std::sort(nanoseconds_.begin(), nanoseconds_.end());
    state->counters["p50_ns"] = static_cast<double>(nanoseconds_[nanoseconds_.size() / 2]);
    state->counters["p99_ns"] = static_cast<double>(nanoseconds_[nanoseconds_.size() * 99 / 100]);
  }

 private:
  std::vector<int64_t> nanoseconds_;
};

template <bool in_words>
void DecideAmongRules(benchmark::State& state) {
  const int rules = static_cast<int>(state.range(0));
  std::vector<TreatyDocument> documents;
  documents.push_back({LargeTreaty(rules), "hash", "large"});
  const TreatySet set = SetOf(std::move(documents), {});
  const View& view = set.ViewBetween("AAA", "BBB");
  std::vector<Question> questions = Questions(rules);
  const Known known{v1::TERNARY_NO, 42, 60, "ANSWERER"};
  const absl::Time now = Day("2026-11-26");
  Latencies latencies;
  size_t next = 0;
  size_t permitted = 0;
  for (auto _ : state) {
    Question& question = questions[next++ % questions.size()];
    const auto start = std::chrono::steady_clock::now();
    question.facts = Facts();
    Extract(known, &question.facts);
    const Verdict verdict = Decide(view, question, Stage::kRequestEgress, now);
    if (in_words) benchmark::DoNotOptimize(Explain(view, question, Stage::kRequestEgress, now, verdict));
    benchmark::DoNotOptimize(&verdict);
    latencies.Add(std::chrono::steady_clock::now() - start);
    permitted += verdict.permitted() ? 1 : 0;
  }
  latencies.Report(&state);
  state.counters["permitted"] = static_cast<double>(permitted) / static_cast<double>(state.iterations());
}
BENCHMARK(DecideAmongRules<false>)->Arg(30)->Arg(1'000)->Arg(10'000);
BENCHMARK(DecideAmongRules<true>)->Arg(30)->Arg(1'000)->Arg(10'000);

}  // namespace
}  // namespace tamga::policy

BENCHMARK_MAIN();
