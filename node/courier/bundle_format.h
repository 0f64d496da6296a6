// The file that a courier carries (proto/tamga/v1/courier.proto): written and read part by part, so that a bundle of
// any size takes the memory of one message. Knows nothing of what the messages are for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/hpke.h"
#include "certs/principal.h"
#include "certs/seal.h"
#include "certs/seal_verifier.h"
#include "certs/x25519.h"
#include "node/base/rng.h"
#include "node/base/sha256.h"
#include "tamga/v1/courier.pb.h"

namespace tamga::courier {

// Most messages of one bundle.
inline constexpr uint32_t kMostItems = 10'000;
// Largest part of a file: a sealed message has at most 848 KiB (node/exchange/message.cc).
inline constexpr size_t kMostPartBytes = 1 << 20;

// Where a bundle comes from.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // The next `size` bytes; fewer at the end alone.
  virtual absl::StatusOr<std::string> Read(size_t size) = 0;
};

// Where one goes to.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual absl::Status Write(absl::string_view bytes) = 0;
};

// Not thread-safe.
class BundleWriter {
 public:
  // Writes the beginning. `head` has all but version, recipient_key_sha256 and enc; `sink` outlives this.
  // InvalidArgument for a recipient's key that X25519Key::Agree refuses; errors of `sink`, after which nothing more is
  // to be written.
  static absl::StatusOr<std::unique_ptr<BundleWriter>> Begin(v1::CourierBundle head,
                                                             absl::string_view recipient_public_key, Rng& rng,
                                                             ByteSink& sink);

  // ResourceExhausted (BUNDLE_TOO_LARGE), with nothing written, for an item that is too large or one too many.
  absl::Status Add(const v1::CourierItem& item);
  // Seals the whole and writes the end; nothing may follow. Unavailable as Seal::SignAll.
  absl::Status Finish(const certs::Seal& seal);

  const v1::CourierBundle& head() const { return head_; }
  uint32_t items() const { return items_; }

 private:
  BundleWriter(v1::CourierBundle head, certs::HpkeSender sender, ByteSink& sink);
  absl::Status Write(absl::string_view bytes);
  absl::Status WritePart(char kind, absl::string_view content);

  const v1::CourierBundle head_;
  std::string head_sha256_;
  certs::HpkeSender sender_;
  ByteSink& sink_;
  Sha256Hasher content_;
  uint32_t items_ = 0;
};

// Not thread-safe.
class BundleReader {
 public:
  // Reads the beginning. InvalidArgument: BUNDLE_MALFORMED for what is no bundle or has a field out of order,
  // BUNDLE_VERSION for one of another version. DataLoss (BUNDLE_TRUNCATED) if it ends before that. Errors of `source`,
  // which outlives this.
  static absl::StatusOr<std::unique_ptr<BundleReader>> Open(ByteSource& source);

  // What the bundle says of itself; to be believed once CheckSeal is OK.
  const v1::CourierBundle& head() const { return head_; }
  // SHA-256 of the head's bytes.
  const std::string& head_sha256() const { return head_sha256_; }

  // The ciphertext of the next item; nothing after the last one, when the end is read as well. Errors as of Open, and
  // DataLoss (BUNDLE_ALTERED) if the end does not fit what was read.
  absl::StatusOr<std::optional<std::string>> Next();

  // Who sealed the bundle, once Next gave nothing. The certificate must have been good when the bundle says that it was
  // made, at most now. Unauthenticated (BUNDLE_SEAL_REFUSED, saying why) or Unavailable as SealVerifier::Verify;
  // PermissionDenied (BUNDLE_WRONG_SENDER) for a seal of another agency than it names.
  absl::StatusOr<certs::Principal> CheckSeal(const certs::SealVerifier& verifier, absl::Time now) const;

  uint32_t items() const { return items_; }

 private:
  struct Part {
    char kind;
    std::string content;
  };

  explicit BundleReader(ByteSource& source) : source_(source) {}
  absl::Status ReadHead();
  absl::Status ReadEnd(const std::string& content);
  absl::StatusOr<Part> ReadPart();
  absl::StatusOr<std::string> ReadExactly(size_t size);

  ByteSource& source_;
  v1::CourierBundle head_;
  std::string head_sha256_;
  v1::CourierClosing closing_;
  Sha256Hasher content_;
  uint32_t items_ = 0;
};

// Decrypts the items of a bundle in their order. Not thread-safe.
class ItemOpener {
 public:
  // PermissionDenied (BUNDLE_WRONG_KEY) if the bundle is for another key.
  static absl::StatusOr<ItemOpener> Create(const certs::X25519Key& key, const BundleReader& reader);

  // InvalidArgument (BUNDLE_MALFORMED) for an item out of order; DataLoss (BUNDLE_NOT_DECRYPTED) for what was not
  // encrypted as the next item of this bundle.
  absl::StatusOr<v1::CourierItem> Open(absl::string_view ciphertext);

 private:
  ItemOpener(certs::HpkeRecipient recipient, v1::CourierKind kind, std::string head_sha256);

  certs::HpkeRecipient recipient_;
  v1::CourierKind kind_;
  std::string head_sha256_;
};

}  // namespace tamga::courier
