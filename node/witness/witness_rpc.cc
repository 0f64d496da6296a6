#include "node/witness/witness_rpc.h"

#include <utility>

#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"

namespace tamga::witness {

using exchange::Call;
using exchange::ServeUnary;

grpc::ServerUnaryReactor* WitnessRpc::AddCheckpoint(grpc::CallbackServerContext* context,
                                                    const v1::AddCheckpointRequest* request,
                                                    v1::AddCheckpointResponse* response) {
  return ServeUnary(partner_rpc_, context, "WitnessService.AddCheckpoint", [=, this](const Call& call) -> absl::Status {
    if (node_.witness == nullptr) {
      return Error(absl::StatusCode::kUnimplemented, "NO_WITNESS",
                   "this node cosigns no checkpoints; its operator has to configure witnessing");
    }
    ASSIGN_OR_RETURN(WitnessAnswer answer, node_.witness->AddCheckpoint(request->body(), call.caller.agency));
    response->set_status(static_cast<uint32_t>(answer.status));
    response->set_body(std::move(answer.body));
    response->set_seen_checkpoint(std::move(answer.seen_checkpoint));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* WitnessRpc::ProveGrowth(grpc::CallbackServerContext* context,
                                                  const v1::ProveGrowthRequest* request,
                                                  v1::ProveGrowthResponse* response) {
  return ServeUnary(partner_rpc_, context, "WitnessService.ProveGrowth", [=, this](const Call&) -> absl::Status {
    // What a restored backup says of the log is no statement of it.
    if (node_.witnessing != nullptr) RETURN_IF_ERROR(node_.witnessing->CheckNotRolledBack());
    response->set_checkpoint(node_.sequencer.NewestCheckpoint());
    ASSIGN_OR_RETURN(const ledger::Checkpoint newest, ledger::CheckpointIn(response->checkpoint()));
    if (request->old_size() == 0 || request->old_size() >= newest.size) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::vector<ledger::Hash> hashes, node_.log_reader.ProveGrowth(request->old_size(), newest));
    for (const ledger::Hash& hash : hashes) response->add_hashes(std::string(hash.bytes()));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* WitnessRpc::GetWitnessing(grpc::CallbackServerContext* context,
                                                    const v1::GetWitnessingRequest* /*request*/,
                                                    v1::GetWitnessingResponse* response) {
  return ServeUnary(agency_rpc_, context, "WitnessService.GetWitnessing", [=, this](const Call& call) -> absl::Status {
    if (node_.witnessing == nullptr) {
      return Error(absl::StatusCode::kFailedPrecondition, "NO_WITNESSES",
                   "nobody is asked to cosign this node's log; its operator has to configure witnessing");
    }
    const std::string state = call.caller.State();
    const auto faults = state == node_.own_state ? Witnessing::Faults::kInWords : Witnessing::Faults::kByCode;
    RETURN_IF_ERROR(node_.witnessing->Describe(faults, response));
    ASSIGN_OR_RETURN(std::vector<v1::WitnessedLog> logs, node_.logs.List());
    for (v1::WitnessedLog& log : logs) {
      if (state == node_.own_state || state == StateOf(log.agency())) *response->add_logs() = std::move(log);
    }
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* WitnessRpc::SettleContradiction(grpc::CallbackServerContext* context,
                                                          const v1::SettleContradictionRequest* request,
                                                          v1::SettleContradictionResponse* response) {
  return ServeUnary(agency_rpc_, context, "WitnessService.SettleContradiction",
                    [=, this](const Call& call) -> absl::Status {
                      ASSIGN_OR_RETURN(*response->mutable_own_log(), node_.logs.Settle(call.caller, *request));
                      return absl::OkStatus();
                    });
}

}  // namespace tamga::witness
