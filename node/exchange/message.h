// Making and opening sealed messages: nothing else reads or writes their bytes.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/seal.h"
#include "certs/seal_verifier.h"
#include "node/base/rng.h"
#include "tamga/v1/log_entry.pb.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// Completes `header` (payload type, length, digest, commitment) for `body` and seals it. An empty `body_type` withholds
// the payload.
absl::StatusOr<v1::SealedMessage> SealMessage(v1::MessageHeader header, const std::string& body_type,
                                              const std::string& body, const certs::Seal& seal, Rng& rng);

// What a receiver insists on.
struct OpenRules {
  v1::MessageKind kind = v1::MESSAGE_KIND_REQUEST;
  std::string from;  // agency of the TLS peer
  std::string to;    // own agency
  absl::Time now;
  absl::Duration max_skew;
};

struct OpenedMessage {
  v1::MessageHeader header;
  std::string body;                   // empty when withheld
  std::string header_sha256;          // SHA-256 of the header bytes as received
  certs::CertificateChain seal_path;  // by which the seal is believed, its certificate first, the root last
};

// Verifies the seal over the bytes as received, then parses them and checks every field of the header. The seal's
// certificate must have been good when the message says that it was issued, which is no longer ago than its operation
// lets a message live: what waited for the partner is not lost because a certificate was renewed meanwhile. Errors, by
// reason: MESSAGE_TOO_LARGE, SEAL_…, INVALID_HEADER, WRONG_SENDER, WRONG_RECEIVER, FROM_THE_FUTURE, MESSAGE_EXPIRED,
// PAYLOAD_ALTERED.
absl::StatusOr<OpenedMessage> OpenMessage(const v1::SealedMessage& message, const OpenRules& rules,
                                          const certs::SealVerifier& verifier);

// The body of a message with its payload, checked against what the header says of it: length, digest and commitment.
// PAYLOAD_ALTERED otherwise; errors of ParseStrictly. Empty where the payload is withheld.
absl::StatusOr<std::string> OpenPayload(const v1::SealedMessage& message, const v1::MessageHeader& header);

// SHA-256 over the header bytes and then the first signature's value.
std::string SealSha256(const v1::SealedMessage& message);

// The key_id of the ecdsa-p256-sha256 signature, which every message has that was opened: the key that its certificate
// is for. Empty if there is none.
std::string SealKeyId(const v1::SealedMessage& message);

// What an entry says of the seal of the message that it records.
void AddSeal(const v1::SealedMessage& message, v1::LogEntry* entry);

}  // namespace tamga::exchange
