// Decisions compared with those of other engines, as they were given to the same cases (tests/data/oracle/SOURCE.md).
#include <map>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "tests/oracle/engine.h"
#include "tests/oracle/vectors.h"

namespace tamga::policy::oracle {
namespace {

const Sample& SampleOf(const std::string& name) {
  static auto& samples = *new std::map<std::string, Sample>();
  const auto found = samples.find(name);
  return found != samples.end() ? found->second : samples.emplace(name, MakeSample(name)).first->second;
}

class OracleTest : public ::testing::TestWithParam<std::tuple<const char*, const char*>> {};

INSTANTIATE_TEST_SUITE_P(EnginesAndSamples, OracleTest,
                         ::testing::Combine(::testing::Values("cedar", "cerbos"), ::testing::ValuesIn(kSampleNames)),
                         [](const auto& names) {
                           return absl::StrCat(std::get<0>(names.param), "_", std::get<1>(names.param));
                         });

TEST_P(OracleTest, AnotherEngineDecidesEveryCaseAlikeAndByTheSameRules) {
  const Engine& engine = *FindEngine(std::get<0>(GetParam()));
  const Sample& sample = SampleOf(std::get<1>(GetParam()));
  const std::string name = absl::StrCat(engine.name, "-", sample.name, ".txt");
  ASSERT_OK_AND_ASSIGN(const std::string text, ReadFile(absl::StrCat(TAMGA_SOURCE_DIR "/tests/data/oracle/", name)));
  ASSERT_OK_AND_ASSIGN(const Vectors vectors, ReadVectors(text));
  EXPECT_EQ(vectors.engine, engine.version);
  ASSERT_EQ(vectors.input_sha256, HexEncode(Sha256(InputFor(engine, sample))))
      << "treaties or cases are no longer those that were answered: run script/oracle --write";
  ASSERT_EQ(vectors.answers.size(), sample.cases.size());
  for (size_t i = 0; i < sample.cases.size(); ++i) {
    EXPECT_EQ(Difference(sample, sample.cases[i], vectors.answers[i], engine.names_prohibitions), "") << "case " << i;
  }
}

class SampleTest : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Samples, SampleTest, ::testing::ValuesIn(kSampleNames),
                         [](const auto& name) { return std::string(name.param); });

TEST_P(SampleTest, ReachesEveryKindOfDecision) {
  const Sample& sample = SampleOf(GetParam());
  std::map<std::string, size_t> reasons;
  for (const Case& of : sample.cases) ++reasons[ReasonOf(sample, of)];
  const size_t cases = sample.cases.size();
  EXPECT_EQ(cases, 20'000u);
  EXPECT_GT(reasons["PERMITTED"] + reasons["FORBIDDEN"] + reasons["FACT_UNKNOWN"], cases / 3);
  for (const char* reason : {"PERMITTED", "FORBIDDEN", "FACT_UNKNOWN", "NO_GRANT"}) {
    EXPECT_GT(reasons[reason], cases / 50) << reason;
  }
}

}  // namespace
}  // namespace tamga::policy::oracle
