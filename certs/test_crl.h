// For tests: revocation lists, good ones and others. Any failure ends the test program.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "certs/crl.h"
#include "certs/test_pki.h"

namespace tamga::certs {

struct CrlOptions {
  std::vector<Certificate> revoked = {};
  long number = 1;  // below zero: no CRL number
  absl::Time this_update = TestNow() - absl::Hours(1);
  absl::Time next_update = TestNow() + absl::Hours(24);
  bool has_key_id = true;
  const EVP_MD* digest = EVP_sha256();
  std::function<void(X509_CRL*)> change = {};  // before it is signed
};

// DER.
std::string IssueCrlDer(const CrlOptions& options, const Issued& issuer);
Crl IssueCrl(const CrlOptions& options, const Issued& issuer);

}  // namespace tamga::certs
