#include "policy/analysis/words.h"

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "policy/enum_names.h"

namespace tamga::policy::analysis {
namespace {

std::string WithoutPrefix(const std::string& name, absl::string_view prefix, int value) {
  return name.empty() ? absl::StrCat(value) : std::string(absl::StripPrefix(name, prefix));
}

std::string Joined(const std::vector<std::string>& names, absl::string_view last) {
  if (names.empty()) return "";
  if (names.size() == 1) return names.front();
  return absl::StrCat(absl::StrJoin(names.begin(), names.end() - 1, ", "), " ", last, " ", names.back());
}

// What the classes from `first` to `last` of values are called.
std::string RangeText(const AttributeDimension& attribute, size_t first, size_t last) {
  const int64_t from = attribute.starts[first];
  const int64_t to = attribute.LastOf(last);
  if (from == to) return absl::StrCat(from);
  if (to == attribute.info->max) return absl::StrCat("at least ", from);
  if (from == attribute.info->min) return absl::StrCat("at most ", to);
  return absl::StrCat(from, " to ", to);
}

std::vector<std::string> ValuesText(const AttributeDimension& attribute, const std::vector<bool>& holds) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < holds.size(); ++i) {
    if (!holds[i]) continue;
    switch (attribute.info->type) {
      case ValueType::kFlag:
        texts.push_back(ShortName(static_cast<v1::Ternary>(attribute.starts[i])));
        break;
      case ValueType::kChoice:
        texts.emplace_back(attribute.info->choices[i]);
        break;
      case ValueType::kNumber: {
        size_t last = i;
        while (last + 1 < holds.size() && holds[last + 1]) ++last;
        texts.push_back(RangeText(attribute, i, last));
        i = last;
        break;
      }
    }
  }
  return texts;
}

// What the box asks of the attribute, "AGE is at least 18 or unknown".
std::string AttributeText(const AttributeDimension& attribute, const Box& box) {
  const size_t classes = attribute.starts.size();
  // Layers of provenance that hold the same values are told together.
  std::vector<std::string> texts;
  for (size_t layer = 0; layer < attribute.layers.size();) {
    const auto holds_at = [&](size_t at) {
      std::vector<bool> holds(classes);
      for (size_t i = 0; i < classes; ++i) holds[i] = box.Has(attribute.dimension, at * classes + i);
      return holds;
    };
    const std::vector<bool> holds = holds_at(layer);
    size_t end = layer + 1;
    while (end < attribute.layers.size() && holds_at(end) == holds) ++end;
    const bool holds_all = std::find(holds.begin(), holds.end(), false) == holds.end();
    std::string text =
        holds_all ? "known" : absl::StrJoin(ValuesText(attribute, holds), attribute.layers.size() > 1 ? "/" : " or ");
    if (!text.empty()) {
      if (layer > 0) {
        absl::StrAppend(&text, " as ", absl::StripPrefix(v1::Provenance_Name(attribute.layers[layer]), "PROVENANCE_"),
                        " at least");
      }
      if (end < attribute.layers.size()) {
        absl::StrAppend(&text, " on less than ",
                        absl::StripPrefix(v1::Provenance_Name(attribute.layers[end]), "PROVENANCE_"));
      }
      texts.push_back(std::move(text));
    }
    layer = end;
  }
  if (box.Has(attribute.dimension, attribute.unknown())) texts.push_back("unknown");
  return absl::StrCat(ShortName(attribute.info->attribute), " is ", absl::StrJoin(texts, " or "));
}

// Whether every two agencies of different States, of which there are more than two, ask each other, and no others.
bool AllAskAcrossBorders(const Space& space, const Box& box, const std::set<size_t>& agencies) {
  std::set<std::string> states;
  for (const size_t asker : agencies) {
    states.insert(space.agencies()[asker].state);
    for (const size_t answerer : agencies) {
      const bool crosses = space.agencies()[asker].state != space.agencies()[answerer].state;
      if (box.Has(space.pairs(), space.PairOf(asker, answerer)) != crosses) return false;
    }
  }
  return states.size() > 2;
}

template <typename NameAt>
std::string DimensionText(const Space& space, const Layout::Dimension& dimension, const Box& box, absl::string_view any,
                          NameAt name_at) {
  if (SameValues(dimension, box, space.everything())) return std::string(any);
  std::vector<std::string> names;
  for (const size_t value : box.Values(dimension)) names.push_back(name_at(value));
  return AnyOf(names);
}

}  // namespace

std::string NameOf(v1::DataClass value) { return WithoutPrefix(v1::DataClass_Name(value), "DATA_CLASS_", value); }

std::string NameOf(v1::ObligationType value) {
  return WithoutPrefix(v1::ObligationType_Name(value), "OBLIGATION_TYPE_", value);
}

std::string NamesOf(ClassSet classes) {
  std::vector<std::string> names;
  for (ClassSet rest = classes; rest != 0; rest &= rest - 1) {
    names.push_back(NameOf(static_cast<v1::DataClass>(std::countr_zero(rest))));
  }
  return absl::StrJoin(names, ", ");
}

std::string AnyOf(const std::vector<std::string>& names) { return Joined(names, "or"); }

std::string ArticlesText(const std::vector<std::string>& numbers) {
  if (numbers.empty()) return "";
  return absl::StrCat(numbers.size() == 1 ? "article " : "articles ", Joined(numbers, "and"));
}

std::vector<Askers> WhoAsksWhom(const Space& space, const Box& box) {
  std::map<size_t, std::vector<std::string>> answerers;  // by asker
  std::set<size_t> agencies;
  for (const size_t pair : box.Values(space.pairs())) {
    agencies.insert({space.AskerOf(pair), space.AnswererOf(pair)});
    answerers[space.AskerOf(pair)].push_back(space.agencies()[space.AnswererOf(pair)].name);
  }
  std::vector<Askers> groups;
  if (AllAskAcrossBorders(space, box, agencies)) {
    groups.push_back({{}, {"any of them in another State"}});
    for (const size_t agency : agencies) groups.back().askers.push_back(space.agencies()[agency].name);
    return groups;
  }
  for (const auto& [asker, asked] : answerers) {
    const auto same = std::find_if(groups.begin(), groups.end(),
                                   [&, &asked = asked](const Askers& group) { return group.answerers == asked; });
    if (same != groups.end()) {
      same->askers.push_back(space.agencies()[asker].name);
    } else {
      groups.push_back({{space.agencies()[asker].name}, asked});
    }
  }
  return groups;
}

std::string OperationsText(const Space& space, const Box& box) {
  return DimensionText(space, space.operations(), box, "any operation",
                       [&](size_t value) { return ShortName(space.OperationAt(value)); });
}

std::string PurposesText(const Space& space, const Box& box) {
  return DimensionText(space, space.purposes(), box, "any purpose",
                       [&](size_t value) { return ShortName(space.PurposeAt(value)); });
}

std::string KindsText(const Space& space, const Box& box) {
  return DimensionText(space, space.kinds(), box, "any kind of",
                       [&](size_t value) { return ShortName(space.KindAt(value)); });
}

std::string ConditionsText(const Space& space, const Box& box) {
  std::vector<std::string> texts;
  for (const AttributeDimension& attribute : space.attributes()) {
    if (!SameValues(attribute.dimension, box, space.everything())) texts.push_back(AttributeText(attribute, box));
  }
  return absl::StrJoin(texts, " and ");
}

std::string ToText(const v1::Condition& condition) {
  std::string text = absl::StrCat(ShortName(condition.attribute()), " is ");
  if (condition.is() != v1::TERNARY_UNSPECIFIED) absl::StrAppend(&text, ShortName(condition.is()));
  if (!condition.any_of().empty())
    absl::StrAppend(&text, AnyOf({condition.any_of().begin(), condition.any_of().end()}));
  if (!condition.none_of().empty()) {
    absl::StrAppend(&text, "not ", AnyOf({condition.none_of().begin(), condition.none_of().end()}));
  }
  if (condition.has_at_least()) absl::StrAppend(&text, "at least ", condition.at_least());
  if (condition.has_at_least() && condition.has_at_most()) absl::StrAppend(&text, " and ");
  if (condition.has_at_most()) absl::StrAppend(&text, "at most ", condition.at_most());
  if (condition.min_provenance() != v1::PROVENANCE_UNSPECIFIED) {
    absl::StrAppend(&text, " (", absl::StripPrefix(v1::Provenance_Name(condition.min_provenance()), "PROVENANCE_"),
                    ")");
  }
  return text;
}

}  // namespace tamga::policy::analysis
