// tamga approval: requests that wait for a second officer, and the officer's consent.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/commands.h"
#include "node/cli/enum_name.h"
#include "node/cli/output.h"
#include "node/cli/paging.h"
#include "node/cli/session.h"
#include "tamga/v1/approval_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::ApprovalService::Stub;

std::string Agreed(const v1::PendingApproval& approval) {
  return absl::StrCat(approval.approved_by_size(), " of ", approval.needed());
}

Table ApprovalTable(const v1::ListApprovalsResponse& response) {
  Table table({"LAPSES", "AGREED", "ASKER", "ANSWERER", "OPERATION", "PURPOSE", "CASE REFERENCE", "OFFICER", "OPENS",
               "REQUEST"});
  for (const v1::PendingApproval& approval : response.approvals()) {
    table.AddRow({UtcText(FromProto(approval.lapses_at())), Agreed(approval), approval.asker_agency(),
                  approval.answerer_agency(), ShortEnumName(approval.operation()), ShortEnumName(approval.purpose()),
                  approval.case_reference(), approval.officer(), approval.opens(),
                  HexEncode(approval.request_sha256())});
  }
  return table;
}

absl::Status List(uint64_t limit, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(
      const auto response,
      ListUpTo(
          limit, v1::ListApprovalsRequest(),
          [&](const v1::ListApprovalsRequest& request) { return session->Call(&Stub::ListApprovals, request); },
          [](const v1::ListApprovalsResponse& pages) { return pages.approvals_size(); }));
  if (!PrintedAsJson(environment, response)) PrintTable(environment, ApprovalTable(response));
  return absl::OkStatus();
}

absl::Status Approve(const std::string& hash, Environment& environment) {
  const absl::StatusOr<std::string> bytes = HexDecode(hash);
  if (!bytes.ok()) return InvalidField("request", "must be the 64 hexadecimal digits that tamga approval list shows");
  v1::ApproveRequestRequest request;
  request.set_request_sha256(*bytes);
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::ApproveRequest, request));
  Say(environment, absl::StrCat(Agreed(response.approval()), " officers agreed, the log has it as entry ",
                                response.own_log().index(), "; the asker may now repeat the call"));
  PrintRecord(environment, response, response.approval());
  return absl::OkStatus();
}

}  // namespace

void AddApprovalCommands(const Command& root) {
  const Command approval = root.Add("approval", "Agree to requests that need a second officer");

  const Command list = approval.Add("list", "List requests that wait, the ones that lapse first in front");
  const auto limit = std::make_shared<uint64_t>(kDefaultListLimit);
  list.Optional("--limit", "Most requests to list; 100 if not given", Into(*limit));
  list.Run([limit](Environment& environment) { return List(*limit, environment); });

  const Command approve = approval.Add("approve", "Agree to a request; for an officer other than the asker");
  const auto hash = std::make_shared<std::string>();
  approve.Required("request", "The request, as in the list", Into(*hash));
  approve.Run([hash](Environment& environment) { return Approve(*hash, environment); });
}

}  // namespace tamga::cli
