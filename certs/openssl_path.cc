#include "certs/openssl_path.h"

#include <openssl/x509_vfy.h>

#include "absl/strings/str_cat.h"
#include "certs/certificate_form.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
#include "certs/refusal.h"

namespace tamga::certs {
namespace {

// 128 bits: P-256, RSA of 3072 bits, SHA-256 and better.
constexpr int kAuthLevel = 3;

const char* ReasonFor(int error) {
  switch (error) {
    case X509_V_ERR_INVALID_POLICY_EXTENSION:
    case X509_V_ERR_NO_EXPLICIT_POLICY:
      return kCertBadPolicy;
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

void SetRules(X509_VERIFY_PARAM* rules, const CertificateChain& path) {
  // Whoever calls looks at times, with the skew that it allows.
  unsigned long flags = X509_V_FLAG_X509_STRICT | X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_NO_CHECK_TIME;
  // The path is complete; OpenSSL calls it partial where its anchor was issued by somebody else.
  if (!IsSelfIssued(path.back())) flags |= X509_V_FLAG_PARTIAL_CHAIN;
  X509_VERIFY_PARAM_set_flags(rules, flags);
  // Any policy will do, as long as the certificates agree on one where they ask for that.
  X509_VERIFY_PARAM_add0_policy(rules, OBJ_nid2obj(NID_any_policy));
  X509_VERIFY_PARAM_set_depth(rules, static_cast<int>(path.size()));
  X509_VERIFY_PARAM_set_auth_level(rules, kAuthLevel);
  // Names come from the alternative names alone; a common name is not to be held against the constraints.
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
}

}  // namespace

absl::Status VerifyByOpenSsl(const CertificateChain& path) {
  const X509StorePtr anchor(X509_STORE_new());
  const BorrowedStackPtr issuers(sk_X509_new_null());
  bool is_ready =
      anchor != nullptr && issuers != nullptr && X509_STORE_add_cert(anchor.get(), path.back().native()) == 1;
  for (size_t i = 1; i + 1 < path.size(); ++i) {
    is_ready = is_ready && sk_X509_push(issuers.get(), path[i].native()) > 0;
  }
  const X509StoreCtxPtr context(X509_STORE_CTX_new());
  if (!is_ready || context == nullptr ||
      X509_STORE_CTX_init(context.get(), anchor.get(), path.front().native(), issuers.get()) != 1) {
    return OpenSslError("cannot verify a certificate");
  }
  SetRules(X509_STORE_CTX_get0_param(context.get()), path);
  if (X509_verify_cert(context.get()) == 1) return absl::OkStatus();
  DrainOpenSslErrors();
  return RefusalOf(context.get());
}

}  // namespace tamga::certs
