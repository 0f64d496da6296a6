#include "certs/crl.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "certs/algorithms.h"
#include "certs/asn1_value.h"
#include "certs/der.h"
#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
#include "certs/pem.h"
#include "certs/refusal.h"
#include "node/base/encoding.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

constexpr char kLabel[] = "X509 CRL";
constexpr long kVersion2 = 1;
constexpr size_t kMaxNumberOctets = 20;  // RFC 5280 section 5.2.3

using IntegerPtr = std::unique_ptr<ASN1_INTEGER, OpenSslDeleter<ASN1_INTEGER_free>>;
using AuthorityKeyIdPtr = std::unique_ptr<AUTHORITY_KEYID, OpenSslDeleter<AUTHORITY_KEYID_free>>;

absl::Status Malformed(absl::string_view what) { return Refused(kRevocationMalformed, what); }

// The extensions that a list, and an entry of one, may have; none of them critical.
constexpr int kKnownOfList[] = {NID_authority_key_identifier, NID_crl_number, NID_issuer_alt_name, NID_info_access};
constexpr int kKnownOfEntry[] = {NID_crl_reason, NID_invalidity_date};

template <size_t kCount>
absl::Status CheckExtensions(const STACK_OF(X509_EXTENSION) * extensions, const int (&known)[kCount]) {
  std::set<std::string> oids;
  for (int i = 0; i < sk_X509_EXTENSION_num(extensions); ++i) {
    X509_EXTENSION* extension = sk_X509_EXTENSION_value(extensions, i);
    const ASN1_OBJECT* oid = X509_EXTENSION_get_object(extension);
    const int nid = OBJ_obj2nid(oid);
    if (nid == NID_issuing_distribution_point || nid == NID_delta_crl || nid == NID_certificate_issuer) {
      return Malformed("the list must be complete and of one issuer's own certificates");
    }
    if (X509_EXTENSION_get_critical(extension) == 1) return Malformed("a critical extension is not known here");
    if (!oids.insert(ToDer<i2d_ASN1_OBJECT>(oid)).second) return Malformed("an extension occurs twice");
    const bool is_known = std::find(std::begin(known), std::end(known), nid) != std::end(known);
    if (is_known && !IsDer(TextOf(X509_EXTENSION_get_data(extension)))) return Malformed("an extension is not in DER");
  }
  return absl::OkStatus();
}

// The reasons of RFC 5280 section 5.3.1 but for removeFromCRL, which stands in delta lists alone.
bool HasProperReason(const X509_REVOKED* entry) {
  int found = -1;
  const std::unique_ptr<ASN1_ENUMERATED, OpenSslDeleter<ASN1_ENUMERATED_free>> reason(
      static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, &found, nullptr)));
  if (reason == nullptr) return found == -1;
  const long code = ASN1_ENUMERATED_get(reason.get());
  return code >= CRL_REASON_UNSPECIFIED && code <= CRL_REASON_AA_COMPROMISE && code != 7 &&
         code != CRL_REASON_REMOVE_FROM_CRL;
}

// The signature's algorithm inside the signed part, which OpenSSL 3.0 does not give: CertificateList, TBSCertList,
// version, then it.
absl::string_view AlgorithmInside(absl::string_view der) {
  std::optional<DerElement> element = TakeDerElement(der);
  for (int i = 0; i < 2 && element; ++i) {
    der = element->content;
    element = TakeDerElement(der);
  }
  element = element ? TakeDerElement(der) : std::nullopt;
  return element ? element->whole : absl::string_view();
}

}  // namespace

struct Crl::Parsed {
  X509CrlPtr native;
  std::string der;
  std::string key_id;  // of the issuer's key
  std::string number;  // as OctetsOf
  absl::Time this_update;
  absl::Time next_update;
  absl::flat_hash_map<std::string, absl::Time> revoked;  // by serial number, as OctetsOf

  absl::Status ReadHead() {
    if (X509_CRL_get_version(native.get()) != kVersion2) return Malformed("the version must be 2");
    const X509_ALGOR* outside = nullptr;
    X509_CRL_get0_signature(native.get(), nullptr, &outside);
    if (!SignatureAlgorithmOf(outside) || ToDer<i2d_X509_ALGOR>(outside) != AlgorithmInside(der)) {
      return Malformed("the signature's algorithm must be one of those allowed, inside and outside the same");
    }
    if (X509_NAME_entry_count(X509_CRL_get_issuer(native.get())) == 0) return Malformed("the issuer's name is empty");
    const std::optional<absl::Time> from = TimeIn(X509_CRL_get0_lastUpdate(native.get()));
    const std::optional<absl::Time> until = TimeIn(X509_CRL_get0_nextUpdate(native.get()));
    if (!from || !until || *until <= *from) return Malformed("nextUpdate must be there and after thisUpdate");
    this_update = *from;
    next_update = *until;
    return absl::OkStatus();
  }

  absl::Status ReadExtensions() {
    RETURN_IF_ERROR(CheckExtensions(X509_CRL_get0_extensions(native.get()), kKnownOfList));
    const AuthorityKeyIdPtr key(static_cast<AUTHORITY_KEYID*>(
        X509_CRL_get_ext_d2i(native.get(), NID_authority_key_identifier, nullptr, nullptr)));
    if (key == nullptr || key->keyid == nullptr) return Malformed("the authority key identifier is missing");
    key_id = TextOf(key->keyid);
    const IntegerPtr read(
        static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(native.get(), NID_crl_number, nullptr, nullptr)));
    if (read == nullptr || ASN1_STRING_type(read.get()) != V_ASN1_INTEGER) {
      return Malformed("the CRL number is missing or negative");
    }
    number = OctetsOf(read.get());
    return number.size() <= kMaxNumberOctets ? absl::OkStatus() : Malformed("the CRL number is longer than 20 octets");
  }

  absl::Status ReadEntries() {
    const STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(native.get());
    const int count = std::max(sk_X509_REVOKED_num(entries), 0);
    if (static_cast<size_t>(count) > kMaxEntries) return Malformed("there are more than 50,000 entries");
    revoked.reserve(static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) RETURN_IF_ERROR(ReadEntry(sk_X509_REVOKED_value(entries, i)));
    return absl::OkStatus();
  }

  absl::Status ReadEntry(const X509_REVOKED* entry) {
    const ASN1_INTEGER* serial = X509_REVOKED_get0_serialNumber(entry);
    const std::optional<absl::Time> since = TimeIn(X509_REVOKED_get0_revocationDate(entry));
    if (!IsProperSerial(serial) || !since) return Malformed("an entry's serial number or time cannot be read");
    RETURN_IF_ERROR(CheckExtensions(X509_REVOKED_get0_extensions(entry), kKnownOfEntry));
    if (!HasProperReason(entry)) return Malformed("an entry's reason is none of a complete list");
    if (!revoked.emplace(OctetsOf(serial), *since).second) return Malformed("a serial number occurs twice");
    return absl::OkStatus();
  }

  absl::Status Read() {
    RETURN_IF_ERROR(ReadHead());
    RETURN_IF_ERROR(ReadExtensions());
    return ReadEntries();
  }
};

absl::StatusOr<Crl> Crl::FromDer(absl::string_view der) {
  if (der.size() > kMaxDerBytes) return Malformed("the list is larger than 1 MiB");
  auto parsed = std::make_shared<Parsed>();
  parsed->native = certs::FromDer<X509CrlPtr, d2i_X509_CRL>(der);
  if (parsed->native == nullptr || !IsDer(der)) {
    DrainOpenSslErrors();
    return Malformed("the list is not one revocation list in DER");
  }
  parsed->der = std::string(der);
  const absl::Status status = parsed->Read();
  DrainOpenSslErrors();
  RETURN_IF_ERROR(status);
  return Crl(std::move(parsed));
}

absl::StatusOr<Crl> Crl::FromPem(absl::string_view pem) {
  const absl::StatusOr<std::vector<std::string>> blocks = ParsePem(pem, kLabel);
  if (!blocks.ok()) return Malformed(blocks.status().message());
  if (blocks->size() != 1) return Malformed("there must be exactly one list");
  return FromDer(blocks->front());
}

const std::string& Crl::Der() const { return parsed_->der; }
absl::Time Crl::ThisUpdate() const { return parsed_->this_update; }
absl::Time Crl::NextUpdate() const { return parsed_->next_update; }

bool Crl::IsOlderThan(const Crl& other) const {
  const std::string& own = parsed_->number;
  const std::string& others = other.parsed_->number;
  return own.size() != others.size() ? own.size() < others.size() : own < others;
}

bool Crl::HasNumberOf(const Crl& other) const { return parsed_->number == other.parsed_->number; }

std::optional<absl::Time> Crl::RevokedSince(const Certificate& certificate) const {
  const auto found = parsed_->revoked.find(OctetsOf(X509_get0_serialNumber(certificate.native())));
  if (found == parsed_->revoked.end()) return std::nullopt;
  return found->second;
}

std::optional<uint64_t> Crl::Number() const {
  if (parsed_->number.size() > sizeof(uint64_t)) return std::nullopt;
  uint64_t number = 0;
  for (const char octet : parsed_->number) number = number << 8 | static_cast<unsigned char>(octet);
  return number;
}

std::vector<RevokedSerial> Crl::Entries() const {
  std::vector<RevokedSerial> entries;
  entries.reserve(parsed_->revoked.size());
  for (const auto& [serial, since] : parsed_->revoked) entries.push_back({HexEncode(serial), since});
  std::sort(entries.begin(), entries.end(),
            [](const RevokedSerial& a, const RevokedSerial& b) { return a.serial_hex < b.serial_hex; });
  return entries;
}

size_t Crl::size() const { return parsed_->revoked.size(); }

bool Crl::IsNamedAfter(const Certificate& issuer) const {
  const X509_NAME* name = X509_CRL_get_issuer(parsed_->native.get());
  const ASN1_OCTET_STRING* key_id = X509_get0_subject_key_id(issuer.native());
  return X509_NAME_cmp(name, X509_get_subject_name(issuer.native())) == 0 && key_id != nullptr &&
         TextOf(key_id) == parsed_->key_id;
}

bool Crl::IsSignedBy(const Certificate& issuer) const {
  const bool is_signed =
      IsNamedAfter(issuer) && X509_CRL_verify(parsed_->native.get(), X509_get0_pubkey(issuer.native())) == 1;
  DrainOpenSslErrors();
  return is_signed;
}

}  // namespace tamga::certs
