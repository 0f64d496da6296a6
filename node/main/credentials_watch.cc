#include "node/main/credentials_watch.h"

#include <chrono>

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
  credentials_.LookAtOwn();
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
    status.set_by_act(certificate.by_act);
  }
  facts.refused = credentials.refused();
  facts.own_refused = credentials.own().Refused();
  return facts;
}

}  // namespace tamga::node
