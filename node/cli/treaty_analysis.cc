// tamga treaty check, gaps, diff and query: what treaties say, exactly, before anybody ratifies them.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/display_text.h"
#include "node/cli/exit_code.h"
#include "node/cli/output.h"
#include "node/cli/treaty_files.h"
#include "node/cli/treaty_parts.h"
#include "policy/analysis/checks.h"
#include "policy/analysis/diff.h"
#include "policy/analysis/gap_table.h"
#include "policy/analysis/query.h"
#include "policy/enum_names.h"

namespace tamga::cli {
namespace {

namespace analysis = policy::analysis;

// Documents of the command line; the corpus points into them.
struct Loaded {
  std::vector<policy::TreatyDocument> documents;
  analysis::Corpus corpus;
};

absl::StatusOr<std::unique_ptr<Loaded>> Load(const std::vector<std::string>& paths) {
  auto loaded = std::make_unique<Loaded>();
  ASSIGN_OR_RETURN(const std::vector<std::string> files, FindTreatyFiles(paths));
  for (const std::string& file : files) {
    ASSIGN_OR_RETURN(loaded->documents.emplace_back(), ReadTreatyFile(file));
  }
  for (const policy::TreatyDocument& document : loaded->documents) {
    loaded->corpus.treaties.push_back(&document.treaty);
  }
  return loaded;
}

// What nodes do not take: they prove each text by itself, whatever other texts forbid.
void AddUnprovedAlone(const policy::TreatyDocument& document, std::vector<analysis::Finding>* findings) {
  analysis::Corpus alone;
  alone.treaties.push_back(&document.treaty);
  for (analysis::Finding& unproved : analysis::UnprovedInvariants(analysis::Compile(alone))) {
    const auto is_same_rule = [&](const analysis::Finding& finding) {
      return finding.document == unproved.document && finding.rule == unproved.rule;
    };
    const bool is_known = std::any_of(findings->begin(), findings->end(), [&](const analysis::Finding& finding) {
      return is_same_rule(finding) && finding.severity == analysis::Severity::kError;
    });
    if (is_known) continue;
    std::erase_if(*findings, [&](const analysis::Finding& finding) {
      return is_same_rule(finding) && finding.check == analysis::Check::kInvariantProved;
    });
    unproved.sentence = absl::StrCat(document.file_name, ", by itself: ", unproved.sentence);
    findings->push_back(std::move(unproved));
  }
}

absl::Status Check(const std::vector<std::string>& paths, Environment& environment) {
  ASSIGN_OR_RETURN(const auto loaded, Load(paths));
  std::vector<analysis::Finding> findings = analysis::CheckRules(analysis::Compile(loaded->corpus));
  for (const policy::TreatyDocument& document : loaded->documents) AddUnprovedAlone(document, &findings);
  Table table({"SEVERITY", "CHECK", "TREATY", "RULE", "FINDING", "WITNESS"});
  size_t errors = 0;
  for (const analysis::Finding& finding : findings) {
    if (finding.severity == analysis::Severity::kError) ++errors;
    table.AddRow({std::string(analysis::NameOf(finding.severity)), std::string(analysis::NameOf(finding.check)),
                  finding.document, finding.rule, finding.sentence,
                  finding.witness.has_value() ? analysis::ToText(*finding.witness) : ""});
  }
  PrintTableOrJson(environment, table);
  if (errors == 0) return absl::OkStatus();
  return Fault(Error(absl::StatusCode::kFailedPrecondition, "TREATY_UNSOUND",
                     absl::StrCat(errors, " findings must be mended before anybody ratifies")));
}

absl::Status Gaps(const std::vector<std::string>& paths, Environment& environment) {
  ASSIGN_OR_RETURN(const auto loaded, Load(paths));
  const analysis::RuleBoxes rules = analysis::Compile(loaded->corpus);
  Table table({"ASKER", "ANSWERER", "OPERATION", "RECORD KIND", "PURPOSE", "OUTCOME", "GRANTED BY", "FORBIDDEN BY"});
  for (const analysis::GapCell& cell : analysis::GapTable(rules)) {
    table.AddRow({cell.asker, cell.answerer, policy::ShortName(cell.operation), policy::ShortName(cell.record_kind),
                  policy::ShortName(cell.purpose), std::string(analysis::NameOf(cell.outcome)),
                  absl::StrJoin(analysis::GrantingArticles(cell), ", "),
                  absl::StrJoin(analysis::ForbiddingArticles(cell), ", ")});
  }
  PrintTableOrJson(environment, table);
  return absl::OkStatus();
}

struct DiffArguments {
  std::string before;
  std::string after;
};

absl::Status Diff(const DiffArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const policy::TreatyDocument before, ReadTreatyFile(arguments.before));
  ASSIGN_OR_RETURN(const policy::TreatyDocument after, ReadTreatyFile(arguments.after));
  if (before.treaty.id() != after.treaty.id()) {
    return InvalidField(
        "after", absl::StrCat(arguments.after, " is a text of ", after.treaty.id(), ", ", arguments.before, " one of ",
                              before.treaty.id(), ": name two versions of one treaty"));
  }
  const analysis::TreatyDiff diff = analysis::Diff(before.treaty, after.treaty);
  Table table({"CHANGE", "WHAT", "FOR INSTANCE"});
  for (const analysis::Change& change : diff.changes) {
    table.AddRow({change.widens ? "wider" : "narrower", change.sentence, analysis::ToText(change.witness)});
  }
  PrintTableOrJson(environment, table);
  if (!diff.is_decided) Say(environment, "note: not decided everywhere; take it as wider");
  if (diff.changes_terms) {
    Say(environment, "note: limits of time or terms of readmission differ, which always counts as wider");
  }
  Say(environment, diff.widens ? "The second widens the first: whoever ratifies it must acknowledge that."
                               : "The second widens nothing.");
  return absl::OkStatus();
}

struct QueryArguments {
  std::string data_class;
  v1::RecordKind record_kind = v1::RECORD_KIND_UNSPECIFIED;
  std::vector<std::string> paths;
};

absl::StatusOr<v1::DataClass> ParseClass(const std::string& name) {
  v1::DataClass data_class = v1::DATA_CLASS_UNSPECIFIED;
  const std::string full = absl::StrCat("DATA_CLASS_", absl::AsciiStrToUpper(absl::StripPrefix(name, "DATA_CLASS_")));
  if (v1::DataClass_Parse(full, &data_class) && data_class != v1::DATA_CLASS_UNSPECIFIED) return data_class;
  std::vector<std::string> known;
  for (int value = 1; value < v1::DataClass_ARRAYSIZE; ++value) {
    known.emplace_back(absl::StripPrefix(v1::DataClass_Name(static_cast<v1::DataClass>(value)), "DATA_CLASS_"));
  }
  return InvalidField("--class", absl::StrCat("must be one of ", absl::StrJoin(known, ", ")));
}

absl::Status Query(const QueryArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const v1::DataClass data_class, ParseClass(arguments.data_class));
  ASSIGN_OR_RETURN(const auto loaded, Load(arguments.paths));
  const analysis::RuleBoxes rules = analysis::Compile(loaded->corpus);
  Table table({"IN", "UNDER", "WHO AND WHEN", "FOR INSTANCE"});
  for (const analysis::Sight& sight : analysis::WhoMaySee(rules, data_class, arguments.record_kind)) {
    table.AddRow({sight.direction == analysis::Direction::kReply ? "reply" : "request",
                  absl::StrJoin(analysis::Citations(*sight.grant), ", "), sight.sentence,
                  analysis::ToText(sight.witness)});
  }
  PrintTableOrJson(environment, table);
  return absl::OkStatus();
}

// A command that takes files and folders of treaties alone.
void AddOnPaths(const Command& treaty, const std::string& name, const std::string& help,
                absl::Status (*run)(const std::vector<std::string>&, Environment&)) {
  const Command command = treaty.Add(name, help);
  const auto paths = std::make_shared<std::vector<std::string>>();
  command.Required("paths", "Treaty files, or folders of *.txtpb", Into(*paths));
  command.Run([paths, run](Environment& environment) { return run(*paths, environment); });
}

}  // namespace

void AddAnalysisCommands(const Command& treaty) {
  AddOnPaths(treaty, "check", "Find rules that do not do what they seem to; needs no node", &Check);
  AddOnPaths(treaty, "gaps", "Tell for every pair, operation and purpose whether it is permitted; needs no node",
             &Gaps);

  const Command diff = treaty.Add("diff", "Tell what one version permits that another does not; needs no node");
  const auto versions = std::make_shared<DiffArguments>();
  diff.Required("before", "Treaty file", Into(versions->before));
  diff.Required("after", "Treaty file", Into(versions->after));
  diff.Run([versions](Environment& environment) { return Diff(*versions, environment); });

  const Command query = treaty.Add("query", "Tell who may see what, and under which article; needs no node");
  const auto about = std::make_shared<QueryArguments>();
  query.Required("--class", "Class of data, such as VICTIM_IDENTITY", Into(about->data_class));
  query.Required("--record-kind", "Kind of record",
                 IntoEnum<v1::RecordKind>([about](v1::RecordKind kind) { about->record_kind = kind; }));
  query.Required("paths", "Treaty files, or folders of *.txtpb", Into(about->paths));
  query.Run([about](Environment& environment) { return Query(*about, environment); });
}

}  // namespace tamga::cli
