#include "certs/pem.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

using ::testing::ElementsAre;

const std::string kPem = WritePem("CERTIFICATE", "first block, long enough to need more than one line of base64");

TEST(PemTest, WhatIsWrittenIsReadBack) {
  const std::string bytes("\x00\x01\xff middle \n end", 16);
  ASSERT_OK_AND_ASSIGN(const auto blocks, ParsePem(absl::StrCat(WritePem("X", bytes), WritePem("X", "second")), "X"));
  EXPECT_THAT(blocks, ElementsAre(bytes, "second"));
}

TEST(PemTest, CommentsEmptyLinesAndCarriageReturnsAreAllowed) {
  const std::string pem = absl::StrCat("# the root of KAZ\n\n", kPem, "\n# end");
  EXPECT_OK(ParsePem(pem, "CERTIFICATE"));
  EXPECT_OK(ParsePem(absl::StrReplaceAll(pem, {{"\n", "\r\n"}}), "CERTIFICATE"));
}

TEST(PemTest, RefusesAnythingElse) {
  const std::string block = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  ASSERT_OK(ParsePem(block, "CERTIFICATE"));
  for (const std::string& pem : {
           std::string(),
           std::string("# only a comment\n"),
           "junk\n" + block,
           block + "junk\n",
           block + WritePem("PRIVATE KEY", "secret"),
           " " + block,
           absl::StrReplaceAll(block, {{"AAAA", "AAA"}}),
           absl::StrReplaceAll(block, {{"AAAA", "AB=="}}),
           absl::StrReplaceAll(block, {{"AAAA", "AA AA"}}),
           absl::StrReplaceAll(block, {{"AAAA", ""}}),
           absl::StrReplaceAll(block, {{"AAAA", "Proc-Type: 4,ENCRYPTED\n\nAAAA"}}),
           absl::StrReplaceAll(block, {{"-----END", "---- END"}}),
           absl::StrReplaceAll(block, {{"END CERTIFICATE", "END X"}}),
           absl::StrReplaceAll(block, {{"BEGIN CERTIFICATE", "BEGIN TRUSTED CERTIFICATE"}}),
       }) {
    EXPECT_THAT(ParsePem(pem, "CERTIFICATE"), StatusIs(absl::StatusCode::kInvalidArgument)) << pem;
  }
}

TEST(PemTest, ABlockCutAnywhereIsRefused) {
  // Without the last line end it is still whole.
  for (size_t size = 0; size + 1 < kPem.size(); ++size) {
    EXPECT_THAT(ParsePem(kPem.substr(0, size), "CERTIFICATE"), StatusIs(absl::StatusCode::kInvalidArgument)) << size;
  }
}

TEST(PemTest, MoreThanSixtyFourBlocksAreRefused) {
  std::string pem;
  for (int i = 0; i < 64; ++i) absl::StrAppend(&pem, kPem);
  EXPECT_OK(ParsePem(pem, "CERTIFICATE"));
  EXPECT_THAT(ParsePem(pem + kPem, "CERTIFICATE"), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tamga::certs
