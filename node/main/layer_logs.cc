#include "node/main/layer_logs.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "node/base/status_macros.h"
#include "node/main/timestamp_lists.h"

namespace tamga::node {
namespace {

// Of a question to a witness.
constexpr absl::Duration kWitnessTimeout = absl::Seconds(3);
// Of a question to the time-stamp authority; a node that stops waits for it.
constexpr absl::Duration kTimestampTimeout = absl::Seconds(5);
// For all questions to witnesses before the node serves: some may be down.
constexpr absl::Duration kFirstQuestions = absl::Seconds(5);

}  // namespace

// Partners first: they show what they have seen.
absl::StatusOr<std::vector<witness::AskedWitness>> LogLayer::FindWitnesses() {
  std::vector<witness::AskedWitness> witnesses;
  for (const auto& [agency, key] : setup.witnessing->partners) {
    witnesses.push_back({agency, key, *log_peers.at(agency)});
  }
  for (const OutsideWitness& outside : setup.witnessing->outside) {
    ASSIGN_OR_RETURN(std::unique_ptr<witness::HttpsWitnessPeer> peer,
                     witness::MakeHttpsWitnessPeer(outside.server, outside.base_path, clock));
    witnesses.push_back({"", outside.key, *peer});
    if (outside.server.identity.key_pem == setup.tls.key_pem) shown_tls.push_back(peer.get());
    outside_witnesses.push_back(std::move(peer));
  }
  return witnesses;
}

// Before the first entry is made, so that a restored backup is recognised by what the witnesses have seen.
absl::Status LogLayer::WatchLogs() {
  const v1::Limits& limits = setup.config.limits();
  channels = ConnectPartners(setup, trust, clock, shown_certificates);
  for (const auto& [agency, channel] : channels) log_peers[agency] = witness::MakeGrpcLogPeer(*channel, clock);
  ASSIGN_OR_RETURN(partner_logs, witness::PartnerLogs::Open({setup.config.agency(), log_key.name, setup.partner_logs,
                                                             *database, *sequencer, *pseudonyms, clock, rng,
                                                             absl::Seconds(limits.max_clock_skew_s())}));
  const absl::Duration timeout = std::min(kWitnessTimeout, absl::Milliseconds(limits.partner_timeout_ms()));
  log_watch = std::make_unique<witness::LogWatch>(*partner_logs, log_peers, clock, timeout);
  if (!setup.witnessing) return absl::OkStatus();
  ASSIGN_OR_RETURN(ledger::NoteSigner sign, SignerOf(setup.witnessing->seed));
  witness = std::make_unique<witness::Witness>(*partner_logs, *log_watch, setup.witnessing->key, std::move(sign),
                                               [this] { return witnessing->CheckCompared(); });
  ASSIGN_OR_RETURN(std::vector<witness::AskedWitness> asked, FindWitnesses());
  ASSIGN_OR_RETURN(
      witnessing,
      witness::Witnessing::Open(witness::WitnessingParts{
          log_key, setup.witnessing->policy, std::move(asked), absl::Seconds(setup.config.witnessing().late_after_s()),
          timeout, absl::Seconds(limits.max_clock_skew_s()), *database, *sequencer, *log_reader, clock}));
  witnessing->AskAll(clock.Now() + kFirstQuestions, [] { return false; });
  return absl::OkStatus();
}

absl::Status LogLayer::StampLog() {
  if (!setup.time_stamping) return absl::OkStatus();
  ASSIGN_OR_RETURN(ts_client,
                   timestamp::MakeHttpTsClient(setup.time_stamping->server, setup.time_stamping->target, clock));
  ASSIGN_OR_RETURN(
      stamping,
      timestamp::Stamping::Open(timestamp::StampingParts{
          setup.time_stamping->authority, *ts_client, absl::Seconds(setup.config.time_stamping().late_after_s()),
          kTimestampTimeout, absl::Seconds(setup.config.limits().max_clock_skew_s()), *database, *records, *sequencer,
          clock, rng, [this] {
            return ReadTimestampLists(setup.time_stamping->list_files, setup.time_stamping->authority.roots);
          }}));
  return absl::OkStatus();
}

}  // namespace tamga::node
