#include "policy/nearest.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "policy/enum_names.h"
#include "policy/spans.h"
#include "policy/words.h"

namespace tamga::policy {
namespace {

constexpr size_t kMostSentences = 3;

// In which respects a grant does not serve.
enum Shortfall : uint32_t {
  kForce = 1u << 0,
  kAsker = 1u << 1,
  kAnswerer = 1u << 2,
  kOperation = 1u << 3,
  kPurpose = 1u << 4,
  kFacts = 1u << 5,
  kNotCited = 1u << 6,
};

struct NearGrant {
  const GrantRule* grant;
  uint32_t shortfalls;
};

// Another treaty is cited as easily as this one.
int DistanceOf(const NearGrant& near) { return std::popcount(near.shortfalls & ~uint32_t{kNotCited}); }

template <typename List>
bool Names(const List& values, int value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

template <typename Enum, typename List>
std::string AnyOf(const List& values) {
  std::vector<std::string> names;
  for (const int value : values) names.push_back(ShortName(static_cast<Enum>(value)));
  return absl::StrJoin(names, " or ");
}

bool Fails(const Test& test, const Question& question, Stage stage) {
  return MatchGrant(Tests{test}, question.facts, question.operation, stage) == Match::kNo;
}

// One search.
class Search {
 public:
  Search(const View& view, const Question& question, Stage stage, absl::Time now)
      : view_(view), question_(question), stage_(stage), now_(now) {}

  Nearest Run() {
    std::vector<NearGrant> near;
    Nearest nearest;
    for (const GrantRule& grant : view_.grants()) {
      if (!Names(grant.source->scope().record_kinds(), question_.record_kind)) continue;
      const uint32_t shortfalls = ShortfallsOf(grant);
      nearest.only_force_is_missing |= shortfalls == kForce;
      nearest.only_facts_are_missing |= shortfalls == kFacts;
      near.push_back({&grant, shortfalls});
    }
    // The grants of a view are in an order of their own, so a stable sort makes the answer independent of how they
    // were written.
    std::stable_sort(near.begin(), near.end(),
                     [](const NearGrant& a, const NearGrant& b) { return DistanceOf(a) < DistanceOf(b); });
    auto& sentences = nearest.sentences;
    for (const NearGrant& grant : near) {
      if (sentences.size() == kMostSentences) break;
      std::string sentence = SentenceFor(grant);
      if (std::find(sentences.begin(), sentences.end(), sentence) == sentences.end()) {
        sentences.push_back(std::move(sentence));
      }
    }
    return nearest;
  }

 private:
  uint32_t ShortfallsOf(const GrantRule& grant) const {
    const v1::Scope& scope = grant.source->scope();
    uint32_t shortfalls = 0;
    if (!IsWithin(grant.spans, now_)) shortfalls |= kForce;
    if (!grant.askers.Covers(view_.Asker(question_.asker))) shortfalls |= kAsker;
    if (!grant.answerers.Covers(view_.Answerer(question_.answerer))) shortfalls |= kAnswerer;
    if (!Names(scope.operations(), question_.operation)) shortfalls |= kOperation;
    if (!Names(scope.purposes(), question_.purpose)) shortfalls |= kPurpose;
    if (!question_.treaty_id.empty() && grant.treaty->document->treaty.id() != question_.treaty_id) {
      shortfalls |= kNotCited;
    }
    for (const Test& test : grant.tests) {
      if (Fails(test, question_, stage_)) shortfalls |= kFacts;
    }
    return shortfalls;
  }

  // "PALERMO-TIP-2000 art. 10.1 would serve if the purpose were A (asked: B)".
  std::string SentenceFor(const NearGrant& near) const {
    if (near.shortfalls == kForce) return ForceOf(*near.grant);
    return absl::StrCat(absl::StrJoin(near.grant->articles, " and "), " would serve if ",
                        absl::StrJoin(Needs(near), " and "));
  }

  // "SMALL art. 1 is not in force between AAA and BBB (from 2020-01-01 until 2030-01-01)".
  std::string ForceOf(const GrantRule& grant) const {
    const std::string subject = absl::StrJoin(grant.articles, " and ");
    std::vector<std::string> terms;
    for (const Span& span : grant.spans) {
      const std::string from = span.from == absl::InfinitePast() ? "" : absl::StrCat("from ", DayOf(span.from));
      const std::string until = span.until == absl::InfiniteFuture() ? "" : absl::StrCat("until ", DayOf(span.until));
      terms.push_back(absl::StrCat(from, from.empty() || until.empty() ? "" : " ", until));
    }
    return absl::StrCat(subject, " is not in force between ", view_.law().asker, " and ", view_.law().answerer,
                        terms.empty() ? "" : absl::StrCat(" (", absl::StrJoin(terms, ", "), ")"));
  }

  static std::string DayOf(absl::Time time) {
    // A span was shortened by the skew of clocks; the day that its edge lies nearest to is the one that the act names.
    return absl::FormatCivilTime(absl::ToCivilDay(time + absl::Hours(12), absl::UTCTimeZone()));
  }

  std::vector<std::string> Needs(const NearGrant& near) const {
    const GrantRule& grant = *near.grant;
    const v1::Scope& scope = grant.source->scope();
    std::vector<std::string> needs;
    const auto add = [&](Shortfall shortfall, const std::string& need) {
      if ((near.shortfalls & shortfall) != 0) needs.push_back(need);
    };
    add(kForce, absl::StrCat("it were in force between ", view_.law().asker, " and ", view_.law().answerer));
    add(kNotCited, absl::StrCat("it were cited (cited: ", question_.treaty_id, ")"));
    add(kAsker,
        absl::StrCat("the asker were ", view_.NamesOf(grant.askers, /*asking=*/true), " (is: ", question_.asker, ")"));
    add(kAnswerer, absl::StrCat("the answerer were ", view_.NamesOf(grant.answerers, /*asking=*/false),
                                " (is: ", question_.answerer, ")"));
    add(kOperation, absl::StrCat("the operation were ", AnyOf<v1::Operation>(scope.operations()),
                                 " (asked: ", ShortName(question_.operation), ")"));
    add(kPurpose, absl::StrCat("the purpose were ", AnyOf<v1::Purpose>(scope.purposes()),
                               " (asked: ", ShortName(question_.purpose), ")"));
    for (const Test& test : grant.tests) {
      if (Fails(test, question_, stage_)) {
        add(kFacts, absl::StrCat(InWords(test, " were "), " (is: ", InWords(question_.facts, test.attribute), ")"));
      }
    }
    return needs;
  }

  const View& view_;
  const Question& question_;
  const Stage stage_;
  const absl::Time now_;
};

}  // namespace

Nearest FindNearest(const View& view, const Question& question, Stage stage, absl::Time now) {
  return Search(view, question, stage, now).Run();
}

}  // namespace tamga::policy
