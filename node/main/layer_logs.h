// The connections to partners, and what vouches for logs: partners' logs that the node watches, and the witnesses and
// time-stamps of its own.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/main/layer_credentials.h"
#include "node/main/partner_channels.h"
#include "node/timestamp/stamping.h"
#include "node/timestamp/ts_client.h"
#include "node/witness/https_witness_peer.h"
#include "node/witness/log_watch.h"
#include "node/witness/partner_logs.h"
#include "node/witness/witness.h"
#include "node/witness/witnessing.h"

namespace tamga::node {

struct LogLayer : CredentialLayer {
  using CredentialLayer::CredentialLayer;

  absl::Status WatchLogs();
  absl::Status StampLog();

  Channels channels;
  witness::LogPeers log_peers;
  std::vector<std::unique_ptr<witness::HttpsWitnessPeer>> outside_witnesses;
  std::vector<witness::HttpsWitnessPeer*> shown_tls;  // those of them that have no pair of their own
  std::unique_ptr<witness::PartnerLogs> partner_logs;
  std::unique_ptr<witness::LogWatch> log_watch;
  std::unique_ptr<witness::Witness> witness;  // unless it is not configured, as is the next
  std::unique_ptr<witness::Witnessing> witnessing;

  std::unique_ptr<timestamp::TsClient> ts_client;  // unless that is not configured, as is the next
  std::unique_ptr<timestamp::Stamping> stamping;

 private:
  absl::StatusOr<std::vector<witness::AskedWitness>> FindWitnesses();
};

}  // namespace tamga::node
