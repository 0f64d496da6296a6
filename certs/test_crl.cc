#include "certs/test_crl.h"

#include <openssl/x509v3.h>

#include <memory>

#include "certs/openssl_der.h"
#include "node/base/check.h"

namespace tamga::certs {
namespace {

using TimePtr = std::unique_ptr<ASN1_TIME, OpenSslDeleter<ASN1_TIME_free>>;

TimePtr TimeOf(absl::Time time) {
  TimePtr made(ASN1_TIME_set(nullptr, absl::ToTimeT(time)));
  TAMGA_CHECK(made != nullptr);
  return made;
}

void AddEntry(X509_CRL* list, const Certificate& certificate) {
  X509_REVOKED* entry = X509_REVOKED_new();
  TAMGA_CHECK(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate.native())) == 1 &&
              X509_REVOKED_set_revocationDate(entry, TimeOf(TestNow() - absl::Hours(2)).get()) == 1 &&
              X509_CRL_add0_revoked(list, entry) == 1);
}

void AddExtensions(X509_CRL* list, const CrlOptions& options, const Issued& issuer) {
  if (options.has_key_id) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer.certificate.native(), nullptr, nullptr, list, 0);
    const X509ExtensionPtr key_id(X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always"));
    TAMGA_CHECK(key_id != nullptr && X509_CRL_add_ext(list, key_id.get(), -1) == 1);
  }
  if (options.number >= 0) {
    const std::unique_ptr<ASN1_INTEGER, OpenSslDeleter<ASN1_INTEGER_free>> number(ASN1_INTEGER_new());
    TAMGA_CHECK(ASN1_INTEGER_set(number.get(), options.number) == 1 &&
                X509_CRL_add1_ext_i2d(list, NID_crl_number, number.get(), 0, 0) == 1);
  }
}

}  // namespace

std::string IssueCrlDer(const CrlOptions& options, const Issued& issuer) {
  const X509CrlPtr list(X509_CRL_new());
  TAMGA_CHECK(list != nullptr && X509_CRL_set_version(list.get(), 1) == 1 &&
              X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.certificate.native())) == 1 &&
              X509_CRL_set1_lastUpdate(list.get(), TimeOf(options.this_update).get()) == 1 &&
              X509_CRL_set1_nextUpdate(list.get(), TimeOf(options.next_update).get()) == 1);
  for (const Certificate& certificate : options.revoked) AddEntry(list.get(), certificate);
  AddExtensions(list.get(), options, issuer);
  if (options.change) options.change(list.get());
  TAMGA_CHECK(X509_CRL_sign(list.get(), issuer.key.get(), options.digest) != 0);
  return ToDer<i2d_X509_CRL>(list.get());
}

Crl IssueCrl(const CrlOptions& options, const Issued& issuer) {
  absl::StatusOr<Crl> list = Crl::FromDer(IssueCrlDer(options, issuer));
  TAMGA_CHECK(list.ok());
  return *std::move(list);
}

}  // namespace tamga::certs
