// What a node and the process with its seal's key say to each other over a Unix socket. Each message is a frame: four
// bytes of length (big-endian), then that many bytes; each request has one answer, in order.
//
//   request   version 1, what is wanted, length of the type (1 byte), type, payload
//   answer    version 1, verdict, value
//
// The type and the payload are sent, not the bytes that are signed: the process with the key makes those itself
// (certs::PreAuthEncode), so nothing else than a payload under a type that it was told to sign can be signed with it,
// and a certificate request, of which it is told whom it is to name.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::signer {

inline constexpr size_t kMaxTypeBytes = 255;
inline constexpr size_t kMaxPayloadBytes = 16 << 10;
inline constexpr size_t kMaxRequestBytes = 3 + kMaxTypeBytes + kMaxPayloadBytes;
inline constexpr size_t kMaxAnswerBytes = 1024;

enum class Wanted : uint8_t {
  kKeyId = 1,      // SHA-256 of the public key's SubjectPublicKeyInfo, if the key is within reach; no type, no payload
  kSignature = 2,  // over a payload of a type
  // A certificate request (PKCS #10, DER) for the key; the payload is the SPIFFE id of the seal that it is to name, and
  // the type that of certificate requests.
  kCertificateRequest = 3
};

struct Request {
  Wanted wanted = Wanted::kKeyId;
  std::string type;
  std::string payload;
};

enum class Verdict : uint8_t {
  kDone = 0,         // the value is what was wanted
  kMalformed = 1,    // not a request; the connection ends
  kTypeRefused = 2,  // not a type that this process signs; the connection ends
  kTooMany = 3,      // above the rate; later it may be signed
  kUnavailable = 4   // the key is out of reach; later it may be signed
};

struct Answer {
  Verdict verdict = Verdict::kDone;
  std::string value;
};

// Without the frame's length. The request must be within the bounds above.
std::string WriteRequest(const Request& request);
// InvalidArgument for what WriteRequest does not write.
absl::StatusOr<Request> ReadRequest(absl::string_view bytes);

std::string WriteAnswer(const Answer& answer);
// DataLoss for what WriteAnswer does not write.
absl::StatusOr<Answer> ReadAnswer(absl::string_view bytes);

}  // namespace tamga::signer
