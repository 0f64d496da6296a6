#include "certs/extensions.h"

#include <algorithm>

#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
#include "certs/refusal.h"

namespace tamga::certs {

uint32_t KeyUsageIn(const Certificate& certificate) {
  X509* const x509 = certificate.native();
  return (X509_get_extension_flags(x509) & EXFLAG_KUSAGE) != 0 ? X509_get_key_usage(x509) : 0;
}

std::optional<std::vector<std::string>> PurposesIn(const Certificate& certificate) {
  int found = -1;
  const ExtendedKeyUsagePtr usages(static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(certificate.native(), NID_ext_key_usage, &found, /*idx=*/nullptr)));
  DrainOpenSslErrors();
  std::vector<std::string> purposes;
  if (usages == nullptr) return found == -1 ? std::nullopt : std::optional(purposes);
  for (int i = 0; i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
    char text[128] = {};
    OBJ_obj2txt(text, sizeof(text), sk_ASN1_OBJECT_value(usages.get(), i), /*no_name=*/1);
    purposes.emplace_back(text);
  }
  std::sort(purposes.begin(), purposes.end());
  return purposes;
}

absl::StatusOr<AlternativeNames> AlternativeNamesIn(const Certificate& certificate) {
  // Null also when the extension occurs twice or cannot be parsed.
  const GeneralNamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate.native(), NID_subject_alt_name, nullptr, nullptr)));
  DrainOpenSslErrors();
  if (names == nullptr || sk_GENERAL_NAME_num(names.get()) == 0) {
    return Refused(kCertBadIdentity, "the certificate has no single subject alternative name");
  }
  AlternativeNames sorted;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    switch (name->type) {
      case GEN_DNS:
        sorted.dns.push_back(TextOf(name->d.dNSName));
        break;
      case GEN_URI:
        sorted.uris.push_back(TextOf(name->d.uniformResourceIdentifier));
        break;
      case GEN_EMAIL:
        sorted.emails.push_back(TextOf(name->d.rfc822Name));
        break;
      case GEN_IPADD:
        sorted.addresses.push_back(TextOf(name->d.iPAddress));
        break;
      default:
        ++sorted.others;
    }
  }
  return sorted;
}

}  // namespace tamga::certs
