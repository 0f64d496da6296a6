#include "certs/profile.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "certs/openssl_ptr.h"
#include "certs/p256.h"
#include "certs/refusal.h"

namespace tamga::certs {
namespace {

bool HasGoodSerial(X509* x509) {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(x509);
  const BignumPtr number(ASN1_INTEGER_to_BN(serial, nullptr));
  // 159 bits: the 20 octets of RFC 5280 section 4.1.2.2 hold a sign bit too.
  return number != nullptr && !BN_is_negative(number.get()) && !BN_is_zero(number.get()) &&
         BN_num_bits(number.get()) <= 159;
}

// Sorted, in dotted decimal; empty if the extension is absent, doubled or cannot be parsed.
std::vector<std::string> KeyPurposes(X509* x509) {
  const ExtendedKeyUsagePtr usages(
      static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(x509, NID_ext_key_usage, nullptr, nullptr)));
  std::vector<std::string> purposes;
  for (int i = 0; usages != nullptr && i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
    char text[128] = {};
    OBJ_obj2txt(text, sizeof(text), sk_ASN1_OBJECT_value(usages.get(), i), /*no_name=*/1);
    purposes.emplace_back(text);
  }
  std::sort(purposes.begin(), purposes.end());
  return purposes;
}

}  // namespace

std::vector<std::string> KeyPurposesOf(Role role) {
  switch (role) {
    case Role::kNode:
      return {kServerAuth, kClientAuth};
    case Role::kSeal:
      return {kSealKeyPurpose};
    case Role::kSystem:
    case Role::kOfficer:
    case Role::kAuditor:
    case Role::kOperator:
      break;
  }
  return {kClientAuth};
}

bool Fits(Role role, Usage usage) {
  switch (usage) {
    case Usage::kTlsServer:
      return role == Role::kNode;
    case Usage::kTlsClient:
      return role != Role::kSeal;
    case Usage::kSeal:
      return role == Role::kSeal;
  }
  return false;
}

absl::Status CheckLeafProfile(const Certificate& leaf, Role role, Usage usage) {
  X509* const x509 = leaf.native();
  const uint32_t flags = X509_get_extension_flags(x509);
  if (X509_get_version(x509) != X509_VERSION_3 || (flags & EXFLAG_INVALID) != 0 || !HasGoodSerial(x509)) {
    return Refused(kCertMalformed,
                   "the certificate must be of version 3, with well-formed extensions and a positive serial number of "
                   "at most 20 octets");
  }
  if (!Fits(role, usage)) {
    return Refused(kCertWrongUsage, absl::StrCat("a certificate of role ", RoleName(role), " cannot be used here"));
  }
  if ((flags & EXFLAG_CA) != 0) return Refused(kCertWrongUsage, "a CA certificate cannot stand for a principal");
  const uint32_t key_usage = (flags & EXFLAG_KUSAGE) != 0 ? X509_get_key_usage(x509) : 0;
  if ((key_usage & KU_DIGITAL_SIGNATURE) == 0 || (key_usage & (KU_KEY_CERT_SIGN | KU_CRL_SIGN)) != 0) {
    return Refused(kCertWrongUsage, "the certificate's key usage must be digitalSignature and must not allow issuing");
  }
  if (KeyPurposes(x509) != KeyPurposesOf(role)) {
    return Refused(kCertWrongUsage, absl::StrCat("the certificate's extended key usage is not the one of role ",
                                                 RoleName(role), "; issue it again with the Tamga profile"));
  }
  if (!IsP256Spki(leaf.Spki())) return Refused(kCertWeakKey, "the certificate's key must be a P-256 key");
  return absl::OkStatus();
}

}  // namespace tamga::certs
