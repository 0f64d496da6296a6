#include "certs/hpke.h"

#include <map>

#include "certs/fixed_rng.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/published_vectors.h"

namespace tamga::certs {
namespace {

constexpr int kX25519HkdfSha256 = 0x0020;

HpkeAead AeadOf(const nlohmann::json& setup) { return static_cast<HpkeAead>(setup.at("aead_id").get<int>()); }

absl::StatusOr<HpkeRecipient> RecipientOf(const nlohmann::json& setup) {
  const absl::StatusOr<X25519Key> key = X25519Key::FromBytes(Unhex(setup.at("skRm")));
  if (!key.ok()) return key.status();
  return HpkeRecipient::Create(*key, Unhex(setup.at("enc")), Unhex(setup.at("info")), AeadOf(setup));
}

// Both directions, with the messages between those that are published. Returns how many were compared.
int Compare(const nlohmann::json& setup) {
  FixedRng ephemeral(Unhex(setup.at("skEm")));
  auto sender = HpkeSender::Create(Unhex(setup.at("pkRm")), Unhex(setup.at("info")), AeadOf(setup), ephemeral);
  auto recipient = RecipientOf(setup);
  EXPECT_OK(sender);
  EXPECT_OK(recipient);
  if (!sender.ok() || !recipient.ok()) return 0;
  EXPECT_EQ(HexEncode(sender->enc()), setup.at("enc"));
  int next = 0;
  int compared = 0;
  for (const nlohmann::json& published : setup.at("encryptions")) {
    for (; next < published.at("sequence_number").get<int>(); ++next) {
      EXPECT_OK(recipient->Open("", sender->Seal("", "").value()));
    }
    const std::string data = Unhex(published.at("aad"));
    const std::string ciphertext = sender->Seal(data, Unhex(published.at("pt"))).value();
    EXPECT_EQ(HexEncode(ciphertext), published.at("ct")) << next;
    EXPECT_EQ(HexEncode(recipient->Open(data, ciphertext).value()), published.at("pt")) << next;
    ++next;
    ++compared;
  }
  return compared;
}

// Of the 28 set-ups 2 are ours. The others are refused: by their keys' size (P-256, P-521), by their cipher (none, for
// exports only), or, where the mode is another one, because nothing that was encrypted in it opens in ours.
TEST(HpkeTest, AgreesWithRfc9180InBaseModeAndRefusesTheRest) {
  std::map<std::string, int> counts;
  int compared = 0;
  for (const nlohmann::json& setup : ReadVectors("hpke/rfc9180-appendix-a.json")) {
    const int kem = setup.at("kem_id").get<int>();
    const int mode = setup.at("mode").get<int>();
    if (kem != kX25519HkdfSha256) {
      ++counts["another curve"];
      EXPECT_THAT(RecipientOf(setup), StatusIs(absl::StatusCode::kInvalidArgument)) << kem;
      continue;
    }
    ASSERT_EQ(setup.at("kdf_id").get<int>(), 1);
    if (setup.at("aead_id").get<int>() == 0xffff) {
      ++counts["no cipher"];
      EXPECT_THAT(RecipientOf(setup), StatusIs(absl::StatusCode::kInvalidArgument));
    } else if (mode != 0) {
      ++counts["another mode"];
      ASSERT_OK_AND_ASSIGN(HpkeRecipient recipient, RecipientOf(setup));
      const nlohmann::json& first = setup.at("encryptions").at(0);
      EXPECT_THAT(recipient.Open(Unhex(first.at("aad")), Unhex(first.at("ct"))), StatusIs(absl::StatusCode::kDataLoss));
    } else {
      ++counts["ours"];
      compared += Compare(setup);
    }
  }
  EXPECT_EQ(counts,
            (std::map<std::string, int>{{"ours", 2}, {"another curve", 16}, {"another mode", 6}, {"no cipher", 4}}));
  EXPECT_EQ(compared, 12);
}

TEST(HpkeTest, AgreesWithThePublishedVectorOfAes256Gcm) {
  const nlohmann::json setups = ReadVectors("hpke/x25519-aes256gcm.json");
  ASSERT_EQ(setups.size(), 1u);
  EXPECT_EQ(AeadOf(setups[0]), HpkeAead::kAes256Gcm);
  EXPECT_EQ(Compare(setups[0]), 6);
}

class HpkeMessageTest : public ::testing::Test {
 protected:
  absl::StatusOr<HpkeRecipient> Recipient(absl::string_view info = "info", HpkeAead aead = HpkeAead::kAes256Gcm) {
    return HpkeRecipient::Create(key_, sender_.enc(), info, aead);
  }

  SystemRng rng_;
  X25519Key key_ = X25519Key::Generate(rng_).value();
  HpkeSender sender_ = HpkeSender::Create(key_.public_key(), "info", HpkeAead::kAes256Gcm, rng_).value();
};

TEST_F(HpkeMessageTest, AnyFlippedBitOrCutIsNoticedAndTheMessageStillAwaited) {
  ASSERT_OK_AND_ASSIGN(HpkeRecipient recipient, Recipient());
  const std::string ciphertext = sender_.Seal("data", "secret").value();
  EXPECT_EQ(ciphertext.size(), 6 + kHpkeTagBytes);
  for (size_t bit = 0; bit < ciphertext.size() * 8; ++bit) {
    std::string flipped = ciphertext;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_THAT(recipient.Open("data", flipped), StatusIs(absl::StatusCode::kDataLoss)) << bit;
  }
  for (size_t size = 0; size < ciphertext.size(); ++size) {
    EXPECT_THAT(recipient.Open("data", ciphertext.substr(0, size)), StatusIs(absl::StatusCode::kDataLoss)) << size;
  }
  EXPECT_THAT(recipient.Open("other", ciphertext), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(recipient.Open("data", ciphertext).value(), "secret");
}

TEST_F(HpkeMessageTest, MessagesOpenInTheirOrderOnceEach) {
  const std::string first = sender_.Seal("", "first").value();
  const std::string second = sender_.Seal("", "second").value();
  ASSERT_OK_AND_ASSIGN(HpkeRecipient recipient, Recipient());
  EXPECT_THAT(recipient.Open("", second), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(recipient.Open("", first).value(), "first");
  EXPECT_THAT(recipient.Open("", first), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(recipient.Open("", second).value(), "second");
}

TEST_F(HpkeMessageTest, OtherInfoCipherOrKeyOpensNothing) {
  const std::string ciphertext = sender_.Seal("", "secret").value();
  EXPECT_THAT(Recipient("other info")->Open("", ciphertext), StatusIs(absl::StatusCode::kDataLoss));
  for (const HpkeAead aead : {HpkeAead::kAes128Gcm, HpkeAead::kChaCha20Poly1305}) {
    EXPECT_THAT(Recipient("info", aead)->Open("", ciphertext), StatusIs(absl::StatusCode::kDataLoss));
  }
  const X25519Key other = X25519Key::Generate(rng_).value();
  ASSERT_OK_AND_ASSIGN(HpkeRecipient recipient,
                       HpkeRecipient::Create(other, sender_.enc(), "info", HpkeAead::kAes256Gcm));
  EXPECT_THAT(recipient.Open("", ciphertext), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(Recipient()->Open("", ciphertext).value(), "secret");
}

TEST_F(HpkeMessageTest, APointOfSmallOrderIsNobodysKey) {
  const std::string zero(32, '\0');
  EXPECT_THAT(HpkeSender::Create(zero, "", HpkeAead::kAes256Gcm, rng_), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(HpkeRecipient::Create(key_, zero, "", HpkeAead::kAes256Gcm),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tamga::certs
