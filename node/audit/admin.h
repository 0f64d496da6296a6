// The operator's view of a node: how it is, what waits, and what its treaties say.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/principal.h"
#include "node/base/clock.h"
#include "node/exchange/asking.h"
#include "node/exchange/call.h"
#include "node/exchange/circuit.h"
#include "node/exchange/peer_stub.h"
#include "node/store/exchange_db.h"
#include "node/store/vault.h"
#include "node/treaty/current_treaties.h"
#include "tamga/v1/admin_service.pb.h"
#include "tamga/v1/node_config.pb.h"

namespace tamga::audit {

// How a node's certificates stand.
struct CredentialFacts {
  std::vector<v1::CertificateStatus> certificates;
  std::vector<std::string> refused;      // why those that are configured are not in use
  std::vector<std::string> own_refused;  // why those that are in use are not believed
};

// The node as it was started. All references outlive the admin.
struct NodeFacts {
  std::string agency;
  std::string log_origin;
  absl::Time started_at;
  std::function<CredentialFacts()> credentials;  // at the moment
  std::vector<v1::Partner> partners;             // as configured
  const exchange::PeerStubs& stubs;              // of the partners
  store::ExchangeDb& database;
  store::Vault& vault;
  const treaty::CurrentTreaties& treaties;
  const Clock& clock;
  // How far the log is time-stamped; nothing where that is not configured.
  std::function<std::optional<v1::TimeStampingStatus>()> time_stamping = [] { return std::nullopt; };
  // Who has the keys that are not in the node's memory, at the moment.
  std::function<std::vector<v1::HelperStatus>()> helpers = [] { return std::vector<v1::HelperStatus>(); };
  // The time of the newest revocation list of each State that has one.
  std::function<std::map<std::string, absl::Time>()> lists = [] { return std::map<std::string, absl::Time>(); };
  // Of the way out (exchange/asking_door.h): the line to a partner, and what is done about a dead letter.
  std::function<exchange::CircuitReport(const std::string& partner)> circuit = [](const std::string&) {
    return exchange::CircuitReport();
  };
  std::function<exchange::AskResult(const std::string& exchange_id, absl::Time deadline)> release =
      [](const std::string&, absl::Time) { return exchange::AskResult(); };
  std::function<absl::Status(const std::string& exchange_id)> discard = [](const std::string&) {
    return absl::OkStatus();
  };
};

// Thread-safe.
class Admin {
 public:
  explicit Admin(NodeFacts node) : node_(std::move(node)) {}

  // Asks all partners at once whether they can be reached, and gives each one second.
  absl::StatusOr<v1::GetNodeStatusResponse> GetNodeStatus() const;

  // Figures as of now; asks no partner.
  absl::StatusOr<v1::GetMetricsResponse> GetMetrics() const;

  absl::StatusOr<v1::ListOutboxResponse> ListOutbox() const;

  // Messages that came to nothing (exchange/dead_letter.h): see them, have one sent anew, take one off the list.
  // INVALID_FIELD for an exchange id that is none; errors of AskingDoor::Release where nothing has left, and of
  // Discard.
  absl::StatusOr<v1::ListDeadLettersResponse> ListDeadLetters() const;
  absl::StatusOr<v1::ReleaseDeadLetterResponse> ReleaseDeadLetter(const exchange::Call& call,
                                                                  const v1::ReleaseDeadLetterRequest& request) const;
  absl::StatusOr<v1::DiscardDeadLetterResponse> DiscardDeadLetter(const exchange::Call& call,
                                                                  const v1::DiscardDeadLetterRequest& request) const;

  v1::ListTreatiesResponse ListTreaties() const;

  // What the treaties say now, with the facts about a person left aside (see explanation.h). INVALID_FIELD for a field
  // that is missing or malformed.
  absl::StatusOr<v1::ExplainDecisionResponse> ExplainDecision(const v1::ExplainDecisionRequest& request) const;

  // PermissionDenied (WRONG_STATE) for an auditor of another State: decisions hold facts about persons.
  absl::Status CheckReadsDecisions(const certs::Principal& caller) const;

  // See decision_list.h.
  absl::StatusOr<v1::ListDecisionsResponse> ListDecisions(const v1::ListDecisionsRequest& request) const;

 private:
  // By agency.
  std::map<std::string, bool> AskPartners() const;

  const NodeFacts node_;
};

}  // namespace tamga::audit
