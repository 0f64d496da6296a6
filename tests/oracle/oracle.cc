// Asks other engines: writes cases for them, and compares or keeps what they answered. Called by script/oracle.
//
//   oracle export ENGINE SAMPLE             rules and cases for the engine, to standard output
//   oracle compare ENGINE SAMPLE ANSWERS    prints counts and differences; exit code 1 if there are any
//   oracle vectors ENGINE SAMPLE ANSWERS    answers as test vectors, to standard output
//   oracle bench SAMPLE                     how long the node's own engine takes for the cases
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/check.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "tests/oracle/engine.h"
#include "tests/oracle/vectors.h"

namespace tamga::policy::oracle {
namespace {

constexpr int kMostShown = 20;

// One line a case, as cedar.mjs and cerbos.mjs write them.
std::vector<Answer> ReadAnswers(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) std::cerr << text.status() << std::endl;
  TAMGA_CHECK(text.ok());
  std::vector<Answer> answers;
  const auto rules_of = [](const std::set<std::string>& ids) {
    std::set<std::string> rules;
    for (const std::string& id : ids) rules.insert(RuleOf(id));
    return rules;
  };
  for (const absl::string_view line : absl::StrSplit(*text, '\n', absl::SkipEmpty())) {
    Answer answer = AnswerOf(line);
    answer.deciding = rules_of(answer.deciding);
    answer.unknown = rules_of(answer.unknown);
    answers.push_back(std::move(answer));
  }
  return answers;
}

int Compare(const Engine& engine, const Sample& sample, const std::vector<Answer>& answers) {
  TAMGA_CHECK(answers.size() == sample.cases.size());
  std::map<std::string, size_t> reasons;
  int differences = 0;
  for (size_t i = 0; i < sample.cases.size(); ++i) {
    ++reasons[ReasonOf(sample, sample.cases[i])];
    const std::string difference = Difference(sample, sample.cases[i], answers[i], engine.names_prohibitions);
    if (difference.empty()) continue;
    if (++differences <= kMostShown) std::cout << "case " << i << ": " << difference << "\n";
  }
  std::cout << engine.version << " " << sample.name << ": " << sample.cases.size() << " cases, "
            << sample.cases.size() - static_cast<size_t>(differences) << " agreements, " << differences
            << " differences (";
  const char* separator = "";
  for (const auto& [reason, count] : reasons) {
    std::cout << separator << reason << " " << count;
    separator = ", ";
  }
  std::cout << ")" << std::endl;
  return differences == 0 ? 0 : 1;
}

// As cedar.mjs --bench does it: one decision after the other, the treaties made ready before.
int Bench(const Sample& sample) {
  using SteadyClock = std::chrono::steady_clock;
  std::vector<int64_t> nanoseconds;
  size_t permitted = 0;
  for (const Case& of : sample.cases) {
    const Law& law = sample.laws[of.law];
    const std::string& cited = of.question.treaty_id;
    if (!cited.empty() && law.treaties.Find(cited) == nullptr) continue;  // refused before any rule is looked at
    const absl::Time at = Noon(law.days[of.day]);
    const SteadyClock::time_point start = SteadyClock::now();
    permitted += law.treaties.Judge(of.question, of.stage, at).permitted() ? 1 : 0;
    nanoseconds.push_back(std::chrono::duration_cast<std::chrono::nanoseconds>(SteadyClock::now() - start).count());
  }
  std::sort(nanoseconds.begin(), nanoseconds.end());
  const auto at = [&](size_t percent) {
    return static_cast<double>(nanoseconds[(nanoseconds.size() - 1) * percent / 100]) / 1000.0;
  };
  std::printf("tamga n=%zu p50=%.2f us p99=%.2f us (permitted %zu)\n", nanoseconds.size(), at(50), at(99), permitted);
  return 0;
}

int Run(const std::vector<std::string>& arguments) {
  if (arguments.size() == 2 && arguments[0] == "bench") return Bench(MakeSample(arguments[1]));
  const bool is_export = !arguments.empty() && arguments[0] == "export";
  const Engine* engine = arguments.size() == (is_export ? 3 : 4) ? FindEngine(arguments[1]) : nullptr;
  if (engine == nullptr) {
    std::cerr << "oracle (export ENGINE SAMPLE | compare ENGINE SAMPLE ANSWERS | vectors ENGINE SAMPLE ANSWERS | bench "
                 "SAMPLE)\n";
    return 2;
  }
  const Sample sample = MakeSample(arguments[2]);
  if (is_export) {
    std::cout << InputFor(*engine, sample);
    return 0;
  }
  std::vector<Answer> answers = ReadAnswers(arguments[3]);
  if (arguments[0] == "compare") return Compare(*engine, sample, answers);
  const std::string digest = HexEncode(Sha256(InputFor(*engine, sample)));
  std::cout << TextOf(Vectors{engine->version, sample.name, sample.seed, digest, std::move(answers)});
  return 0;
}

}  // namespace
}  // namespace tamga::policy::oracle

int main(int argc, char** argv) { return tamga::policy::oracle::Run({argv + 1, argv + argc}); }
