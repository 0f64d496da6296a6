#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/main/config.h"
#include "node/main/test_mistakes.h"
#include "node/main/test_node.h"

namespace tamga::node {
namespace {

v1::Attachments& AttachmentsOf(TestNode& node) { return *node.config.mutable_attachments(); }

TEST(ConfigAttachmentsTest, WithoutItNobodyScansAndTheLimitsAreTheUsualOnes) {
  TestNode node;
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.WriteConfig(), TestNow()));
  const v1::Attachments& attachments = setup.config.attachments();
  EXPECT_EQ(attachments.scanner_socket(), "");
  EXPECT_EQ(attachments.scanner_address(), "");
  EXPECT_EQ(attachments.scanner_timeout_s(), 300u);
  EXPECT_EQ(attachments.max_bytes(), 209'715'200u);
  EXPECT_EQ(attachments.max_unfinished_bytes(), uint64_t{2} << 30);
}

TEST(ConfigAttachmentsTest, TheScannersSocketIsSoughtBesideTheConfiguration) {
  TestNode node;
  AttachmentsOf(node).set_scanner_socket("clamd.ctl");
  AttachmentsOf(node).set_scanner_timeout_s(3'600);
  AttachmentsOf(node).set_max_bytes(1);
  ASSERT_OK_AND_ASSIGN(const NodeSetup setup, LoadNodeSetup(node.WriteConfig(), TestNow()));
  EXPECT_EQ(setup.config.attachments().scanner_socket(), node.Path("clamd.ctl"));
  EXPECT_EQ(setup.config.attachments().scanner_timeout_s(), 3'600u);
  EXPECT_EQ(setup.config.attachments().max_bytes(), 1u);
}

TEST(ConfigAttachmentsTest, EachMistakeNamesItsFieldAndItsFix) {
  struct Case {
    const char* field;
    const char* what;
    std::function<void(v1::Attachments&)> spoil;
  };
  const Case cases[] = {
      {"scanner_address", "name one of them",
       [](v1::Attachments& a) {
         a.set_scanner_socket("clamd.ctl");
         a.set_scanner_address("127.0.0.1:3310");
       }},
      {"scanner_socket", "shorter path", [](v1::Attachments& a) { a.set_scanner_socket("/" + std::string(120, 'x')); }},
      {"scanner_timeout_s", "must be 1 to 3600", [](v1::Attachments& a) { a.set_scanner_timeout_s(3'601); }},
      {"max_bytes", "must be 1 to 209715200", [](v1::Attachments& a) { a.set_max_bytes(209'715'201); }},
      {"max_unfinished_bytes", "must be 209715200 to",
       [](v1::Attachments& a) { a.set_max_unfinished_bytes(209'715'199); }},
      {"max_unfinished_bytes", "must be 209715200 to",
       [](v1::Attachments& a) { a.set_max_unfinished_bytes((uint64_t{100} << 30) + 1); }},
  };
  for (const Case& spoilt : cases) {
    TestNode node;
    spoilt.spoil(AttachmentsOf(node));
    ExpectMistake(node, absl::StrCat("attachments.", spoilt.field), spoilt.what);
  }
  TestNode node;
  AttachmentsOf(node).set_scanner_address("clamd");
  EXPECT_THAT(MistakesOf(node), ::testing::ElementsAre(::testing::StartsWith("attachments.scanner_address: ")));
}

}  // namespace
}  // namespace tamga::node
