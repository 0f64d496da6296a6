// The universe of situations that a set of documents can tell apart, and how rules and points lie in it. Dimensions:
// operation, purpose, kind of record, the ordered pair of agencies (one dimension, since an exchange is between two
// States or within one, which no product of two sets says), and each attribute that a rule tests, with "unknown" as a
// value of its own. A number is cut at every limit that a rule names; a fact is told apart by provenance where a rule
// asks for more of it than the attribute itself does.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "policy/analysis/box.h"
#include "policy/analysis/corpus.h"
#include "policy/analysis/point.h"
#include "policy/attributes.h"

namespace tamga::policy::analysis {

// An agency that documents name, or one that stands for all others of a State ("KAZ/*") or of all other States ("*").
struct Agency {
  std::string name;
  std::string state;      // empty for "*"
  bool is_named = false;  // in a document
};

// An attribute as a dimension. Its values: for each layer of provenance the classes of values, then "unknown".
struct AttributeDimension {
  const AttributeInfo* info = nullptr;
  Layout::Dimension dimension;
  std::vector<v1::Provenance> layers;  // from which provenance on each begins; the first is what the attribute requires
  std::vector<int64_t> starts;         // of each class: its first value; the last class ends at info->max

  size_t unknown() const { return layers.size() * starts.size(); }
  int64_t LastOf(size_t value_class) const {
    return value_class + 1 < starts.size() ? starts[value_class + 1] - 1 : info->max;
  }
};

class Space {
 public:
  // Fine enough for every rule of every one of the corpora.
  static Space Of(absl::Span<const Corpus* const> corpora);

  const Layout& layout() const { return layout_; }
  const Layout::Dimension& operations() const { return layout_.dimensions()[0]; }
  const Layout::Dimension& purposes() const { return layout_.dimensions()[1]; }
  const Layout::Dimension& kinds() const { return layout_.dimensions()[2]; }
  const Layout::Dimension& pairs() const { return layout_.dimensions()[3]; }
  const std::vector<AttributeDimension>& attributes() const { return attributes_; }
  // Null if no rule tests it.
  const AttributeDimension* Find(v1::Attribute attribute) const;

  const std::vector<Agency>& agencies() const { return agencies_; }
  size_t PairOf(size_t asker, size_t answerer) const { return asker * agencies_.size() + answerer; }
  size_t AskerOf(size_t pair) const { return pair / agencies_.size(); }
  size_t AnswererOf(size_t pair) const { return pair % agencies_.size(); }

  v1::Operation OperationAt(size_t value) const { return static_cast<v1::Operation>(operation_numbers_[value]); }
  v1::Purpose PurposeAt(size_t value) const { return static_cast<v1::Purpose>(purpose_numbers_[value]); }
  v1::RecordKind KindAt(size_t value) const { return static_cast<v1::RecordKind>(kind_numbers_[value]); }

  // Every situation. An agency that is named does not ask itself.
  const Box& everything() const { return everything_; }

  // Keeps the listed operations, purposes and kinds (none listed: all) and the pairs of which both sides are in the
  // scope's lists.
  void Restrict(const v1::Scope& scope, Box* box) const;

  // Keeps what satisfies the test; with `or_unknown` also what does not know the fact as well as the test asks.
  void Restrict(const v1::Condition& condition, bool or_unknown, Box* box) const;

  // The box of one situation: the smallest that holds it.
  Box Locate(const Point& point) const;

  // A situation in the box, which is not empty: named agencies rather than others, known facts rather than unknown
  // ones, except where the box leaves a fact open altogether.
  Point WitnessOf(const Box& box) const;

  // A tellable value for the atom: facts.h takes it.
  v1::FactValue FactAt(const AttributeDimension& attribute, size_t value) const;

 private:
  std::vector<bool> Listed(const google::protobuf::RepeatedPtrField<std::string>& names) const;
  void AddAgencies(absl::Span<const Corpus* const> corpora);
  void AddAttributes(absl::Span<const Corpus* const> corpora);

  Layout layout_;
  std::vector<Agency> agencies_;
  std::map<std::string, size_t> agency_numbers_;
  std::vector<int> operation_numbers_;
  std::vector<int> purpose_numbers_;
  std::vector<int> kind_numbers_;
  std::vector<AttributeDimension> attributes_;
  Box everything_{layout_};
};

// "KAZ" of "KAZ/border-service" and of "KAZ".
absl::string_view StateOf(absl::string_view name);

}  // namespace tamga::policy::analysis
