#include "node/audit/admin.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/audit/decision_list.h"
#include "node/audit/explanation.h"
#include "node/base/check.h"
#include "node/base/error.h"
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

}  // namespace

absl::StatusOr<v1::GetNodeStatusResponse> Admin::GetNodeStatus() const {
  const std::map<std::string, bool> reachable = AskPartners();
  ASSIGN_OR_RETURN(store::ReadSession session, node_.database.Read());
  ASSIGN_OR_RETURN(const uint64_t log_size, session->EntryCount());
  ASSIGN_OR_RETURN(Counts waiting, session->CountOutboxByPartner());
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
  v1::ListOutboxResponse response;
  for (const store::OutboxRow& row : rows) {
    v1::OutboxItem& item = *response.add_items();
    item.set_exchange_id(FormatUuid(row.exchange_id));
    item.set_partner(row.partner);
    item.set_operation(static_cast<v1::Operation>(row.operation));
    item.set_attempts(static_cast<uint32_t>(row.attempts));
    *item.mutable_next_attempt_at() = ToProto(row.next_attempt_at);
    *item.mutable_expires_at() = ToProto(row.expires_at);
  }
  return response;
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
