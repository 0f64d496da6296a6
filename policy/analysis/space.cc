#include "policy/analysis/space.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace tamga::policy::analysis {
namespace {

template <typename Visit>
void ForEachScopeAndWhen(const v1::Narrowing& rules, Visit visit) {
  for (const auto& rule : rules.prohibitions()) visit(rule.scope(), rule.when());
  for (const auto& rule : rules.ceilings()) visit(rule.scope(), rule.when());
  for (const auto& rule : rules.duties()) visit(rule.scope(), rule.when());
}

// Calls `visit` with the scope and the conditions of every rule.
template <typename Visit>
void ForEachScopeAndWhen(const Corpus& corpus, Visit visit) {
  for (const v1::Treaty* treaty : corpus.treaties) {
    for (const auto& rule : treaty->grants()) visit(rule.scope(), rule.when());
    for (const auto& rule : treaty->prohibitions()) visit(rule.scope(), rule.when());
    for (const auto& rule : treaty->ceilings()) visit(rule.scope(), rule.when());
    for (const auto& rule : treaty->duties()) visit(rule.scope(), rule.when());
    for (const auto& rule : treaty->invariants()) visit(rule.scope(), rule.when());
  }
  for (const v1::Overlay* overlay : corpus.overlays) ForEachScopeAndWhen(overlay->narrowing(), visit);
}

// All enumerators but UNSPECIFIED.
std::vector<int> NumbersOf(const google::protobuf::EnumDescriptor* descriptor) {
  std::vector<int> numbers;
  for (int i = 0; i < descriptor->value_count(); ++i) {
    if (descriptor->value(i)->number() != 0) numbers.push_back(descriptor->value(i)->number());
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

size_t IndexOf(const std::vector<int>& numbers, int number) {
  return static_cast<size_t>(std::find(numbers.begin(), numbers.end(), number) - numbers.begin());
}

// Keeps the listed numbers; an empty list keeps all.
template <typename List>
void Keep(const Layout::Dimension& dimension, const std::vector<int>& numbers, const List& listed, Box* box) {
  if (listed.empty()) return;
  for (size_t value = 0; value < numbers.size(); ++value) {
    if (std::find(listed.begin(), listed.end(), numbers[value]) == listed.end()) box->Take(dimension, value);
  }
}

v1::Provenance NeededBy(const v1::Condition& condition, const AttributeInfo& info) {
  // A rule can only raise what the attribute requires.
  return std::max(info.least, condition.min_provenance());
}

// Whether a value that is known satisfies the test.
bool Satisfies(const v1::Condition& condition, const AttributeInfo& info, int64_t value) {
  const auto names = [&](const auto& choices) {
    return std::any_of(choices.begin(), choices.end(),
                       [&](const std::string& choice) { return ChoiceNumber(info, choice) == value; });
  };
  switch (info.type) {
    case ValueType::kFlag:
      return value == condition.is();
    case ValueType::kChoice:
      return (condition.any_of().empty() || names(condition.any_of())) && !names(condition.none_of());
    case ValueType::kNumber:
      return (!condition.has_at_least() || value >= condition.at_least()) &&
             (!condition.has_at_most() || value <= condition.at_most());
  }
  return false;
}

}  // namespace

absl::string_view StateOf(absl::string_view name) { return name.substr(0, name.find('/')); }

Space Space::Of(absl::Span<const Corpus* const> corpora) {
  Space space;
  space.operation_numbers_ = NumbersOf(v1::Operation_descriptor());
  space.purpose_numbers_ = NumbersOf(v1::Purpose_descriptor());
  space.kind_numbers_ = NumbersOf(v1::RecordKind_descriptor());
  space.AddAgencies(corpora);
  space.layout_.Add(space.operation_numbers_.size());
  space.layout_.Add(space.purpose_numbers_.size());
  space.layout_.Add(space.kind_numbers_.size());
  space.layout_.Add(space.agencies_.size() * space.agencies_.size());
  space.AddAttributes(corpora);

  space.everything_ = Box::Full(space.layout_);
  for (size_t i = 0; i < space.agencies_.size(); ++i) {
    if (space.agencies_[i].is_named) space.everything_.Take(space.pairs(), space.PairOf(i, i));
  }
  return space;
}

void Space::AddAgencies(absl::Span<const Corpus* const> corpora) {
  std::set<std::string> names;
  std::set<std::string> states;
  const auto add = [&](const std::string& name) {
    states.insert(std::string(StateOf(name)));
    if (absl::StrContains(name, '/')) names.insert(name);
  };
  for (const Corpus* corpus : corpora) {
    for (const v1::Treaty* treaty : corpus->treaties) {
      for (const v1::Party& party : treaty->parties()) {
        states.insert(party.state());
        for (const std::string& agency : party.agencies()) add(agency);
      }
    }
    for (const v1::Overlay* overlay : corpus->overlays) states.insert(overlay->state());
    ForEachScopeAndWhen(*corpus, [&](const v1::Scope& scope, const auto&) {
      for (const std::string& name : scope.askers()) add(name);
      for (const std::string& name : scope.answerers()) add(name);
    });
  }
  for (const std::string& name : names) agencies_.push_back({name, std::string(StateOf(name)), true});
  // Witnesses take the first that fits: those that are named come before those that stand for all others.
  for (const std::string& state : states) agencies_.push_back({absl::StrCat(state, "/*"), state, false});
  agencies_.push_back({"*", "", false});
  for (size_t i = 0; i < agencies_.size(); ++i) agency_numbers_[agencies_[i].name] = i;
}

void Space::AddAttributes(absl::Span<const Corpus* const> corpora) {
  struct Cuts {
    std::set<v1::Provenance> layers;
    std::set<int64_t> starts;
  };
  std::map<const AttributeInfo*, Cuts> cuts;
  for (const Corpus* corpus : corpora) {
    ForEachScopeAndWhen(*corpus, [&](const v1::Scope&, const auto& when) {
      for (const v1::Condition& condition : when) {
        const AttributeInfo* info = FindAttribute(condition.attribute());
        if (info == nullptr) continue;
        Cuts& cut = cuts[info];
        cut.layers.insert(info->least);
        if (v1::Provenance_IsValid(condition.min_provenance())) cut.layers.insert(NeededBy(condition, *info));
        if (info->type != ValueType::kNumber) continue;
        cut.starts.insert(info->min);
        const auto cut_at = [&](int64_t start) {
          if (start > info->min && start <= info->max) cut.starts.insert(start);
        };
        if (condition.has_at_least()) cut_at(condition.at_least());
        if (condition.has_at_most() && condition.at_most() < info->max) cut_at(condition.at_most() + 1);
      }
    });
  }
  for (const AttributeInfo& info : AllAttributes()) {
    const auto found = cuts.find(&info);
    if (found == cuts.end()) continue;
    AttributeDimension attribute;
    attribute.info = &info;
    attribute.layers.assign(found->second.layers.begin(), found->second.layers.end());
    switch (info.type) {
      case ValueType::kFlag:
        attribute.starts = {v1::TERNARY_YES, v1::TERNARY_NO};
        break;
      case ValueType::kChoice:
        for (size_t i = 1; i <= info.choices.size(); ++i) attribute.starts.push_back(static_cast<int64_t>(i));
        break;
      case ValueType::kNumber:
        attribute.starts.assign(found->second.starts.begin(), found->second.starts.end());
        break;
    }
    attribute.dimension = layout_.dimensions()[layout_.Add(attribute.unknown() + 1)];
    attributes_.push_back(std::move(attribute));
  }
}

const AttributeDimension* Space::Find(v1::Attribute attribute) const {
  const auto found = std::find_if(attributes_.begin(), attributes_.end(),
                                  [&](const auto& candidate) { return candidate.info->attribute == attribute; });
  return found == attributes_.end() ? nullptr : &*found;
}

// Which agencies a side of a scope names, by themselves or by their State; all if it names none.
std::vector<bool> Space::Listed(const google::protobuf::RepeatedPtrField<std::string>& names) const {
  std::vector<bool> listed(agencies_.size(), names.empty());
  for (const std::string& name : names) {
    const auto found = agency_numbers_.find(name);
    if (found != agency_numbers_.end()) listed[found->second] = true;
    if (absl::StrContains(name, '/')) continue;
    for (size_t i = 0; i < agencies_.size(); ++i) {
      if (agencies_[i].state == name) listed[i] = true;
    }
  }
  return listed;
}

void Space::Restrict(const v1::Scope& scope, Box* box) const {
  Keep(operations(), operation_numbers_, scope.operations(), box);
  Keep(purposes(), purpose_numbers_, scope.purposes(), box);
  Keep(kinds(), kind_numbers_, scope.record_kinds(), box);
  if (scope.askers().empty() && scope.answerers().empty()) return;
  const std::vector<bool> asks = Listed(scope.askers());
  const std::vector<bool> answers = Listed(scope.answerers());
  for (size_t i = 0; i < agencies_.size(); ++i) {
    for (size_t j = 0; j < agencies_.size(); ++j) {
      if (!asks[i] || !answers[j]) box->Take(pairs(), PairOf(i, j));
    }
  }
}

void Space::Restrict(const v1::Condition& condition, bool or_unknown, Box* box) const {
  const AttributeDimension* attribute = Find(condition.attribute());
  // Of a fact that does not exist nobody knows anything.
  if (attribute == nullptr) {
    if (!or_unknown) box->Clear(operations());
    return;
  }
  const v1::Provenance needed = NeededBy(condition, *attribute->info);
  for (size_t layer = 0; layer < attribute->layers.size(); ++layer) {
    const bool is_known = attribute->layers[layer] >= needed;
    for (size_t i = 0; i < attribute->starts.size(); ++i) {
      const bool keeps = is_known ? Satisfies(condition, *attribute->info, attribute->starts[i]) : or_unknown;
      if (!keeps) box->Take(attribute->dimension, layer * attribute->starts.size() + i);
    }
  }
  if (!or_unknown) box->Take(attribute->dimension, attribute->unknown());
}

Box Space::Locate(const Point& point) const {
  Box box(layout_);
  box.Put(operations(), IndexOf(operation_numbers_, point.operation));
  box.Put(purposes(), IndexOf(purpose_numbers_, point.purpose));
  box.Put(kinds(), IndexOf(kind_numbers_, point.record_kind));
  const auto number_of = [&](const std::string& agency) {
    for (const std::string& name : {agency, absl::StrCat(StateOf(agency), "/*")}) {
      const auto found = agency_numbers_.find(name);
      if (found != agency_numbers_.end()) return found->second;
    }
    return agencies_.size() - 1;
  };
  box.Put(pairs(), PairOf(number_of(point.asker), number_of(point.answerer)));
  for (const AttributeDimension& attribute : attributes_) {
    const Fact& fact = point.facts.Get(attribute.info->attribute);
    const auto layer = std::upper_bound(attribute.layers.begin(), attribute.layers.end(), fact.provenance);
    if (layer == attribute.layers.begin()) {
      box.Put(attribute.dimension, attribute.unknown());
      continue;
    }
    const auto start = std::upper_bound(attribute.starts.begin(), attribute.starts.end(), fact.value);
    box.Put(attribute.dimension, static_cast<size_t>(layer - attribute.layers.begin() - 1) * attribute.starts.size() +
                                     static_cast<size_t>(start - attribute.starts.begin() - 1));
  }
  return box;
}

v1::FactValue Space::FactAt(const AttributeDimension& attribute, size_t value) const {
  v1::FactValue fact;
  fact.set_attribute(attribute.info->attribute);
  if (value == attribute.unknown()) return fact;
  fact.set_provenance(attribute.layers[value / attribute.starts.size()]);
  const int64_t start = attribute.starts[value % attribute.starts.size()];
  switch (attribute.info->type) {
    case ValueType::kFlag:
      fact.set_flag(static_cast<v1::Ternary>(start));
      break;
    case ValueType::kChoice:
      fact.set_choice(std::string(attribute.info->choices[static_cast<size_t>(start) - 1]));
      break;
    case ValueType::kNumber:
      fact.set_number(start);
      break;
  }
  return fact;
}

Point Space::WitnessOf(const Box& box) const {
  Point point;
  point.operation = OperationAt(box.Values(operations()).front());
  point.purpose = PurposeAt(box.Values(purposes()).front());
  point.record_kind = KindAt(box.Values(kinds()).front());
  const size_t pair = box.Values(pairs()).front();
  point.asker = agencies_[AskerOf(pair)].name;
  point.answerer = agencies_[AnswererOf(pair)].name;
  for (const AttributeDimension& attribute : attributes_) {
    if (SameValues(attribute.dimension, box, everything_)) continue;
    const size_t value = box.Values(attribute.dimension).front();
    if (value != attribute.unknown()) point.facts.Set(FactAt(attribute, value));
  }
  return point;
}

}  // namespace tamga::policy::analysis
