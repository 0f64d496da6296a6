#include "certs/path.h"

#include <openssl/x509_vfy.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
#include "certs/refusal.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

constexpr int kMaxIntermediates = 4;
// 128 bits: P-256, RSA of 3072 bits, SHA-256 and better.
constexpr int kAuthLevel = 3;

const char* ReasonFor(int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return kCertExpired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return kCertNotYetValid;
    case X509_V_ERR_INVALID_PURPOSE:
      return kCertWrongUsage;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
    case X509_V_ERR_EC_KEY_EXPLICIT_PARAMS:
      return kCertWeakKey;
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
      return kCertBadIdentity;
    default:
      return kCertUntrusted;
  }
}

absl::Status RefusalOf(const X509_STORE_CTX* context) {
  const int error = X509_STORE_CTX_get_error(context);
  const int depth = X509_STORE_CTX_get_error_depth(context);
  return Refused(ReasonFor(error), absl::StrCat(depth == 0 ? "the certificate" : "an issuer of the certificate", ": ",
                                                X509_verify_cert_error_string(error)));
}

void SetRules(X509_VERIFY_PARAM* rules, Usage usage, absl::Time now) {
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_time(rules, absl::ToTimeT(now));
  X509_VERIFY_PARAM_set_depth(rules, kMaxIntermediates);
  X509_VERIFY_PARAM_set_auth_level(rules, kAuthLevel);
  // Names come from the alternative names alone; a common name is not to be held against the constraints.
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (usage == Usage::kTlsClient) X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_CLIENT);
  if (usage == Usage::kTlsServer) X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_SERVER);
}

// Over the path that was built, root included.
absl::StatusOr<Validity> ValidityOf(X509_STORE_CTX* context) {
  STACK_OF(X509)* path = X509_STORE_CTX_get0_chain(context);
  Validity validity{absl::InfinitePast(), absl::InfiniteFuture()};
  for (int i = 0; i < sk_X509_num(path); ++i) {
    ASSIGN_OR_RETURN(const Certificate certificate, Certificate::FromDer(ToDer<i2d_X509>(sk_X509_value(path, i))));
    validity.not_before = std::max(validity.not_before, certificate.NotBefore());
    validity.not_after = std::min(validity.not_after, certificate.NotAfter());
  }
  return validity;
}

}  // namespace

absl::StatusOr<Validity> VerifyPath(X509_STORE& roots, const CertificateChain& chain, Usage usage, absl::Time now) {
  const BorrowedStackPtr others(sk_X509_new_null());
  if (others == nullptr) return OpenSslError("cannot verify a certificate");
  for (size_t i = 1; i < chain.size(); ++i) {
    if (sk_X509_push(others.get(), chain[i].native()) == 0) return OpenSslError("cannot verify a certificate");
  }
  const X509StoreCtxPtr context(X509_STORE_CTX_new());
  if (context == nullptr || X509_STORE_CTX_init(context.get(), &roots, chain.front().native(), others.get()) != 1) {
    return OpenSslError("cannot verify a certificate");
  }
  SetRules(X509_STORE_CTX_get0_param(context.get()), usage, now);
  if (X509_verify_cert(context.get()) != 1) {
    DrainOpenSslErrors();
    return RefusalOf(context.get());
  }
  return ValidityOf(context.get());
}

bool IsRoot(const Certificate& certificate) {
  constexpr uint32_t kNeeded = EXFLAG_CA | EXFLAG_SS;
  return (X509_get_extension_flags(certificate.native()) & (kNeeded | EXFLAG_INVALID)) == kNeeded &&
         X509_self_signed(certificate.native(), /*verify_signature=*/1) == 1;
}

}  // namespace tamga::certs
