// What the groups of commands about cases have in common: `show` and `list`.
#pragma once

#include <memory>
#include <string>

#include "grpcpp/client_context.h"
#include "node/base/status_macros.h"
#include "node/cli/call_context.h"
#include "node/cli/command_line.h"
#include "node/cli/output.h"
#include "node/cli/paging.h"
#include "node/cli/session.h"

namespace tamga::cli {

// A method of a service's stub.
template <typename Stub, typename Request, typename Response>
using Rpc = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

// "show CASE": the case that `get` answers with.
template <typename Stub, typename Request, typename Response>
void AddShowCaseCommand(const Command& group, const std::string& help, Rpc<Stub, Request, Response> get) {
  const Command command = group.Add("show", help);
  const auto request = std::make_shared<Request>();
  command.Required("case", "The case", Into(*request->mutable_case_id()));
  AddUseContext(command, *request->mutable_context());
  command.Run([request, get](Environment& environment) -> absl::Status {
    if (request->context().ByteSizeLong() == 0) request->clear_context();
    ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
    ASSIGN_OR_RETURN(const Response response, session->Call(get, *request));
    PrintRecord(environment, response, response.case_());
    return absl::OkStatus();
  });
}

// "list": the cases that `list` answers with, page by page, in the table that `table_of` makes of them.
template <typename Stub, typename Request, typename Response>
void AddListCasesCommand(const Command& group, const std::string& help, Rpc<Stub, Request, Response> list,
                         Table (*table_of)(const Response&)) {
  const Command command = group.Add("list", help);
  const auto limit = std::make_shared<uint64_t>(kDefaultListLimit);
  command.Optional("--limit", "Most cases to list; 100 if not given", Into(*limit));
  command.Run([limit, list, table_of](Environment& environment) -> absl::Status {
    ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
    ASSIGN_OR_RETURN(const Response response,
                     ListUpTo(
                         *limit, Request(), [&](const Request& request) { return session->Call(list, request); },
                         [](const Response& pages) { return pages.cases_size(); }));
    if (!PrintedAsJson(environment, response)) PrintTable(environment, table_of(response));
    return absl::OkStatus();
  });
}

}  // namespace tamga::cli
