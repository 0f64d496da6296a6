// What stands in a time-stamp token (TSTInfo, RFC 3161 section 2.4.2), signed or not.
#pragma once

#include <openssl/pkcs7.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/openssl_ptr.h"
#include "node/timestamp/ts_token.h"

namespace tamga::timestamp {

using Pkcs7Ptr = std::unique_ptr<PKCS7, certs::OpenSslDeleter<PKCS7_free>>;

// InvalidArgument (TIMESTAMP_MALFORMED).
absl::Status Malformed(absl::string_view what);

// A signed message with content; InvalidArgument (TIMESTAMP_MALFORMED) otherwise.
absl::StatusOr<Pkcs7Ptr> ParseToken(absl::string_view token);

struct TokenFields {
  std::string sha256;      // empty where the imprint is no SHA-256
  std::string policy_oid;  // in dotted decimal
  std::string nonce;
  absl::Time time;
  absl::Duration accuracy;
};

// InvalidArgument (TIMESTAMP_MALFORMED) for another version, a critical extension (none is known), an accuracy or time
// that is no such thing, or what is no TSTInfo at all.
absl::StatusOr<TokenFields> FieldsOf(PKCS7& token);

}  // namespace tamga::timestamp
