// What callers choose to name things by may tell of a person: it stands in no file of either node, and works all the
// same.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/exchange/test_pair.h"
#include "node/store/folder_copy.h"
#include "node/store/test_folder.h"

namespace tamga::exchange {
namespace {

class CallerIdsTest : public ::testing::Test {
 protected:
  // Every field of a question that its caller fills with a text of his own.
  AskResult Ask(const std::string& surname) {
    Outgoing question = pair_.kazakh.QuestionTo(kKyrgyz, surname);
    question.context.set_idempotency_key("passport-N1234567");
    question.context.set_case_reference("file-N1234567");
    question.context.set_officer("staff-N1234567");
    return pair_.kazakh.asking().Ask(question);
  }

  TestPair pair_{""};
};

TEST_F(CallerIdsTest, StandInNoFileOfEitherNode) {
  const AskResult asked = Ask("SPECIMEN-N1234567");
  ASSERT_OK(asked.status);
  for (TestNode* node : {&pair_.kazakh, &pair_.kyrgyz}) {
    const store::TestFolder backups;
    ASSERT_OK(store::BackUp(node->folder(), backups.path(), pair_.states.clock.Now()));
    for (const std::string& folder : {node->folder(), backups.path()}) {
      const std::string bytes = store::AllBytesIn(folder);
      EXPECT_NE(bytes.find(FormatUuid(asked.exchange_id)), std::string::npos);  // these files hold the exchange
      EXPECT_EQ(bytes.find("N1234567"), std::string::npos) << folder;
    }
  }
}

TEST_F(CallerIdsTest, ARepeatedKeyHasOneEffectAndAMisusedOneIsRefused) {
  const AskResult first = Ask("SPECIMEN");
  ASSERT_OK(first.status);
  const AskResult again = Ask("SPECIMEN");
  ASSERT_OK(again.status);
  EXPECT_EQ(again.result, first.result);
  EXPECT_EQ(pair_.keeping.records().Get("case", "SPECIMEN").value().version, 1);
  EXPECT_THAT(Ask("ANOTHER").status, HasReason("IDEMPOTENCY_MISMATCH"));
  EXPECT_THAT(pair_.keeping.records().Get("case", "ANOTHER"), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace tamga::exchange
