// Matchers of absl::Status for tests; this Abseil and GoogleTest have none.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "node/base/error.h"

namespace tamga {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& status_or) {
  return status_or.status();
}

MATCHER(IsOk, "is OK") {
  if (StatusOf(arg).ok()) return true;
  *result_listener << StatusOf(arg).ToString();
  return false;
}

MATCHER_P(StatusIs, code, "has the status code") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code;
}

MATCHER_P2(StatusIs, code, message, "has the status code and a matching message") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code &&
         ::testing::ExplainMatchResult(message, std::string(StatusOf(arg).message()), result_listener);
}

MATCHER_P(HasReason, reason, "has the reason") {
  *result_listener << StatusOf(arg).ToString() << " with reason " << ReasonOf(StatusOf(arg));
  return ReasonOf(StatusOf(arg)) == reason;
}

}  // namespace tamga

#define ASSERT_OK(expr) ASSERT_THAT((expr), ::tamga::IsOk())
#define EXPECT_OK(expr) EXPECT_THAT((expr), ::tamga::IsOk())
#define ASSERT_OK_AND_ASSIGN(lhs, expr) ASSERT_OK_AND_ASSIGN_IMPL(TAMGA_TEST_CONCAT(result_, __LINE__), lhs, expr)
#define ASSERT_OK_AND_ASSIGN_IMPL(result, lhs, expr) \
  auto result = (expr);                              \
  ASSERT_THAT(result, ::tamga::IsOk());              \
  lhs = *std::move(result)
#define TAMGA_TEST_CONCAT_INNER(a, b) a##b
#define TAMGA_TEST_CONCAT(a, b) TAMGA_TEST_CONCAT_INNER(a, b)
