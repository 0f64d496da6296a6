#include "certs/leaf_rules.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "certs/algorithms.h"
#include "certs/certificate_form.h"
#include "certs/expected_name.h"
#include "certs/host_name.h"
#include "certs/openssl_ptr.h"
#include "certs/p256.h"
#include "certs/refusal.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

// anyExtendedKeyUsage (RFC 5280 section 4.2.1.12): says nothing, so it is never the one needed.
constexpr char kAnyPurpose[] = "2.5.29.37.0";

// In UTF-8; empty for a string that cannot be one, which then is no alternative name either.
std::string Utf8Of(const ASN1_STRING* string) {
  unsigned char* bytes = nullptr;
  const int size = ASN1_STRING_to_UTF8(&bytes, string);
  if (size < 0) return "";
  std::string text(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return text;
}

bool Holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsAlternativeName(const std::string& common_name, const AlternativeNames& names) {
  const bool is_host = std::any_of(names.dns.begin(), names.dns.end(),
                                   [&](const std::string& dns) { return absl::EqualsIgnoreCase(dns, common_name); });
  return is_host || Holds(names.uris, common_name) || Holds(names.emails, common_name) ||
         Holds(names.addresses, AddressOctets(common_name));
}

bool AreWellFormed(const AlternativeNames& names) {
  return std::all_of(names.dns.begin(), names.dns.end(),
                     [](const std::string& dns) { return IsHostName(dns) || IsWildcardName(dns); }) &&
         std::all_of(names.uris.begin(), names.uris.end(), IsAbsoluteUri) &&
         std::all_of(names.emails.begin(), names.emails.end(),
                     [](const std::string& email) { return ParseMailbox(email).has_value(); }) &&
         std::all_of(names.addresses.begin(), names.addresses.end(),
                     [](const std::string& address) { return address.size() == 4 || address.size() == 16; });
}

}  // namespace

absl::Status CheckLeaf(const Certificate& leaf, const LeafRules& rules) {
  if (IsAuthority(leaf)) return Refused(kCertIsAuthority, "an authority's certificate cannot stand for a principal");
  const uint32_t key_usage = KeyUsageIn(leaf);
  if (key_usage == 0 || (key_usage & rules.needed_key_usage) != rules.needed_key_usage ||
      (key_usage & ~rules.allowed_key_usage) != 0) {
    return Refused(kCertBadKeyUsage,
                   "the key usage must be there, be the one needed (digitalSignature as a rule) and not allow issuing");
  }
  std::vector<std::string> purposes = rules.purposes;
  std::sort(purposes.begin(), purposes.end());
  if (PurposesIn(leaf) != purposes || Holds(purposes, kAnyPurpose)) {
    return Refused(kCertBadPurpose,
                   absl::StrCat("the extended key usage must be exactly ", absl::StrJoin(purposes, " and ")));
  }
  if (rules.must_be_p256 && !IsP256Spki(leaf.Spki())) return Refused(kCertWeakKey, "the key must be a P-256 key");
  return CheckKey(leaf);
}

absl::Status CheckNames(const Certificate& leaf, const AlternativeNames& names) {
  if (!AreWellFormed(names)) return Refused(kCertBadIdentity, "an alternative name is not well formed");
  const X509_NAME* subject = X509_get_subject_name(leaf.native());
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;) {
    if (!IsAlternativeName(Utf8Of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))), names)) {
      return Refused(kCertNamesDiffer, "the common name must be one of the alternative names, or not be there");
    }
  }
  return absl::OkStatus();
}

}  // namespace tamga::certs
