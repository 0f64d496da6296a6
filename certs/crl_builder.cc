#include "certs/crl_builder.h"

#include <openssl/x509v3.h>

#include <memory>

#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "node/base/encoding.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

using IntegerPtr = std::unique_ptr<ASN1_INTEGER, OpenSslDeleter<ASN1_INTEGER_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, OpenSslDeleter<ASN1_TIME_free>>;
using RevokedPtr = std::unique_ptr<X509_REVOKED, OpenSslDeleter<X509_REVOKED_free>>;

TimePtr TimeOf(absl::Time time) { return TimePtr(ASN1_TIME_set(nullptr, absl::ToTimeT(time))); }

IntegerPtr IntegerOf(absl::string_view octets) {
  const BignumPtr number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(octets.data()), static_cast<int>(octets.size()), nullptr));
  return IntegerPtr(number == nullptr ? nullptr : BN_to_ASN1_INTEGER(number.get(), nullptr));
}

bool AddEntry(X509_CRL* list, absl::string_view serial, absl::Time since) {
  RevokedPtr entry(X509_REVOKED_new());
  const IntegerPtr number = IntegerOf(serial);
  const TimePtr time = TimeOf(since);
  const bool added = entry != nullptr && number != nullptr && time != nullptr &&
                     X509_REVOKED_set_serialNumber(entry.get(), number.get()) == 1 &&
                     X509_REVOKED_set_revocationDate(entry.get(), time.get()) == 1 &&
                     X509_CRL_add0_revoked(list, entry.get()) == 1;
  if (added) static_cast<void>(entry.release());  // the list frees it
  return added;
}

bool AddExtensions(X509_CRL* list, const Certificate& issuer, uint64_t number) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer.native(), nullptr, nullptr, list, 0);
  X509V3_set_ctx_nodb(&context);
  const X509ExtensionPtr key_id(X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always"));
  const IntegerPtr value(ASN1_INTEGER_new());
  return key_id != nullptr && value != nullptr && X509_CRL_add_ext(list, key_id.get(), -1) == 1 &&
         ASN1_INTEGER_set_uint64(value.get(), number) == 1 &&
         X509_CRL_add1_ext_i2d(list, NID_crl_number, value.get(), 0, 0) == 1;
}

bool SetHead(X509_CRL* list, const CrlSpec& spec, const Certificate& issuer) {
  const TimePtr from = TimeOf(spec.this_update);
  const TimePtr until = TimeOf(spec.next_update);
  return from != nullptr && until != nullptr && X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1 &&
         X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer.native())) == 1 &&
         X509_CRL_set1_lastUpdate(list, from.get()) == 1 && X509_CRL_set1_nextUpdate(list, until.get()) == 1;
}

}  // namespace

absl::StatusOr<Crl> BuildCrl(const CrlSpec& spec, const Certificate& issuer, EVP_PKEY& issuer_key) {
  const X509CrlPtr list(X509_CRL_new());
  if (list == nullptr || !SetHead(list.get(), spec, issuer)) return OpenSslError("cannot make a revocation list");
  for (const RevokedSerial& revoked : spec.revoked) {
    ASSIGN_OR_RETURN(const std::string serial, HexDecode(revoked.serial_hex));
    if (!AddEntry(list.get(), serial, revoked.since)) return OpenSslError("cannot make a revocation list");
  }
  const bool made =
      AddExtensions(list.get(), issuer, spec.number) && X509_CRL_sign(list.get(), &issuer_key, EVP_sha256()) != 0;
  if (!made) return OpenSslError("cannot make a revocation list");
  return Crl::FromDer(ToDer<i2d_X509_CRL>(list.get()));
}

}  // namespace tamga::certs
