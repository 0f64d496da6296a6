#include "node/signer/protocol.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace tamga::signer {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kRequestHead = 3;
constexpr size_t kAnswerHead = 2;

std::string Head(std::initializer_list<uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

uint8_t ByteAt(absl::string_view bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }

}  // namespace

std::string WriteRequest(const Request& request) {
  return absl::StrCat(Head({kVersion, static_cast<uint8_t>(request.wanted), static_cast<uint8_t>(request.type.size())}),
                      request.type, request.payload);
}

absl::StatusOr<Request> ReadRequest(absl::string_view bytes) {
  if (bytes.size() < kRequestHead || bytes.size() > kMaxRequestBytes) {
    return absl::InvalidArgumentError("the request has another length than one can have");
  }
  if (ByteAt(bytes, 0) != kVersion) return absl::InvalidArgumentError("the request is of another version than 1");
  const size_t type_bytes = ByteAt(bytes, 2);
  if (bytes.size() < kRequestHead + type_bytes) return absl::InvalidArgumentError("the request ends within its type");
  Request request;
  request.type = std::string(bytes.substr(kRequestHead, type_bytes));
  request.payload = std::string(bytes.substr(kRequestHead + type_bytes));
  switch (ByteAt(bytes, 1)) {
    case static_cast<uint8_t>(Wanted::kKeyId):
      if (bytes.size() != kRequestHead)
        return absl::InvalidArgumentError("who asks for the key's id says nothing else");
      request.wanted = Wanted::kKeyId;
      return request;
    case static_cast<uint8_t>(Wanted::kSignature):
    case static_cast<uint8_t>(Wanted::kCertificateRequest):
      if (request.type.empty()) return absl::InvalidArgumentError("the request names no type");
      if (request.payload.size() > kMaxPayloadBytes) return absl::InvalidArgumentError("the payload is too large");
      request.wanted = static_cast<Wanted>(ByteAt(bytes, 1));
      return request;
    default:
      return absl::InvalidArgumentError("the request wants what is not known");
  }
}

std::string WriteAnswer(const Answer& answer) {
  return absl::StrCat(Head({kVersion, static_cast<uint8_t>(answer.verdict)}), answer.value);
}

absl::StatusOr<Answer> ReadAnswer(absl::string_view bytes) {
  const bool is_answer = bytes.size() >= kAnswerHead && bytes.size() <= kMaxAnswerBytes &&
                         ByteAt(bytes, 0) == kVersion &&
                         ByteAt(bytes, 1) <= static_cast<uint8_t>(Verdict::kUnavailable);
  if (!is_answer) return absl::DataLossError("the answer is not one of a signer's");
  return Answer{static_cast<Verdict>(ByteAt(bytes, 1)), std::string(bytes.substr(kAnswerHead))};
}

}  // namespace tamga::signer
