#include "certs/ed25519.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

struct Vector {
  std::string name;
  std::string seed;
  std::string public_key;
  std::string message;
  std::string signature;
};

std::vector<Vector> Rfc8032Vectors() {
  const auto json = ReadFile(TAMGA_SOURCE_DIR "/tests/data/eddsa/rfc8032-ed25519.json");
  google::protobuf::ListValue list;
  if (!json.ok() || !google::protobuf::util::JsonStringToMessage(*json, &list).ok()) return {};
  std::vector<Vector> vectors;
  for (const auto& value : list.values()) {
    const auto& fields = value.struct_value().fields();
    const auto bytes = [&](const char* name) { return HexDecode(fields.at(name).string_value()).value_or("?"); };
    vectors.push_back({fields.at("name").string_value(), bytes("secret_key"), bytes("public_key"), bytes("message"),
                       bytes("signature")});
  }
  return vectors;
}

TEST(Ed25519Test, AgreesWithRfc8032) {
  const std::vector<Vector> vectors = Rfc8032Vectors();
  ASSERT_EQ(vectors.size(), 5u);
  for (const Vector& vector : vectors) {
    ASSERT_OK_AND_ASSIGN(const Ed25519Key key, Ed25519Key::FromSeed(vector.seed));
    EXPECT_EQ(key.public_key(), vector.public_key) << vector.name;
    EXPECT_EQ(key.Sign(vector.message), vector.signature) << vector.name;
    EXPECT_TRUE(VerifyEd25519(vector.public_key, vector.message, vector.signature)) << vector.name;
  }
}

TEST(Ed25519Test, AnyFlippedBitIsNoticed) {
  const Vector vector = Rfc8032Vectors().at(2);
  const auto flipped = [](std::string bytes, size_t bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    return bytes;
  };
  for (size_t bit = 0; bit < vector.signature.size() * 8; ++bit) {
    EXPECT_FALSE(VerifyEd25519(vector.public_key, vector.message, flipped(vector.signature, bit))) << bit;
  }
  for (size_t bit = 0; bit < vector.public_key.size() * 8; ++bit) {
    EXPECT_FALSE(VerifyEd25519(flipped(vector.public_key, bit), vector.message, vector.signature)) << bit;
  }
  for (size_t bit = 0; bit < vector.message.size() * 8; ++bit) {
    EXPECT_FALSE(VerifyEd25519(vector.public_key, flipped(vector.message, bit), vector.signature)) << bit;
  }
}

TEST(Ed25519Test, WrongLengthsAreRefused) {
  const Vector vector = Rfc8032Vectors().at(0);
  EXPECT_FALSE(VerifyEd25519(vector.public_key.substr(1), vector.message, vector.signature));
  EXPECT_FALSE(VerifyEd25519(vector.public_key, vector.message, vector.signature.substr(0, 63)));
  EXPECT_FALSE(VerifyEd25519(vector.public_key, vector.message, vector.signature + "x"));
  EXPECT_FALSE(VerifyEd25519("", "", ""));
  EXPECT_THAT(Ed25519Key::FromSeed(vector.seed.substr(1)), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Ed25519Key::FromSeed(vector.seed + "x"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Ed25519Test, AKeyCanBeMoved) {
  const Vector vector = Rfc8032Vectors().at(1);
  ASSERT_OK_AND_ASSIGN(Ed25519Key key, Ed25519Key::FromSeed(vector.seed));
  const Ed25519Key moved = std::move(key);
  EXPECT_EQ(moved.Sign(vector.message), vector.signature);
}

}  // namespace
}  // namespace tamga::certs
