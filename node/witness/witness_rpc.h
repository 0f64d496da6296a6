// The witness service on gRPC.
#pragma once

#include <string>
#include <utility>

#include "node/exchange/rpc.h"
#include "node/ledger/log_reader.h"
#include "node/ledger/sequencer.h"
#include "node/witness/partner_logs.h"
#include "node/witness/witness.h"
#include "node/witness/witnessing.h"
#include "tamga/v1/witness_service.grpc.pb.h"

namespace tamga::witness {

// What the service serves. All outlive it.
struct WitnessedNode {
  std::string own_state;  // "KAZ"
  PartnerLogs& logs;
  Witness* witness;        // null: this node cosigns nothing
  Witnessing* witnessing;  // null: nobody is asked to cosign its log
  ledger::Sequencer& sequencer;
  ledger::LogReader& log_reader;
};

// Thread-safe.
class WitnessRpc final : public v1::WitnessService::CallbackService {
 public:
  // An auditor of another State is told of the logs of that State's agencies alone: sizes tell how much is exchanged.
  // What keeps a witness from cosigning he gets as a code.
  // Nodes are served by other workers than people, as everywhere. All references outlive the service.
  WitnessRpc(const exchange::RpcContext& partner_rpc, const exchange::RpcContext& agency_rpc, WitnessedNode node)
      : partner_rpc_(partner_rpc), agency_rpc_(agency_rpc), node_(std::move(node)) {}

  grpc::ServerUnaryReactor* AddCheckpoint(grpc::CallbackServerContext* context, const v1::AddCheckpointRequest* request,
                                          v1::AddCheckpointResponse* response) override;
  grpc::ServerUnaryReactor* ProveGrowth(grpc::CallbackServerContext* context, const v1::ProveGrowthRequest* request,
                                        v1::ProveGrowthResponse* response) override;
  grpc::ServerUnaryReactor* GetWitnessing(grpc::CallbackServerContext* context, const v1::GetWitnessingRequest* request,
                                          v1::GetWitnessingResponse* response) override;
  grpc::ServerUnaryReactor* SettleContradiction(grpc::CallbackServerContext* context,
                                                const v1::SettleContradictionRequest* request,
                                                v1::SettleContradictionResponse* response) override;

 private:
  const exchange::RpcContext& partner_rpc_;
  const exchange::RpcContext& agency_rpc_;
  const WitnessedNode node_;
};

}  // namespace tamga::witness
