#include "policy/analysis/diff.h"

#include <algorithm>
#include <bit>
#include <map>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/analysis/region.h"
#include "policy/analysis/words.h"
#include "policy/validate.h"

namespace tamga::policy::analysis {
namespace {

// Two versions stand in one space: each has room to be as large as a text may be, and to name others than the other.
constexpr uint64_t kMostRulePairsOfTwo = 4 * kMostRulePairs;

// What an exchange costs that is kept to be looked at: memory is to run out no sooner than the budget.
constexpr uint64_t kStepsPerKept = 16;

// A rule that demands something.
struct Source {
  const Rule* rule = nullptr;
  const std::vector<Demand>* demands = nullptr;
  bool is_grant = false;
};

std::vector<Source> SourcesOf(const RuleBoxes& rules) {
  std::vector<Source> sources;
  for (const GrantRule& rule : rules.grants) sources.push_back({&rule, &rule.demands, true});
  for (const CeilingRule& rule : rules.ceilings) sources.push_back({&rule, &rule.demands, false});
  for (const DutyRule& rule : rules.duties) sources.push_back({&rule, &rule.demands, false});
  return sources;
}

bool ImpliesOne(const std::vector<Demand>& demands, const Demand& demand) {
  return std::any_of(demands.begin(), demands.end(), [&](const Demand& other) { return Implies(other, demand); });
}

bool HasOne(const std::vector<Demand>& demands, const Demand& demand) {
  return std::find(demands.begin(), demands.end(), demand) != demands.end();
}

// Things (classes, demands) that change in the same situations are told in one sentence.
template <typename Thing>
class Groups {
 public:
  void Add(std::vector<Box> boxes, Thing thing) {
    if (boxes.empty()) return;
    const auto [found, is_new] = indexes_.try_emplace(boxes, groups_.size());
    if (is_new) groups_.push_back({std::move(boxes), {}});
    groups_[found->second].second.push_back(std::move(thing));
  }

  const std::vector<std::pair<std::vector<Box>, std::vector<Thing>>>& groups() const { return groups_; }

 private:
  absl::flat_hash_map<std::vector<Box>, size_t> indexes_;
  std::vector<std::pair<std::vector<Box>, std::vector<Thing>>> groups_;
};

// One way of the comparison: what `more` permits and tells beyond `less`, and what `less` demands beyond `more`. It
// widens if `more` is the new version.
class OneWayDiff {
 public:
  // `budget` is for all questions, also those of the other way.
  OneWayDiff(const RuleBoxes& less, const RuleBoxes& more, bool widens, const Options& options, Budget* budget,
             TreatyDiff* diff)
      : less_(less),
        more_(more),
        less_sources_(SourcesOf(less)),
        more_sources_(SourcesOf(more)),
        widens_(widens),
        options_(options),
        budget_(*budget),
        diff_(*diff) {}

  // Whether there is any change, or that could not be decided. Stops at the first.
  bool FindsAny() {
    const auto is_any = [&](const std::vector<Box>& boxes) { return !boxes.empty() || !diff_.is_decided; };
    if (is_any(Decide(Permitted(more_), Permitted(less_)))) return true;
    for (const Direction direction : kDirections) {
      for (const ClassSet classes : AlikeClasses(direction)) {
        if (is_any(ToldBeyond(direction, classes))) return true;
      }
    }
    const std::set<Demand> demands = DemandsOfLess();
    return std::any_of(demands.begin(), demands.end(), [&](const Demand& demand) { return is_any(Released(demand)); });
  }

  void Run() {
    for (Box& box : Decide(Permitted(more_), Permitted(less_))) AddPermitted(std::move(box));
    for (const Direction direction : kDirections) RunTold(direction);
    RunDemanded();
  }

 private:
  const Space& space() const { return *more_.space; }
  const Layout& layout() const { return more_.space->layout(); }

  void LeaveUndecided() {
    diff_.is_decided = false;
    diff_.widens = diff_.widens || widens_;
  }

  std::vector<Box> Decide(const Region& a, const Region& b) {
    Decided<std::vector<Box>> difference =
        budget_.Lend(options_.steps_per_question, [&](Budget* lent) { return Difference(layout(), a, b, lent); });
    // Each box becomes a sentence that looks for its articles among all rules.
    const uint64_t rules = less_.grants.size() + less_.prohibitions.size() + more_.grants.size();
    if (!difference.is_decided || !budget_.Spend(difference.value.size() * rules)) {
      LeaveUndecided();
      return {};
    }
    return std::move(difference.value);
  }

  // Classes that no rule of either version tells apart make one question.
  std::vector<ClassSet> AlikeClasses(Direction direction) const {
    std::map<std::vector<bool>, ClassSet> alike;
    for (int i = 1; i < v1::DataClass_ARRAYSIZE; ++i) {
      const auto data_class = static_cast<v1::DataClass>(i);
      std::vector<bool> told;
      for (const RuleBoxes* rules : {&less_, &more_}) {
        for (const GrantRule& grant : rules->grants) told.push_back(Holds(Told(grant, direction), data_class));
        for (const CeilingRule& ceiling : rules->ceilings) told.push_back(Holds(Told(ceiling, direction), data_class));
      }
      alike[told] |= ClassSet{1} << i;
    }
    std::vector<ClassSet> sets;
    for (const auto& [told, classes] : alike) sets.push_back(classes);
    std::sort(sets.begin(), sets.end());
    return sets;
  }

  // Where `more` tells the classes, which are alike, and `less` does not.
  std::vector<Box> ToldBeyond(Direction direction, ClassSet classes) {
    const auto any = static_cast<v1::DataClass>(std::countr_zero(classes));
    return Decide(Telling(more_, direction, any), Telling(less_, direction, any));
  }

  void RunTold(Direction direction) {
    Groups<ClassSet> groups;
    for (const ClassSet classes : AlikeClasses(direction)) groups.Add(ToldBeyond(direction, classes), classes);
    for (const auto& [boxes, sets] : groups.groups()) {
      ClassSet classes = 0;
      for (const ClassSet set : sets) classes |= set;
      for (const Box& box : boxes) AddTold(direction, classes, box);
    }
  }

  std::set<Demand> DemandsOfLess() const {
    std::set<Demand> demands;
    for (const Source& source : less_sources_) demands.insert(source.demands->begin(), source.demands->end());
    return demands;
  }

  void RunDemanded() {
    Groups<Demand> groups;
    for (const Demand& demand : DemandsOfLess()) groups.Add(Released(demand), demand);
    for (const auto& [boxes, released] : groups.groups()) {
      for (const Box& box : boxes) AddDemanded(released, box);
    }
  }

  // Where both permit, `less` demands it and `more` demands nothing that implies it.
  std::vector<Box> Released(const Demand& demand) {
    const auto spend = [&](uint64_t steps) {
      if (budget_.Spend(steps)) return true;
      LeaveUndecided();
      return false;
    };
    if (!spend(less_sources_.size() + more_sources_.size())) return {};
    std::vector<const Box*> demanding;
    absl::flat_hash_set<Box> known;
    for (const Source& source : more_sources_) {
      if (!ImpliesOne(*source.demands, demand)) continue;
      demanding.push_back(&source.rule->box);
      known.insert(source.rule->box);
    }
    const std::vector<const Box*> less_grants = BoxesOf(less_.grants);
    const std::vector<const Box*> more_grants = BoxesOf(more_.grants);
    std::vector<Box> exchanges;
    for (const Source& source : less_sources_) {
      const Box& box = source.rule->box;
      if (!HasOne(*source.demands, demand) || IsEmpty(layout(), box) || known.contains(box)) continue;
      if (!spend(demanding.size() + less_grants.size())) return {};
      if (std::any_of(demanding.begin(), demanding.end(), [&](const Box* other) { return Contains(*other, box); })) {
        continue;
      }
      std::vector<Box> permitted;
      if (source.is_grant) {
        permitted.push_back(box);
      } else {
        for (const Box* grant : Overlapping(layout(), box, less_grants)) permitted.push_back(Meet(box, *grant));
      }
      for (const Box& part : permitted) {
        if (!spend(more_grants.size())) return {};
        for (const Box* grant : Overlapping(layout(), part, more_grants)) {
          exchanges.push_back(Meet(part, *grant));
          if (!spend(kStepsPerKept)) return {};
        }
      }
    }
    Region region;
    for (const Box& exchange : exchanges) region.allowed.push_back(&exchange);
    region.barred = demanding;
    for (const RuleBoxes* rules : {&less_, &more_}) {
      for (const ProhibitionRule& rule : rules->prohibitions) region.barred.push_back(&rule.box);
    }
    return Decide(region, {});
  }

  Change NewChange(Change::Kind kind, Box box) const {
    Change change{.kind = kind,
                  .widens = widens_,
                  .direction = Direction::kReply,
                  .classes = 0,
                  .demands = {},
                  .box = std::move(box),
                  .witness = {},
                  .articles = {},
                  .sentence = ""};
    change.witness = space().WitnessOf(change.box);
    return change;
  }

  void Finish(Change change) {
    diff_.widens = diff_.widens || widens_;
    diff_.changes.push_back(std::move(change));
  }

  // "KAZ/police asks KGZ/police" for the sides of the box, each group of them through `text`.
  template <typename Text>
  std::string Sides(const Box& box, Text text) const {
    std::vector<std::string> sides;
    for (const Askers& group : WhoAsksWhom(space(), box)) {
      sides.push_back(text(AnyOf(group.askers), AnyOf(group.answerers)));
    }
    return absl::StrJoin(sides, ", and ");
  }

  std::string When(const Box& box) const {
    const std::string conditions = ConditionsText(space(), box);
    return conditions.empty() ? "" : absl::StrCat(" when ", conditions);
  }

  void AddPermitted(Box box) {
    Change change = NewChange(Change::Kind::kPermitted, std::move(box));
    change.sentence =
        absl::StrCat(Sides(change.box,
                           [&](const std::string& askers, const std::string& answerers) {
                             return absl::StrCat(askers, widens_ ? " may now ask " : " may no longer ask ", answerers);
                           }),
                     " ", OperationsText(space(), change.box), " (", KindsText(space(), change.box), " records) for ",
                     PurposesText(space(), change.box), When(change.box));
    Explain(
        change.box, [](const GrantRule&) { return true; }, [](const CeilingRule&) { return false; }, &change);
    Finish(std::move(change));
  }

  void AddTold(Direction direction, ClassSet classes, Box box) {
    Change change = NewChange(Change::Kind::kTold, std::move(box));
    change.direction = direction;
    change.classes = classes;
    const std::string operations = OperationsText(space(), change.box);
    const int count = std::popcount(classes);
    const std::string what = absl::StrCat(count, widens_ ? " more" : "", count == 1 ? " class (" : " classes (",
                                          NamesOf(classes), ") of ", KindsText(space(), change.box), " records");
    const auto side = [&](const std::string& askers, const std::string& answerers) {
      const std::string may = widens_ ? " may now see " : " may no longer see ";
      return direction == Direction::kReply
                 ? absl::StrCat(askers, may, what, " in replies of ", answerers, " to ", operations)
                 : absl::StrCat(answerers, may, what, " in requests of ", askers, " for ", operations);
    };
    change.sentence =
        absl::StrCat(Sides(change.box, side), " for ", PurposesText(space(), change.box), When(change.box));
    const auto any = static_cast<v1::DataClass>(std::countr_zero(classes));
    Explain(
        change.box, [&](const GrantRule& grant) { return Holds(Told(grant, direction), any); },
        [&](const CeilingRule& ceiling) { return !Holds(Told(ceiling, direction), any); }, &change);
    Finish(std::move(change));
  }

  // Names what makes the difference in the witness: either only `more` has a grant for it, or only `less` has a rule
  // against it.
  template <typename Grants, typename Limits>
  void Explain(const Box& box, Grants grants, Limits limits, Change* change) const {
    const Box point = space().Locate(space().WitnessOf(box));
    const auto is_granted_by = [&](const GrantRule& grant) { return grants(grant) && Contains(grant.box, point); };
    std::set<std::string> articles;
    const auto cite = [&](const Rule& rule) { articles.insert(rule.cites.begin(), rule.cites.end()); };
    const bool less_grants = std::any_of(less_.grants.begin(), less_.grants.end(), is_granted_by);
    if (less_grants) {
      for (const ProhibitionRule& rule : less_.prohibitions) {
        if (Contains(rule.box, point)) cite(rule);
      }
      for (const CeilingRule& rule : less_.ceilings) {
        if (limits(rule) && Contains(rule.box, point)) cite(rule);
      }
    } else {
      for (const GrantRule& grant : more_.grants) {
        if (is_granted_by(grant)) cite(grant);
      }
    }
    change->articles.assign(articles.begin(), articles.end());
    if (articles.empty()) return;
    absl::StrAppend(&change->sentence, "; ", ArticlesText(change->articles),
                    widens_ == less_grants ? " no longer" : " now", less_grants ? " stands against it" : " allows it");
  }

  void AddDemanded(const std::vector<Demand>& released, Box box) {
    Change change = NewChange(Change::Kind::kDemanded, std::move(box));
    change.demands = released;
    const Box point = space().Locate(change.witness);
    std::vector<std::string> texts;
    std::set<std::string> articles;
    for (const Demand& demand : released) texts.push_back(ToText(demand));
    for (const Source& source : less_sources_) {
      if (!Contains(source.rule->box, point)) continue;
      if (std::any_of(released.begin(), released.end(),
                      [&](const Demand& demand) { return HasOne(*source.demands, demand); })) {
        articles.insert(source.rule->cites.begin(), source.rule->cites.end());
      }
    }
    // What the other version demands of the same kind.
    std::set<std::string> instead;
    for (const Source& source : more_sources_) {
      if (!Contains(source.rule->box, point)) continue;
      for (const Demand& other : *source.demands) {
        const bool is_like = std::any_of(released.begin(), released.end(), [&](const Demand& demand) {
          return demand.kind == other.kind && demand.type == other.type && demand.bearer == other.bearer &&
                 demand.kind != Demand::Kind::kNoUseFor;
        });
        if (is_like) instead.insert(ToText(other));
      }
    }
    change.articles.assign(articles.begin(), articles.end());
    change.sentence = absl::StrCat(
        "When ",
        Sides(change.box, [](const std::string& askers,
                             const std::string& answerers) { return absl::StrCat(askers, " asks ", answerers); }),
        " ", OperationsText(space(), change.box), " (", KindsText(space(), change.box), " records) for ",
        PurposesText(space(), change.box), When(change.box),
        widens_ ? ", no longer demanded: " : ", now demanded: ", absl::StrJoin(texts, ", "), " (",
        ArticlesText(change.articles), ")");
    if (!instead.empty()) {
      absl::StrAppend(&change.sentence, widens_ ? "; now: " : "; before: ", absl::StrJoin(instead, ", "));
    }
    Finish(std::move(change));
  }

  const RuleBoxes& less_;
  const RuleBoxes& more_;
  const std::vector<Source> less_sources_;
  const std::vector<Source> more_sources_;
  const bool widens_;
  const Options& options_;
  Budget& budget_;
  TreatyDiff& diff_;
};

uint64_t NumberOfRules(const v1::Treaty& treaty) {
  return static_cast<uint64_t>(treaty.grants_size()) + static_cast<uint64_t>(treaty.prohibitions_size()) +
         static_cast<uint64_t>(treaty.ceilings_size()) + static_cast<uint64_t>(treaty.duties_size()) +
         static_cast<uint64_t>(treaty.invariants_size());
}

// Two versions in one space.
class Versions {
 public:
  // They outlive it.
  Versions(const v1::Treaty& before, const v1::Treaty& after) {
    const Corpus old_corpus{{&before}, {}};
    const Corpus new_corpus{{&after}, {}};
    const Corpus* const corpora[] = {&old_corpus, &new_corpus};
    space_ = std::make_shared<const Space>(Space::Of(corpora));
    // Each may be small by itself: many rules about few agencies, few rules about many.
    is_small_enough_ = (NumberOfRules(before) + NumberOfRules(after)) * space_->pairs().values <= kMostRulePairsOfTwo;
    if (!is_small_enough_) return;
    before_ = Compile(old_corpus, space_);
    after_ = Compile(new_corpus, space_);
  }

  // Otherwise they have no rules here.
  bool is_small_enough() const { return is_small_enough_; }
  const std::shared_ptr<const Space>& space() const { return space_; }
  const RuleBoxes& before() const { return before_; }
  const RuleBoxes& after() const { return after_; }

 private:
  std::shared_ptr<const Space> space_;
  bool is_small_enough_ = false;
  RuleBoxes before_;
  RuleBoxes after_;
};

// Whether cases that are worked under them go on otherwise.
bool HaveOtherTerms(const v1::Treaty& before, const v1::Treaty& after) {
  const auto terms_of = [](const v1::Treaty& treaty) {
    v1::Treaty terms;
    *terms.mutable_time_limits() = treaty.time_limits();
    if (treaty.has_readmission()) *terms.mutable_readmission() = treaty.readmission();
    return terms.SerializeAsString();
  };
  return terms_of(before) != terms_of(after);
}

}  // namespace

TreatyDiff Diff(const v1::Treaty& before, const v1::Treaty& after, const Options& options) {
  const Versions versions(before, after);
  TreatyDiff diff;
  diff.space = versions.space();
  diff.changes_terms = HaveOtherTerms(before, after);
  diff.widens = diff.changes_terms;
  if (!versions.is_small_enough()) {
    diff.widens = true;
    diff.is_decided = false;
    return diff;
  }
  Budget budget = Budget::InAll(options, diff.space->layout().words());
  OneWayDiff(versions.before(), versions.after(), true, options, &budget, &diff).Run();
  OneWayDiff(versions.after(), versions.before(), false, options, &budget, &diff).Run();
  return diff;
}

bool Widens(const v1::Treaty& before, const v1::Treaty& after, const Options& options) {
  if (HaveOtherTerms(before, after)) return true;
  const Versions versions(before, after);
  if (!versions.is_small_enough()) return true;
  Budget budget = Budget::InAll(options, versions.space()->layout().words());
  TreatyDiff undecided;
  return OneWayDiff(versions.before(), versions.after(), true, options, &budget, &undecided).FindsAny();
}

}  // namespace tamga::policy::analysis
