#include "node/cli/enum_name.h"

#include "gmock/gmock.h"
#include "node/base/matchers.h"
#include "tamga/v1/common.pb.h"
#include "tamga/v1/watchlist_service.pb.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const auto& kPurposes = *google::protobuf::GetEnumDescriptor<v1::Purpose>();

TEST(EnumNameTest, TakesShortAndFullNamesInAnyCaseAndSpelling) {
  for (const char* text : {"BORDER_CHECK", "border_check", "border-check", "Border_Check", "PURPOSE_BORDER_CHECK"}) {
    ASSERT_OK_AND_ASSIGN(const int value, ParseEnumName(kPurposes, text));
    EXPECT_EQ(value, v1::PURPOSE_BORDER_CHECK) << text;
  }
}

TEST(EnumNameTest, ListsTheChoicesWhenTheNameIsUnknown) {
  for (const char* text : {"", "BORDER", "UNSPECIFIED", "PURPOSE_UNSPECIFIED", "2", "BORDER_CHECK "}) {
    EXPECT_THAT(ParseEnumName(kPurposes, text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("READMISSION, BORDER_CHECK")))
        << text;
  }
  EXPECT_THAT(EnumChoices(kPurposes), Not(HasSubstr("UNSPECIFIED")));
}

TEST(EnumNameTest, EveryNameThatIsShownIsTaken) {
  const auto& operations = *google::protobuf::GetEnumDescriptor<v1::Operation>();
  for (int i = 1; i < operations.value_count(); ++i) {
    const int value = operations.value(i)->number();
    ASSERT_OK_AND_ASSIGN(const int parsed, ParseEnumName(operations, ShortEnumName(operations, value)));
    EXPECT_EQ(parsed, value);
  }
}

TEST(EnumNameTest, ShowsNothingSaidAsADashAndUnknownValuesAsNumbers) {
  EXPECT_EQ(ShortEnumName(v1::ADVICE_STOP), "STOP");
  EXPECT_EQ(ShortEnumName(v1::ADVICE_UNSPECIFIED), "-");
  EXPECT_EQ(ShortEnumName(static_cast<v1::Advice>(77)), "77");
}

}  // namespace
}  // namespace tamga::cli
