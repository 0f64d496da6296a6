#include "node/base/child_process.h"

#include <string>

#include "gmock/gmock.h"
#include "node/base/matchers.h"

namespace tamga {
namespace {

constexpr ProgramBounds kWide = {std::chrono::minutes(1), 1 << 20};

TEST(ChildProcessTest, WhatGoesInComesOutOfAFilterWhateverItsSize) {
  const std::string large(900'000, 'x');
  ASSERT_OK_AND_ASSIGN(const std::string same, RunProgram({"cat"}, large, kWide));
  EXPECT_EQ(same, large);
  ASSERT_OK_AND_ASSIGN(const std::string nothing, RunProgram({"cat"}, "", kWide));
  EXPECT_EQ(nothing, "");
}

TEST(ChildProcessTest, ArgumentsAreNoShellsWords) {
  ASSERT_OK_AND_ASSIGN(const std::string said, RunProgram({"echo", "$HOME; false"}, "", kWide));
  EXPECT_EQ(said, "$HOME; false\n");
}

TEST(ChildProcessTest, AProgramGetsNothingOfTheEnvironmentButThePath) {
  ASSERT_OK_AND_ASSIGN(const std::string variables, RunProgram({"env"}, "", kWide));
  EXPECT_THAT(variables, ::testing::MatchesRegex("PATH=.*\nLANG=C.UTF-8\n"));
}

TEST(ChildProcessTest, AProgramThatReadsNothingIsNoHarm) {
  EXPECT_OK(RunProgram({"true"}, std::string(900'000, 'x'), kWide).status());
}

TEST(ChildProcessTest, FailuresAreErrors) {
  EXPECT_THAT(RunProgram({"tamga-no-such-program"}, "", kWide), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(RunProgram({"false"}, "", kWide), StatusIs(absl::StatusCode::kAborted));
}

TEST(ChildProcessTest, AProgramThatDoesNotEndIsKilledWithWhatItStarted) {
  const ProgramBounds brief = {std::chrono::milliseconds(50), 1 << 20};
  EXPECT_THAT(RunProgram({"sh", "-c", "sleep 600 & sleep 600"}, "", brief),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(RunProgram({"sh", "-c", "exec >&-; sleep 600"}, "", brief),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST(ChildProcessTest, AProgramThatWritesTooMuchIsKilled) {
  EXPECT_THAT(RunProgram({"yes"}, "", kWide), StatusIs(absl::StatusCode::kResourceExhausted));
}

}  // namespace
}  // namespace tamga
