#include "certs/certificate_facts.h"

#include <openssl/bio.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>

#include "absl/status/statusor.h"
#include "certs/identity.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"

namespace tamga::certs {
namespace {

// Strangers may write a book into it.
constexpr size_t kMostIssuerBytes = 200;

std::string IssuerOf(const Certificate& certificate) {
  const std::unique_ptr<BIO, OpenSslDeleter<BIO_free_all>> text(BIO_new(BIO_s_mem()));
  if (text == nullptr) return "";
  X509_NAME_print_ex(text.get(), X509_get_issuer_name(certificate.native()), 0, XN_FLAG_RFC2253);
  DrainOpenSslErrors();
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(text.get(), &bytes);
  if (length <= 0) return "";
  return std::string(bytes, std::min(static_cast<size_t>(length), kMostIssuerBytes));
}

}  // namespace

std::map<std::string, std::string> FactsOf(const Certificate& certificate) {
  const absl::StatusOr<Principal> principal = IdentityOf(certificate);
  return {{"subject", principal.ok() ? principal->SpiffeId() : ""},
          {"serial", certificate.SerialHex()},
          {"issuer", IssuerOf(certificate)}};
}

}  // namespace tamga::certs
