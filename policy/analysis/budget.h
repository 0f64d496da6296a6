// How much work an analysis may take before it is left undecided: nobody's text is to keep others' nodes busy.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace tamga::policy::analysis {

// A step compares or cuts two boxes.
struct Options {
  uint64_t steps_per_question = 1'000'000;
  // All questions about the invariants of one corpus, or about two versions of a treaty, together.
  uint64_t steps_in_all = 20'000'000;
  // The same in words of boxes, for a step takes the longer, the more agencies a text names. About a second's work.
  uint64_t words_in_all = uint64_t{1} << 28;
};

class Budget {
 public:
  explicit Budget(uint64_t steps) : left_(steps) {}

  // Of all questions together, about boxes of so many words.
  static Budget InAll(const Options& options, size_t words) {
    return Budget(std::min(options.steps_in_all, options.words_in_all / std::max<size_t>(words, 1)));
  }

  // False once it is used up.
  bool Spend(uint64_t steps) {
    left_ -= std::min(steps, left_);
    return left_ > 0;
  }

  // Lets `ask` spend at most so many steps of it.
  template <typename Ask>
  auto Lend(uint64_t steps, Ask ask) {
    Budget lent(std::min(steps, left_));
    left_ -= lent.left_;
    auto answer = ask(&lent);
    left_ += lent.left_;
    return answer;
  }

  uint64_t left() const { return left_; }

 private:
  uint64_t left_;
};

}  // namespace tamga::policy::analysis
