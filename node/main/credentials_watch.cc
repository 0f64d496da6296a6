#include "node/main/credentials_watch.h"

#include <chrono>

#include "node/base/uuid.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::node {
namespace {

constexpr std::chrono::seconds kInterval{1};

v1::ExpiryLevel LevelName(ExpiryLevel level) {
  switch (level) {
    case ExpiryLevel::kNone:
      return v1::EXPIRY_LEVEL_FINE;
    case ExpiryLevel::kWarning:
      return v1::EXPIRY_LEVEL_WARNING;
    case ExpiryLevel::kAlarm:
      return v1::EXPIRY_LEVEL_ALARM;
  }
  return v1::EXPIRY_LEVEL_UNSPECIFIED;
}

}  // namespace

CredentialsWatch::CredentialsWatch(Credentials& credentials, const Clock& clock)
    : credentials_(credentials),
      clock_(clock),
      thread_(kInterval, RepeatingThread::First::kAtOnce, [this] { Look(); }) {}

void CredentialsWatch::Look() {
  credentials_.Check(Credentials::Trigger::kTime);
  const absl::Time now = clock_.Now();
  for (const ExpiryReminder::Reminder& reminder : reminder_.Due(credentials_.Certificates(), now)) {
    LogReminder(reminder, now);
  }
}

audit::CredentialFacts FactsOf(const Credentials& credentials, absl::Time now) {
  audit::CredentialFacts facts;
  for (const DatedCertificate& certificate : credentials.Certificates()) {
    v1::CertificateStatus& status = facts.certificates.emplace_back();
    status.set_what(certificate.what);
    status.set_subject(certificate.subject);
    status.set_sha256(certificate.sha256);
    *status.mutable_expires_at() = ToProto(certificate.validity.not_after);
    status.set_level(LevelName(LevelOf(certificate, now)));
  }
  facts.refused = credentials.refused();
  return facts;
}

absl::Status LogSealChange(const std::string& own_agency, const certs::Seal& before, const certs::Seal& next,
                           ledger::Sequencer& sequencer, const Clock& clock, Rng& rng) {
  const absl::Time now = clock.Now();
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(v1::ENTRY_KIND_SEAL_CHANGED);
  entry.set_exchange_id(NewUuidV7(now, rng));
  entry.set_own(own_agency);
  entry.set_partner(own_agency);
  *entry.mutable_logged_at() = ToProto(now);
  entry.set_seal_key_id(next.chain().front().SpkiSha256());
  entry.set_former_seal_key_id(before.chain().front().SpkiSha256());
  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  return sequencer.Append(std::move(submission)).status();
}

}  // namespace tamga::node
