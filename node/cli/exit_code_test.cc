#include "node/cli/exit_code.h"

#include "gmock/gmock.h"
#include "node/base/error.h"
#include "node/cli/error_text.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ExitCodeTest, TellsRefusalsFromWrongInputSilenceAndTheRest) {
  const absl::Status refusal = Error(absl::StatusCode::kPermissionDenied, "NO_GRANT", "no article permits it");
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCodeOf(FromNode(refusal)), 1);
  EXPECT_EQ(ExitCodeOf(FromNode(absl::InvalidArgumentError("x"))), 1);
  EXPECT_EQ(ExitCodeOf(FromNode(absl::NotFoundError("x"))), 1);
  EXPECT_EQ(ExitCodeOf(FromNode(InvalidField("partner", "must be an agency"))), 2);
  EXPECT_EQ(ExitCodeOf(InvalidField("--month", "must be a month")), 2);
  EXPECT_EQ(ExitCodeOf(Fault(absl::DataLossError("x"))), 1);
  EXPECT_EQ(ExitCodeOf(absl::InvalidArgumentError("x")), 2);
  EXPECT_EQ(ExitCodeOf(absl::NotFoundError("x")), 2);
  EXPECT_EQ(ExitCodeOf(FromNode(absl::UnavailableError("Socket closed"))), 3);
  EXPECT_EQ(ExitCodeOf(FromNode(absl::DeadlineExceededError("x"))), 3);
  EXPECT_EQ(ExitCodeOf(FromNode(absl::InternalError("x"))), 4);
  EXPECT_EQ(ExitCodeOf(absl::InternalError("x")), 4);
}

TEST(ExitCodeTest, ANodeThatCannotReachItsPartnerWasReached) {
  EXPECT_EQ(ExitCodeOf(FromNode(Error(absl::StatusCode::kUnavailable, "PARTNER_UNAVAILABLE", "x"))), 1);
}

TEST(ExitCodeTest, MarkingKeepsReasonAndMessage) {
  const absl::Status marked = FromNode(Error(absl::StatusCode::kPermissionDenied, "NO_GRANT", "text"));
  EXPECT_EQ(ReasonOf(marked), "NO_GRANT");
  EXPECT_EQ(marked.message(), "text");
  EXPECT_EQ(ExitCodeOf(Annotate(marked, "prefix")), 1);
}

TEST(ErrorTextTest, NamesReasonFieldAndNextStep) {
  EXPECT_EQ(ErrorText(FromNode(InvalidField("case_reference", "is required"))),
            "tamga: case_reference: is required\n"
            "  reason: INVALID_FIELD\n"
            "  field: case_reference\n");
  EXPECT_THAT(ErrorText(Error(absl::StatusCode::kPermissionDenied, "NO_GRANT", "x")),
              HasSubstr("tamga treaty explain"));
}

TEST(ErrorTextTest, SaysOnceWhatADenialIsMissing) {
  const std::string text = ErrorText(FromNode(Error(absl::StatusCode::kPermissionDenied, "NO_GRANT",
                                                    "No treaty permits it. A art. 1 would serve if it were cited.",
                                                    {{"missing", "A art. 1 would serve if it were cited"}})));
  EXPECT_EQ(text.find("would serve"), text.rfind("would serve"));
  EXPECT_THAT(text, Not(HasSubstr("missing")));
}

TEST(ErrorTextTest, SaysWhatToCheckWhenTheConnectionIsJustClosed) {
  const std::string text = ErrorText(FromNode(absl::UnavailableError("Socket closed")));
  EXPECT_THAT(text, HasSubstr("certificate"));
  EXPECT_THAT(text, HasSubstr("address"));
  EXPECT_THAT(text, HasSubstr("agency"));
}

TEST(ErrorTextTest, TextOfANodeCannotSteerTheTerminal) {
  EXPECT_THAT(ErrorText(FromNode(Error(absl::StatusCode::kAborted, "A\033", "b\033[2J", {{"c", "d\033"}}))),
              Not(HasSubstr("\033")));
}

}  // namespace
}  // namespace tamga::cli
