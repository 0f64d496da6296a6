#include "certs/certificate_form.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "certs/asn1_value.h"
#include "certs/der.h"
#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
#include "certs/refusal.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

enum class Critical { kNever, kMay, kMust };

// The extensions that are understood, and when they may be critical. Those that must not be are left to inform and need
// not be acted upon; were one critical, it would have to be.
struct KnownExtension {
  int nid;
  Critical in_leaf;
  Critical in_authority;
  bool in_authorities_only = false;
};

constexpr KnownExtension kKnown[] = {
    {NID_basic_constraints, Critical::kMay, Critical::kMust},
    {NID_key_usage, Critical::kMay, Critical::kMay},
    {NID_ext_key_usage, Critical::kMay, Critical::kMay},
    {NID_subject_alt_name, Critical::kMay, Critical::kMay},
    {NID_certificate_policies, Critical::kMay, Critical::kMay},
    {NID_policy_mappings, Critical::kMay, Critical::kMay, true},
    {NID_name_constraints, Critical::kMust, Critical::kMust, true},
    {NID_policy_constraints, Critical::kMust, Critical::kMust, true},
    {NID_inhibit_any_policy, Critical::kMust, Critical::kMust, true},
    {NID_authority_key_identifier, Critical::kNever, Critical::kNever},
    {NID_subject_key_identifier, Critical::kNever, Critical::kNever},
    {NID_issuer_alt_name, Critical::kNever, Critical::kNever},
    {NID_info_access, Critical::kNever, Critical::kNever},
    {NID_sinfo_access, Critical::kNever, Critical::kNever},
    {NID_crl_distribution_points, Critical::kNever, Critical::kNever},
    {NID_freshest_crl, Critical::kNever, Critical::kNever},
};

const KnownExtension* Find(int nid) {
  for (const KnownExtension& known : kKnown) {
    if (known.nid == nid) return &known;
  }
  return nullptr;
}

absl::Status Malformed(absl::string_view what) { return Refused(kCertMalformed, what); }
absl::Status BadExtension(absl::string_view what) { return Refused(kCertBadExtension, what); }

std::string OidOf(X509_EXTENSION* extension) {
  char text[128] = {};
  OBJ_obj2txt(text, sizeof(text), X509_EXTENSION_get_object(extension), /*no_name=*/1);
  return text;
}

absl::Status CheckExtension(X509_EXTENSION* extension, bool is_authority) {
  const bool is_critical = X509_EXTENSION_get_critical(extension) == 1;
  const std::string oid = OidOf(extension);
  const KnownExtension* known = Find(OBJ_obj2nid(X509_EXTENSION_get_object(extension)));
  if (known == nullptr) {
    if (!is_critical) return absl::OkStatus();
    return BadExtension(absl::StrCat("the critical extension ", oid, " is not known here"));
  }
  const Critical rule = is_authority ? known->in_authority : known->in_leaf;
  if ((is_critical && rule == Critical::kNever) || (!is_critical && rule == Critical::kMust)) {
    return BadExtension(absl::StrCat("the extension ", oid, " must ", is_critical ? "not be" : "be", " critical"));
  }
  if (known->in_authorities_only && !is_authority) {
    return BadExtension(absl::StrCat("the extension ", oid, " belongs into certificates of authorities"));
  }
  if (!IsDer(TextOf(X509_EXTENSION_get_data(extension)))) {
    return BadExtension(absl::StrCat("the extension ", oid, " is not in DER"));
  }
  return absl::OkStatus();
}

absl::Status CheckExtensions(const Certificate& certificate) {
  const bool is_authority = IsAuthority(certificate);
  const STACK_OF(X509_EXTENSION)* extensions = X509_get0_extensions(certificate.native());
  std::set<std::string> oids;
  for (int i = 0; i < sk_X509_EXTENSION_num(extensions); ++i) {
    X509_EXTENSION* extension = sk_X509_EXTENSION_value(extensions, i);
    if (!oids.insert(ToDer<i2d_ASN1_OBJECT>(X509_EXTENSION_get_object(extension))).second) {
      return BadExtension(absl::StrCat("the extension ", OidOf(extension), " occurs twice"));
    }
    RETURN_IF_ERROR(CheckExtension(extension, is_authority));
  }
  X509* const x509 = certificate.native();
  if ((X509_get_extension_flags(x509) & EXFLAG_INVALID) != 0) return BadExtension("an extension cannot be read");
  if (!is_authority && X509_get_pathlen(x509) != -1) {
    return BadExtension("a path length belongs into certificates of authorities");
  }
  return absl::OkStatus();
}

// With an empty subject the alternative names are all there is, and must be critical (RFC 5280 section 4.1.2.6).
absl::Status CheckDistinguishedNames(const Certificate& certificate) {
  X509* const x509 = certificate.native();
  if (X509_NAME_entry_count(X509_get_issuer_name(x509)) == 0) return Malformed("the issuer's name is empty");
  if (X509_NAME_entry_count(X509_get_subject_name(x509)) != 0) return absl::OkStatus();
  if (IsAuthority(certificate)) return Malformed("an authority's name is empty");
  const int names = X509_get_ext_by_NID(x509, NID_subject_alt_name, -1);
  if (names >= 0 && X509_EXTENSION_get_critical(X509_get_ext(x509, names)) != 1) {
    return BadExtension("without a subject, the alternative names must be critical");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckForm(const Certificate& certificate) {
  X509* const x509 = certificate.native();
  if (X509_get_version(x509) != X509_VERSION_3) return Malformed("the version must be 3");
  if (!IsProperSerial(X509_get0_serialNumber(x509))) {
    return Refused(kCertBadSerial, "the serial number must be positive and have at most 20 octets");
  }
  const X509_ALGOR* outside = nullptr;
  X509_get0_signature(nullptr, &outside, x509);
  if (X509_ALGOR_cmp(outside, X509_get0_tbs_sigalg(x509)) != 0) {
    return Malformed("the signature algorithm inside and outside must be the same");
  }
  const ASN1_BIT_STRING* issuer_id = nullptr;
  const ASN1_BIT_STRING* subject_id = nullptr;
  X509_get0_uids(x509, &issuer_id, &subject_id);
  if (issuer_id != nullptr || subject_id != nullptr) return Malformed("there must be no unique identifiers");
  const absl::Status extensions = CheckExtensions(certificate);
  DrainOpenSslErrors();
  RETURN_IF_ERROR(extensions);
  return CheckDistinguishedNames(certificate);
}

bool IsAuthority(const Certificate& certificate) {
  return (X509_get_extension_flags(certificate.native()) & EXFLAG_CA) != 0;
}

bool IsSelfIssued(const Certificate& certificate) {
  return X509_NAME_cmp(X509_get_subject_name(certificate.native()), X509_get_issuer_name(certificate.native())) == 0;
}

}  // namespace tamga::certs
