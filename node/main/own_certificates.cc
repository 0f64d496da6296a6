#include "node/main/own_certificates.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/log.h"

namespace tamga::node {
namespace {

struct Duty {
  absl::string_view field;
  absl::string_view reason;
  std::vector<certs::Usage> usages;
};

Duty DutyOf(OwnCertificate which) {
  switch (which) {
    case OwnCertificate::kTls:
      return {"tls.certificate_file", "OWN_TLS_REFUSED", {certs::Usage::kTlsServer, certs::Usage::kTlsClient}};
    case OwnCertificate::kSeal:
      return {"seal.certificate_file", "OWN_SEAL_REFUSED", {certs::Usage::kSeal}};
  }
  return {};
}

}  // namespace

absl::Status CheckOwnCertificate(const certs::TrustStore& trust, OwnCertificate which,
                                 const certs::CertificateChain& chain, absl::Time now) {
  const Duty duty = DutyOf(which);
  for (const certs::Usage usage : duty.usages) {
    const absl::Status vouched = trust.Vouch(chain, usage, now, certs::OldLists::kTaken).status();
    if (vouched.ok()) continue;
    return Error(absl::StatusCode::kFailedPrecondition, duty.reason,
                 absl::StrCat(duty.field, ": ", vouched.message(), " (", ReasonOf(vouched),
                              "), so no partner believes it; have another issued for another key, with a join token: "
                              "tamga pki enrol --force"),
                 {{"certificate", ReasonOf(vouched)}});
  }
  return absl::OkStatus();
}

void OwnCertificates::Look(const certs::CertificateChain& tls, const certs::CertificateChain& seal) {
  const std::shared_ptr<const certs::TrustStore> trust = trust_.Get();
  const absl::Time now = clock_.Now();
  std::vector<absl::Status> refused;
  for (const absl::Status& found : {CheckOwnCertificate(*trust, OwnCertificate::kTls, tls, now),
                                    CheckOwnCertificate(*trust, OwnCertificate::kSeal, seal, now)}) {
    if (!found.ok()) refused.push_back(found);
  }
  std::vector<absl::Status> before;
  {
    MutexLock lock(mutex_);
    before = std::exchange(refused_, refused);
  }
  for (const absl::Status& found : refused) {
    if (std::find(before.begin(), before.end(), found) != before.end()) continue;
    Log(Severity::kError, "own certificate refused",
        {{"reason", ReasonOf(found)}, {"detail", std::string(found.message())}});
  }
  if (refused.empty() && !before.empty()) Log(Severity::kInfo, "own certificates are good again");
}

absl::Status OwnCertificates::Check() const {
  MutexLock lock(mutex_);
  return refused_.empty() ? absl::OkStatus() : refused_.front();
}

std::vector<std::string> OwnCertificates::Refused() const {
  MutexLock lock(mutex_);
  std::vector<std::string> lines;
  for (const absl::Status& found : refused_) lines.emplace_back(found.message());
  return lines;
}

}  // namespace tamga::node
