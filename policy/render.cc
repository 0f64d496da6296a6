#include "policy/render.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "node/base/encoding.h"
#include "policy/condition.h"
#include "policy/enum_names.h"
#include "policy/render_words.h"
#include "policy/words.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::policy {
namespace {

// How headings, paragraphs and lists are written.
class Page {
 public:
  explicit Page(RenderFormat format) : is_html_(format == RenderFormat::kHtml) {}

  void Begin(absl::string_view language, absl::string_view title) {
    if (!is_html_) return;
    absl::StrAppend(&text_, "<!DOCTYPE html>\n<html lang=\"", language,
                    "\">\n<head>\n<meta charset=\"utf-8\">\n<title>", Safe(title), "</title>\n</head>\n<body>\n");
  }
  void Heading(int level, absl::string_view title) {
    if (is_html_) {
      absl::StrAppend(&text_, "<h", level, ">", Safe(title), "</h", level, ">\n");
    } else {
      absl::StrAppend(&text_, std::string(static_cast<size_t>(level), '#'), " ", Safe(title), "\n\n");
    }
  }
  void Paragraph(absl::string_view text) {
    absl::StrAppend(&text_, is_html_ ? "<p>" : "", Safe(text), is_html_ ? "</p>\n" : "\n\n");
  }
  void Quote(absl::string_view text) {
    absl::StrAppend(&text_, is_html_ ? "<blockquote>" : "> ",
                    absl::StrReplaceAll(Safe(text), {{"\n", is_html_ ? "<br>\n" : "\n> "}}),
                    is_html_ ? "</blockquote>\n" : "\n\n");
  }
  void List(const std::vector<std::string>& items) {
    if (is_html_) absl::StrAppend(&text_, "<ul>\n");
    for (const std::string& item : items) {
      absl::StrAppend(&text_, is_html_ ? "<li>" : "- ", Safe(item), is_html_ ? "</li>\n" : "\n");
    }
    absl::StrAppend(&text_, is_html_ ? "</ul>\n" : "\n");
  }
  std::string End() {
    if (is_html_) absl::StrAppend(&text_, "</body>\n</html>\n");
    return std::move(text_);
  }

 private:
  // Nothing in a document may become mark-up.
  std::string Safe(absl::string_view text) const {
    if (is_html_) return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
    return absl::StrReplaceAll(
        text, {{"\\", "\\\\"}, {"*", "\\*"}, {"_", "\\_"}, {"`", "\\`"}, {"<", "&lt;"}, {"[", "\\["}, {"#", "\\#"}});
  }

  const bool is_html_;
  std::string text_;
};

absl::string_view TagOf(v1::Language language) {
  return language == v1::LANGUAGE_RU ? "ru" : language == v1::LANGUAGE_KK ? "kk" : "en";
}

template <typename Enum, typename List>
std::string NamesOf(const List& values) {
  std::vector<std::string> names;
  for (const int value : values) names.push_back(ShortName(static_cast<Enum>(value)));
  return absl::StrJoin(names, ", ");
}

// An enumerator's name without its prefix.
std::string Bare(absl::string_view name, absl::string_view prefix) {
  return std::string(absl::StripPrefix(name, prefix));
}

template <typename Rule>
bool Cites(const Rule& rule, const std::string& article) {
  return std::find(rule.cites().begin(), rule.cites().end(), article) != rule.cites().end();
}

// One rendering.
class Renderer {
 public:
  Renderer(const TreatyDocument& document, v1::Language language, RenderFormat format)
      : treaty_(document.treaty), sha256_(HexEncode(document.sha256)), language_(language), page_(format) {}

  std::string Run() {
    const std::string title = Local(treaty_.title(), treaty_.titles());
    page_.Begin(TagOf(language_), title);
    page_.Heading(1, title);
    page_.Paragraph(treaty_.citation());
    page_.List(
        {absl::StrCat(treaty_.id(), ", ", Say(Word::kVersion), " ", treaty_.version()),
         absl::StrCat(Say(Word::kTextOf), ": ", sha256_),
         std::string(Say(treaty_.text_status() == v1::TEXT_STATUS_OFFICIAL ? Word::kOfficialText : Word::kModelText))});
    if (!treaty_.text_note().empty()) page_.Paragraph(treaty_.text_note());
    AddParties();
    for (const v1::Article& article : treaty_.articles()) AddArticle(article);
    if (treaty_.has_readmission()) AddCases(treaty_.readmission());
    return page_.End();
  }

 private:
  absl::string_view Say(Word word) const { return In(language_, word); }

  // The text in the language; the English one, marked, if there is none.
  std::string Local(const std::string& english, const google::protobuf::RepeatedPtrField<v1::LocalText>& texts) const {
    if (language_ == v1::LANGUAGE_EN) return english;
    for (const v1::LocalText& text : texts) {
      if (text.language() == language_) return text.text();
    }
    return absl::StrCat(english, " (", Say(Word::kNotTranslated), ")");
  }

  void AddParties() {
    page_.Heading(2, Say(Word::kParties));
    std::vector<std::string> parties;
    for (const v1::Party& party : treaty_.parties()) {
      parties.push_back(absl::StrCat(party.state(), ": ", absl::StrJoin(party.agencies(), ", ")));
    }
    page_.List(parties);
  }

  void AddArticle(const v1::Article& article) {
    page_.Heading(2, absl::StrCat(Say(Word::kArticle), " ", article.number()));
    page_.Paragraph(Local(article.summary(), article.summaries()));
    if (article.legal_text().empty()) {
      page_.Paragraph(absl::StrCat(Say(Word::kLegalText), ": ", Say(Word::kNotAtHand)));
    } else {
      page_.Paragraph(absl::StrCat(Say(Word::kLegalText), ":"));
      page_.Quote(article.legal_text());
    }
    const auto each = [&](const auto& rules, Word kind) {
      for (const auto& rule : rules) {
        if (Cites(rule, article.number())) AddRule(rule, kind);
      }
    };
    each(treaty_.grants(), Word::kGrant);
    each(treaty_.prohibitions(), Word::kProhibition);
    each(treaty_.ceilings(), Word::kCeiling);
    each(treaty_.duties(), Word::kDuty);
    each(treaty_.invariants(), Word::kInvariant);
    AddTerms(article.number());
  }

  // Limits of time and terms of readmission that rest on the article.
  void AddTerms(const std::string& article) {
    for (const v1::TimeLimit& limit : treaty_.time_limits()) {
      if (Cites(limit, article)) AddLimit(limit);
    }
    const auto add = [&](Word word, const std::string& title, const std::vector<std::string>& items) {
      page_.Heading(3, absl::StrCat(Say(word), title.empty() ? "" : ": ", title));
      page_.List(items);
    };
    std::vector<std::string> steps, categories;
    for (const v1::StepRule& rule : treaty_.readmission().steps()) {
      if (!Cites(rule, article)) continue;
      for (const int kind : rule.kinds()) {
        steps.push_back(
            Bare(v1::ReadmissionStepKind_Name(static_cast<v1::ReadmissionStepKind>(kind)), "READMISSION_STEP_KIND_"));
      }
    }
    if (!steps.empty()) add(Word::kSteps, "", steps);
    for (const v1::CategoryRule& rule : treaty_.readmission().categories()) {
      if (!Cites(rule, article)) continue;
      categories.push_back(Bare(v1::PersonCategory_Name(rule.category()), "PERSON_CATEGORY_"));
    }
    if (!categories.empty()) add(Word::kCategory, "", categories);
    for (const v1::EvidenceRule& rule : treaty_.readmission().evidence()) {
      if (!Cites(rule, article)) continue;
      add(Word::kEvidence, Bare(v1::EvidenceTier_Name(rule.tier()), "EVIDENCE_TIER_"),
          {rule.kinds().begin(), rule.kinds().end()});
    }
    for (const v1::AttachmentRule& rule : treaty_.readmission().attachments()) {
      if (!Cites(rule, article)) continue;
      add(Word::kAttachment, Bare(v1::AttachmentKind_Name(rule.kind()), "ATTACHMENT_KIND_"),
          {absl::StrCat(absl::StrJoin(rule.media_types(), ", "), " (≤ ", rule.max_bytes(), " B)")});
    }
  }

  void AddLimit(const v1::TimeLimit& limit) {
    page_.Heading(3, absl::StrCat(Say(Word::kTimeLimit), ": ", limit.id()));
    const auto line = [&](Word word, const std::string& what) { return absl::StrCat(Say(word), ": ", what); };
    const std::string procedure =
        limit.procedure() == v1::READMISSION_PROCEDURE_UNSPECIFIED
            ? std::string(Say(Word::kAllProcedures))
            : Bare(v1::ReadmissionProcedure_Name(limit.procedure()), "READMISSION_PROCEDURE_");
    std::vector<std::string> lines{
        line(Word::kClock, Bare(v1::CaseClock_Name(limit.clock()), "CASE_CLOCK_")), line(Word::kProcedure, procedure),
        line(Word::kAmount, absl::StrCat(limit.amount(), " ", Bare(v1::TimeUnit_Name(limit.unit()), "TIME_UNIT_"))),
        line(Word::kStart, Bare(v1::ClockStart_Name(limit.start()), "CLOCK_START_"))};
    if (limit.holidays_of() != v1::CALENDAR_SIDE_UNSPECIFIED) {
      lines.push_back(line(Word::kHolidaysOf, Bare(v1::CalendarSide_Name(limit.holidays_of()), "CALENDAR_SIDE_")));
    }
    if (!limit.time_zone().empty()) lines.push_back(line(Word::kTimeZone, limit.time_zone()));
    if (limit.first_day_counts()) lines.push_back(std::string(Say(Word::kFirstDayCounts)));
    lines.push_back(line(Word::kOnExpiry, Bare(v1::OnExpiry_Name(limit.on_expiry()), "ON_EXPIRY_")));
    page_.List(lines);
  }

  // What no single article says.
  void AddCases(const v1::ReadmissionTerms& terms) {
    std::vector<std::string> lines;
    for (const auto& [holds, word] : {std::pair(terms.notice_needs_willingness(), Word::kNoticeNeedsWillingness),
                                      std::pair(terms.return_restarts_clock(), Word::kReturnRestartsClock),
                                      std::pair(terms.hold_extends_transfer(), Word::kHoldExtendsTransfer)}) {
      if (holds) lines.push_back(std::string(Say(word)));
    }
    if (terms.expired_proof_months() != 0) {
      lines.push_back(absl::StrCat(Say(Word::kExpiredProofMonths), ": ", terms.expired_proof_months()));
    }
    if (!terms.crossing_points().empty()) {
      lines.push_back(absl::StrCat(Say(Word::kCrossingPoints), ": ", absl::StrJoin(terms.crossing_points(), ", ")));
    }
    if (!terms.languages().empty()) {
      std::vector<std::string> languages;
      for (const int language : terms.languages()) {
        languages.push_back(std::string(TagOf(static_cast<v1::Language>(language))));
      }
      lines.push_back(absl::StrCat(Say(Word::kFormLanguages), ": ", absl::StrJoin(languages, ", ")));
    }
    if (lines.empty()) return;
    page_.Heading(2, Say(Word::kCases));
    page_.List(lines);
  }

  template <typename Rule>
  void AddRule(const Rule& rule, Word kind) {
    page_.Heading(3, absl::StrCat(Say(kind), ": ", rule.id()));
    std::vector<std::string> lines = ScopeOf(rule.scope());
    for (const Test& test : CompileTests(rule.when())) {
      lines.push_back(absl::StrCat(Say(Word::kWhen), ": ", InWords(test, " = ")));
    }
    AddParticulars(rule, &lines);
    page_.List(lines);
  }

  std::vector<std::string> ScopeOf(const v1::Scope& scope) const {
    const auto line = [&](Word word, const std::string& names) {
      return absl::StrCat(Say(word), ": ", names.empty() ? std::string(Say(Word::kAny)) : names);
    };
    return {line(Word::kAskers, absl::StrJoin(scope.askers(), ", ")),
            line(Word::kAnswerers, absl::StrJoin(scope.answerers(), ", ")),
            line(Word::kRecords, NamesOf<v1::RecordKind>(scope.record_kinds())),
            line(Word::kOperations, NamesOf<v1::Operation>(scope.operations())),
            line(Word::kPurposes, NamesOf<v1::Purpose>(scope.purposes()))};
  }

  void AddDisclosure(Word word, const v1::Disclosure& disclosure, std::vector<std::string>* lines) const {
    std::vector<std::string> parts{v1::DisclosureLevel_Name(disclosure.level())};
    for (const int data_class : disclosure.classes()) {
      parts.push_back(v1::DataClass_Name(static_cast<v1::DataClass>(data_class)));
    }
    lines->push_back(absl::StrCat(Say(word), ": ", absl::StrJoin(parts, ", ")));
  }

  void AddParticulars(const v1::Grant& grant, std::vector<std::string>* lines) const {
    AddDisclosure(Word::kRequestTells, grant.request(), lines);
    AddDisclosure(Word::kReplyTells, grant.reply(), lines);
    for (const v1::Obligation& obligation : grant.obligations()) {
      lines->push_back(absl::StrCat(Say(Word::kInReturn), ": ", InWords(obligation)));
    }
    if (grant.answer_within_days() != 0) {
      lines->push_back(absl::StrCat(Say(Word::kAnswerWithin), ": ", grant.answer_within_days()));
    }
    if (!grant.justification().empty()) {
      lines->push_back(absl::StrCat(Say(Word::kBecause), ": ", grant.justification()));
    }
  }
  void AddParticulars(const v1::Prohibition& prohibition, std::vector<std::string>* lines) const {
    if (!prohibition.ignore_unknown_because().empty()) {
      lines->push_back(absl::StrCat(Say(Word::kBecause), ": ", prohibition.ignore_unknown_because()));
    }
  }
  void AddParticulars(const v1::Ceiling& ceiling, std::vector<std::string>* lines) const {
    if (ceiling.has_request()) AddDisclosure(Word::kRequestTells, ceiling.request(), lines);
    if (ceiling.has_reply()) AddDisclosure(Word::kReplyTells, ceiling.reply(), lines);
  }
  void AddParticulars(const v1::Duty& duty, std::vector<std::string>* lines) const {
    lines->push_back(absl::StrCat(Say(Word::kInReturn), ": ", InWords(duty.obligation())));
  }
  void AddParticulars(const v1::Invariant&, std::vector<std::string>* lines) const {
    lines->push_back(std::string(Say(Word::kNeverPermitted)));
  }

  const v1::Treaty& treaty_;
  const std::string sha256_;
  const v1::Language language_;
  Page page_;
};

}  // namespace

std::string Render(const TreatyDocument& document, v1::Language language, RenderFormat format) {
  return Renderer(document, language, format).Run();
}

}  // namespace tamga::policy
