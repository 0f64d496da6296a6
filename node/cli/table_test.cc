#include "node/cli/table.h"

#include "gmock/gmock.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Table Names() {
  Table table({"STATE", "FULL NAME"});
  table.AddRow({"KAZ", "Қазақстан"});
  table.AddRow({"Тоҷ", "Tajikistan"});
  return table;
}

TEST(TableTest, AlignsColumnsByWhatIsSeen) {
  EXPECT_EQ(Names().Text(Style::kPlain),
            "STATE  FULL NAME\n"
            "KAZ    Қазақстан\n"
            "Тоҷ    Tajikistan\n");
}

TEST(TableTest, LeavesNoSpacesAtTheEndOfALine) {
  Table table({"A", "B", "C"});
  table.AddRow({"1"});
  table.AddRow({"", "", "long text"});
  EXPECT_EQ(table.Text(Style::kPlain), "A  B  C\n1\n      long text\n");
}

TEST(TableTest, UsesColorOnlyWhenAskedTo) {
  EXPECT_THAT(Names().Text(Style::kPlain), Not(HasSubstr("\033")));
  EXPECT_THAT(Names().Text(Style::kColor), HasSubstr("\033[1mSTATE  FULL NAME\033[0m\n"));
}

TEST(TableTest, CellsCannotSteerTheTerminal) {
  Table table({"A"});
  table.AddRow({"x\033[1A\ny"});
  EXPECT_EQ(table.Text(Style::kPlain), "A\nx?[1A?y\n");
}

TEST(TableTest, LineBreaksOfACellAreKeptAsJsonWhereTheyAreEscaped) {
  Table table({"CHECKPOINT"});
  table.AddRow({"log.kaz\n7\n\033[2J"});
  EXPECT_EQ(table.Json(), "[\n {\"checkpoint\": \"log.kaz\\u000a7\\u000a?[2J\"}\n]\n");
  EXPECT_EQ(table.Text(Style::kPlain), "CHECKPOINT\nlog.kaz?7??[2J\n");
}

TEST(TableTest, IsAnArrayOfObjectsAsJson) {
  EXPECT_EQ(Names().Json(),
            "[\n"
            " {\"state\": \"KAZ\", \"full_name\": \"Қазақстан\"},\n"
            " {\"state\": \"Тоҷ\", \"full_name\": \"Tajikistan\"}\n"
            "]\n");
  EXPECT_EQ(Table({"A"}).Json(), "[]\n");
}

}  // namespace
}  // namespace tamga::cli
