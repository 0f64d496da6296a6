#include "node/audit/admin.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/audit/decision_list.h"
#include "node/audit/explanation.h"
#include "node/base/check.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/base/worker_pool.h"
#include "tamga/v1/obligation_service.pb.h"

namespace tamga::audit {
namespace {

using Counts = std::map<std::string, uint64_t>;

constexpr absl::Duration kPatience = absl::Seconds(1);
constexpr size_t kMostAskedAtOnce = 32;
constexpr size_t kMostOutboxItems = 1000;
constexpr size_t kMostDeadLetters = 1000;

v1::TreatySummary Summarise(const policy::TreatyDocument& document, const std::vector<policy::StandingLine>& lines) {
  v1::TreatySummary summary;
  summary.set_id(document.treaty.id());
  summary.set_version(document.treaty.version());
  summary.set_title(document.treaty.title());
  summary.set_document_sha256(document.sha256);
  for (const policy::StandingLine& line : lines) {
    if (line.sha256 == document.sha256 && line.status == policy::StandingStatus::kInForce) {
      summary.add_in_force_for(line.state);
    }
  }
  summary.set_model(document.treaty.text_status() == v1::TEXT_STATUS_MODEL);
  return summary;
}

void AddCredentials(const CredentialFacts& facts, v1::GetNodeStatusResponse& response) {
  for (const v1::CertificateStatus& certificate : facts.certificates) {
    if (certificate.what() == "tls") *response.mutable_tls_expires_at() = certificate.expires_at();
    if (certificate.what() == "seal") *response.mutable_seal_expires_at() = certificate.expires_at();
    *response.add_certificates() = certificate;
  }
  for (const std::string& line : facts.refused) response.add_credentials_refused(line);
  for (const std::string& line : facts.own_refused) response.add_own_certificates_refused(line);
}

// QUEUED, or SENT: an attempt is under way, which is the first and has a time to end, or the partner may have it.
v1::DeliveryState StateOfWaiting(const store::OutboxRow& row, absl::Time now) {
  const bool is_leaving = row.attempts == 0 && row.next_attempt_at > now;
  return row.has_left || is_leaving ? v1::DELIVERY_STATE_SENT : v1::DELIVERY_STATE_QUEUED;
}

absl::StatusOr<std::string> ExchangeOf(const std::string& text) {
  absl::StatusOr<std::string> exchange_id = ParseUuidV7(text);
  if (exchange_id.ok()) return exchange_id;
  return InvalidField("exchange_id", "must be the UUID of an exchange, as the list of dead letters shows it");
}

}  // namespace

absl::StatusOr<v1::GetNodeStatusResponse> Admin::GetNodeStatus() const {
  const std::map<std::string, bool> reachable = AskPartners();
  ASSIGN_OR_RETURN(store::ReadSession session, node_.database.Read());
  ASSIGN_OR_RETURN(const uint64_t log_size, session->EntryCount());
  ASSIGN_OR_RETURN(Counts waiting, session->CountOutboxByPartner());
  ASSIGN_OR_RETURN(Counts dead, session->CountDeadLettersByPartner());
  ASSIGN_OR_RETURN(const auto expiries, session->FirstOutboxExpiries());
  ASSIGN_OR_RETURN(const auto holdings, session->CountHoldingsByStates());
  v1::GetNodeStatusResponse response;
  response.set_agency(node_.agency);
  response.set_version(TAMGA_VERSION);
  *response.mutable_started_at() = ToProto(node_.started_at);
  response.set_log_origin(node_.log_origin);
  response.set_log_size(log_size);
  const CredentialFacts credentials = node_.credentials();
  AddCredentials(credentials, response);
  for (const auto& [states, count] : holdings) {
    const bool open = (states >> v1::DUTY_STATE_OPEN & 1) != 0;
    const bool overdue = (states >> v1::DUTY_STATE_OVERDUE & 1) != 0;
    if (open) response.set_obligations_open(response.obligations_open() + count);
    if (overdue) response.set_obligations_overdue(response.obligations_overdue() + count);
  }
  if (const auto time_stamping = node_.time_stamping()) *response.mutable_time_stamping() = *time_stamping;
  for (const v1::HelperStatus& helper : node_.helpers()) *response.add_helpers() = helper;
  for (const v1::Partner& partner : node_.partners) {
    v1::PartnerStatus& status = *response.add_partners();
    status.set_agency(partner.agency());
    status.set_address(partner.address());
    // A partner answers in TLS also where it believes nothing of what we say.
    status.set_reachable(reachable.at(partner.agency()) && credentials.own_refused.empty());
    status.set_outbox(waiting[partner.agency()]);
    status.set_dead_letters(dead[partner.agency()]);
    const exchange::CircuitReport circuit = node_.circuit(partner.agency());
    status.set_circuit(circuit.state);
    if (circuit.state != v1::CIRCUIT_STATE_CLOSED) *status.mutable_circuit_retry_at() = ToProto(circuit.retry_at);
    if (const auto first = expiries.find(partner.agency()); first != expiries.end()) {
      *status.mutable_first_expiry_at() = ToProto(first->second);
    }
  }
  return response;
}

std::map<std::string, bool> Admin::AskPartners() const {
  std::map<std::string, bool> reachable;
  for (const v1::Partner& partner : node_.partners) reachable[partner.agency()] = false;
  {
    // Not the node's own workers: a partner that does not answer must not keep them from the callers.
    WorkerPool pool(std::clamp<size_t>(node_.stubs.size(), 1, kMostAskedAtOnce), node_.stubs.size());
    for (auto& [agency, answer] : reachable) {
      const auto stub = node_.stubs.find(agency);
      if (stub == node_.stubs.end()) continue;
      const absl::Status queued = pool.Run([this, &peer = *stub->second, &result = answer] {
        result = peer.IsReachable(node_.clock.Now() + kPatience);
      });
      TAMGA_CHECK(queued.ok());  // the queue holds all stubs
    }
  }  // the pool waits for its work
  return reachable;
}

absl::StatusOr<v1::ListOutboxResponse> Admin::ListOutbox() const {
  ASSIGN_OR_RETURN(store::ReadSession session, node_.database.Read());
  ASSIGN_OR_RETURN(const std::vector<store::OutboxRow> rows, session->ListOutbox(kMostOutboxItems));
  const absl::Time now = node_.clock.Now();
  v1::ListOutboxResponse response;
  for (const store::OutboxRow& row : rows) {
    v1::OutboxItem& item = *response.add_items();
    item.set_exchange_id(FormatUuid(row.exchange_id));
    item.set_partner(row.partner);
    item.set_operation(static_cast<v1::Operation>(row.operation));
    item.set_attempts(static_cast<uint32_t>(row.attempts));
    *item.mutable_next_attempt_at() = ToProto(row.next_attempt_at);
    *item.mutable_expires_at() = ToProto(row.expires_at);
    item.set_state(StateOfWaiting(row, now));
  }
  return response;
}

absl::StatusOr<v1::ListDeadLettersResponse> Admin::ListDeadLetters() const {
  ASSIGN_OR_RETURN(store::ReadSession session, node_.database.Read());
  ASSIGN_OR_RETURN(const std::vector<store::DeadLetterRow> rows, session->ListDeadLetters(kMostDeadLetters));
  v1::ListDeadLettersResponse response;
  for (const store::DeadLetterRow& row : rows) {
    v1::DeadLetter& letter = *response.add_letters();
    letter.set_exchange_id(FormatUuid(row.exchange_id));
    letter.set_partner(row.partner);
    letter.set_operation(static_cast<v1::Operation>(row.operation));
    letter.set_state(static_cast<v1::DeliveryState>(row.state));
    letter.set_reason(row.reason);
    letter.set_attempts(static_cast<uint32_t>(row.attempts));
    *letter.mutable_since() = ToProto(row.since);
  }
  return response;
}

absl::StatusOr<v1::ReleaseDeadLetterResponse> Admin::ReleaseDeadLetter(
    const exchange::Call& call, const v1::ReleaseDeadLetterRequest& request) const {
  ASSIGN_OR_RETURN(const std::string exchange_id, ExchangeOf(request.exchange_id()));
  const exchange::AskResult result = node_.release(exchange_id, call.deadline);
  Log(Severity::kWarning, "release of a dead letter asked for",
      {{"exchange", request.exchange_id()}, {"by", call.caller.SpiffeId()}, {"reason", ReasonOf(result.status)}});
  if (!result.status.ok() && result.summary.exchange_id().empty()) return result.status;
  v1::ReleaseDeadLetterResponse response;
  *response.mutable_exchange() = result.summary;
  response.set_reason(ReasonOf(result.status));
  return response;
}

absl::StatusOr<v1::DiscardDeadLetterResponse> Admin::DiscardDeadLetter(
    const exchange::Call& call, const v1::DiscardDeadLetterRequest& request) const {
  ASSIGN_OR_RETURN(const std::string exchange_id, ExchangeOf(request.exchange_id()));
  RETURN_IF_ERROR(node_.discard(exchange_id));
  Log(Severity::kWarning, "dead letter discarded",
      {{"exchange", request.exchange_id()}, {"by", call.caller.SpiffeId()}});
  return v1::DiscardDeadLetterResponse();
}

v1::ListTreatiesResponse Admin::ListTreaties() const {
  v1::ListTreatiesResponse response;
  const auto treaties = node_.treaties.Get();
  const std::vector<policy::StandingLine> lines = treaties->standing->StatusAt(node_.clock.Now());
  for (const policy::TreatyDocument* document : treaties->standing->Treaties()) {
    *response.add_treaties() = Summarise(*document, lines);
  }
  return response;
}

absl::StatusOr<v1::ExplainDecisionResponse> Admin::ExplainDecision(const v1::ExplainDecisionRequest& request) const {
  return Explain(*node_.treaties.Get()->set, request, node_.agency, node_.clock.Now());
}

absl::Status Admin::CheckReadsDecisions(const certs::Principal& caller) const {
  if (caller.role != certs::Role::kAuditor || caller.State() == StateOf(node_.agency)) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "WRONG_STATE",
               absl::StrCat("decisions are shown to auditors of ", StateOf(node_.agency), " only: they hold facts"));
}

absl::StatusOr<v1::ListDecisionsResponse> Admin::ListDecisions(const v1::ListDecisionsRequest& request) const {
  return audit::ListDecisions(node_.database, node_.vault, request);
}

}  // namespace tamga::audit
