// Couriers' bundles. The first byte says what the rest is: a whole file, which nobody has sealed; or the plaintext of
// an item that a partner has encrypted in order, since a seal keeps out strangers and not partners.
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "node/base/check.h"
#include "node/base/clock.h"
#include "node/base/uuid.h"
#include "node/courier/bundle_format.h"

namespace {

using tamga::courier::BundleReader;

class TextSource final : public tamga::courier::ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  absl::StatusOr<std::string> Read(size_t size) override {
    const std::string bytes = text_.substr(at_, size);
    at_ += bytes.size();
    return bytes;
  }

 private:
  const std::string text_;
  size_t at_ = 0;
};

class TextSink final : public tamga::courier::ByteSink {
 public:
  absl::Status Write(absl::string_view bytes) override {
    text.append(bytes.data(), bytes.size());
    return absl::OkStatus();
  }
  std::string text;
};

void ReadAll(const std::string& file) {
  TextSource source(file);
  const auto reader = BundleReader::Open(source);
  if (!reader.ok()) return;
  TAMGA_CHECK((*reader)->head().version() == 1 && (*reader)->head().bundle_id().size() == 16);
  while (true) {
    const auto item = (*reader)->Next();
    if (!item.ok() || !item->has_value()) return;
    TAMGA_CHECK((*item)->size() <= tamga::courier::kMostPartBytes);
  }
}

// An item is written only if it is one that the recipient takes, and comes out as it went in.
void CarryItem(const std::string& bytes) {
  static tamga::SystemRng rng;
  static const tamga::certs::X25519Key key = tamga::certs::X25519Key::Generate(rng).value();
  tamga::v1::CourierItem item;
  if (!item.ParseFromString(bytes)) return;
  tamga::v1::CourierBundle head;
  head.set_kind(tamga::v1::COURIER_KIND_REPLIES);
  head.set_from("KAZ/interior-ministry");
  head.set_to("KGZ/interior-ministry");
  head.set_bundle_id(tamga::NewUuidV7(absl::FromUnixSeconds(1'795'000'000), rng));
  head.set_answers_bundle_id(head.bundle_id());
  *head.mutable_made_at() = tamga::ToProto(absl::FromUnixSeconds(1'795'000'000));
  TextSink sink;
  const auto writer = tamga::courier::BundleWriter::Begin(head, key.public_key(), rng, sink);
  TAMGA_CHECK(writer.ok());
  if (!(*writer)->Add(item).ok()) return;
  TextSource source(sink.text);
  const auto reader = BundleReader::Open(source);
  TAMGA_CHECK(reader.ok());
  auto opener = tamga::courier::ItemOpener::Create(key, **reader);
  const auto ciphertext = (*reader)->Next();
  TAMGA_CHECK(opener.ok() && ciphertext.ok() && ciphertext->has_value());
  const auto opened = opener->Open(**ciphertext);
  TAMGA_CHECK(!opened.ok() || opened->exchange_id() == item.exchange_id());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    ReadAll(rest);
  } else {
    CarryItem(rest);
  }
  return 0;
}
