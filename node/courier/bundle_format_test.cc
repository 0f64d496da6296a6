#include "node/courier/bundle_format.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "certs/test_certificates.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"

namespace tamga::courier {
namespace {

constexpr char kBundleSender[] = "KAZ/border-service";
constexpr char kBundleRecipient[] = "KGZ/interior-ministry";

class TextSource final : public ByteSource {
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

class TextSink final : public ByteSink {
 public:
  absl::Status Write(absl::string_view bytes) override {
    text.append(bytes.data(), bytes.size());
    return absl::OkStatus();
  }
  std::string text;
};

class BundleFormatTest : public ::testing::Test {
 protected:
  v1::CourierBundle Head() {
    v1::CourierBundle head;
    head.set_kind(v1::COURIER_KIND_REQUESTS);
    head.set_from(kBundleSender);
    head.set_to(kBundleRecipient);
    head.set_bundle_id(NewUuidV7(certs::TestNow(), rng_));
    *head.mutable_made_at() = ToProto(certs::TestNow());
    return head;
  }
  v1::CourierItem Item(size_t payload_bytes = 20) {
    v1::CourierItem item;
    item.set_exchange_id(NewUuidV7(certs::TestNow(), rng_));
    item.set_lane(1);
    item.mutable_message()->set_header("header");
    item.mutable_message()->set_payload(std::string(payload_bytes, 'p'));
    return item;
  }
  std::string Write(const v1::CourierBundle& head, const std::vector<v1::CourierItem>& items) {
    TextSink sink;
    const auto writer = BundleWriter::Begin(head, key_.public_key(), rng_, sink);
    EXPECT_OK(writer);
    for (const v1::CourierItem& item : items) EXPECT_OK((*writer)->Add(item));
    EXPECT_OK((*writer)->Finish(seal_));
    return sink.text;
  }

  // What a recipient does: nothing of it counts unless all of it is good.
  absl::StatusOr<std::vector<v1::CourierItem>> Take(const std::string& file, const certs::X25519Key& key) {
    TextSource source(file);
    ASSIGN_OR_RETURN(const auto reader, BundleReader::Open(source));
    std::vector<std::string> ciphertexts;
    while (true) {
      ASSIGN_OR_RETURN(std::optional<std::string> ciphertext, reader->Next());
      if (!ciphertext) break;
      ciphertexts.push_back(*std::move(ciphertext));
    }
    RETURN_IF_ERROR(reader->CheckSeal(verifier_, certs::TestNow()).status());
    ASSIGN_OR_RETURN(ItemOpener opener, ItemOpener::Create(key, *reader));
    std::vector<v1::CourierItem> items;
    for (const std::string& ciphertext : ciphertexts) {
      ASSIGN_OR_RETURN(items.emplace_back(), opener.Open(ciphertext));
    }
    return items;
  }
  absl::StatusOr<std::vector<v1::CourierItem>> Take(const std::string& file) { return Take(file, key_); }

  SystemRng rng_;
  const certs::X25519Key key_ = certs::X25519Key::Generate(rng_).value();
  const certs::CurrentTrust trust_{certs::TrustStore::Build({{"KAZ", certs::Kaz().RootPem()}}).value()};
  const certs::SealVerifier verifier_{trust_};
  const certs::Seal seal_ = certs::Kaz().IssueSeal();
};

TEST_F(BundleFormatTest, WhatIsWrittenIsReadInItsOrder) {
  const std::vector<v1::CourierItem> items = {Item(), Item(0), Item(700'000)};
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::CourierItem> taken, Take(Write(Head(), items)));
  ASSERT_EQ(taken.size(), items.size());
  for (size_t i = 0; i < items.size(); ++i) EXPECT_EQ(taken[i].SerializeAsString(), items[i].SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::CourierItem> none, Take(Write(Head(), {})));
  EXPECT_TRUE(none.empty());
}

TEST_F(BundleFormatTest, NothingOfAMessageCanBeReadOnTheWay) {
  v1::CourierItem item = Item();
  item.mutable_message()->set_payload("SURNAME OF A PERSON");
  EXPECT_EQ(Write(Head(), {item}).find("SURNAME"), std::string::npos);
}

TEST_F(BundleFormatTest, EveryDamagedByteIsNoticed) {
  const std::string good = Write(Head(), {Item(), Item()});
  ASSERT_OK(Take(good));
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
    const auto taken = Take(bad);
    ASSERT_FALSE(taken.ok()) << "flipped at " << i;
    EXPECT_EQ(ReasonOf(taken.status()).rfind("BUNDLE_", 0), 0u) << "flipped at " << i << ": " << taken.status();
  }
}

TEST_F(BundleFormatTest, ABundleThatIsCutShortOrGoesOnIsRefused) {
  const std::string good = Write(Head(), {Item(), Item()});
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_THAT(Take(good.substr(0, size)), HasReason("BUNDLE_TRUNCATED")) << size;
  }
  EXPECT_THAT(Take(good + "x"), HasReason("BUNDLE_MALFORMED"));
}

TEST_F(BundleFormatTest, AnItemCannotBeLeftOutDoubledOrMoved) {
  const v1::CourierBundle head = Head();
  const v1::CourierItem one = Item();
  TextSink sink;
  ASSERT_OK_AND_ASSIGN(const auto writer, BundleWriter::Begin(head, key_.public_key(), rng_, sink));
  const size_t begin = sink.text.size();
  ASSERT_OK(writer->Add(one));
  const size_t middle = sink.text.size();
  ASSERT_OK(writer->Add(Item(40)));
  const size_t end = sink.text.size();
  ASSERT_OK(writer->Finish(seal_));
  const std::string& file = sink.text;
  const std::string first = file.substr(begin, middle - begin);
  const std::string second = file.substr(middle, end - middle);
  const auto made_of = [&](const std::string& items) { return file.substr(0, begin) + items + file.substr(end); };
  EXPECT_OK(Take(made_of(first + second)));
  for (const std::string& items : {first, second, first + first + second, second + first, std::string()}) {
    EXPECT_THAT(Take(made_of(items)), HasReason("BUNDLE_ALTERED"));
  }
}

TEST_F(BundleFormatTest, AnotherKeyOpensNothing) {
  const std::string file = Write(Head(), {Item()});
  EXPECT_THAT(Take(file, certs::X25519Key::Generate(rng_).value()), HasReason("BUNDLE_WRONG_KEY"));
}

TEST_F(BundleFormatTest, OnlyTheSealOfTheSenderThatItNamesCounts) {
  v1::CourierBundle foreign = Head();
  foreign.set_from("KAZ/interior-ministry");
  EXPECT_THAT(Take(Write(foreign, {Item()})), HasReason("BUNDLE_WRONG_SENDER"));
  TextSink sink;
  ASSERT_OK_AND_ASSIGN(const auto writer, BundleWriter::Begin(Head(), key_.public_key(), rng_, sink));
  ASSERT_OK(writer->Finish(certs::Kgz().IssueSeal()));  // of a State that nobody here trusts
  EXPECT_THAT(Take(sink.text), HasReason("BUNDLE_SEAL_REFUSED"));
  // A certificate that had ended when the bundle was made.
  TextSink late;
  ASSERT_OK_AND_ASSIGN(const auto late_writer, BundleWriter::Begin(Head(), key_.public_key(), rng_, late));
  ASSERT_OK(late_writer->Finish(certs::Kaz().IssueSeal(certs::TestNow() - absl::Hours(48))));
  EXPECT_THAT(Take(late.text), HasReason("BUNDLE_SEAL_REFUSED"));
}

TEST_F(BundleFormatTest, AHeadOutOfOrderIsNeitherWrittenNorRead) {
  TextSink sink;
  for (const auto spoil : std::vector<void (*)(v1::CourierBundle&)>{
           [](v1::CourierBundle& head) { head.clear_kind(); }, [](v1::CourierBundle& head) { head.set_from("nobody"); },
           [](v1::CourierBundle& head) { head.clear_to(); }, [](v1::CourierBundle& head) { head.set_bundle_id("x"); },
           [](v1::CourierBundle& head) { head.clear_made_at(); },
           [](v1::CourierBundle& head) { head.set_answers_bundle_id(head.bundle_id()); },
           [](v1::CourierBundle& head) { head.set_kind(v1::COURIER_KIND_REPLIES); }}) {
    v1::CourierBundle head = Head();
    spoil(head);
    EXPECT_THAT(BundleWriter::Begin(head, key_.public_key(), rng_, sink), HasReason("BUNDLE_MALFORMED"));
  }
  std::string other_version = Write(Head(), {});
  other_version[16 + 5 + 1] = 2;  // the magic, the beginning of the first part, the tag of its first field
  EXPECT_THAT(Take(other_version), HasReason("BUNDLE_VERSION"));
}

TEST_F(BundleFormatTest, AnItemOutOfOrderIsNotWritten) {
  TextSink sink;
  ASSERT_OK_AND_ASSIGN(const auto writer, BundleWriter::Begin(Head(), key_.public_key(), rng_, sink));
  v1::CourierItem nameless = Item();
  nameless.clear_exchange_id();
  v1::CourierItem empty = Item();
  empty.clear_message();
  v1::CourierItem refused = empty;
  refused.mutable_not_opened()->set_reason("MESSAGE_EXPIRED");
  refused.mutable_not_opened()->set_grpc_code(3);
  for (const v1::CourierItem& item : {nameless, empty, refused}) {
    EXPECT_THAT(writer->Add(item), HasReason("BUNDLE_MALFORMED"));
  }
  EXPECT_THAT(writer->Add(Item(kMostPartBytes)), HasReason("BUNDLE_TOO_LARGE"));
  EXPECT_OK(writer->Add(Item()));
  EXPECT_OK(writer->Finish(seal_));
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::CourierItem> taken, Take(sink.text));
  EXPECT_EQ(taken.size(), 1u);
}

}  // namespace
}  // namespace tamga::courier
