#include "node/cli/display_text.h"

#include "gmock/gmock.h"

namespace tamga::cli {
namespace {

TEST(DisplayTextTest, LeavesPlainTextOfAnyScriptAlone) {
  for (const char* text : {"", "lane-7", "Қазақстан", "Тоҷикистон", "中文", "é"}) EXPECT_EQ(DisplayText(text), text);
}

TEST(DisplayTextTest, ReplacesWhatCouldSteerTheTerminalOrRearrangeTheText) {
  EXPECT_EQ(DisplayText("a\033[2Jb"), "a?[2Jb");
  EXPECT_EQ(DisplayText("a\r\n\tb\x7f"), "a???b?");
  EXPECT_EQ(DisplayText("a\xC2\x9B"
                        "2Jb"),
            "a?2Jb");                                          // C1 control sequence introducer
  EXPECT_EQ(DisplayText("NO \xE2\x80\xAEHIT"), "NO ?HIT");     // right-to-left override
  EXPECT_EQ(DisplayText("\xE2\x81\xA6x\xE2\x81\xA9"), "?x?");  // isolates
  EXPECT_EQ(DisplayText("\xFF\xC0\xAF"), "???");               // not UTF-8
  EXPECT_EQ(DisplayText(std::string("a\0b", 3)), "a?b");
}

TEST(DisplayTextTest, KeepsLineBreaksOnlyWhereAsked) {
  EXPECT_EQ(DisplayLines("a\nb\033"), "a\nb?");
  EXPECT_EQ(DisplayText("a\nb"), "a?b");
}

TEST(DisplayTextTest, MeasuresColumnsAndNotBytes) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("KAZ"), 3u);
  EXPECT_EQ(DisplayWidth("Қазақ"), 5u);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1u);  // with a combining acute accent
  EXPECT_EQ(DisplayWidth("中文"), 4u);
}

}  // namespace
}  // namespace tamga::cli
