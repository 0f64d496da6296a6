// A node's figures for a monitoring system.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "node/audit/admin.h"
#include "node/base/encoding.h"
#include "node/base/metrics_text.h"
#include "node/base/status_macros.h"
#include "tamga/v1/obligation_service.pb.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::audit {
namespace {

// Of a certificate's SHA-256: enough to tell an old root from a new one.
constexpr size_t kNameBytes = 8;

void AddCertificates(const CredentialFacts& facts, absl::Time now, MetricsText& metrics) {
  metrics.AddGauge("tamga_certificate_seconds_left",
                   "Until a certificate ends, or a root is believed no longer; negative if it is so.");
  for (const v1::CertificateStatus& certificate : facts.certificates) {
    metrics.AddSample({{"what", certificate.what()},
                       {"subject", certificate.subject()},
                       {"certificate", HexEncode(certificate.sha256().substr(0, kNameBytes))}},
                      absl::ToInt64Seconds(FromProto(certificate.expires_at()) - now));
  }
  metrics.AddGauge("tamga_credentials_refused",
                   "Mistakes for which the configured certificates and keys are not those in use.");
  metrics.AddSample({}, static_cast<int64_t>(facts.refused.size()));
  metrics.AddGauge("tamga_own_certificates_refused",
                   "Own certificates in use that partners do not believe, such as revoked ones; nothing is exchanged.");
  metrics.AddSample({}, static_cast<int64_t>(facts.own_refused.size()));
}

void AddHelpers(const std::vector<v1::HelperStatus>& helpers, absl::Time now, MetricsText& metrics) {
  metrics.AddGauge("tamga_helper_works", "1 if a token or process with a key did what it was last asked, 0 if not.");
  for (const v1::HelperStatus& helper : helpers) {
    metrics.AddSample({{"what", helper.what()}, {"where", helper.where()}}, helper.fault().empty() ? 1 : 0);
  }
  metrics.AddGauge("tamga_helper_seconds_since_success", "Since it last did.");
  for (const v1::HelperStatus& helper : helpers) {
    if (!helper.has_last_success()) continue;
    metrics.AddSample({{"what", helper.what()}, {"where", helper.where()}},
                      absl::ToInt64Seconds(now - FromProto(helper.last_success())));
  }
}

void AddTimeStamping(const v1::TimeStampingStatus& status, absl::Time now, MetricsText& metrics) {
  metrics.AddGauge("tamga_timestamp_entries", "Entries of the log that the newest time-stamp is over.");
  metrics.AddSample({}, static_cast<int64_t>(status.size()));
  if (status.has_time()) {
    metrics.AddGauge("tamga_timestamp_age_seconds", "Since the newest time-stamp.");
    metrics.AddSample({}, absl::ToInt64Seconds(now - FromProto(status.time())));
  }
  metrics.AddGauge("tamga_timestamp_late", "1 if an entry has waited for a time-stamp for too long.");
  metrics.AddSample({}, status.late() ? 1 : 0);
  metrics.AddGauge("tamga_timestamp_failures", "Attempts that failed since the start.");
  metrics.AddSample({}, static_cast<int64_t>(status.failures()));
}

void AddLists(const std::map<std::string, absl::Time>& lists, absl::Time now, MetricsText& metrics) {
  metrics.AddGauge("tamga_revocation_list_age_seconds", "Since a State's authority signed its newest revocation list.");
  for (const auto& [state, time] : lists) metrics.AddSample({{"state", state}}, absl::ToInt64Seconds(now - time));
}

int64_t CircuitLevel(v1::CircuitState state) {
  if (state == v1::CIRCUIT_STATE_CLOSED) return 0;
  return state == v1::CIRCUIT_STATE_HALF_OPEN ? 1 : 2;
}

}  // namespace

absl::StatusOr<v1::GetMetricsResponse> Admin::GetMetrics() const {
  ASSIGN_OR_RETURN(store::ReadSession session, node_.database.Read());
  ASSIGN_OR_RETURN(const uint64_t log_size, session->EntryCount());
  ASSIGN_OR_RETURN(auto waiting, session->CountOutboxByPartner());
  ASSIGN_OR_RETURN(auto dead, session->CountDeadLettersByPartner());
  ASSIGN_OR_RETURN(const auto expiries, session->FirstOutboxExpiries());
  ASSIGN_OR_RETURN(const auto holdings, session->CountHoldingsByStates());
  ASSIGN_OR_RETURN(const auto cases, session->CountCasesByState());
  ASSIGN_OR_RETURN(const uint64_t overdue_cases, session->CountCasesOverdue(node_.clock.Now()));
  MetricsText metrics;
  metrics.AddGauge("tamga_start_time_seconds", "When the node started, in seconds since 1970.");
  metrics.AddSample({}, absl::ToUnixSeconds(node_.started_at));
  metrics.AddGauge("tamga_log_entries", "Entries in the exchange log.");
  metrics.AddSample({}, static_cast<int64_t>(log_size));
  metrics.AddGauge("tamga_outbox_messages", "Messages that wait for a partner.");
  for (const v1::Partner& partner : node_.partners) {
    metrics.AddSample({{"partner", partner.agency()}}, static_cast<int64_t>(waiting[partner.agency()]));
  }
  metrics.AddGauge("tamga_outbox_seconds_left", "Until the first message that waits for a partner becomes void.");
  for (const auto& [partner, expiry] : expiries) {
    metrics.AddSample({{"partner", partner}}, absl::ToInt64Seconds(expiry - node_.clock.Now()));
  }
  metrics.AddGauge("tamga_partner_circuit",
                   "0 while a partner's line is used, 1 while it is tried, 2 while it is left alone: nobody answered.");
  for (const v1::Partner& partner : node_.partners) {
    metrics.AddSample({{"partner", partner.agency()}}, CircuitLevel(node_.circuit(partner.agency()).state));
  }
  metrics.AddGauge("tamga_dead_letters", "Messages that came to nothing and that no operator has seen to; 0 is good.");
  for (const v1::Partner& partner : node_.partners) {
    metrics.AddSample({{"partner", partner.agency()}}, static_cast<int64_t>(dead[partner.agency()]));
  }
  std::map<std::string, int64_t> obligations = {{"open", 0}, {"overdue", 0}};
  for (const auto& [states, count] : holdings) {
    if ((states >> v1::DUTY_STATE_OPEN & 1) != 0) obligations["open"] += static_cast<int64_t>(count);
    if ((states >> v1::DUTY_STATE_OVERDUE & 1) != 0) obligations["overdue"] += static_cast<int64_t>(count);
  }
  metrics.AddGauge("tamga_obligations", "Exchanges with an obligation that is open or overdue.");
  for (const auto& [state, count] : obligations) metrics.AddSample({{"state", state}}, count);
  const absl::Time now = node_.clock.Now();
  metrics.AddGauge("tamga_readmission_cases", "Readmission cases in each state.");
  for (const auto& [state, count] : cases) {
    metrics.AddSample({{"state", v1::ReadmissionState_Name(static_cast<v1::ReadmissionState>(state))}},
                      static_cast<int64_t>(count));
  }
  metrics.AddGauge("tamga_readmission_cases_overdue", "Readmission cases of which a limit has passed.");
  metrics.AddSample({}, static_cast<int64_t>(overdue_cases));
  AddCertificates(node_.credentials(), now, metrics);
  AddHelpers(node_.helpers(), now, metrics);
  if (const auto time_stamping = node_.time_stamping()) AddTimeStamping(*time_stamping, now, metrics);
  AddLists(node_.lists(), now, metrics);
  v1::GetMetricsResponse response;
  response.set_text(metrics.text());
  return response;
}

}  // namespace tamga::audit
