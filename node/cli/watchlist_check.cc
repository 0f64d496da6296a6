// tamga watchlist check: one traveller against the own list and those of partners.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/partial_date.h"
#include "node/base/status_macros.h"
#include "node/cli/call_context.h"
#include "node/cli/exchange_text.h"
#include "node/cli/output.h"
#include "node/cli/record_text.h"
#include "node/cli/session.h"
#include "node/cli/watchlist_parts.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"

namespace tamga::cli {
namespace {

struct CheckArguments {
  v1::CheckTravellerRequest request;
  std::vector<std::string> mrz;
  std::vector<std::string> partners;
  v1::TravellerQuery traveller;
  std::string born_on;
};

absl::Status CompleteRequest(CheckArguments& arguments) {
  v1::CheckTravellerRequest& request = arguments.request;
  for (const std::string& line : arguments.mrz) request.add_mrz_lines(line);
  for (const std::string& partner : arguments.partners) request.add_partners(partner);
  if (!arguments.born_on.empty()) {
    ASSIGN_OR_RETURN(*arguments.traveller.mutable_born_on(), adapters::ReadPartialDate("--born", arguments.born_on));
  }
  const bool typed = arguments.traveller.ByteSizeLong() > 0;
  if (typed == !arguments.mrz.empty()) {
    return UsageError("give either --mrz with the lines of the zone, or typed fields (--surname, --document-number)");
  }
  if (typed) *request.mutable_traveller() = arguments.traveller;
  return absl::OkStatus();
}

void PrintDocumentChecks(Environment& environment, const v1::CheckTravellerResponse& response) {
  if (response.document_checks().empty()) return;
  Table table({"DOCUMENT CHECK", "PASSED", "DETAIL"});
  for (const v1::DocumentCheck& check : response.document_checks()) {
    table.AddRow({check.name(), check.passed() ? "yes" : "NO", check.detail()});
  }
  environment.out << "\n";
  PrintTable(environment, table);
}

void PrintSources(Environment& environment, const v1::CheckTravellerResponse& response) {
  Table table({"SOURCE", "ANSWER", "CANDIDATES", "ARTICLES", "EXCHANGE", "EXPLANATION"});
  for (const v1::SourceAnswer& source : response.sources()) {
    table.AddRow({source.source(), ShortEnumName(source.status()), absl::StrCat(source.candidates_size()),
                  ArticlesText(source.exchange().articles()), source.exchange().exchange_id(), source.explanation()});
  }
  environment.out << "\n";
  PrintTable(environment, table);
}

void PrintCandidates(Environment& environment, const v1::CheckTravellerResponse& response) {
  for (const v1::SourceAnswer& source : response.sources()) {
    for (const v1::Candidate& candidate : source.candidates()) {
      environment.out << "\nCandidate of " << source.source() << "\n" << RecordText(candidate);
    }
  }
}

absl::Status Check(CheckArguments& arguments, Environment& environment) {
  RETURN_IF_ERROR(CompleteRequest(arguments));
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&v1::WatchlistService::Stub::CheckTraveller, arguments.request));
  if (PrintedAsJson(environment, response)) return absl::OkStatus();
  environment.out << "Advice: " << ShortEnumName(response.advice()) << "\n";
  PrintDocumentChecks(environment, response);
  PrintSources(environment, response);
  PrintCandidates(environment, response);
  return absl::OkStatus();
}

}  // namespace

void AddCheckCommand(const Command& watchlist) {
  const Command command = watchlist.Add("check", "Check a traveller against the own list and those of partners");
  const auto arguments = std::make_shared<CheckArguments>();
  v1::TravellerQuery& traveller = arguments->traveller;
  command.Optional("--mrz", "Lines of the document's machine-readable zone, two or three", Into(arguments->mrz));
  command.Optional("--surname", "Family name, Latin", Into(*traveller.mutable_surname()));
  command.Optional("--given-names", "Given names", Into(*traveller.mutable_given_names()));
  command.Optional("--born", "Date of birth, YYYY-MM-DD, YYYY-MM or YYYY", Into(arguments->born_on));
  command.Optional("--sex", "F or M", Into(*traveller.mutable_sex()));
  command.Optional("--nationality", "As in the document, such as KGZ", Into(*traveller.mutable_nationality()));
  command.Optional("--document-number", "Number of the document", Into(*traveller.mutable_document_number()));
  command.Optional("--document-issuer", "Issuer of the document, such as KGZ",
                   Into(*traveller.mutable_document_issuer()));
  command.Optional("--ask", "Partners to ask as well", Into(arguments->partners));
  AddCallContext(command, *arguments->request.mutable_context());
  command.Run([arguments](Environment& environment) { return Check(*arguments, environment); });
}

}  // namespace tamga::cli
