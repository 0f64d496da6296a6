// How soon the certificates that a node depends on end: a warning and an alarm come long before it stops.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "certs/validity.h"

namespace tamga::node {

// A certificate that the node depends on.
struct DatedCertificate {
  std::string what;     // "tls", "seal", "issuing", "root"
  std::string subject;  // whose: a SPIFFE id, or the State of an authority
  std::string sha256;   // of the certificate in DER: tells two apart
  certs::Validity validity;
  bool by_act = false;  // a root that an act of its State ends before its time (trusted_until)
};

enum class ExpiryLevel {
  kNone,
  kWarning,  // TLS: a quarter of its life is left; all others: 30 days, if that is less than a quarter
  kAlarm     // TLS: a tenth; all others: 7 days, if that is less than a tenth; or it has ended
};

// TLS certificates live for days and are renewed by machines; the others for years, and people have to meet for them.
ExpiryLevel LevelOf(const DatedCertificate& certificate, absl::Time now);

// Says each warning and alarm once an hour, a new level at once. Thread-compatible.
class ExpiryReminder {
 public:
  struct Reminder {
    DatedCertificate certificate;
    ExpiryLevel level = ExpiryLevel::kNone;
  };

  // What is to be said now.
  std::vector<Reminder> Due(const std::vector<DatedCertificate>& certificates, absl::Time now);

 private:
  struct Said {
    ExpiryLevel level = ExpiryLevel::kNone;
    absl::Time at;
  };
  std::map<std::string, Said> said_;  // by the certificate's SHA-256
};

// Writes the log line of a reminder.
void LogReminder(const ExpiryReminder::Reminder& reminder, absl::Time now);

}  // namespace tamga::node
