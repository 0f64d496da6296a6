#include "policy/render.h"

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "policy/render_words.h"
#include "policy/treaty_fixture.h"

namespace tamga::policy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(RenderTest, PutsEachRuleBesideTheArticleThatItCites) {
  const TreatyDocument document = Document(SmallTreaty());
  const std::string page = Render(document, v1::LANGUAGE_EN, RenderFormat::kMarkdown);
  const size_t first = page.find("## Article 1"), second = page.find("## Article 2(b)");
  ASSERT_NE(first, std::string::npos);
  ASSERT_LT(first, second);
  EXPECT_LT(page.find("### Allowed: check"), second);
  EXPECT_GT(page.find("### Forbidden: asylum"), second);
  EXPECT_THAT(page, HasSubstr(HexEncode(document.sha256)));
  EXPECT_THAT(page, HasSubstr("Days within which an answer is due: 10"));
}

TEST(RenderTest, IsTheSameEachTime) {
  const TreatyDocument document = Document(SmallTreaty());
  EXPECT_EQ(Render(document, v1::LANGUAGE_KK, RenderFormat::kHtml),
            Render(document, v1::LANGUAGE_KK, RenderFormat::kHtml));
}

TEST(RenderTest, SaysWhereThereIsNoTextInTheLanguage) {
  const TreatyDocument document = Document(SmallTreaty());
  EXPECT_THAT(Render(document, v1::LANGUAGE_RU, RenderFormat::kMarkdown), HasSubstr("A small treaty (на английском)"));
  const TreatyDocument translated =
      Document(absl::StrCat(SmallTreaty(), "titles { language: LANGUAGE_RU text: \"Малый договор\" }\n"));
  EXPECT_THAT(Render(translated, v1::LANGUAGE_RU, RenderFormat::kMarkdown), HasSubstr("# Малый договор"));
}

TEST(RenderTest, NothingInADocumentBecomesMarkUp) {
  const TreatyDocument document =
      Document(With(SmallTreaty(), "\"A small treaty\"", "\"<script>alert(1)</script> & *so* on\""));
  const std::string html = Render(document, v1::LANGUAGE_EN, RenderFormat::kHtml);
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt; &amp; *so* on"));
  EXPECT_THAT(Render(document, v1::LANGUAGE_EN, RenderFormat::kMarkdown), Not(HasSubstr("<script>")));
}

TEST(RenderTest, PutsLimitsAndTermsBesideTheArticleThatTheyCiteInEachLanguage) {
  const std::string path = absl::StrCat(TAMGA_SOURCE_DIR, "/policy/treaties/readmission-kaz-kgz.txtpb");
  const TreatyDocument document = Document(ReadFile(path).value());
  const std::string page = Render(document, v1::LANGUAGE_EN, RenderFormat::kMarkdown);
  const size_t article = page.find("## Article 15"), limit = page.find("### Limit of time: accelerated-reply");
  ASSERT_NE(article, std::string::npos);
  EXPECT_LT(article, limit);
  EXPECT_THAT(page.substr(limit), AllOf(HasSubstr("How long: 2 WORKING\\_DAYS"), HasSubstr("Days off of: REQUESTED"),
                                        HasSubstr("midnight of: Asia/Almaty"), HasSubstr("passed: FALL\\_BACK")));
  EXPECT_THAT(page, AllOf(HasSubstr("### Evidence: NATIONALITY\\_PROOF"), HasSubstr("- seaman's book"),
                          HasSubstr("### Attachment: FINGERPRINTS"), HasSubstr("## How cases are worked"),
                          HasSubstr("Languages of the forms: ru, kk")));
  EXPECT_THAT(Render(document, v1::LANGUAGE_RU, RenderFormat::kMarkdown), HasSubstr("### Срок: accelerated-reply"));
  EXPECT_THAT(Render(document, v1::LANGUAGE_KK, RenderFormat::kMarkdown), HasSubstr("### Мерзім: accelerated-reply"));
}

TEST(RenderTest, EveryWordExistsInEveryLanguage) {
  for (int word = 0; word <= static_cast<int>(Word::kNotTranslated); ++word) {
    for (const v1::Language language : {v1::LANGUAGE_EN, v1::LANGUAGE_RU, v1::LANGUAGE_KK}) {
      EXPECT_FALSE(In(language, static_cast<Word>(word)).empty()) << word;
    }
  }
}

}  // namespace
}  // namespace tamga::policy
