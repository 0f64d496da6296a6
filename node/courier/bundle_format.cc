#include "node/courier/bundle_format.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/purposes.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/exchange/operations.h"

namespace tamga::courier {
namespace {

constexpr absl::string_view kMagic = "tamga-courier-1\n";
constexpr char kInfo[] = "tamga/courier/v1";
constexpr certs::HpkeAead kAead = certs::HpkeAead::kAes256Gcm;
constexpr uint32_t kVersion = 1;
constexpr size_t kDigestBytes = 32;
constexpr uint32_t kMostGrpcCode = 16;
constexpr size_t kMostReasonBytes = 64;

constexpr char kHeadPart = 'B';
constexpr char kItemPart = 'I';
constexpr char kEndPart = 'E';

absl::Status Malformed(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "BUNDLE_MALFORMED",
               absl::StrCat("the file is no good bundle: ", what));
}

absl::Status TooLarge(absl::string_view what) {
  return Error(absl::StatusCode::kResourceExhausted, "BUNDLE_TOO_LARGE", what);
}

std::string FourBytes(size_t size) {
  return {static_cast<char>(size >> 24 & 0xff), static_cast<char>(size >> 16 & 0xff),
          static_cast<char>(size >> 8 & 0xff), static_cast<char>(size & 0xff)};
}

size_t SizeOf(absl::string_view four) {
  size_t size = 0;
  for (const char byte : four) size = size << 8 | static_cast<unsigned char>(byte);
  return size;
}

template <typename Message>
absl::StatusOr<Message> ParsePart(const std::string& bytes, absl::string_view what) {
  const auto parsed = exchange::ParseStrictly(Message::default_instance(), bytes);
  if (!parsed.ok()) return Malformed(absl::StrCat(what, " cannot be read"));
  return static_cast<const Message&>(**parsed);
}

absl::Status CheckHead(const v1::CourierBundle& head) {
  if (head.version() != kVersion) {
    return Error(absl::StatusCode::kInvalidArgument, "BUNDLE_VERSION",
                 absl::StrCat("the bundle is of another version than ", kVersion, "; update the older node"));
  }
  if (head.kind() != v1::COURIER_KIND_REQUESTS && head.kind() != v1::COURIER_KIND_REPLIES) {
    return Malformed("kind is not one that this node knows");
  }
  if (!CheckAgency("from", head.from()).ok()) return Malformed("from is no agency");
  if (!CheckAgency("to", head.to()).ok()) return Malformed("to is no agency");
  if (!IsUuidV7(head.bundle_id())) return Malformed("bundle_id must be a UUID of version 7");
  if (!head.has_made_at()) return Malformed("made_at is required");
  if (head.recipient_key_sha256().size() != kDigestBytes) return Malformed("recipient_key_sha256 must be 32 bytes");
  if (head.enc().size() != certs::kHpkeEncBytes) return Malformed("enc must be 32 bytes");
  const bool is_reply = head.kind() == v1::COURIER_KIND_REPLIES;
  if (is_reply ? !IsUuidV7(head.answers_bundle_id()) : !head.answers_bundle_id().empty()) {
    return Malformed("answers_bundle_id must be a UUID of version 7 in replies, and empty in requests");
  }
  return absl::OkStatus();
}

bool IsReason(absl::string_view reason) {
  const auto fits = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  return reason.size() <= kMostReasonBytes && std::all_of(reason.begin(), reason.end(), fits);
}

absl::Status CheckItem(const v1::CourierItem& item, v1::CourierKind kind) {
  if (!IsUuidV7(item.exchange_id())) return Malformed("an item's exchange_id must be a UUID of version 7");
  if (item.has_message() == item.has_not_opened()) return Malformed("an item has either a message or not_opened");
  if (kind == v1::COURIER_KIND_REQUESTS) {
    return item.has_message() ? absl::OkStatus() : Malformed("a request that was not opened is told in replies alone");
  }
  if (item.lane() != 0) return Malformed("lane is of requests alone");
  if (item.has_message()) return absl::OkStatus();
  const v1::CourierRefusal& refusal = item.not_opened();
  if (refusal.grpc_code() == 0 || refusal.grpc_code() > kMostGrpcCode) return Malformed("grpc_code must be 1 to 16");
  const bool are_codes = IsReason(refusal.reason()) && IsReason(refusal.certificate_reason());
  return are_codes ? absl::OkStatus() : Malformed("a reason must be a reason code");
}

}  // namespace

BundleWriter::BundleWriter(v1::CourierBundle head, certs::HpkeSender sender, ByteSink& sink)
    : head_(std::move(head)), sender_(std::move(sender)), sink_(sink) {}

absl::StatusOr<std::unique_ptr<BundleWriter>> BundleWriter::Begin(v1::CourierBundle head,
                                                                  absl::string_view recipient_public_key, Rng& rng,
                                                                  ByteSink& sink) {
  ASSIGN_OR_RETURN(certs::HpkeSender sender, certs::HpkeSender::Create(recipient_public_key, kInfo, kAead, rng));
  head.set_version(kVersion);
  head.set_recipient_key_sha256(Sha256(recipient_public_key));
  head.set_enc(sender.enc());
  RETURN_IF_ERROR(CheckHead(head));
  std::unique_ptr<BundleWriter> writer(new BundleWriter(std::move(head), std::move(sender), sink));
  const std::string bytes = writer->head_.SerializeAsString();
  writer->head_sha256_ = Sha256(bytes);
  RETURN_IF_ERROR(writer->Write(kMagic));
  RETURN_IF_ERROR(writer->WritePart(kHeadPart, bytes));
  return writer;
}

absl::Status BundleWriter::Write(absl::string_view bytes) {
  content_.Update(bytes);
  return sink_.Write(bytes);
}

absl::Status BundleWriter::WritePart(char kind, absl::string_view content) {
  RETURN_IF_ERROR(Write(absl::StrCat(absl::string_view(&kind, 1), FourBytes(content.size()))));
  return Write(content);
}

absl::Status BundleWriter::Add(const v1::CourierItem& item) {
  RETURN_IF_ERROR(CheckItem(item, head_.kind()));
  if (items_ == kMostItems) return TooLarge(absl::StrCat("a bundle has at most ", kMostItems, " messages"));
  if (item.ByteSizeLong() > kMostPartBytes - certs::kHpkeTagBytes) {
    return TooLarge(absl::StrCat("a message of a bundle has at most ", kMostPartBytes, " bytes"));
  }
  ASSIGN_OR_RETURN(const std::string ciphertext, sender_.Seal(head_sha256_, item.SerializeAsString()));
  RETURN_IF_ERROR(WritePart(kItemPart, ciphertext));
  ++items_;
  return absl::OkStatus();
}

absl::Status BundleWriter::Finish(const certs::Seal& seal) {
  v1::CourierManifest manifest;
  manifest.set_items(items_);
  manifest.set_content_sha256(content_.Finish());
  v1::CourierClosing closing;
  closing.set_manifest(manifest.SerializeAsString());
  ASSIGN_OR_RETURN(const std::vector<v1::Signature> signatures, seal.SignAll(certs::kCourierType, closing.manifest()));
  closing.mutable_signatures()->Add(signatures.begin(), signatures.end());
  const std::string bytes = closing.SerializeAsString();
  RETURN_IF_ERROR(sink_.Write(absl::StrCat(absl::string_view(&kEndPart, 1), FourBytes(bytes.size()))));
  return sink_.Write(bytes);
}

absl::StatusOr<std::unique_ptr<BundleReader>> BundleReader::Open(ByteSource& source) {
  std::unique_ptr<BundleReader> reader(new BundleReader(source));
  RETURN_IF_ERROR(reader->ReadHead());
  return reader;
}

absl::StatusOr<std::string> BundleReader::ReadExactly(size_t size) {
  ASSIGN_OR_RETURN(std::string bytes, source_.Read(size));
  if (bytes.size() == size) return bytes;
  return Error(absl::StatusCode::kDataLoss, "BUNDLE_TRUNCATED",
               "the file ends in the middle of the bundle; have it copied again, or made anew");
}

// Nothing of the content is hashed here: of the end, it does not count.
absl::StatusOr<BundleReader::Part> BundleReader::ReadPart() {
  ASSIGN_OR_RETURN(const std::string beginning, ReadExactly(1 + 4));
  Part part{beginning.front(), {}};
  const size_t size = SizeOf(absl::string_view(beginning).substr(1));
  if (size > kMostPartBytes) return Malformed("a part is longer than any may be");
  ASSIGN_OR_RETURN(part.content, ReadExactly(size));
  if (part.kind != kEndPart) {
    content_.Update(beginning);
    content_.Update(part.content);
  }
  return part;
}

absl::Status BundleReader::ReadHead() {
  ASSIGN_OR_RETURN(const std::string magic, ReadExactly(kMagic.size()));
  if (magic != kMagic) return Malformed("it does not begin as one");
  content_.Update(magic);
  ASSIGN_OR_RETURN(const Part part, ReadPart());
  if (part.kind != kHeadPart) return Malformed("its first part is not the one that says what it is");
  ASSIGN_OR_RETURN(head_, ParsePart<v1::CourierBundle>(part.content, "its first part"));
  head_sha256_ = Sha256(part.content);
  return CheckHead(head_);
}

absl::StatusOr<std::optional<std::string>> BundleReader::Next() {
  ASSIGN_OR_RETURN(Part part, ReadPart());
  if (part.kind == kEndPart) {
    RETURN_IF_ERROR(ReadEnd(part.content));
    return std::optional<std::string>();
  }
  if (part.kind != kItemPart) return Malformed("it has a part of a kind that this node does not know");
  if (items_ == kMostItems) return Malformed("it has too many messages");
  ++items_;
  return std::optional<std::string>(std::move(part.content));
}

absl::Status BundleReader::ReadEnd(const std::string& content) {
  ASSIGN_OR_RETURN(closing_, ParsePart<v1::CourierClosing>(content, "its end"));
  ASSIGN_OR_RETURN(const auto manifest, ParsePart<v1::CourierManifest>(closing_.manifest(), "its manifest"));
  ASSIGN_OR_RETURN(const std::string more, source_.Read(1));
  if (!more.empty()) return Malformed("something follows its end");
  if (manifest.items() == items_ && manifest.content_sha256() == content_.Finish()) return absl::OkStatus();
  return Error(absl::StatusCode::kDataLoss, "BUNDLE_ALTERED",
               "the file is not the one that was sealed; have it copied again, or made anew");
}

absl::StatusOr<certs::Principal> BundleReader::CheckSeal(const certs::SealVerifier& verifier, absl::Time now) const {
  const absl::StatusOr<certs::Principal> sealer = verifier.Verify(
      closing_.signatures(), certs::kCourierType, closing_.manifest(), std::min(FromProto(head_.made_at()), now), now);
  if (absl::IsUnavailable(sealer.status())) return sealer.status();
  if (!sealer.ok()) {
    return Error(absl::StatusCode::kUnauthenticated, "BUNDLE_SEAL_REFUSED",
                 absl::StrCat("the bundle has no good seal: ", sealer.status().message()), MetadataOf(sealer.status()));
  }
  if (sealer->agency == head_.from()) return sealer;
  return Error(absl::StatusCode::kPermissionDenied, "BUNDLE_WRONG_SENDER",
               absl::StrCat("the bundle names ", head_.from(), " as its sender, and is sealed by ", sealer->agency));
}

ItemOpener::ItemOpener(certs::HpkeRecipient recipient, v1::CourierKind kind, std::string head_sha256)
    : recipient_(std::move(recipient)), kind_(kind), head_sha256_(std::move(head_sha256)) {}

absl::StatusOr<ItemOpener> ItemOpener::Create(const certs::X25519Key& key, const BundleReader& reader) {
  const v1::CourierBundle& head = reader.head();
  absl::StatusOr<certs::HpkeRecipient> recipient = certs::HpkeRecipient::Create(key, head.enc(), kInfo, kAead);
  if (head.recipient_key_sha256() != Sha256(key.public_key()) || !recipient.ok()) {
    return Error(absl::StatusCode::kPermissionDenied, "BUNDLE_WRONG_KEY",
                 absl::StrCat("the bundle is encrypted for another courier key than this node's; give ", head.from(),
                              " the one that `tamga courier key` prints, and have the bundle made anew"));
  }
  return ItemOpener(*std::move(recipient), head.kind(), reader.head_sha256());
}

absl::StatusOr<v1::CourierItem> ItemOpener::Open(absl::string_view ciphertext) {
  const absl::StatusOr<std::string> plaintext = recipient_.Open(head_sha256_, ciphertext);
  if (!plaintext.ok()) {
    return Error(absl::StatusCode::kDataLoss, "BUNDLE_NOT_DECRYPTED",
                 "a message of the bundle cannot be decrypted; have the bundle made anew");
  }
  ASSIGN_OR_RETURN(v1::CourierItem item, ParsePart<v1::CourierItem>(*plaintext, "an item"));
  RETURN_IF_ERROR(CheckItem(item, kind_));
  return item;
}

}  // namespace tamga::courier
