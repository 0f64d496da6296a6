#include "node/readmission/forms/form_printer.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "node/base/child_process.h"
#include "node/base/clock.h"
#include "node/base/matchers.h"

namespace tamga::readmission {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

absl::Time Almaty(int month, int day, int hour, int minute) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Asia/Almaty", &zone));
  return absl::FromCivil(absl::CivilMinute(2026, month, day, hour, minute), zone);
}

class FormPrinterTest : public ::testing::Test {
 protected:
  FormPrinterTest() {
    treaty_.set_title("Agreement on readmission");
    treaty_.set_citation("Signed at Astana on 17 October 2016");
    v1::LocalText& russian = *treaty_.add_titles();
    russian.set_language(v1::LANGUAGE_RU);
    russian.set_text("Соглашение о реадмиссии");
    v1::LocalText& kazakh = *treaty_.add_titles();
    kazakh.set_language(v1::LANGUAGE_KK);
    kazakh.set_text("Реадмиссия туралы келісім");
    treaty_.add_time_limits()->set_time_zone("Asia/Almaty");

    record_.set_case_id("0190a0b0-0000-7000-8000-000000000001");
    record_.set_requesting_agency("KAZ/interior-ministry");
    record_.set_requested_agency("KGZ/interior-ministry");
    record_.set_requested_file_number("KG-2026-99");
    record_.set_procedure(v1::READMISSION_PROCEDURE_ACCELERATED);
    v1::ReadmissionApplication& application = *record_.mutable_application();
    application.set_category(v1::PERSON_CATEGORY_OWN_NATIONAL);
    application.set_requesting_file_number("MIA-2026-0815");
    AddName("Zhumagulov", "Khamid");
    AddName("Жумагулов", "Хамид");
    application.mutable_born_on()->set_year(1991);
    application.mutable_born_on()->set_month(1);
    application.set_sex("M");
    application.add_nationalities("KGZ");
    v1::TravelDocument& document = *application.add_documents();
    document.set_kind("passport");
    document.set_number("PE1234567");
    application.set_special_circumstances("needs insulin");
    v1::Evidence& evidence = *application.add_evidence();
    evidence.set_tier(v1::EVIDENCE_TIER_NATIONALITY_PROOF);
    evidence.set_kind("identity card");
    application.add_itinerary("Osh");
    application.add_itinerary("Almaty");
    application.set_known_on("2026-11-20");
    AddEvent(v1::READMISSION_STEP_KIND_SUBMIT, Almaty(11, 23, 9, 30));
    AddEvent(v1::READMISSION_STEP_KIND_RECEIVE, Almaty(11, 23, 9, 31));
  }

  v1::PersonName& AddName(const std::string& surname, const std::string& given_names) {
    v1::PersonName& name = *record_.mutable_application()->add_names();
    name.set_surname(surname);
    name.set_given_names(given_names);
    return name;
  }

  v1::ReadmissionEvent& AddEvent(v1::ReadmissionStepKind kind, absl::Time at) {
    v1::ReadmissionEvent& event = *record_.add_history();
    event.set_kind(kind);
    *event.mutable_at() = ToProto(at);
    return event;
  }

  absl::StatusOr<std::string> Print(v1::ReadmissionForm form, const std::string& language = "en",
                                    v1::FormFormat format = v1::FORM_FORMAT_HTML) const {
    return PrintForm(record_, treaty_, form, language, format);
  }

  std::string Application(const std::string& language = "en") const {
    const absl::StatusOr<std::string> html = Print(v1::READMISSION_FORM_APPLICATION, language);
    EXPECT_OK(html.status());
    return html.value_or("");
  }

  v1::Treaty treaty_;
  v1::ReadmissionCase record_;
};

MATCHER_P(HasInOrder, parts, "has the parts in their order") {
  size_t from = 0;
  for (const std::string& part : parts) {
    const size_t at = arg.find(part, from);
    if (at == std::string::npos) {
      *result_listener << "without " << part << " where it should be";
      return false;
    }
    from = at + part.size();
  }
  return true;
}

TEST_F(FormPrinterTest, TheApplicationHasItsFieldsInTheOrderOfTheStandardForm) {
  const std::vector<std::string> parts = {"Agreement on readmission",
                                          "Signed at Astana",
                                          "APPLICATION FOR READMISSION",
                                          "KAZ/interior-ministry",
                                          "MIA-2026-0815",
                                          "KGZ/interior-ministry",
                                          "KG-2026-99",
                                          "23.11.2026 09:30 (UTC+05:00)",
                                          "23.11.2026 09:31 (UTC+05:00)",
                                          "\u2610 normal",
                                          "\u2612 accelerated",
                                          "\u2612 a national of the requested State",
                                          "\u2610 a stateless person",
                                          "A. Personal particulars",
                                          "Zhumagulov Khamid",
                                          "Жумагулов Хамид",
                                          "??.01.1991",
                                          "male",
                                          "KGZ",
                                          "B. Documents",
                                          "passport",
                                          "PE1234567",
                                          "C. Special circumstances",
                                          "needs insulin",
                                          "D. Evidence",
                                          "proof of nationality",
                                          "identity card",
                                          "E. Itinerary",
                                          "Osh",
                                          "Almaty",
                                          "20.11.2026",
                                          "Date, name and signature",
                                          "Official stamp"};
  EXPECT_THAT(Application(), HasInOrder(parts));
}

TEST_F(FormPrinterTest, EachLanguageHasTheTreatysTitleAndItsOwnWords) {
  EXPECT_THAT(Application("ru"), AllOf(HasSubstr("<html lang=\"ru\">"), HasSubstr("Соглашение о реадмиссии"),
                                       HasSubstr("ХОДАТАЙСТВО О РЕАДМИССИИ"), HasSubstr("Дата рождения"),
                                       HasSubstr("\u2612 гражданином запрашиваемого государства"),
                                       HasSubstr("доказательство гражданства")));
  EXPECT_THAT(Application("kk"),
              AllOf(HasSubstr("<html lang=\"kk\">"), HasSubstr("Реадмиссия туралы келісім"),
                    HasSubstr("РЕАДМИССИЯ ТУРАЛЫ ӨТІНІШХАТ"), HasSubstr("Туған күні"),
                    HasSubstr("\u2612 сұрау салынатын мемлекеттің азаматы"), HasSubstr("азаматтықтың дәлелі")));
  EXPECT_THAT(Application("en"), AllOf(HasSubstr("Date of birth"), Not(HasSubstr("Дата"))));
}

TEST_F(FormPrinterTest, NothingThatAPartnerWroteIsMarkup) {
  AddName("<script>alert('x')</script>", "\"O'Brien\" & {{citation}} {{{title}}}");
  record_.set_requested_file_number("<img src=x>");
  record_.mutable_application()->set_special_circumstances("</td></table>\u202Edesrever\x01");
  const std::string html = Application();
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<script>")), Not(HasSubstr("<img")), Not(HasSubstr("</table>desrever")),
                          Not(HasSubstr("\u202E")), Not(HasSubstr("\x01"))));
  EXPECT_THAT(html, AllOf(HasSubstr("&lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt;"),
                          HasSubstr("&quot;O&apos;Brien&quot; &amp; {{citation}} {{{title}}}"),
                          HasSubstr("&lt;img src=x&gt;"), HasSubstr("&lt;/td&gt;&lt;/table&gt;desrever")));
}

TEST_F(FormPrinterTest, ACaseIdThatIsNoneDoesNotReachTheStyle) {
  record_.set_case_id("\"; } @import \"x");
  EXPECT_THAT(Application(), Not(HasSubstr("@import \"")));
}

TEST_F(FormPrinterTest, TheDocumentRefersToNothingOutsideItself) {
  for (const char* reference : {"http:", "https:", "url(", "src=", "href=", "@import"}) {
    EXPECT_THAT(Application(), Not(HasSubstr(reference)));
  }
}

TEST_F(FormPrinterTest, AConfessionIsAskedOnlyWhereItWasTold) {
  EXPECT_THAT(Application(), Not(HasSubstr("Religious confession")));
  record_.mutable_application()->set_confession("none");
  EXPECT_THAT(Application(), HasSubstr("Religious confession"));
}

TEST_F(FormPrinterTest, APlainNoticeIsCalledOneAndAsksForTheWillToGo) {
  record_.set_procedure(v1::READMISSION_PROCEDURE_NOTICE);
  record_.mutable_application()->set_willing(v1::TERNARY_YES);
  const std::vector<std::string> parts = {"NOTICE OF READMISSION", "willing to go", "yes"};
  EXPECT_THAT(Application(), HasInOrder(parts));
}

TEST_F(FormPrinterTest, ARefusalIsPrintedWithItsGroundReasonsAndArticles) {
  v1::ReadmissionEvent& overtaken = AddEvent(v1::READMISSION_STEP_KIND_ACCEPT, Almaty(12, 1, 9, 0));
  overtaken.set_overtaken(true);
  v1::ReadmissionEvent& refusal = AddEvent(v1::READMISSION_STEP_KIND_REFUSE, Almaty(12, 1, 10, 15));
  refusal.set_refusal_code(v1::REFUSAL_CODE_NOT_NATIONAL);
  refusal.set_reasons("No entry\nin the register");
  refusal.add_articles("2.3");
  ASSERT_OK_AND_ASSIGN(const std::string html, Print(v1::READMISSION_FORM_DECISION));
  const std::vector<std::string> parts = {"DECISION ON AN APPLICATION",
                                          "\u2610 accepted",
                                          "\u2612 refused",
                                          "\u2610 deemed accepted",
                                          "Zhumagulov Khamid",
                                          "01.12.2026 10:15 (UTC+05:00)",
                                          "not a national",
                                          "No entry\nin the register",
                                          "2.3",
                                          "signature"};
  EXPECT_THAT(html, HasInOrder(parts));
}

TEST_F(FormPrinterTest, SilenceIsPrintedAsAnAcceptanceThatIsDeemed) {
  AddEvent(v1::READMISSION_STEP_KIND_DEEM_ACCEPTED, Almaty(12, 19, 0, 0));
  ASSERT_OK_AND_ASSIGN(const std::string html, Print(v1::READMISSION_FORM_DECISION));
  const std::vector<std::string> parts = {"\u2610 accepted", "\u2610 refused", "\u2612 deemed accepted",
                                          "19.12.2026 00:00"};
  EXPECT_THAT(html, HasInOrder(parts));
}

TEST_F(FormPrinterTest, WhatCannotBePrintedSaysWhy) {
  EXPECT_THAT(Print(v1::READMISSION_FORM_DECISION), HasReason("NO_DECISION"));
  EXPECT_THAT(Print(v1::READMISSION_FORM_UNSPECIFIED), HasReason("INVALID_FIELD"));
  EXPECT_THAT(Print(v1::READMISSION_FORM_APPLICATION, "de"), HasReason("INVALID_FIELD"));
  EXPECT_THAT(Print(v1::READMISSION_FORM_APPLICATION, "en", v1::FORM_FORMAT_UNSPECIFIED), HasReason("INVALID_FIELD"));
  treaty_.mutable_readmission()->add_languages(v1::LANGUAGE_RU);
  EXPECT_THAT(Print(v1::READMISSION_FORM_APPLICATION, "kk"), HasReason("INVALID_FIELD"));
  EXPECT_OK(Print(v1::READMISSION_FORM_APPLICATION, "ru").status());
  record_.clear_application();
  EXPECT_THAT(Print(v1::READMISSION_FORM_APPLICATION, "ru"), HasReason("CASE_ERASED"));
}

TEST_F(FormPrinterTest, APdfHasTheSameWordsAsThePage) {
  for (const char* language : {"en", "ru", "kk"}) {
    ASSERT_OK_AND_ASSIGN(const std::string pdf, Print(v1::READMISSION_FORM_APPLICATION, language, v1::FORM_FORMAT_PDF));
    EXPECT_EQ(pdf.substr(0, 4), "%PDF");
    ASSERT_OK_AND_ASSIGN(const std::string text,
                         RunProgram({"pdftotext", "-layout", "-", "-"}, pdf, {std::chrono::minutes(1), 1 << 20}));
    EXPECT_THAT(text, AllOf(HasSubstr("Zhumagulov Khamid"), HasSubstr("Жумагулов Хамид"), HasSubstr("PE1234567"),
                            HasSubstr(record_.case_id()), ::testing::ContainsRegex("1 ?/ ?[1-9]")));
    const std::string label = std::string(language) == "en"   ? "Date of birth"
                              : std::string(language) == "ru" ? "Дата рождения"
                                                              : "Туған күні";
    EXPECT_THAT(text, HasSubstr(label));
  }
}

TEST_F(FormPrinterTest, AMissingPdfToolIsNamedWithTheWayOut) {
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", "/nonexistent", 1);
  const absl::StatusOr<std::string> pdf = Print(v1::READMISSION_FORM_APPLICATION, "en", v1::FORM_FORMAT_PDF);
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_THAT(pdf, HasReason("PDF_TOOL_MISSING"));
}

}  // namespace
}  // namespace tamga::readmission
