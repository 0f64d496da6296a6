// Sets of situations as products of finite sets, and exact questions about them. A dimension is a finite set of values,
// numbered from 0; a number is cut into the intervals that no rule tells apart (space.h), so that it is one as well. A
// box holds a set of values for each dimension. No solver: what boxes answer is exact, or "not decided" where the
// budget ran out, never a guess.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "policy/analysis/budget.h"

namespace tamga::policy::analysis {

// Which words of a box make which dimension.
class Layout {
 public:
  struct Dimension {
    size_t first = 0;   // word
    size_t words = 0;   // how many
    size_t values = 0;  // how many
  };

  // Adds a dimension of so many values and returns its index.
  size_t Add(size_t values);

  const std::vector<Dimension>& dimensions() const { return dimensions_; }
  size_t words() const { return words_; }

 private:
  std::vector<Dimension> dimensions_;
  size_t words_ = 0;
};

// For each dimension of a layout the values that are in.
class Box {
 public:
  using Words = absl::InlinedVector<uint64_t, 24>;

  // Holds nothing; the layout is not kept.
  explicit Box(const Layout& layout) : words_(layout.words(), 0) {}

  // Every value of every dimension.
  static Box Full(const Layout& layout);

  bool Has(const Layout::Dimension& dimension, size_t value) const;
  void Put(const Layout::Dimension& dimension, size_t value);
  void Take(const Layout::Dimension& dimension, size_t value);
  // Takes every value of the dimension.
  void Clear(const Layout::Dimension& dimension);
  // The values of the dimension, ascending.
  std::vector<size_t> Values(const Layout::Dimension& dimension) const;

  Words& words() { return words_; }
  const Words& words() const { return words_; }

  friend bool operator==(const Box&, const Box&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Box& box) {
    return H::combine(std::move(h), box.words_);
  }

 private:
  Words words_;
};

// Whether some dimension has no value, so that the box holds no situation.
bool IsEmpty(const Layout& layout, const Box& box);

// Whether the two have a situation in common.
bool Overlap(const Layout& layout, const Box& a, const Box& b);

// Whether every situation of `inner`, which is not empty, is in `outer`.
bool Contains(const Box& outer, const Box& inner);

// Whether the two hold the same values of one dimension.
bool SameValues(const Layout::Dimension& dimension, const Box& a, const Box& b);

// What is in both; may be empty.
Box Meet(const Box& a, const Box& b);

// What is in `a` and not in `b`, as boxes that are apart from each other and not empty; at most one a dimension.
std::vector<Box> Subtract(const Layout& layout, const Box& a, const Box& b);

// An answer, or the finding that the budget did not suffice for one.
template <typename T>
struct Decided {
  bool is_decided = true;
  T value{};
};

// A part of `box` that is in none of `covers`; nothing if they cover it.
Decided<std::optional<Box>> FindOutside(const Layout& layout, const Box& box, absl::Span<const Box* const> covers,
                                        Budget* budget);

// All of `box` that is in none of `covers`, as boxes apart from each other.
Decided<std::vector<Box>> SubtractAll(const Layout& layout, const Box& box, absl::Span<const Box* const> covers,
                                      Budget* budget);

// The same situations in fewer boxes where two of them differ in one dimension alone. They stay apart from each other.
std::vector<Box> Coalesce(const Layout& layout, std::vector<Box> boxes);

}  // namespace tamga::policy::analysis
