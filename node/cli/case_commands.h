// What the groups of commands about cases have in common: `show` and `list`.
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/time/time.h"
#include "grpcpp/client_context.h"
#include "node/base/status_macros.h"
#include "node/cli/call_context.h"
#include "node/cli/command_line.h"
#include "node/cli/output.h"
#include "node/cli/paging.h"
#include "node/cli/record_text.h"
#include "node/cli/session.h"

namespace tamga::cli {

// A method of a service's stub.
template <typename Stub, typename Request, typename Response>
using Rpc = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

// How a case is shown as text; what nobody says otherwise is its record (see RecordText).
template <typename Case>
using CaseText = std::string (*)(const Case&, absl::Time now);

template <typename Case>
std::string CaseRecordText(const Case& record, absl::Time /*now*/) {
  return RecordText(record);
}

// "show CASE": the case that `get` answers with.
template <typename Stub, typename Request, typename Response>
void AddShowCaseCommand(const Command& group, const std::string& help, Rpc<Stub, Request, Response> get,
                        CaseText<std::decay_t<decltype(std::declval<Response>().case_())>> text_of = CaseRecordText) {
  const Command command = group.Add("show", help);
  const auto request = std::make_shared<Request>();
  command.Required("case", "The case", Into(*request->mutable_case_id()));
  AddUseContext(command, *request->mutable_context());
  command.Run([request, get, text_of](Environment& environment) -> absl::Status {
    if (request->context().ByteSizeLong() == 0) request->clear_context();
    ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
    ASSIGN_OR_RETURN(const Response response, session->Call(get, *request));
    if (!PrintedAsJson(environment, response)) {
      environment.out << text_of(response.case_(), environment.clock.Now());
    }
    return absl::OkStatus();
  });
}

// "list": the cases that `list` answers with, page by page, in the table that `table_of` makes of them. `add_filters`,
// where there is one, adds options that say which, into the request, which outlives the parsing.
template <typename Stub, typename Request, typename Response>
void AddListCasesCommand(const Command& group, const std::string& help, Rpc<Stub, Request, Response> list,
                         Table (*table_of)(const Response&), void (*add_filters)(const Command&, Request&) = nullptr) {
  const Command command = group.Add("list", help);
  const auto request = std::make_shared<Request>();
  const auto limit = std::make_shared<uint64_t>(kDefaultListLimit);
  if (add_filters != nullptr) add_filters(command, *request);
  command.Optional("--limit", "Most cases to list; 100 if not given", Into(*limit));
  command.Run([request, limit, list, table_of](Environment& environment) -> absl::Status {
    ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
    ASSIGN_OR_RETURN(const Response response,
                     ListUpTo(
                         *limit, *request, [&](const Request& page) { return session->Call(list, page); },
                         [](const Response& pages) { return pages.cases_size(); }));
    if (!PrintedAsJson(environment, response)) PrintTable(environment, table_of(response));
    return absl::OkStatus();
  });
}

}  // namespace tamga::cli
