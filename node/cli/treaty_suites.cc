// tamga treaty test: suites of cases, what they show to matter, and which mutants of the treaties they notice.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/exit_code.h"
#include "node/cli/output.h"
#include "node/cli/progress.h"
#include "node/cli/treaty_files.h"
#include "node/cli/treaty_parts.h"
#include "policy/coverage.h"
#include "policy/mutation.h"
#include "policy/suite.h"

namespace tamga::cli {
namespace {

struct TestArguments {
  std::string treaties;
  std::vector<std::string> suites;
  bool mutate = false;
};

Table CoverageTable(const policy::Coverage& coverage) {
  Table table({"NOT SHOWN TO MATTER", "CONDITION", "ATTRIBUTE"});
  for (const policy::Uncovered& uncovered : coverage.uncovered) {
    table.AddRow(
        {uncovered.rule, uncovered.condition == 0 ? "" : absl::StrCat(uncovered.condition), uncovered.attribute});
  }
  return table;
}

void Mutate(const policy::Standing& standing, const std::vector<v1::TreatySuite>& suites, Environment& environment,
            Table* counts, Table* survivors) {
  Progress progress(environment, "mutants");
  const policy::MutationReport report =
      policy::RunMutants(standing, suites, [&](uint64_t done, uint64_t total) { progress.Show(done, total); });
  for (const auto& [mutation, count] : report.counts) {
    counts->AddRow({std::string(policy::NameOf(mutation)), absl::StrCat(count.mutants), absl::StrCat(count.killed),
                    absl::StrCat(count.mutants - count.killed)});
  }
  for (const policy::Mutant& mutant : report.survivors) {
    survivors->AddRow({std::string(policy::NameOf(mutant.mutation)), mutant.rule, mutant.what});
  }
}

absl::Status Test(const TestArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const treaty::TreatyLibrary library, LoadTreatyFolder(arguments.treaties));
  SayFindings(environment, library);
  ASSIGN_OR_RETURN(const std::vector<std::string> files, FindTreatyFiles(arguments.suites));
  Table cases({"SUITE", "CASES", "FAILED"});
  std::vector<v1::TreatySuite> suites;
  std::vector<std::string> failures;
  for (const std::string& file : files) {
    ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
    ASSIGN_OR_RETURN(suites.emplace_back(), policy::ReadSuite(text, file));
    const policy::SuiteReport report = policy::RunSuite(*library.set, suites.back());
    cases.AddRow({file, absl::StrCat(report.cases), absl::StrCat(report.failures.size())});
    failures.insert(failures.end(), report.failures.begin(), report.failures.end());
  }
  const policy::Coverage coverage = policy::CoverageOf(*library.standing, suites);
  Table mutants({"MUTATION", "MUTANTS", "KILLED", "SURVIVED"});
  Table survivors({"SURVIVOR", "RULE", "CHANGE"});
  if (arguments.mutate && failures.empty()) {
    Mutate(*library.standing, suites, environment, &mutants, &survivors);
  }
  PrintTablesOrJson(
      environment,
      {{"suites", cases}, {"not_shown", CoverageTable(coverage)}, {"mutations", mutants}, {"survivors", survivors}});
  Say(environment, absl::StrCat("Shown to matter: ", coverage.rules_shown, " of ", coverage.rules, " rules, ",
                                coverage.conditions_shown, " of ", coverage.conditions, " conditions."));
  if (failures.empty()) return absl::OkStatus();
  return Fault(Error(absl::StatusCode::kFailedPrecondition, "SUITE_FAILED", absl::StrJoin(failures, "\n")));
}

}  // namespace

void AddSuiteCommand(const Command& treaty) {
  const Command test =
      treaty.Add("test", "Decide the cases of suites, compare, and tell what they leave open; needs no node");
  const auto arguments = std::make_shared<TestArguments>();
  test.Required("--treaties", "Folder of treaties, registers and offices", Into(arguments->treaties));
  test.Required("suites", "Suites, or folders of them", Into(arguments->suites));
  test.Flag("--mutate", "Also change the treaties, one rule at a time, and tell which changes no case notices",
            arguments->mutate);
  test.Run([arguments](Environment& environment) { return Test(*arguments, environment); });
}

}  // namespace tamga::cli
