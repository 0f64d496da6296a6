#include "node/audit/audit_rpc.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "node/audit/tail_stream.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"

namespace tamga::audit {

using exchange::Call;
using exchange::ResponseStream;
using exchange::ServeResponseStream;
using exchange::ServeUnary;

namespace {

// How long an auditor may leave the progress of an audit lying before the audit ends.
constexpr absl::Duration kPatience = absl::Seconds(10);

// Hashes alone tell nothing of any exchange.
bool HoldsEntries(const v1::GetTilesRequest& request) {
  return std::any_of(request.paths().begin(), request.paths().end(),
                     [](const std::string& path) { return absl::StartsWith(path, "tile/entries/"); });
}

}  // namespace

grpc::ServerUnaryReactor* AuditRpc::ListEntries(grpc::CallbackServerContext* context,
                                                const v1::ListEntriesRequest* request,
                                                v1::ListEntriesResponse* response) {
  return ServeUnary(work_.questions, context, "AuditService.ListEntries", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, services_.auditor.ListEntries(call.caller, *request, call.is_over));
    // Further pages are of a list that was logged (page_seal.h).
    return request->page_token().empty() ? services_.readings.Add(call.caller, "ListEntries", request->exchange_id())
                                         : absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AuditRpc::GetExchange(grpc::CallbackServerContext* context,
                                                const v1::GetExchangeRequest* request,
                                                v1::GetExchangeResponse* response) {
  return ServeUnary(work_.questions, context, "AuditService.GetExchange", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, services_.auditor.GetExchange(call.caller, *request));
    return services_.readings.Add(call.caller, "GetExchange", request->exchange_id());
  });
}

grpc::ServerUnaryReactor* AuditRpc::GetStatistics(grpc::CallbackServerContext* context,
                                                  const v1::GetStatisticsRequest* request,
                                                  v1::GetStatisticsResponse* response) {
  return ServeUnary(work_.questions, context, "AuditService.GetStatistics",
                    [=, this](const Call& call) -> absl::Status {
                      ASSIGN_OR_RETURN(*response, services_.auditor.GetStatistics(call.caller, *request, call.is_over));
                      return services_.readings.Add(call.caller, "GetStatistics");
                    });
}

grpc::ServerUnaryReactor* AuditRpc::GetEvidence(grpc::CallbackServerContext* context,
                                                const v1::GetEvidenceRequest* request,
                                                v1::GetEvidenceResponse* response) {
  return ServeUnary(work_.questions, context, "AuditService.GetEvidence", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, services_.evidence.Get(call.caller, *request, call.is_over));
    return services_.readings.Add(call.caller, "GetEvidence", request->exchange_id());
  });
}

grpc::ServerUnaryReactor* AuditRpc::OpenMessage(grpc::CallbackServerContext* context,
                                                const v1::OpenMessageRequest* request,
                                                v1::OpenMessageResponse* response) {
  return ServeUnary(work_.questions, context, "AuditService.OpenMessage", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, services_.openings.Open(call.caller, *request));
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::TailEntriesResponse>* AuditRpc::TailEntries(grpc::CallbackServerContext* context,
                                                                         const v1::TailEntriesRequest* request) {
  return TailStream::Start(work_.questions, context, services_.tails, services_.readings, *request);
}

grpc::ServerUnaryReactor* AuditRpc::GetCheckpoint(grpc::CallbackServerContext* context,
                                                  const v1::GetCheckpointRequest* /*request*/,
                                                  v1::GetCheckpointResponse* response) {
  return ServeUnary(work_.questions, context, "AuditService.GetCheckpoint", [=, this](const Call&) {
    *response = services_.auditor.GetCheckpoint();
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AuditRpc::ProveInclusion(grpc::CallbackServerContext* context,
                                                   const v1::ProveInclusionRequest* request,
                                                   v1::ProveInclusionResponse* response) {
  return ServeUnary(work_.questions, context, "AuditService.ProveInclusion",
                    [=, this](const Call& call) -> absl::Status {
                      ASSIGN_OR_RETURN(*response, services_.auditor.ProveInclusion(call.caller, *request));
                      v1::LogEntry entry;
                      if (!entry.ParseFromString(response->entry_bytes())) entry.Clear();
                      return services_.readings.Add(call.caller, "ProveInclusion", FormatUuid(entry.exchange_id()));
                    });
}

grpc::ServerUnaryReactor* AuditRpc::ProveConsistency(grpc::CallbackServerContext* context,
                                                     const v1::ProveConsistencyRequest* request,
                                                     v1::ProveConsistencyResponse* response) {
  return ServeUnary(work_.questions, context, "AuditService.ProveConsistency", [=, this](const Call&) -> absl::Status {
    ASSIGN_OR_RETURN(*response, services_.auditor.ProveConsistency(*request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* AuditRpc::GetTiles(grpc::CallbackServerContext* context, const v1::GetTilesRequest* request,
                                             v1::GetTilesResponse* response) {
  return ServeUnary(work_.questions, context, "AuditService.GetTiles", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, services_.auditor.GetTiles(call.caller, *request));
    return HoldsEntries(*request) ? services_.readings.Add(call.caller, "GetTiles") : absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::VerifyLogResponse>* AuditRpc::VerifyLog(grpc::CallbackServerContext* context,
                                                                     const v1::VerifyLogRequest* /*request*/) {
  return ServeResponseStream<v1::VerifyLogResponse>(
      work_.audits, context, "AuditService.VerifyLog", kPatience,
      [this](const Call& call, ResponseStream<v1::VerifyLogResponse>& stream) {
        return services_.auditor.VerifyLog(
            call.caller, [&stream](const v1::VerifyLogResponse& response) { return stream.Write(response); });
      });
}

grpc::ServerUnaryReactor* AuditRpc::Reconcile(grpc::CallbackServerContext* context, const v1::ReconcileRequest* request,
                                              v1::ReconcileResponse* response) {
  return ServeUnary(work_.waiting, context, "AuditService.Reconcile", [=, this](const Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, services_.reconciler.Reconcile(call, *request));
    return absl::OkStatus();
  });
}

}  // namespace tamga::audit
