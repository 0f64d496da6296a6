#include "policy/analysis/rule_boxes.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tamga::policy::analysis {
namespace {

constexpr ClassSet kAllClasses = ~ClassSet{0};

ClassSet ClassesOf(const v1::Disclosure& disclosure) { return AllowedClasses(AllowanceOf(disclosure)); }

// Everything between agencies that `serves` accepts, asked by their numbers.
template <typename Serves>
Box Between(const Space& space, Serves serves) {
  Box box = space.everything();
  const size_t agencies = space.agencies().size();
  for (size_t i = 0; i < agencies; ++i) {
    for (size_t j = 0; j < agencies; ++j) {
      if (!serves(i, j)) box.Take(space.pairs(), space.PairOf(i, j));
    }
  }
  return box;
}

// Between whom a document's grants serve.
Box GrantsOf(const Space& space, const Document& document) {
  std::vector<bool> is_authority;
  for (const Agency& agency : space.agencies()) is_authority.push_back(document.authorities.count(agency.name) > 0);
  return Between(space, [&](size_t asker, size_t answerer) {
    if (!is_authority[asker] || !is_authority[answerer]) return false;
    return (space.agencies()[asker].state == space.agencies()[answerer].state) == document.is_domestic;
  });
}

// For whom what narrows applies.
Box BindsOf(const Space& space, const Document& document) {
  std::vector<bool> is_bound;
  for (const Agency& agency : space.agencies()) is_bound.push_back(document.states.count(agency.state) > 0);
  return Between(space, [&](size_t asker, size_t answerer) { return is_bound[asker] || is_bound[answerer]; });
}

class Compiler {
 public:
  explicit Compiler(std::shared_ptr<const Space> space) { boxes_.space = std::move(space); }

  void Add(const v1::Treaty& treaty) {
    Document& document = NewDocument(treaty.id(), treaty.articles());
    for (const v1::Party& party : treaty.parties()) {
      document.states.insert(party.state());
      document.authorities.insert(party.agencies().begin(), party.agencies().end());
    }
    document.is_domestic = document.states.size() == 1;
    document.has_grants = !treaty.grants().empty();
    const Box grants = GrantsOf(*boxes_.space, document);
    for (const v1::Grant& source : treaty.grants()) {
      GrantRule rule{MakeRule(document, source, grants, false)};
      rule.source = &source;
      rule.request = ClassesOf(source.request());
      rule.reply = ClassesOf(source.reply());
      rule.demands = DemandsOf(source);
      boxes_.grants.push_back(std::move(rule));
    }
    const Box binds = BindsOf(*boxes_.space, document);
    AddNarrowing(document, binds, treaty);
    for (const v1::Invariant& source : treaty.invariants()) {
      boxes_.invariants.push_back({MakeRule(document, source, binds, false)});
    }
  }

  void Add(const v1::Overlay& overlay) {
    Document& document = NewDocument(overlay.id(), overlay.articles());
    document.states.insert(overlay.state());
    AddNarrowing(document, BindsOf(*boxes_.space, document), overlay.narrowing());
  }

  RuleBoxes Take() {
    Sort(&boxes_.grants);
    Sort(&boxes_.prohibitions);
    Sort(&boxes_.ceilings);
    Sort(&boxes_.duties);
    Sort(&boxes_.invariants);
    return std::move(boxes_);
  }

 private:
  Document& NewDocument(const std::string& id, const google::protobuf::RepeatedPtrField<v1::Article>& articles) {
    boxes_.documents.push_back(std::make_unique<Document>());
    boxes_.documents.back()->id = id;
    boxes_.documents.back()->articles = &articles;
    return *boxes_.documents.back();
  }

  // `narrowing` is a treaty or a Narrowing: their fields have the same names.
  template <typename Narrowing>
  void AddNarrowing(const Document& document, const Box& binds, const Narrowing& narrowing) {
    for (const v1::Prohibition& source : narrowing.prohibitions()) {
      ProhibitionRule rule{MakeRule(document, source, binds, source.ignore_unknown_because().empty())};
      rule.source = &source;
      boxes_.prohibitions.push_back(std::move(rule));
    }
    for (const v1::Ceiling& source : narrowing.ceilings()) {
      CeilingRule rule{MakeRule(document, source, binds, true)};
      rule.source = &source;
      rule.request = source.has_request() ? ClassesOf(source.request()) : kAllClasses;
      rule.reply = source.has_reply() ? ClassesOf(source.reply()) : kAllClasses;
      rule.demands = DemandsOf(source);
      boxes_.ceilings.push_back(std::move(rule));
    }
    for (const v1::Duty& source : narrowing.duties()) {
      DutyRule rule{MakeRule(document, source, binds, true)};
      rule.source = &source;
      rule.demands = DemandsOf(source.obligation());
      boxes_.duties.push_back(std::move(rule));
    }
  }

  // `between`: what the document says to anything at all, of which the rule's box is a part.
  template <typename Source>
  Rule MakeRule(const Document& document, const Source& source, const Box& between, bool or_unknown) {
    Rule rule{&document, source.id(), {source.cites().begin(), source.cites().end()}, between};
    boxes_.space->Restrict(source.scope(), &rule.box);
    for (const v1::Condition& condition : source.when()) boxes_.space->Restrict(condition, or_unknown, &rule.box);
    return rule;
  }

  template <typename RuleType>
  static void Sort(std::vector<RuleType>* rules) {
    std::stable_sort(rules->begin(), rules->end(), [](const Rule& a, const Rule& b) {
      return std::tie(a.document->id, a.id) < std::tie(b.document->id, b.id);
    });
  }

  RuleBoxes boxes_;
};

}  // namespace

RuleBoxes Compile(const Corpus& corpus, std::shared_ptr<const Space> space) {
  Compiler compiler(std::move(space));
  for (const v1::Treaty* treaty : corpus.treaties) compiler.Add(*treaty);
  for (const v1::Overlay* overlay : corpus.overlays) compiler.Add(*overlay);
  return compiler.Take();
}

RuleBoxes Compile(const Corpus& corpus) {
  const Corpus* const corpora[] = {&corpus};
  return Compile(corpus, std::make_shared<const Space>(Space::Of(corpora)));
}

}  // namespace tamga::policy::analysis
