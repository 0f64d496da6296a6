// tamga treaty propose, ratify and render: from a text to a State's consent.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/text_format.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/exit_code.h"
#include "node/cli/output.h"
#include "node/cli/output_files.h"
#include "node/cli/treaty_files.h"
#include "node/cli/treaty_parts.h"
#include "policy/analysis/checks.h"
#include "policy/analysis/diff.h"
#include "policy/render.h"

namespace tamga::cli {
namespace {

namespace analysis = policy::analysis;

// What those who decide must know of a text: what its analysis found and what it changes.
struct Impact {
  std::string report;
  bool is_sound = true;
  bool widens = false;
};

Impact ImpactOf(const policy::TreatyDocument& document, const policy::TreatyDocument* previous) {
  Impact impact;
  absl::StrAppend(&impact.report, "Treaty ", document.treaty.id(), ", version ", document.treaty.version(),
                  ", SHA-256 ", HexEncode(document.sha256), "\n");
  analysis::Corpus corpus;
  corpus.treaties.push_back(&document.treaty);
  for (const analysis::Finding& finding : analysis::CheckRules(analysis::Compile(corpus))) {
    absl::StrAppend(&impact.report, analysis::ToText(finding), "\n");
    impact.is_sound = impact.is_sound && finding.severity != analysis::Severity::kError;
  }
  if (previous == nullptr) return impact;
  const analysis::TreatyDiff diff = analysis::Diff(previous->treaty, document.treaty);
  impact.widens = diff.widens;
  absl::StrAppend(&impact.report, "Compared with version ", previous->treaty.version(), ", SHA-256 ",
                  HexEncode(previous->sha256), ":\n");
  for (const analysis::Change& change : diff.changes) {
    absl::StrAppend(&impact.report, change.widens ? "wider: " : "narrower: ", change.sentence, "\n");
  }
  if (diff.changes_terms) {
    absl::StrAppend(&impact.report,
                    "wider: limits of time or terms of readmission differ, which always counts as that\n");
  }
  absl::StrAppend(&impact.report, diff.widens ? "It widens the version before it.\n" : "It widens nothing.\n");
  return impact;
}

struct Texts {
  policy::TreatyDocument document;
  std::optional<policy::TreatyDocument> previous;

  const policy::TreatyDocument* Before() const { return previous.has_value() ? &*previous : nullptr; }
};

// The document, and for a version above 1 the one that it amends.
absl::StatusOr<Texts> ReadTexts(const std::string& document, const std::string& previous) {
  Texts texts;
  ASSIGN_OR_RETURN(texts.document, ReadTreatyFile(document));
  const v1::Treaty& treaty = texts.document.treaty;
  if (treaty.version() == 1) {
    if (previous.empty()) return texts;
    return InvalidField("--previous", "is for amendments; a version 1 amends nothing");
  }
  if (previous.empty()) return InvalidField("--previous", "name the file of the version that this one amends");
  ASSIGN_OR_RETURN(texts.previous, ReadTreatyFile(previous));
  if (HexEncode(texts.previous->sha256) != treaty.previous_sha256()) {
    return InvalidField("--previous",
                        absl::StrCat(previous, " is not the text that ", document, " names in previous_sha256"));
  }
  return texts;
}

struct ProposeArguments {
  std::string document;
  std::string previous;
};

absl::Status Propose(const ProposeArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const Texts texts, ReadTexts(arguments.document, arguments.previous));
  const Impact impact = ImpactOf(texts.document, texts.Before());
  environment.out << impact.report;
  if (impact.is_sound) return absl::OkStatus();
  return Fault(Error(absl::StatusCode::kFailedPrecondition, "TREATY_UNSOUND",
                     "the text has findings that must be mended before anybody ratifies it"));
}

struct RatifyArguments {
  std::string document;
  std::string previous;
  std::string state;
  std::string effective_on;
  std::string in_force_from;
  std::string citation;
  std::string rendering;
  std::string out;
  bool acknowledges_widening = false;
};

absl::Status Ratify(const RatifyArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const Texts texts, ReadTexts(arguments.document, arguments.previous));
  const Impact impact = ImpactOf(texts.document, texts.Before());
  if (!impact.is_sound) {
    return Fault(Error(absl::StatusCode::kFailedPrecondition, "TREATY_UNSOUND",
                       absl::StrCat("mend the text first: tamga treaty propose ", arguments.document)));
  }
  if (impact.widens && !arguments.acknowledges_widening) {
    return Error(absl::StatusCode::kFailedPrecondition, "WIDENING_NOT_ACKNOWLEDGED",
                 "the text widens what the version before it allowed; read `tamga treaty propose`, then ratify with "
                 "--acknowledge-widening");
  }
  v1::Instrument instrument;
  instrument.set_state(arguments.state);
  instrument.set_effective_on(arguments.effective_on);
  instrument.set_citation(arguments.citation);
  v1::Ratify& ratify = *instrument.mutable_ratify();
  ratify.mutable_document()->set_id(texts.document.treaty.id());
  ratify.mutable_document()->set_sha256(HexEncode(texts.document.sha256));
  ratify.set_in_force_from(arguments.in_force_from);
  ratify.set_acknowledges_widening(impact.widens);
  if (!arguments.rendering.empty()) {
    ASSIGN_OR_RETURN(const std::string rendering, ReadFile(arguments.rendering));
    ratify.set_rendering_sha256(HexEncode(Sha256(rendering)));
  }
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintToString(instrument, &text);
  RETURN_IF_ERROR(policy::ReadInstrument(text, "the arguments").status());
  RETURN_IF_ERROR(WriteOutputFiles({{arguments.out, text}}, /*replace=*/false));
  Say(environment, absl::StrCat("Wrote ", arguments.out, ". Have the treaty office sign it: tamga treaty sign"));
  return absl::OkStatus();
}

struct RenderArguments {
  std::string document;
  std::string language = "en";
  std::string format = "md";
};

absl::Status Render(const RenderArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const policy::TreatyDocument document, ReadTreatyFile(arguments.document));
  v1::Language language = v1::LANGUAGE_UNSPECIFIED;
  for (const auto& [name, value] :
       {std::pair("en", v1::LANGUAGE_EN), std::pair("ru", v1::LANGUAGE_RU), std::pair("kk", v1::LANGUAGE_KK)}) {
    if (arguments.language == name) language = value;
  }
  if (language == v1::LANGUAGE_UNSPECIFIED) return InvalidField("--language", "must be en, ru or kk");
  if (arguments.format != "md" && arguments.format != "html") return InvalidField("--format", "must be md or html");
  const std::string page = policy::Render(
      document, language, arguments.format == "md" ? policy::RenderFormat::kMarkdown : policy::RenderFormat::kHtml);
  environment.out << page;
  Say(environment, absl::StrCat("SHA-256 ", HexEncode(Sha256(page))));
  return absl::OkStatus();
}

}  // namespace

void AddRatifyCommands(const Command& treaty) {
  const Command propose = treaty.Add("propose", "Tell what a text amounts to and changes; needs no node");
  const auto proposed = std::make_shared<ProposeArguments>();
  propose.Required("document", "Treaty file", Into(proposed->document));
  propose.Optional("--previous", "File of the version that it amends", Into(proposed->previous));
  propose.Run([proposed](Environment& environment) { return Propose(*proposed, environment); });

  const Command ratify = treaty.Add("ratify", "Write a State's ratification of a text, to be signed; needs no node");
  const auto ratified = std::make_shared<RatifyArguments>();
  ratify.Required("document", "Treaty file", Into(ratified->document));
  ratify.Required("--state", "Whose ratification, such as KAZ", Into(ratified->state));
  ratify.Required("--effective-on", "Day from which it counts, YYYY-MM-DD", Into(ratified->effective_on));
  ratify.Required("--citation", "Where it is published, such as a law's number and date", Into(ratified->citation));
  ratify.Required("--out", "File to write", Into(ratified->out));
  ratify.Optional("--previous", "File of the version that it amends", Into(ratified->previous));
  ratify.Optional("--in-force-from", "First day, where entry into force is stated by each State",
                  Into(ratified->in_force_from));
  ratify.Optional("--rendering", "The rendering that was read; its hash goes into the act", Into(ratified->rendering));
  ratify.Flag("--acknowledge-widening", "Say that the State knows that the text widens the one before it",
              ratified->acknowledges_widening);
  ratify.Run([ratified](Environment& environment) { return Ratify(*ratified, environment); });

  const Command render = treaty.Add("render", "Print a treaty with each rule beside the legal text; needs no node");
  const auto rendered = std::make_shared<RenderArguments>();
  render.Required("document", "Treaty file", Into(rendered->document));
  render.Optional("--language", "en, ru or kk; en if not given", Into(rendered->language));
  render.Optional("--format", "md or html; md if not given", Into(rendered->format));
  render.Run([rendered](Environment& environment) { return Render(*rendered, environment); });
}

}  // namespace tamga::cli
