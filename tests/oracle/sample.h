// Cases that bring out differences: aimed at rules, then knocked off by one thing; facts at, below and above what rules
// ask for, absent, or known too weakly.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "policy/question.h"
#include "policy/stage.h"
#include "tests/oracle/law.h"

namespace tamga::policy::oracle {

struct Case {
  size_t law = 0;  // of the sample
  size_t day = 0;  // of the law
  Stage stage = Stage::kRequestEgress;
  Question question;
};

struct Sample {
  std::string name;
  uint64_t seed = 0;
  std::deque<Law> laws;
  std::vector<Case> cases;
};

// "shipped": the treaties that come with Tamga. "synthetic": invented ones. The same in every run.
Sample MakeSample(absl::string_view name);
inline constexpr const char* kSampleNames[] = {"shipped", "synthetic"};

// "2016-06-01 REQUEST_EGRESS KAZ/x asks KGZ/x: WATCHLIST WATCHLIST_CHECK for …, citing …; AGE=17 (LOCAL) …".
std::string TextOf(const Sample& sample, const Case& of);

}  // namespace tamga::policy::oracle
