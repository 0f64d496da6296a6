#include "node/exchange/access.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"

namespace tamga::exchange {
namespace {

using certs::Role;

struct Rule {
  absl::string_view method;
  std::initializer_list<Role> roles;
};

// Whoever changes this changes the table of docs/access.md, which access_test holds it against.
const Rule kRules[] = {
    {"FederationService.Exchange", {Role::kNode}},
    {"FederationService.ExchangeStream", {Role::kNode}},
    {"FederationService.TransferAttachment", {Role::kNode}},
    {"ReadmissionService.SubmitReadmission", {Role::kSystem, Role::kOfficer}},
    {"ReadmissionService.ActOnReadmissionCase", {Role::kSystem, Role::kOfficer}},
    {"ReadmissionService.GetReadmissionCase", {Role::kSystem, Role::kOfficer}},
    {"ReadmissionService.ListReadmissionCases", {Role::kSystem, Role::kOfficer}},
    {"ReadmissionService.WatchReadmissionCases", {Role::kSystem, Role::kOfficer}},
    {"ReadmissionService.PrintReadmissionForm", {Role::kSystem, Role::kOfficer}},
    {"TransitService.SubmitTransit", {Role::kSystem, Role::kOfficer}},
    {"TransitService.ActOnTransit", {Role::kSystem, Role::kOfficer}},
    {"TransitService.GetTransit", {Role::kSystem, Role::kOfficer}},
    {"TransitService.ListTransits", {Role::kSystem, Role::kOfficer}},
    {"SafeguardService.SetSafeguard", {Role::kProtectionOfficer}},
    {"SafeguardService.GetSafeguard", {Role::kProtectionOfficer}},
    {"SafeguardService.ListSafeguards", {Role::kProtectionOfficer}},
    {"SafeguardService.AskRelease", {Role::kProtectionOfficer}},
    {"SafeguardService.ReleaseSafeguard", {Role::kProtectionOfficer}},
    {"AttachmentService.QueryUpload", {Role::kSystem, Role::kOfficer}},
    {"AttachmentService.UploadAttachment", {Role::kSystem, Role::kOfficer}},
    {"AttachmentService.SendAttachment", {Role::kSystem, Role::kOfficer}},
    {"AttachmentService.GetAttachment", {Role::kSystem, Role::kOfficer}},
    {"AttachmentService.ListAttachments", {Role::kSystem, Role::kOfficer}},
    {"WatchlistService.PublishAlert", {Role::kSystem, Role::kOfficer}},
    {"WatchlistService.WithdrawAlert", {Role::kSystem, Role::kOfficer}},
    {"WatchlistService.ImportAlerts", {Role::kSystem, Role::kOfficer}},
    {"WatchlistService.GetAlert", {Role::kSystem, Role::kOfficer}},
    {"WatchlistService.CheckTraveller", {Role::kSystem, Role::kOfficer}},
    {"TraffickingService.SaveTraffickingCase", {Role::kSystem, Role::kOfficer}},
    {"TraffickingService.HandOverTraffickingCase", {Role::kSystem, Role::kOfficer}},
    {"TraffickingService.RetrieveTraffickingCase", {Role::kSystem, Role::kOfficer}},
    {"TraffickingService.GetTraffickingCase", {Role::kSystem, Role::kOfficer}},
    {"TraffickingService.ListTraffickingCases", {Role::kSystem, Role::kOfficer}},
    {"ApprovalService.ListApprovals", {Role::kOfficer}},
    {"ApprovalService.ApproveRequest", {Role::kOfficer}},
    {"ObligationService.ListHoldings", {Role::kSystem, Role::kOfficer, Role::kOperator, Role::kAuditor}},
    {"ObligationService.DischargeObligation", {Role::kOfficer}},
    {"TreatyService.PublishTreaties", {Role::kTreatyOfficer}},
    {"TreatyService.FetchTreaties", {Role::kTreatyOfficer, Role::kOperator}},
    {"TreatyService.GetTreatyBundle",
     {Role::kTreatyOfficer, Role::kOfficer, Role::kOperator, Role::kSystem, Role::kAuditor}},
    {"TrustService.PushRevocations", {Role::kNode}},
    {"TrustService.FetchRevocations", {Role::kNode, Role::kOperator, Role::kSystem, Role::kOfficer, Role::kAuditor}},
    {"TrustService.GetTrust", {Role::kOperator, Role::kAuditor}},
    {"AuditService.ListEntries", {Role::kAuditor}},
    {"AuditService.GetExchange", {Role::kAuditor}},
    {"AuditService.GetStatistics", {Role::kAuditor}},
    {"AuditService.GetEvidence", {Role::kAuditor}},
    {"AuditService.OpenMessage", {Role::kAuditor}},
    {"AuditService.TailEntries", {Role::kAuditor}},
    {"AuditService.GetCheckpoint", {Role::kAuditor}},
    {"AuditService.ProveInclusion", {Role::kAuditor}},
    {"AuditService.ProveConsistency", {Role::kAuditor}},
    {"AuditService.VerifyLog", {Role::kAuditor}},
    {"AuditService.Reconcile", {Role::kAuditor, Role::kOfficer}},
    {"AuditService.GetTiles", {Role::kAuditor}},
    {"LogServer.GetTile", {Role::kAuditor, Role::kNode}},
    {"LogServer.AddCheckpoint", {Role::kNode}},
    {"WitnessService.AddCheckpoint", {Role::kNode}},
    {"WitnessService.ProveGrowth", {Role::kNode}},
    {"WitnessService.GetWitnessing", {Role::kOperator, Role::kAuditor}},
    {"WitnessService.SettleContradiction", {Role::kOperator}},
    {"CourierService.ExportRequests", {Role::kOperator}},
    {"CourierService.ImportBundle", {Role::kOperator}},
    {"CourierService.ExportReplies", {Role::kOperator}},
    {"AdminService.GetNodeStatus", {Role::kOperator}},
    {"AdminService.GetMetrics", {Role::kOperator}},
    {"AdminService.ListOutbox", {Role::kOperator}},
    {"AdminService.ListDeadLetters", {Role::kOperator}},
    {"AdminService.ReleaseDeadLetter", {Role::kOperator}},
    {"AdminService.DiscardDeadLetter", {Role::kOperator}},
    {"AdminService.ListTreaties",
     {Role::kOperator, Role::kSystem, Role::kOfficer, Role::kTreatyOfficer, Role::kAuditor}},
    {"AdminService.ListDecisions", {Role::kOfficer, Role::kAuditor}},
    {"AdminService.ExplainDecision",
     {Role::kOperator, Role::kSystem, Role::kOfficer, Role::kTreatyOfficer, Role::kAuditor}},
};

bool Holds(const std::vector<std::string>& agencies, const std::string& agency) {
  return std::find(agencies.begin(), agencies.end(), agency) != agencies.end();
}

bool IsServed(const AccessPolicy& policy, const certs::Principal& caller) {
  switch (caller.role) {
    case Role::kNode:
      return Holds(policy.partner_agencies, caller.agency);
    case Role::kAuditor:
      return Holds(policy.auditor_agencies, caller.agency);
    case Role::kSystem:
    case Role::kOfficer:
    case Role::kTreatyOfficer:
    case Role::kProtectionOfficer:
    case Role::kOperator:
      return caller.agency == policy.own_agency;
    case Role::kSeal:
      return false;
  }
  return false;
}

}  // namespace

absl::Status CheckAccess(const AccessPolicy& policy, const certs::Principal& caller, absl::string_view method) {
  if (!IsServed(policy, caller)) {
    return Error(absl::StatusCode::kPermissionDenied, "UNKNOWN_AGENCY",
                 absl::StrCat("the node of ", policy.own_agency, " does not serve ", caller.SpiffeId(),
                              "; its operator must name the agency in the configuration"));
  }
  for (const Rule& rule : kRules) {
    if (rule.method != method) continue;
    if (std::find(rule.roles.begin(), rule.roles.end(), caller.role) != rule.roles.end()) return absl::OkStatus();
    std::string wanted;
    for (const Role role : rule.roles) absl::StrAppend(&wanted, wanted.empty() ? "" : " or ", RoleName(role));
    return Error(absl::StatusCode::kPermissionDenied, "WRONG_ROLE",
                 absl::StrCat(method, " is for the role ", wanted, "; the certificate says ", RoleName(caller.role)));
  }
  return Error(absl::StatusCode::kPermissionDenied, "WRONG_ROLE", absl::StrCat(method, " is not open to anybody"));
}

}  // namespace tamga::exchange
