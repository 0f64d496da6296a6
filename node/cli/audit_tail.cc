// tamga audit tail: entries as they are logged.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/cli/audit_parts.h"
#include "node/cli/interrupt.h"
#include "node/cli/record_json.h"
#include "node/cli/session.h"
#include "node/ledger/checkpoint.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

struct TailArguments {
  v1::TailEntriesRequest request;
  std::string from_index;
  bool readings = false;
};

absl::Status Tail(TailArguments& arguments, Environment& environment) {
  if (!arguments.from_index.empty()) {
    ASSIGN_OR_RETURN(const uint64_t index, ledger::ParseLogNumber("--from-index", arguments.from_index));
    arguments.request.set_from_index(index);
  }
  LeaveOutReadings(arguments.readings, arguments.request.mutable_filter());
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  const EndsByInterrupt ends;
  const bool as_json = environment.settings.output == OutputFormat::kJson;
  if (!as_json) environment.out << EntryHeader() << "\n" << std::flush;
  return session->Receive(&v1::AuditService::Stub::TailEntries, arguments.request,
                          [&](const v1::TailEntriesResponse& response) {
                            environment.out << (as_json ? RecordJsonLine(response.entry())
                                                        : absl::StrCat(EntryLine(response.entry()), "\n"))
                                            << std::flush;
                            return environment.out.good();  // RunTamga says why it is not
                          });
}

}  // namespace

void AddTailCommand(const Command& audit) {
  const Command command = audit.Add("tail", "Show entries as they are logged, until you press Ctrl-C");
  const auto arguments = std::make_shared<TailArguments>();
  command.Optional("--from-index", "Begin with this entry; if not given, with what comes from now on",
                   Into(arguments->from_index));
  AddEntryFilter(command, *arguments->request.mutable_filter());
  command.Flag("--readings", kReadingsHelp, arguments->readings);
  command.Run([arguments](Environment& environment) { return Tail(*arguments, environment); });
}

}  // namespace tamga::cli
