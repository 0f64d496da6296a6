#include "certs/asn1_value.h"

#include <ctime>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "certs/openssl_der.h"

namespace tamga::certs {
namespace {

constexpr size_t kUtcTimeLength = 13;          // YYMMDDHHMMSSZ
constexpr size_t kGeneralizedTimeLength = 15;  // YYYYMMDDHHMMSSZ
constexpr int kFirstGeneralizedYear = 2050 - 1900;
constexpr size_t kMaxSerialOctets = 20;

bool HasProperForm(const ASN1_TIME* time) {
  const std::string text = TextOf(time);
  const size_t length = ASN1_STRING_type(time) == V_ASN1_UTCTIME ? kUtcTimeLength : kGeneralizedTimeLength;
  if (text.size() != length || text.back() != 'Z') return false;
  for (const char c : absl::string_view(text).substr(0, length - 1)) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

}  // namespace

std::optional<absl::Time> TimeIn(const ASN1_TIME* time) {
  std::tm civil = {};
  if (time == nullptr || !HasProperForm(time) || ASN1_TIME_to_tm(time, &civil) != 1) return std::nullopt;
  const bool is_generalized = ASN1_STRING_type(time) == V_ASN1_GENERALIZEDTIME;
  if (is_generalized != (civil.tm_year >= kFirstGeneralizedYear)) return std::nullopt;
  return absl::FromTM(civil, absl::UTCTimeZone());
}

bool IsProperSerial(const ASN1_INTEGER* serial) {
  const std::string octets = OctetsOf(serial);
  if (ASN1_STRING_type(serial) != V_ASN1_INTEGER || octets.empty()) return false;
  // The octets as they are encoded have a sign bit too.
  const bool needs_sign_octet = static_cast<unsigned char>(octets.front()) >= 0x80;
  return octets.size() + (needs_sign_octet ? 1 : 0) <= kMaxSerialOctets;
}

std::string OctetsOf(const ASN1_INTEGER* number) {
  const std::string octets = TextOf(number);
  const size_t first = octets.find_first_not_of('\0');
  return first == std::string::npos ? "" : octets.substr(first);
}

}  // namespace tamga::certs
