#include "policy/analysis/box.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace tamga::policy::analysis {
namespace {

constexpr size_t kBits = 64;

// Beyond so many boxes, joining them pair by pair costs more than reading them.
constexpr size_t kMostToCoalesce = 256;

// What a box costs that is kept: memory is to run out no sooner than the budget.
constexpr uint64_t kStepsPerKept = 16;

uint64_t BitOf(size_t value) { return uint64_t{1} << (value % kBits); }

bool AnyIn(const Layout::Dimension& dimension, const Box& a) {
  for (size_t i = 0; i < dimension.words; ++i) {
    if (a.words()[dimension.first + i] != 0) return true;
  }
  return false;
}

bool MeetIn(const Layout::Dimension& dimension, const Box& a, const Box& b) {
  for (size_t i = dimension.first; i < dimension.first + dimension.words; ++i) {
    if ((a.words()[i] & b.words()[i]) != 0) return true;
  }
  return false;
}

// Whether `a` has a value of the dimension that `b` has not.
bool Exceeds(const Layout::Dimension& dimension, const Box& a, const Box& b) {
  for (size_t i = dimension.first; i < dimension.first + dimension.words; ++i) {
    if ((a.words()[i] & ~b.words()[i]) != 0) return true;
  }
  return false;
}

size_t Pieces(const Layout& layout, const Box& a, const Box& b) {
  size_t pieces = 0;
  for (const Layout::Dimension& dimension : layout.dimensions()) pieces += Exceeds(dimension, a, b);
  return pieces;
}

// A box that is still to be looked at, and those covers that may matter to it.
struct Open {
  Box box;
  std::vector<const Box*> covers;
};

// Takes from `box` the values of a dimension that no cover has; what was taken, if anything, is outside of all covers.
std::optional<Box> TakeUncovered(const Layout::Dimension& dimension, const std::vector<const Box*>& covers, Box* box) {
  std::optional<Box> outside;
  for (size_t i = dimension.first; i < dimension.first + dimension.words; ++i) {
    uint64_t covered = 0;
    for (const Box* cover : covers) covered |= cover->words()[i];
    const uint64_t uncovered = box->words()[i] & ~covered;
    if (uncovered == 0) continue;
    if (!outside.has_value()) {
      outside = *box;
      outside->Clear(dimension);
    }
    outside->words()[i] = uncovered;
    box->words()[i] &= covered;
  }
  return outside;
}

// Calls `found` with boxes, apart from each other, that together are `box` without `covers`, until it returns false.
// Depth first, so that one box outside is found early. False if the budget did not suffice.
template <typename Found>
bool ForEachOutside(const Layout& layout, const Box& box, absl::Span<const Box* const> covers, Budget* budget,
                    Found found) {
  if (IsEmpty(layout, box)) return true;
  std::vector<Open> stack;
  stack.push_back({box, {covers.begin(), covers.end()}});
  while (!stack.empty()) {
    Open open = std::move(stack.back());
    stack.pop_back();
    if (!budget->Spend(1 + open.covers.size())) return false;

    std::erase_if(open.covers, [&](const Box* cover) { return !Overlap(layout, *cover, open.box); });
    const auto contains = [&](const Box* cover) { return Contains(*cover, open.box); };
    if (std::any_of(open.covers.begin(), open.covers.end(), contains)) continue;
    if (open.covers.empty()) {
      if (!found(std::move(open.box))) return true;
      continue;
    }
    for (const Layout::Dimension& dimension : layout.dimensions()) {
      std::optional<Box> outside = TakeUncovered(dimension, open.covers, &open.box);
      if (outside.has_value() && !found(*std::move(outside))) return true;
      if (!AnyIn(dimension, open.box)) break;
    }
    if (IsEmpty(layout, open.box)) continue;

    // The cover that cuts the box into the fewest pieces: those that test one attribute alone come first.
    const Box* cut = open.covers.front();
    size_t fewest = Pieces(layout, open.box, *cut);
    for (const Box* cover : open.covers) {
      const size_t pieces = Pieces(layout, open.box, *cover);
      if (pieces < fewest) {
        cut = cover;
        fewest = pieces;
      }
    }
    std::erase(open.covers, cut);
    for (Box& piece : Subtract(layout, open.box, *cut)) stack.push_back({std::move(piece), open.covers});
  }
  return true;
}

bool DifferInOne(const Layout& layout, const Box& a, const Box& b) {
  int differing = 0;
  for (const Layout::Dimension& dimension : layout.dimensions()) {
    if (!SameValues(dimension, a, b) && ++differing > 1) return false;
  }
  return differing == 1;
}

}  // namespace

size_t Layout::Add(size_t values) {
  const size_t words = (values + kBits - 1) / kBits;
  dimensions_.push_back({words_, words, values});
  words_ += words;
  return dimensions_.size() - 1;
}

Box Box::Full(const Layout& layout) {
  Box box(layout);
  for (const Layout::Dimension& dimension : layout.dimensions()) {
    for (size_t value = 0; value < dimension.values; ++value) box.Put(dimension, value);
  }
  return box;
}

bool Box::Has(const Layout::Dimension& dimension, size_t value) const {
  return (words_[dimension.first + value / kBits] & BitOf(value)) != 0;
}

void Box::Put(const Layout::Dimension& dimension, size_t value) {
  words_[dimension.first + value / kBits] |= BitOf(value);
}

void Box::Take(const Layout::Dimension& dimension, size_t value) {
  words_[dimension.first + value / kBits] &= ~BitOf(value);
}

void Box::Clear(const Layout::Dimension& dimension) {
  for (size_t i = 0; i < dimension.words; ++i) words_[dimension.first + i] = 0;
}

std::vector<size_t> Box::Values(const Layout::Dimension& dimension) const {
  std::vector<size_t> values;
  for (size_t i = 0; i < dimension.words; ++i) {
    for (uint64_t rest = words_[dimension.first + i]; rest != 0; rest &= rest - 1) {
      values.push_back(i * kBits + static_cast<size_t>(std::countr_zero(rest)));
    }
  }
  return values;
}

bool IsEmpty(const Layout& layout, const Box& box) {
  const auto is_empty = [&](const Layout::Dimension& dimension) { return !AnyIn(dimension, box); };
  return std::any_of(layout.dimensions().begin(), layout.dimensions().end(), is_empty);
}

bool Overlap(const Layout& layout, const Box& a, const Box& b) {
  for (const Layout::Dimension& dimension : layout.dimensions()) {
    if (!MeetIn(dimension, a, b)) return false;
  }
  return true;
}

bool Contains(const Box& outer, const Box& inner) {
  for (size_t i = 0; i < inner.words().size(); ++i) {
    if ((inner.words()[i] & ~outer.words()[i]) != 0) return false;
  }
  return true;
}

bool SameValues(const Layout::Dimension& dimension, const Box& a, const Box& b) {
  const auto from = static_cast<std::ptrdiff_t>(dimension.first);
  const auto to = static_cast<std::ptrdiff_t>(dimension.first + dimension.words);
  return std::equal(a.words().begin() + from, a.words().begin() + to, b.words().begin() + from);
}

Box Meet(const Box& a, const Box& b) {
  Box meet = a;
  for (size_t i = 0; i < meet.words().size(); ++i) meet.words()[i] &= b.words()[i];
  return meet;
}

std::vector<Box> Subtract(const Layout& layout, const Box& a, const Box& b) {
  if (IsEmpty(layout, a)) return {};
  if (!Overlap(layout, a, b)) return {a};
  std::vector<Box> pieces;
  // What is left of `a` inside of `b` in the dimensions before this one; that keeps the pieces apart.
  Box rest = a;
  for (const Layout::Dimension& dimension : layout.dimensions()) {
    if (!Exceeds(dimension, rest, b)) continue;
    Box piece = rest;
    for (size_t i = dimension.first; i < dimension.first + dimension.words; ++i) {
      piece.words()[i] &= ~b.words()[i];
      rest.words()[i] &= b.words()[i];
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

Decided<std::optional<Box>> FindOutside(const Layout& layout, const Box& box, absl::Span<const Box* const> covers,
                                        Budget* budget) {
  Decided<std::optional<Box>> result;
  result.is_decided = ForEachOutside(layout, box, covers, budget, [&](Box outside) {
    result.value = std::move(outside);
    return false;
  });
  return result;
}

Decided<std::vector<Box>> SubtractAll(const Layout& layout, const Box& box, absl::Span<const Box* const> covers,
                                      Budget* budget) {
  Decided<std::vector<Box>> result;
  bool suffices = true;
  result.is_decided = ForEachOutside(layout, box, covers, budget, [&](Box outside) {
    result.value.push_back(std::move(outside));
    suffices = budget->Spend(kStepsPerKept);
    return suffices;
  });
  result.is_decided = result.is_decided && suffices;
  if (!result.is_decided) result.value.clear();
  return result;
}

std::vector<Box> Coalesce(const Layout& layout, std::vector<Box> boxes) {
  if (boxes.size() > kMostToCoalesce) return boxes;
  // A joined box may differ in one dimension alone from a box that neither part of it did.
  for (bool joined = true; joined;) {
    joined = false;
    for (size_t i = 0; i < boxes.size(); ++i) {
      for (size_t j = i + 1; j < boxes.size();) {
        if (!DifferInOne(layout, boxes[i], boxes[j])) {
          ++j;
          continue;
        }
        for (size_t k = 0; k < boxes[i].words().size(); ++k) boxes[i].words()[k] |= boxes[j].words()[k];
        boxes.erase(boxes.begin() + static_cast<std::ptrdiff_t>(j));
        joined = true;
      }
    }
  }
  return boxes;
}

}  // namespace tamga::policy::analysis
