// For tests: a time-stamp authority in software, which answers as OpenSSL's does, or lies. Any failure ends the test
// program.
#pragma once

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/test_pki.h"

namespace tamga::timestamp {

inline constexpr char kTestPolicy[] = "1.3.6.1.4.1.99999.1";

// Good for time-stamps, from a day before `now` until a year after.
certs::IssueOptions TsaCertificate(absl::Time now);

// What it does instead of what it should; each by itself.
struct TsaManner {
  absl::Duration clock_error;             // of the time that it stamps
  std::string other_sha256 = {};          // stamps this, 32 bytes, whatever it was asked
  std::string other_nonce = {};           // answers with this nonce
  bool without_nonce = false;             // answers without one
  bool by_sha1_id = false;                // names its certificate by SHA-1 alone (RFC 3161, before RFC 5816)
  int accuracy_s = 1;                     // as it says
  const EVP_MD* digest = EVP_sha256();    // of its signature
  const certs::Issued* signer = nullptr;  // signs with this one's key, shows its certificate and its own issuers
};

class TestTsa {
 public:
  explicit TestTsa(const certs::IssueOptions& certificate);
  explicit TestTsa(absl::Time now = certs::TestNow()) : TestTsa(TsaCertificate(now)) {}

  std::string RootPem() const { return root_.certificate.Pem(); }
  const certs::Certificate& root() const { return root_.certificate; }
  // Who issued its certificate, for revocation lists.
  const certs::Issued& issuing() const { return issuing_; }
  const certs::Certificate& certificate() const { return stamping_.certificate; }
  // One that the same authority issued.
  certs::Issued IssueAnother(const certs::IssueOptions& certificate) const { return Issue(certificate, &issuing_); }

  // TimeStampResp to a TimeStampReq, stamped at `now`.
  std::string Answer(const std::string& request, absl::Time now, const TsaManner& manner = {}) const;
  // The token alone, of the bytes with this SHA-256.
  std::string Stamp(const std::string& sha256, absl::Time now, const TsaManner& manner = {}) const;

 private:
  std::string SignAs(const std::string& info, const certs::Issued& signer) const;

  const certs::Issued root_;
  const certs::Issued issuing_;
  const certs::Issued stamping_;
};

// A response that grants nothing (status 2, "rejection"), with failure bit 2, "bad request".
std::string RejectedResponse();

}  // namespace tamga::timestamp
