#include "node/readmission/forms/form_printer.h"

#include <algorithm>
#include <chrono>
#include <kainjow/mustache.hpp>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "node/base/check.h"
#include "node/base/child_process.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/readmission/forms/form_content.h"
#include "node/readmission/forms/form_template.h"
#include "node/readmission/forms/form_words.h"

namespace tamga::readmission {
namespace {

using kainjow::mustache::data;
using kainjow::mustache::mustache;

// What fits into an answer of the node, and what a form of a few pages needs.
constexpr ProgramBounds kPdfBounds = {std::chrono::seconds(20), 2 << 20};

// "ru" for LANGUAGE_RU.
std::string CodeOf(v1::Language language) {
  return absl::AsciiStrToLower(absl::StripPrefix(v1::Language_Name(language), "LANGUAGE_"));
}

absl::StatusOr<v1::Language> ReadLanguage(const v1::Treaty& treaty, const std::string& code) {
  std::vector<v1::Language> allowed;
  for (const int language : treaty.readmission().languages()) allowed.push_back(static_cast<v1::Language>(language));
  if (allowed.empty()) allowed = {v1::LANGUAGE_EN, v1::LANGUAGE_RU, v1::LANGUAGE_KK};
  std::vector<std::string> codes;
  for (const v1::Language language : allowed) {
    codes.push_back(CodeOf(language));
    if (codes.back() == code) return language;
  }
  return InvalidField("language", absl::StrCat("must be one of the treaty's: ", absl::StrJoin(codes, ", ")));
}

// What a partner wrote must not turn the order of the text around it, nor break the document.
std::string Clean(const std::string& text) {
  std::string clean = ReplaceInvalidUtf8(text);
  std::replace_if(
      clean.begin(), clean.end(), [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7F; }, ' ');
  return absl::StrReplaceAll(clean, {{"\u202A", ""},
                                     {"\u202B", ""},
                                     {"\u202C", ""},
                                     {"\u202D", ""},
                                     {"\u202E", ""},
                                     {"\u2066", ""},
                                     {"\u2067", ""},
                                     {"\u2068", ""},
                                     {"\u2069", ""},
                                     {"\u200E", ""},
                                     {"\u200F", ""},
                                     {"\u061C", ""}});
}

template <typename Items, typename DataOf>
data ListOf(const Items& items, DataOf data_of) {
  data list(data::type::list);
  for (const auto& item : items) list << data_of(item);
  return list;
}

data ValueData(const char* name, const std::string& value) { return data(name, Clean(value)); }

data RowData(const FormRow& row) {
  data result(data::type::object);
  result.set("label", row.label);
  result.set("value", Clean(row.value));
  return result;
}

data PartyData(const FormParty& party, const std::string& file_label) {
  data result(data::type::object);
  result.set("label", party.label);
  result.set("agency", Clean(party.agency));
  result.set("file_label", file_label);
  result.set("file_number", Clean(party.file_number));
  return result;
}

data ChoiceData(const FormChoice& choice) {
  data result(data::type::object);
  result.set("heading", choice.heading);
  result.set("boxes", ListOf(choice.boxes, [](const FormBox& box) {
               data one(data::type::object);
               one.set("mark", box.is_marked ? "\u2612" : "\u2610");
               one.set("label", box.label);
               return one;
             }));
  return result;
}

data BlockData(const FormBlock& block, int* number) {
  data result(data::type::object);
  result.set("heading", block.heading);
  result.set("columns?", !block.columns.empty());
  result.set("columns", ListOf(block.columns, [](const std::string& column) { return data("label", column); }));
  result.set("lines", ListOf(block.lines, [](const std::vector<std::string>& line) {
               data one(data::type::object);
               one.set("cells", ListOf(line, [](const std::string& cell) { return ValueData("value", cell); }));
               return one;
             }));
  result.set("rows", ListOf(block.rows, [number](const FormRow& row) {
               data one = RowData(row);
               one.set("number", absl::StrCat(++*number, "."));
               return one;
             }));
  return result;
}

// In CSS too: an identifier, which has nothing to escape, or it is left out.
std::string CaseIdForStyle(const std::string& case_id) {
  return CheckReference("case_id", case_id).ok() ? case_id : "";
}

std::string Html(const FormContent& form, const v1::ReadmissionCase& record, const v1::Treaty& treaty,
                 v1::Language language) {
  data page(data::type::object);
  page.set("language", CodeOf(language));
  page.set("case_id", CaseIdForStyle(record.case_id()));
  page.set("title", form.title);
  page.set("treaty_title", form.treaty_title);
  page.set("citation", treaty.citation());
  page.set("parties", ListOf(form.parties, [language](const FormParty& party) {
             return PartyData(party, FormWord(language, "file_number"));
           }));
  page.set("times", ListOf(form.times, RowData));
  page.set("choices", ListOf(form.choices, ChoiceData));
  int number = 0;  // rows are counted through the form
  page.set("blocks", ListOf(form.blocks, [&number](const FormBlock& block) { return BlockData(block, &number); }));
  page.set("signature_label", FormWord(language, "signature"));
  page.set("stamp_label", FormWord(language, "stamp"));
  mustache layout(kFormTemplate);
  TAMGA_CHECK(layout.is_valid());
  return layout.render(page);
}

absl::StatusOr<std::string> Pdf(const std::string& html) {
  absl::StatusOr<std::string> pdf =
      RunProgram({"weasyprint", "--quiet", "--encoding", "utf-8", "-", "-"}, html, kPdfBounds);
  if (absl::IsNotFound(pdf.status())) {
    return Error(absl::StatusCode::kFailedPrecondition, "PDF_TOOL_MISSING",
                 "format: PDF needs the program weasyprint on the node's machine; install it (Debian's package "
                 "weasyprint), or ask for HTML");
  }
  if (!pdf.ok()) return Error(absl::StatusCode::kInternal, "PDF_FAILED", pdf.status().message());
  if (!absl::StartsWith(*pdf, "%PDF")) {
    return Error(absl::StatusCode::kInternal, "PDF_FAILED", "weasyprint wrote no PDF");
  }
  return pdf;
}

absl::StatusOr<FormContent> ContentOf(const v1::ReadmissionCase& record, const v1::Treaty& treaty,
                                      v1::ReadmissionForm form, v1::Language language) {
  if (!record.has_application()) {
    return Error(absl::StatusCode::kFailedPrecondition, "CASE_ERASED",
                 "case_id: the particulars of this case are erased; nothing is left to print");
  }
  if (form == v1::READMISSION_FORM_APPLICATION) return ApplicationContent(record, treaty, language);
  if (form != v1::READMISSION_FORM_DECISION) return InvalidField("form", "must be APPLICATION or DECISION");
  const v1::ReadmissionEvent* decision = FindDecision(record);
  if (decision == nullptr) {
    return Error(absl::StatusCode::kFailedPrecondition, "NO_DECISION",
                 "form: this application is not decided yet; print the decision once it is");
  }
  return DecisionContent(record, *decision, treaty, language);
}

}  // namespace

absl::StatusOr<std::string> PrintForm(const v1::ReadmissionCase& record, const v1::Treaty& treaty,
                                      v1::ReadmissionForm form, const std::string& language, v1::FormFormat format) {
  if (format != v1::FORM_FORMAT_HTML && format != v1::FORM_FORMAT_PDF) {
    return InvalidField("format", "must be HTML or PDF");
  }
  ASSIGN_OR_RETURN(const v1::Language known, ReadLanguage(treaty, language));
  ASSIGN_OR_RETURN(const FormContent content, ContentOf(record, treaty, form, known));
  std::string html = Html(content, record, treaty, known);
  if (format == v1::FORM_FORMAT_HTML) return html;
  return Pdf(html);
}

std::string MediaTypeOf(v1::FormFormat format) {
  return format == v1::FORM_FORMAT_PDF ? "application/pdf" : "text/html; charset=utf-8";
}

}  // namespace tamga::readmission
