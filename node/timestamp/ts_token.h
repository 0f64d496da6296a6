// Time-stamps (RFC 3161): what a time-stamp authority is asked, and whether what it answers is good. Nothing of it is
// believed but by the authority's roots, whatever way it came.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/revocations.h"

namespace tamga::timestamp {

// Of a response and of a token: with the certificates of a usual chain they have 3 to 8 KiB.
inline constexpr size_t kMaxResponseBytes = 16 << 10;
// What a token may say at most of how far its time may be off: with more it says next to nothing.
inline constexpr absl::Duration kMostInaccuracy = absl::Minutes(1);

// Why a time-stamp is refused.
inline constexpr char kTimestampRefused[] = "TIMESTAMP_REFUSED";       // the authority did not grant it
inline constexpr char kTimestampMalformed[] = "TIMESTAMP_MALFORMED";   // no response or token, or of a kind not taken
inline constexpr char kTimestampDiffers[] = "TIMESTAMP_DIFFERS";       // of other bytes, another nonce or policy
inline constexpr char kTimestampInvalid[] = "TIMESTAMP_INVALID";       // its signature does not verify
inline constexpr char kTimestampUntrusted[] = "TIMESTAMP_UNTRUSTED";   // its certificate is refused; metadata
                                                                       // "certificate" has the code (certs/refusal.h)
inline constexpr char kTimestampWrongTime[] = "TIMESTAMP_WRONG_TIME";  // a time that cannot be when it was made

struct TsRequest {
  std::string sha256;      // what is to be stamped, 32 bytes
  std::string nonce;       // 1 to 20 bytes, the first from 0x01 to 0x7f, so that the number has one form
  std::string policy_oid;  // in dotted decimal; empty: the authority's own
};

// TimeStampReq in DER, which asks for the certificates too. InvalidArgument for a policy that is no object identifier.
absl::StatusOr<std::string> FormatTsRequest(const TsRequest& request);

// Whose time-stamps are believed.
struct TsAuthority {
  certs::CertificateChain roots;
  std::string policy_oid;  // empty: whatever policy the authority goes by
  // Lists bind the issuers that have one, at the token's time: for when it is made. Null: not asked.
  std::shared_ptr<const certs::Revocations> revocations = nullptr;
};

struct TimeStamp {
  absl::Time time;
  absl::Duration accuracy;  // as the authority says; zero if it does not
  std::string nonce;        // big-endian, without leading zeros; empty if there is none
  std::string authority;    // subject of its certificate (RFC 2253)
};

// The TimeStampToken, in DER, of a response that grants one without changes (status 0). Nothing of it is verified.
// FailedPrecondition (TIMESTAMP_REFUSED), InvalidArgument (TIMESTAMP_MALFORMED).
absl::StatusOr<std::string> TokenIn(absl::string_view response);

// What the token says of the bytes with this SHA-256, if it is good: one signer, whose signature with SHA-256 or better
// covers it, named by ESSCertIDv2 (RFC 5816), with a certificate for time-stamps alone (critical extended key usage)
// that leads by the strict rules of certs/chain_verifier.h to one of the authority's roots, all valid at the token's
// own time. Errors: InvalidArgument (TIMESTAMP_MALFORMED, TIMESTAMP_DIFFERS, TIMESTAMP_WRONG_TIME), Unauthenticated
// (TIMESTAMP_INVALID, TIMESTAMP_UNTRUSTED).
absl::StatusOr<TimeStamp> VerifyToken(absl::string_view token, absl::string_view sha256, const TsAuthority& authority);

// What a token that was verified before says, without its signature being looked at again. InvalidArgument
// (TIMESTAMP_MALFORMED).
absl::StatusOr<TimeStamp> ReadToken(absl::string_view token);

// When a token that answers a request can have been made, by the own clock.
struct TimeBounds {
  absl::Time earliest;
  absl::Time latest;
};

struct GrantedToken {
  std::string token;  // DER
  TimeStamp stamp;
};

// The token of the response to `request`, verified as above, with the request's nonce and a time within the bounds,
// give or take what the token says of its accuracy. Errors of the two above.
absl::StatusOr<GrantedToken> VerifyResponse(absl::string_view response, const TsRequest& request,
                                            const TsAuthority& authority, const TimeBounds& bounds);

}  // namespace tamga::timestamp
