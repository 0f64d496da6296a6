#include "node/cli/nothing_found.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/cli/output.h"
#include "tamga/v1/admin_service.grpc.pb.h"
#include "tamga/v1/witness_service.grpc.pb.h"

namespace tamga::cli {
namespace {

// Those whose logs it watches, which are all that ever answered it, and those that it asks to cosign its own.
std::set<std::string> KnownAgencies(Session& session) {
  std::set<std::string> agencies;
  const auto response = session.Call(&v1::WitnessService::Stub::GetWitnessing, v1::GetWitnessingRequest());
  if (!response.ok()) return agencies;
  for (const v1::WitnessedLog& log : response->logs()) agencies.insert(log.agency());
  for (const v1::WitnessStatus& witness : response->witnesses()) agencies.insert(witness.agency());
  agencies.erase("");
  return agencies;
}

std::set<std::string> KnownTreaties(Session& session) {
  std::set<std::string> treaties;
  const auto response = session.Call(&v1::AdminService::Stub::ListTreaties, v1::ListTreatiesRequest());
  if (!response.ok()) return treaties;
  for (const v1::TreatySummary& treaty : response->treaties()) treaties.insert(treaty.id());
  return treaties;
}

// Nothing if it is among them, or none is known.
std::string UnknownText(const std::string& name, absl::string_view what, const std::set<std::string>& known) {
  if (name.empty() || known.empty() || known.count(name) > 0) return "";
  return absl::StrCat("\n", name, " is not among the ", what, ": ", absl::StrJoin(known, ", "), ".");
}

}  // namespace

void SayNothingFound(Session& session, const Sought& sought, Environment& environment) {
  if (environment.settings.quiet) return;
  std::string text = "No entries fit.";
  if (!sought.partner.empty()) {
    absl::StrAppend(&text, UnknownText(sought.partner, "agencies whose logs the node watches", KnownAgencies(session)));
  }
  if (!sought.treaty.empty())
    absl::StrAppend(&text, UnknownText(sought.treaty, "treaties that the node holds", KnownTreaties(session)));
  if (!sought.article.empty() && !absl::StrContains(sought.article, " art. ")) {
    absl::StrAppend(&text, "\nArticles stand with their treaty: \"PALERMO-TIP-2000 art. 10.1\".");
  }
  if (!sought.asker.empty() && sought.officer.empty()) {
    absl::StrAppend(&text, "\nWithout --officer only what named no officer is found: ask for each staff number.");
  }
  Say(environment, text);
}

absl::Status CheckTreatyIsKnown(Session& session, const std::string& treaty) {
  if (treaty.empty()) return absl::OkStatus();
  const std::set<std::string> known = KnownTreaties(session);
  if (known.empty() || known.count(treaty) > 0) return absl::OkStatus();
  return InvalidField("--treaty",
                      absl::StrCat("the node holds no ", treaty, "; it holds ", absl::StrJoin(known, ", ")));
}

}  // namespace tamga::cli
