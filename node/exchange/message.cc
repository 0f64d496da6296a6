#include "node/exchange/message.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/exchange/operations.h"

namespace tamga::exchange {
namespace {

constexpr size_t kMaxHeaderBytes = 16 << 10;
constexpr size_t kMaxPayloadBytes = 768 << 10;
constexpr size_t kPaddedTo = 4096;
constexpr size_t kMaxSignatureBytes = 64 << 10;
constexpr size_t kSaltBytes = 32;
constexpr size_t kDigestBytes = 32;

absl::string_view SealType(v1::MessageKind kind) {
  return kind == v1::MESSAGE_KIND_REPLY ? certs::kReplyType : certs::kRequestType;
}

std::string Commitment(absl::string_view salt, absl::string_view body) {
  return HmacSha256(salt, absl::StrCat("tamga/commitment/v1", absl::string_view("\0", 1), body));
}

absl::Status InvalidHeader(absl::string_view field, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "INVALID_HEADER", absl::StrCat("header.", field, ": ", what),
               {{"field", std::string(field)}});
}

absl::Status CheckSize(const v1::SealedMessage& message) {
  if (message.header().size() > kMaxHeaderBytes || message.payload().size() > kMaxPayloadBytes) {
    return Error(absl::StatusCode::kInvalidArgument, "MESSAGE_TOO_LARGE",
                 absl::StrCat("a header may have ", kMaxHeaderBytes, " bytes and a payload ", kMaxPayloadBytes,
                              "; send large content in parts"));
  }
  size_t signature_bytes = 0;
  for (const v1::Signature& signature : message.signatures()) signature_bytes += signature.ByteSizeLong();
  if (signature_bytes > kMaxSignatureBytes) {
    return Error(absl::StatusCode::kInvalidArgument, "MESSAGE_TOO_LARGE",
                 absl::StrCat("all signatures together may have ", kMaxSignatureBytes, " bytes; leave out those that ",
                              "the receiver does not check"));
  }
  return absl::OkStatus();
}

absl::Status CheckParties(const v1::MessageHeader& header, const OpenRules& rules, const certs::Principal& signer) {
  // What the header says is not checked yet, so it is not repeated.
  if (header.from() != rules.from || signer.agency != rules.from) {
    return Error(absl::StatusCode::kPermissionDenied, "WRONG_SENDER",
                 absl::StrCat("the message is sealed by ", signer.agency, " and handed over by ", rules.from,
                              "; both must be the sender that its header names"));
  }
  if (header.to() != rules.to) {
    return Error(absl::StatusCode::kPermissionDenied, "WRONG_RECEIVER",
                 absl::StrCat("the message is not addressed to ", rules.to));
  }
  return absl::OkStatus();
}

absl::Status CheckTimes(const v1::MessageHeader& header, const OpenRules& rules) {
  if (!header.has_issued_at() || !header.has_expires_at()) return InvalidHeader("issued_at", "both times are required");
  const absl::Time issued_at = FromProto(header.issued_at());
  const absl::Time expires_at = FromProto(header.expires_at());
  const OperationType* const type = FindOperation(header.operation());
  const absl::Duration longest =
      rules.kind == v1::MESSAGE_KIND_REQUEST && type != nullptr ? type->Life() : kLongestLife;
  if (expires_at <= issued_at || expires_at - issued_at > longest) {
    return InvalidHeader("expires_at", absl::StrCat("must be after issued_at, by at most ",
                                                    absl::FormatDuration(longest), " for this operation"));
  }
  if (issued_at > rules.now + rules.max_skew) {
    return Error(absl::StatusCode::kInvalidArgument, "FROM_THE_FUTURE",
                 absl::StrCat("issued at ", UtcText(issued_at), " but it is ", UtcText(rules.now),
                              " here; set the sender's clock"));
  }
  if (expires_at + rules.max_skew < rules.now) {
    return Error(absl::StatusCode::kInvalidArgument, "MESSAGE_EXPIRED",
                 absl::StrCat("expired at ", UtcText(expires_at), "; it is ", UtcText(rules.now), " here"));
  }
  return absl::OkStatus();
}

// Logs are searched and compared by the time that an exchange id holds, so it must be the time of the exchange.
absl::Status CheckExchangeIdTime(const v1::MessageHeader& header, absl::Duration max_skew) {
  const absl::Duration apart = TimeOfUuidV7(header.exchange_id()) - FromProto(header.issued_at());
  // An id holds whole milliseconds.
  if (absl::AbsDuration(apart) <= max_skew + absl::Milliseconds(1)) return absl::OkStatus();
  return InvalidHeader("exchange_id", "must hold the time at which the request was issued; make both together");
}

// What is said of the treaty goes into the log, so its form is bounded even where no such treaty exists.
absl::Status CheckTreaty(const v1::TreatyReference& treaty) {
  if (!treaty.id().empty()) RETURN_IF_ERROR(CheckReference("header.treaty.id", treaty.id()));
  const size_t digest_bytes = treaty.id().empty() ? 0 : kDigestBytes;
  if (treaty.document_sha256().size() != digest_bytes) {
    return InvalidHeader("treaty.document_sha256", "must be 32 bytes, and empty where no treaty is named");
  }
  if (treaty.policy_sha256().size() == digest_bytes) return absl::OkStatus();
  return InvalidHeader("treaty.policy_sha256", "must be 32 bytes, and empty where no treaty is named");
}

absl::Status CheckFields(const v1::MessageHeader& header, v1::MessageKind kind) {
  if (header.version() != 1) return InvalidHeader("version", "must be 1");
  if (header.kind() != kind) return InvalidHeader("kind", "is not the one expected here");
  if (!IsUuidV7(header.exchange_id())) return InvalidHeader("exchange_id", "must be a UUID of version 7");
  const OperationType* type = FindOperation(header.operation());
  if (type == nullptr) return InvalidHeader("operation", "is not one that this node knows");
  if (header.record_kind() != type->record_kind) return InvalidHeader("record_kind", "does not fit the operation");
  if (header.purpose() == v1::PURPOSE_UNSPECIFIED || !v1::Purpose_IsValid(header.purpose())) {
    return InvalidHeader("purpose", "is required and must be one that this node knows");
  }
  RETURN_IF_ERROR(CheckTreaty(header.treaty()));
  const size_t commitment_bytes = header.payload_withheld() ? 0 : kDigestBytes;
  if (header.commitment().size() != commitment_bytes) {
    return InvalidHeader("commitment", "must be 32 bytes, and empty where the payload is withheld");
  }
  RETURN_IF_ERROR(CheckReference("header.asker.case_reference", header.asker().case_reference()));
  RETURN_IF_ERROR(CheckReference("header.idempotency_key", header.idempotency_key()));
  if (!header.asker().officer().empty()) {
    RETURN_IF_ERROR(CheckReference("header.asker.officer", header.asker().officer()));
  }
  if (!v1::EmergencyGround_IsValid(header.asker().emergency_ground())) {
    return InvalidHeader("asker.emergency_ground", "must be one that this node knows");
  }
  const std::string& asking_agency = kind == v1::MESSAGE_KIND_REPLY ? header.to() : header.from();
  ASSIGN_OR_RETURN(const certs::Principal asker, certs::ParseSpiffeId(header.asker().principal()));
  if (asker.agency != asking_agency) return InvalidHeader("asker.principal", "is not of the asking agency");
  const size_t request_hash_bytes = kind == v1::MESSAGE_KIND_REPLY ? kDigestBytes : 0;
  if (header.request_hash().size() != request_hash_bytes) {
    return InvalidHeader("request_hash", "must be 32 bytes in a reply and empty in a request");
  }
  return absl::OkStatus();
}

// Up to the next multiple that leaves room for a padding whose length takes two bytes, as its tag takes one.
void Pad(v1::Payload* payload) {
  constexpr size_t kOverhead = 3;
  constexpr size_t kLeast = 128;
  const size_t bytes = payload->ByteSizeLong() + kOverhead;
  const size_t padded = (bytes + kLeast + kPaddedTo - 1) / kPaddedTo * kPaddedTo;
  payload->set_padding(std::string(padded - bytes, '\0'));
}

absl::Status PayloadAltered(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "PAYLOAD_ALTERED", what);
}

// When the message says that it was sealed, where its times are in order; otherwise now. A message may wait for days,
// and its seal's certificate may end meanwhile. Whether it is revoked is asked now.
absl::Time SealedAt(const v1::SealedMessage& message, const OpenRules& rules) {
  v1::MessageHeader header;
  if (!header.ParseFromString(message.header()) || !CheckTimes(header, rules).ok()) return rules.now;
  return std::min(FromProto(header.issued_at()), rules.now);
}

}  // namespace

absl::StatusOr<v1::SealedMessage> SealMessage(v1::MessageHeader header, const std::string& body_type,
                                              const std::string& body, const certs::Seal& seal, Rng& rng) {
  v1::SealedMessage message;
  if (body_type.empty()) {
    header.set_payload_withheld(true);
  } else {
    v1::Payload payload;
    payload.set_salt(rng.Bytes(kSaltBytes));
    payload.set_body(body);
    if (header.kind() == v1::MESSAGE_KIND_REPLY) Pad(&payload);
    header.set_payload_type(body_type);
    header.set_commitment(Commitment(payload.salt(), payload.body()));
    message.set_payload(payload.SerializeAsString());
  }
  header.set_payload_length(message.payload().size());
  header.set_payload_sha256(Sha256(message.payload()));
  message.set_header(header.SerializeAsString());
  RETURN_IF_ERROR(CheckSize(message));
  ASSIGN_OR_RETURN(const std::vector<v1::Signature> signatures,
                   seal.SignAll(SealType(header.kind()), message.header()));
  message.mutable_signatures()->Add(signatures.begin(), signatures.end());
  return message;
}

absl::StatusOr<OpenedMessage> OpenMessage(const v1::SealedMessage& message, const OpenRules& rules,
                                          const certs::SealVerifier& verifier) {
  RETURN_IF_ERROR(CheckSize(message));
  ASSIGN_OR_RETURN(const certs::Principal signer,
                   verifier.Verify(message.signatures(), SealType(rules.kind), message.header(),
                                   SealedAt(message, rules), rules.now));
  ASSIGN_OR_RETURN(const auto parsed, ParseStrictly(v1::MessageHeader::default_instance(), message.header()));
  const auto& header = static_cast<const v1::MessageHeader&>(*parsed);
  RETURN_IF_ERROR(CheckParties(header, rules, signer));
  RETURN_IF_ERROR(CheckTimes(header, rules));
  RETURN_IF_ERROR(CheckFields(header, rules.kind));
  // A reply has the id of its request.
  if (rules.kind == v1::MESSAGE_KIND_REQUEST) RETURN_IF_ERROR(CheckExchangeIdTime(header, rules.max_skew));
  OpenedMessage opened;
  ASSIGN_OR_RETURN(opened.body, OpenPayload(message, header));
  opened.header = header;
  opened.header_sha256 = Sha256(message.header());
  ASSIGN_OR_RETURN(opened.seal_path, verifier.PathOf(message.signatures(), SealedAt(message, rules), rules.now));
  return opened;
}

absl::StatusOr<std::string> OpenPayload(const v1::SealedMessage& message, const v1::MessageHeader& header) {
  if (header.payload_length() != message.payload().size() || header.payload_sha256() != Sha256(message.payload())) {
    return PayloadAltered("the payload is not the one that was sealed");
  }
  if (header.payload_withheld()) {
    if (!message.payload().empty())
      return PayloadAltered("the header says that the payload is withheld, but it is not");
    return std::string();
  }
  ASSIGN_OR_RETURN(const auto parsed, ParseStrictly(v1::Payload::default_instance(), message.payload()));
  const auto& payload = static_cast<const v1::Payload&>(*parsed);
  if (payload.salt().size() != kSaltBytes || Commitment(payload.salt(), payload.body()) != header.commitment()) {
    return PayloadAltered("the commitment does not fit the payload");
  }
  if (payload.padding().find_first_not_of('\0') != std::string::npos) {
    return PayloadAltered("the padding holds something");
  }
  return payload.body();
}

void AddSeal(const v1::SealedMessage& message, v1::LogEntry* entry) {
  entry->set_seal_sha256(SealSha256(message));
  entry->set_seal_key_id(SealKeyId(message));
}

std::string SealKeyId(const v1::SealedMessage& message) {
  for (const v1::Signature& signature : message.signatures()) {
    if (signature.algorithm() == certs::kEcdsaP256Sha256) return signature.key_id();
  }
  return "";
}

std::string SealSha256(const v1::SealedMessage& message) {
  const std::string& first = message.signatures_size() == 0 ? std::string() : message.signatures(0).value();
  return Sha256(absl::StrCat(message.header(), first));
}

}  // namespace tamga::exchange
