#include "node/readmission/forms/form_content.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/readmission/forms/form_words.h"

namespace tamga::readmission {
namespace {

using Texts = google::protobuf::RepeatedPtrField<std::string>;
using Names = google::protobuf::RepeatedPtrField<v1::PersonName>;

absl::TimeZone ZoneOf(const v1::Treaty& treaty) {
  for (const v1::TimeLimit& limit : treaty.time_limits()) {
    absl::TimeZone zone;
    if (!limit.time_zone().empty() && absl::LoadTimeZone(limit.time_zone(), &zone)) return zone;
  }
  return absl::UTCTimeZone();
}

std::string TitleOf(const v1::Treaty& treaty, v1::Language language) {
  for (const v1::LocalText& title : treaty.titles()) {
    if (title.language() == language) return title.text();
  }
  return treaty.title();
}

std::string NameText(const v1::PersonName& name) {
  std::vector<std::string> parts;
  for (const std::string* part : {&name.surname(), &name.given_names(), &name.patronymic(), &name.full_name()}) {
    if (!part->empty()) parts.push_back(*part);
  }
  return absl::StrJoin(parts, " ");
}

// One line for each form of the name.
std::string NamesText(const Names& names) {
  std::vector<std::string> lines;
  for (const v1::PersonName& name : names) lines.push_back(NameText(name));
  return absl::StrJoin(lines, "\n");
}

// "02.01.1991", with question marks for what is not known; empty where nothing is.
std::string DateText(const v1::PartialDate& date) {
  if (date.year() == 0 && date.month() == 0 && date.day() == 0) return "";
  const auto part = [](uint32_t value, int digits) {
    return value == 0 ? std::string(static_cast<size_t>(digits), '?') : absl::StrFormat("%0*d", digits, value);
  };
  return absl::StrCat(part(date.day(), 2), ".", part(date.month(), 2), ".", part(date.year(), 4));
}

// The contract's YYYY-MM-DD as the rest of the form writes days.
std::string DayText(const std::string& day) {
  absl::CivilDay civil;
  return absl::ParseCivilTime(day, &civil) ? absl::StrFormat("%02d.%02d.%04d", civil.day(), civil.month(), civil.year())
                                           : day;
}

std::string Lines(const Texts& texts) { return absl::StrJoin(texts, "\n"); }

// Writes forms of one case in one language.
class Writer {
 public:
  Writer(const v1::ReadmissionCase& record, const v1::Treaty& treaty, v1::Language language)
      : record_(record),
        application_(record.application()),
        treaty_(treaty),
        language_(language),
        zone_(ZoneOf(treaty)) {}

  FormContent Application() const {
    const bool is_notice = record_.procedure() == v1::READMISSION_PROCEDURE_NOTICE;
    FormContent form = Begin(is_notice ? "notice" : "application");
    form.choices = {Procedures(), Categories()};
    form.blocks = {Particulars(), Documents(), Circumstances(), EvidenceBlock(), Itinerary()};
    return form;
  }

  FormContent Decision(const v1::ReadmissionEvent& decision) const {
    FormContent form = Begin("decision");
    FormBlock person = {Word("block_a"), {}, {}, {}};
    AddRow("names", NamesText(application_.names()), &person);
    AddRow("born_on", DateText(application_.born_on()), &person);
    AddRow("nationalities", Lines(application_.nationalities()), &person);
    form.blocks = {person, DecisionBlock(decision)};
    form.choices = {Outcomes(decision.kind())};
    return form;
  }

 private:
  std::string Word(absl::string_view key) const { return FormWord(language_, key); }

  void AddRow(absl::string_view key, const std::string& value, FormBlock* block) const {
    block->rows.push_back({Word(key), value});
  }

  std::string TimeText(const google::protobuf::Timestamp& time) const {
    return absl::FormatTime("%d.%m.%Y %H:%M (UTC%Ez)", FromProto(time), zone_);
  }

  template <typename Enum>
  FormBox Box(Enum value, Enum held) const {
    return {FormWordOf(language_, value), value == held};
  }

  FormContent Begin(absl::string_view title) const {
    FormContent form;
    form.title = Word(title);
    form.treaty_title = TitleOf(treaty_, language_);
    form.parties = {{Word("requesting"), record_.requesting_agency(), application_.requesting_file_number()},
                    {Word("requested"), record_.requested_agency(), record_.requested_file_number()}};
    form.times.push_back({Word("case"), record_.case_id()});
    for (const v1::ReadmissionEvent& event : record_.history()) {
      if (event.kind() == v1::READMISSION_STEP_KIND_SUBMIT || event.kind() == v1::READMISSION_STEP_KIND_NOTIFY) {
        form.times.push_back({Word("asked_at"), TimeText(event.at())});
      } else if (event.kind() == v1::READMISSION_STEP_KIND_RECEIVE) {
        form.times.push_back({Word("received_at"), TimeText(event.at())});
      }
    }
    if (record_.has_reply_due_at()) form.times.push_back({Word("reply_due_at"), TimeText(record_.reply_due_at())});
    return form;
  }

  FormChoice Procedures() const {
    return {Word("procedure"),
            {Box(v1::READMISSION_PROCEDURE_NORMAL, record_.procedure()),
             Box(v1::READMISSION_PROCEDURE_ACCELERATED, record_.procedure()),
             Box(v1::READMISSION_PROCEDURE_NOTICE, record_.procedure())}};
  }

  FormChoice Categories() const {
    return {Word("category"),
            {Box(v1::PERSON_CATEGORY_OWN_NATIONAL, application_.category()),
             Box(v1::PERSON_CATEGORY_FORMER_NATIONAL, application_.category()),
             Box(v1::PERSON_CATEGORY_THIRD_COUNTRY_NATIONAL, application_.category()),
             Box(v1::PERSON_CATEGORY_STATELESS, application_.category())}};
  }

  std::string ChildText(const v1::AccompanyingChild& child) const {
    std::vector<std::string> parts = {NameText(child.name()), DateText(child.born_on()), child.born_at(),
                                      child.sex().empty() ? "" : Word(child.sex()),
                                      absl::StrJoin(child.nationalities(), ", ")};
    parts.erase(std::remove(parts.begin(), parts.end(), ""), parts.end());
    return absl::StrJoin(parts, ", ");
  }

  std::string ChildrenText() const {
    std::vector<std::string> lines;
    for (const v1::AccompanyingChild& child : application_.children()) lines.push_back(ChildText(child));
    return absl::StrJoin(lines, "\n");
  }

  FormBlock Particulars() const {
    FormBlock block = {Word("block_a"), {}, {}, {}};
    AddRow("names", NamesText(application_.names()), &block);
    AddRow("earlier_names", NamesText(application_.earlier_names()), &block);
    AddRow("aliases", NamesText(application_.aliases()), &block);
    AddRow("born_on", DateText(application_.born_on()), &block);
    AddRow("born_at", application_.born_at(), &block);
    AddRow("sex", application_.sex().empty() ? "" : Word(application_.sex()), &block);
    AddRow("nationalities", Lines(application_.nationalities()), &block);
    AddRow("former_nationalities", Lines(application_.former_nationalities()), &block);
    AddRow("languages", absl::StrJoin(application_.languages(), ", "), &block);
    AddRow("physical_description", application_.physical_description(), &block);
    AddRow("father_name", application_.father_name(), &block);
    AddRow("mother_name", application_.mother_name(), &block);
    AddRow("civil_status", FormWordOf(language_, application_.civil_status()), &block);
    AddRow("spouse", NameText(application_.spouse()), &block);
    AddRow("children", ChildrenText(), &block);
    AddRow("last_address", application_.last_address(), &block);
    // Few treaties let it be asked: where it was not, the form does not ask either.
    if (!application_.confession().empty()) AddRow("confession", application_.confession(), &block);
    return block;
  }

  FormBlock Documents() const {
    FormBlock block = {Word("block_b"), {}, {}, {}};
    for (const char* column :
         {"document_kind", "document_number", "issuing_state", "issuing_authority", "issued_on", "expires_on"}) {
      block.columns.push_back(Word(column));
    }
    for (const v1::TravelDocument& document : application_.documents()) {
      block.lines.push_back({document.kind(), document.number(), document.issuing_state(), document.issuing_authority(),
                             DateText(document.issued_on()), DateText(document.expires_on())});
    }
    return block;
  }

  FormBlock Circumstances() const {
    FormBlock block = {Word("block_c"), {}, {}, {}};
    AddRow("special_circumstances", application_.special_circumstances(), &block);
    if (record_.procedure() == v1::READMISSION_PROCEDURE_NOTICE) {
      AddRow("willing", FormWordOf(language_, application_.willing()), &block);
    }
    return block;
  }

  FormBlock EvidenceBlock() const {
    FormBlock block = {Word("block_d"), {}, {}, {}};
    for (const char* column : {"evidence_tier", "evidence_kind", "pages", "copy_sha256"}) {
      block.columns.push_back(Word(column));
    }
    for (const v1::Evidence& evidence : application_.evidence()) {
      block.lines.push_back({FormWordOf(language_, evidence.tier()), evidence.kind(),
                             evidence.pages() == 0 ? "" : absl::StrCat(evidence.pages()),
                             HexEncode(evidence.copy_sha256())});
    }
    return block;
  }

  FormBlock Itinerary() const {
    FormBlock block = {Word("block_e"), {}, {}, {}};
    AddRow("itinerary", Lines(application_.itinerary()), &block);
    AddRow("apprehension", application_.apprehension(), &block);
    AddRow("known_on", DayText(application_.known_on()), &block);
    return block;
  }

  FormChoice Outcomes(v1::ReadmissionStepKind kind) const {
    return {Word("block_f"),
            {{Word("accepted"), kind == v1::READMISSION_STEP_KIND_ACCEPT},
             {Word("refused"), kind == v1::READMISSION_STEP_KIND_REFUSE},
             {Word("deemed_accepted"), kind == v1::READMISSION_STEP_KIND_DEEM_ACCEPTED}}};
  }

  FormBlock DecisionBlock(const v1::ReadmissionEvent& decision) const {
    FormBlock block = {Word("decision"), {}, {}, {}};
    AddRow("decided_at", TimeText(decision.at()), &block);
    AddRow("refusal_code", FormWordOf(language_, decision.refusal_code()), &block);
    AddRow("reasons", decision.reasons(), &block);
    AddRow("articles", Lines(decision.articles()), &block);
    return block;
  }

  const v1::ReadmissionCase& record_;
  const v1::ReadmissionApplication& application_;
  const v1::Treaty& treaty_;
  const v1::Language language_;
  const absl::TimeZone zone_;
};

bool Decides(const v1::ReadmissionEvent& event) {
  return !event.overtaken() &&
         (event.kind() == v1::READMISSION_STEP_KIND_ACCEPT || event.kind() == v1::READMISSION_STEP_KIND_REFUSE ||
          event.kind() == v1::READMISSION_STEP_KIND_DEEM_ACCEPTED);
}

}  // namespace

const v1::ReadmissionEvent* FindDecision(const v1::ReadmissionCase& record) {
  const auto found = std::find_if(record.history().begin(), record.history().end(), Decides);
  return found == record.history().end() ? nullptr : &*found;
}

FormContent ApplicationContent(const v1::ReadmissionCase& record, const v1::Treaty& treaty, v1::Language language) {
  return Writer(record, treaty, language).Application();
}

FormContent DecisionContent(const v1::ReadmissionCase& record, const v1::ReadmissionEvent& decision,
                            const v1::Treaty& treaty, v1::Language language) {
  return Writer(record, treaty, language).Decision(decision);
}

}  // namespace tamga::readmission
