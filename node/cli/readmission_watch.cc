// tamga readmission watch: cases as they change.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "node/base/status_macros.h"
#include "node/cli/display_text.h"
#include "node/cli/enum_name.h"
#include "node/cli/interrupt.h"
#include "node/cli/output.h"
#include "node/cli/readmission_parts.h"
#include "node/cli/record_json.h"
#include "node/cli/session.h"
#include "tamga/v1/readmission_service.grpc.pb.h"

namespace tamga::cli {
namespace {

// Columns stand under each other without all lines being there; what is longer than its column moves the rest.
std::string Line(const std::string& case_id, const std::string& state, const std::string& from, const std::string& to,
                 const std::string& due, const std::string& cursor) {
  return absl::StrFormat("%-36s  %-19s  %-24s  %-24s  %-28s  %s\n", DisplayText(case_id), state, DisplayText(from),
                         DisplayText(to), due, DisplayText(cursor));
}

std::string LineOf(const v1::WatchReadmissionCasesResponse& change) {
  const v1::ReadmissionCase& record = change.case_();
  return Line(record.case_id(), ShortEnumName(record.state()), record.requesting_agency(), record.requested_agency(),
              NextDueText(record), change.cursor());
}

absl::Status Watch(const v1::WatchReadmissionCasesRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  const EndsByInterrupt ends;
  const bool as_json = environment.settings.output == OutputFormat::kJson;
  if (!as_json) environment.out << Line("CASE", "STATE", "FROM", "TO", "NEXT CLOCK", "CURSOR") << std::flush;
  return session->Receive(&v1::ReadmissionService::Stub::WatchReadmissionCases, request,
                          [&](const v1::WatchReadmissionCasesResponse& change) {
                            if (as_json) {
                              environment.out << RecordJsonLine(change) << std::flush;
                            } else if (change.has_case_()) {
                              environment.out << LineOf(change) << std::flush;
                            } else {
                              Say(environment, absl::StrCat("up to date at cursor ", change.cursor()));
                            }
                            return environment.out.good();  // RunTamga says why it is not
                          });
}

}  // namespace

void AddReadmissionWatchCommand(const Command& readmission) {
  const Command command = readmission.Add("watch", "Show each change of a case, until you press Ctrl-C");
  const auto request = std::make_shared<v1::WatchReadmissionCasesRequest>();
  command.Optional("--cursor", "Go on after the change that was shown with this cursor; if not given, from now on",
                   Into(*request->mutable_cursor()));
  command.Run([request](Environment& environment) { return Watch(*request, environment); });
}

}  // namespace tamga::cli
