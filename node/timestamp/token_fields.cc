#include "node/timestamp/token_fields.h"

#include <openssl/ts.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::timestamp {
namespace {

using InfoPtr = std::unique_ptr<TS_TST_INFO, certs::OpenSslDeleter<TS_TST_INFO_free>>;

constexpr size_t kMostOidText = 256;

bool AreDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

// "20261123120000Z" or "20261123120000.123Z", and nothing else (RFC 3161 section 2.4.2).
absl::StatusOr<absl::Time> TimeOf(const ASN1_GENERALIZEDTIME* generalized) {
  constexpr size_t kSecondsEnd = 14;
  const std::string text = generalized == nullptr ? "" : certs::TextOf(generalized);
  const bool is_long_enough = text.size() > kSecondsEnd && text.size() <= kSecondsEnd + 11 && text.back() == 'Z';
  if (!is_long_enough || !AreDigits(text.substr(0, kSecondsEnd)))
    return Malformed("its time is not in UTC and seconds");
  const absl::string_view fraction = absl::string_view(text).substr(kSecondsEnd, text.size() - kSecondsEnd - 1);
  if (!fraction.empty() && (fraction[0] != '.' || !AreDigits(fraction.substr(1)) || fraction.back() == '0')) {
    return Malformed("the fraction of its time is not well formed");
  }
  absl::Time time;
  std::string error;
  const absl::string_view digits = text;
  const std::string rfc3339 =
      absl::StrCat(digits.substr(0, 4), "-", digits.substr(4, 2), "-", digits.substr(6, 2), "T", digits.substr(8, 2),
                   ":", digits.substr(10, 2), ":", digits.substr(12, 2), fraction, "Z");
  if (!absl::ParseTime(absl::RFC3339_full, rfc3339, &time, &error)) return Malformed("its time is no time");
  return time;
}

// Of what may be left out and then is zero; nothing for what is out of range.
absl::StatusOr<int64_t> NumberOf(const ASN1_INTEGER* integer, int64_t most) {
  if (integer == nullptr) return 0;
  int64_t number = 0;
  if (ASN1_INTEGER_get_int64(&number, integer) != 1 || number < 0 || number > most) {
    certs::DrainOpenSslErrors();
    return Malformed("its accuracy is out of range");
  }
  return number;
}

absl::StatusOr<absl::Duration> AccuracyOf(const TS_ACCURACY* accuracy) {
  if (accuracy == nullptr) return absl::ZeroDuration();
  ASSIGN_OR_RETURN(const int64_t seconds, NumberOf(TS_ACCURACY_get_seconds(accuracy), 1 << 30));
  ASSIGN_OR_RETURN(const int64_t millis, NumberOf(TS_ACCURACY_get_millis(accuracy), 999));
  ASSIGN_OR_RETURN(const int64_t micros, NumberOf(TS_ACCURACY_get_micros(accuracy), 999));
  return absl::Seconds(seconds) + absl::Milliseconds(millis) + absl::Microseconds(micros);
}

std::string Sha256Of(TS_MSG_IMPRINT* imprint) {
  X509_ALGOR* algorithm = TS_MSG_IMPRINT_get_algo(imprint);
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, algorithm);
  return OBJ_obj2nid(oid) == NID_sha256 ? certs::TextOf(TS_MSG_IMPRINT_get_msg(imprint)) : "";
}

std::string OidOf(const ASN1_OBJECT* object) {
  char text[kMostOidText] = {};
  OBJ_obj2txt(text, sizeof(text), object, /*no_name=*/1);
  return text;
}

// A negative one is none that anybody asked for: it stands as empty, too.
std::string NonceOf(const ASN1_INTEGER* integer) {
  if (integer == nullptr) return "";
  const certs::BignumPtr number(ASN1_INTEGER_to_BN(integer, nullptr));
  if (number == nullptr || BN_is_negative(number.get())) return "";
  std::string bytes(static_cast<size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

}  // namespace

absl::Status Malformed(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kTimestampMalformed,
               absl::StrCat("the time-stamp cannot be taken: ", what));
}

absl::StatusOr<Pkcs7Ptr> ParseToken(absl::string_view token) {
  if (token.size() > kMaxResponseBytes) return Malformed("it is too long");
  Pkcs7Ptr parsed = certs::FromDer<Pkcs7Ptr, d2i_PKCS7>(token);
  certs::DrainOpenSslErrors();
  if (parsed == nullptr || !PKCS7_type_is_signed(parsed.get()) || parsed->d.sign == nullptr ||
      parsed->d.sign->contents == nullptr || PKCS7_get_detached(parsed.get())) {
    return Malformed("it is no signed message");
  }
  return parsed;
}

absl::StatusOr<TokenFields> FieldsOf(PKCS7& token) {
  const InfoPtr info(PKCS7_to_TS_TST_INFO(&token));
  certs::DrainOpenSslErrors();
  if (info == nullptr) return Malformed("there is no time-stamp in it");
  if (TS_TST_INFO_get_version(info.get()) != 1) return Malformed("its version must be 1");
  if (TS_TST_INFO_get_ext_by_critical(info.get(), /*crit=*/1, /*lastpos=*/-1) >= 0) {
    return Malformed("it has a critical extension that is not known here");
  }
  TokenFields fields;
  fields.sha256 = Sha256Of(TS_TST_INFO_get_msg_imprint(info.get()));
  fields.policy_oid = OidOf(TS_TST_INFO_get_policy_id(info.get()));
  fields.nonce = NonceOf(TS_TST_INFO_get_nonce(info.get()));
  ASSIGN_OR_RETURN(fields.time, TimeOf(TS_TST_INFO_get_time(info.get())));
  ASSIGN_OR_RETURN(fields.accuracy, AccuracyOf(TS_TST_INFO_get_accuracy(info.get())));
  if (fields.accuracy > kMostInaccuracy) return Malformed("its time may be off by more than a minute, as it says");
  return fields;
}

}  // namespace tamga::timestamp
