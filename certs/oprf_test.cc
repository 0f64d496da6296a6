#include "certs/oprf.h"

#include <map>

#include "absl/strings/str_split.h"
#include "certs/fixed_rng.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/published_vectors.h"

namespace tamga::certs {
namespace {

constexpr int kVoprf = 1;

// The values of a batch, which have commas between them.
std::vector<std::string> Values(const nlohmann::json& vector, const char* name) {
  std::vector<std::string> values;
  const std::vector<std::string> all = absl::StrSplit(vector.at(name).get<std::string>(), ',');
  for (const std::string& hex : all) values.push_back(Unhex(hex));
  return values;
}

std::string Joined(const std::vector<std::string>& values) {
  std::string all;
  for (const std::string& value : values) all += value;
  return all;
}

// OprfBlind reduces 64 bytes to a scalar: a published one and zeros behind it are that scalar.
OprfBlinded BlindWith(const std::string& input, const std::string& scalar) {
  FixedRng rng(scalar);
  return OprfBlind(input, rng).value();
}

std::vector<OprfBlinded> BlindAll(const nlohmann::json& vector) {
  const std::vector<std::string> inputs = Values(vector, "Input");
  const std::vector<std::string> blinds = Values(vector, "Blind");
  std::vector<OprfBlinded> batch;
  for (size_t i = 0; i < inputs.size(); ++i) batch.push_back(BlindWith(inputs[i], blinds[i]));
  return batch;
}

// One vector of our suite and mode, from both sides.
void Compare(const OprfKey& key, const nlohmann::json& vector) {
  const std::vector<OprfBlinded> batch = BlindAll(vector);
  std::string blinded;
  for (const OprfBlinded& one : batch) blinded += one.element;
  EXPECT_EQ(blinded, Joined(Values(vector, "BlindedElement")));
  FixedRng proof_nonce(Unhex(vector.at("Proof").at("r")));
  ASSERT_OK_AND_ASSIGN(const OprfKey::Evaluation evaluation, key.BlindEvaluate(blinded, proof_nonce));
  EXPECT_EQ(evaluation.elements, Joined(Values(vector, "EvaluationElement")));
  EXPECT_EQ(HexEncode(evaluation.proof), vector.at("Proof").at("proof"));
  ASSERT_OK_AND_ASSIGN(const auto outputs,
                       OprfFinalize(batch, evaluation.elements, evaluation.proof, key.public_key()));
  EXPECT_EQ(outputs, Values(vector, "Output"));
  for (size_t i = 0; i < batch.size(); ++i) EXPECT_EQ(key.Evaluate(batch[i].input).value(), outputs[i]);
}

// What one vector of another suite or mode is to us: nothing that can be finalised.
void ExpectRefused(const nlohmann::json& setup, const nlohmann::json& vector) {
  std::vector<OprfBlinded> batch;
  for (const std::string& input : Values(vector, "Input")) {
    SystemRng rng;
    batch.push_back(OprfBlind(input, rng).value());
  }
  const std::vector<std::string> blinded = Values(vector, "BlindedElement");
  for (size_t i = 0; i < batch.size() && i < blinded.size(); ++i) batch[i].element = blinded[i];
  const std::string proof = vector.contains("Proof") ? Unhex(vector.at("Proof").at("proof")) : "";
  const std::string public_key = setup.contains("pkSm") ? Unhex(setup.at("pkSm")) : std::string(32, '\0');
  EXPECT_FALSE(OprfFinalize(batch, Joined(Values(vector, "EvaluationElement")), proof, public_key).ok())
      << setup.at("identifier") << " " << setup.at("mode");
}

TEST(OprfTest, AgreesWithRfc9497InItsModeAndRefusesOtherModesAndSuites) {
  std::map<std::string, int> counts;
  for (const nlohmann::json& setup : ReadVectors("oprf/rfc9497-all-vectors.json")) {
    const bool own_suite = setup.at("identifier") == "ristretto255-SHA512";
    const bool own_mode = setup.at("mode").get<int>() == kVoprf;
    for (const nlohmann::json& vector : setup.at("vectors")) {
      if (own_suite && own_mode) {
        ++counts["ours"];
        ASSERT_OK_AND_ASSIGN(const OprfKey key, OprfKey::Derive(Unhex(setup.at("seed")), Unhex(setup.at("keyInfo"))));
        EXPECT_EQ(HexEncode(key.public_key()), setup.at("pkSm"));
        Compare(key, vector);
      } else {
        ++counts[own_suite ? "another mode" : "another suite"];
        ExpectRefused(setup, vector);
      }
    }
  }
  EXPECT_EQ(counts, (std::map<std::string, int>{{"ours", 3}, {"another mode", 5}, {"another suite", 32}}));
}

// RFC 9497's modes must not be taken for one another: the mode is in every hash.
TEST(OprfTest, AnotherModeBlindsAnInputToAnotherElement) {
  const nlohmann::json setups = ReadVectors("oprf/rfc9497-all-vectors.json");
  const nlohmann::json& vector = setups.at(0).at("vectors").at(0);
  ASSERT_EQ(setups.at(0).at("mode"), 0);
  EXPECT_NE(BlindAll(vector).front().element, Unhex(vector.at("BlindedElement")));
}

class OprfExchangeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* input : {"doc|KAZ|N1234567", "nid|KAZ|900101300123", ""}) {
      batch_.push_back(OprfBlind(input, rng_).value());
      blinded_ += batch_.back().element;
    }
    evaluation_ = key_.BlindEvaluate(blinded_, rng_).value();
  }

  absl::StatusOr<std::vector<std::string>> Finalize(const OprfKey::Evaluation& evaluation) const {
    return OprfFinalize(batch_, evaluation.elements, evaluation.proof, key_.public_key());
  }

  SystemRng rng_;
  const OprfKey key_ = OprfKey::Derive(std::string(32, 's'), "KAZ 2026-11-27").value();
  std::vector<OprfBlinded> batch_;
  std::string blinded_;
  OprfKey::Evaluation evaluation_;
};

TEST_F(OprfExchangeTest, TheAskerLearnsWhatTheHolderPublishes) {
  ASSERT_OK_AND_ASSIGN(const auto outputs, Finalize(evaluation_));
  ASSERT_EQ(outputs.size(), 3u);
  for (size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_EQ(outputs[i].size(), kOprfOutputBytes);
    EXPECT_EQ(outputs[i], key_.Evaluate(batch_[i].input).value());
  }
}

TEST_F(OprfExchangeTest, TheSameInputIsBlindedToAnotherElementEachTime) {
  EXPECT_NE(OprfBlind("input", rng_)->element, OprfBlind("input", rng_)->element);
}

TEST_F(OprfExchangeTest, AnyFlippedBitOfAnAnswerIsRefused) {
  for (size_t bit = 0; bit < evaluation_.proof.size() * 8; ++bit) {
    OprfKey::Evaluation flipped = evaluation_;
    flipped.proof[bit / 8] = static_cast<char>(flipped.proof[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_THAT(Finalize(flipped), HasReason("OPRF_PROOF_INVALID")) << bit;
  }
  for (size_t bit = 0; bit < evaluation_.elements.size() * 8; ++bit) {
    OprfKey::Evaluation flipped = evaluation_;
    flipped.elements[bit / 8] = static_cast<char>(flipped.elements[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(Finalize(flipped).ok()) << bit;
  }
}

TEST_F(OprfExchangeTest, AnotherKeyThanThePublishedOneIsNoticed) {
  ASSERT_OK_AND_ASSIGN(const OprfKey other, OprfKey::Derive(std::string(32, 's'), "for this asker alone"));
  ASSERT_OK_AND_ASSIGN(const OprfKey::Evaluation tagged, other.BlindEvaluate(blinded_, rng_));
  EXPECT_THAT(Finalize(tagged), HasReason("OPRF_PROOF_INVALID"));
  // Nor may it be another one for one element of the batch.
  OprfKey::Evaluation mixed = evaluation_;
  mixed.elements.replace(32, 32, tagged.elements.substr(32, 32));
  EXPECT_THAT(Finalize(mixed), HasReason("OPRF_PROOF_INVALID"));
}

TEST_F(OprfExchangeTest, AnswersInAnotherOrderAreNoticed) {
  OprfKey::Evaluation swapped = evaluation_;
  swapped.elements =
      evaluation_.elements.substr(32, 32) + evaluation_.elements.substr(0, 32) + evaluation_.elements.substr(64);
  EXPECT_THAT(Finalize(swapped), HasReason("OPRF_PROOF_INVALID"));
}

// libsodium takes the identity for an element, and reduces scalars that are too large.
TEST_F(OprfExchangeTest, TheIdentityIsNoElementAndAProofHasOneEncoding) {
  const std::string identity(32, '\0');
  EXPECT_THAT(key_.BlindEvaluate(identity, rng_), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(key_.BlindEvaluate(blinded_ + identity, rng_), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(OprfFinalize(batch_, evaluation_.elements, evaluation_.proof, identity),
              StatusIs(absl::StatusCode::kInvalidArgument));
  // The order of the group, little-endian, added to each half of the proof; the sum stays below 2^256.
  const std::string order = HexDecode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").value();
  for (const size_t half : {0, 32}) {
    OprfKey::Evaluation larger = evaluation_;
    int carry = 0;
    for (size_t i = 0; i < 32; ++i) {
      carry += static_cast<unsigned char>(larger.proof[half + i]) + static_cast<unsigned char>(order[i]);
      larger.proof[half + i] = static_cast<char>(carry & 0xff);
      carry >>= 8;
    }
    EXPECT_THAT(Finalize(larger), HasReason("OPRF_PROOF_INVALID")) << half;
  }
}

TEST_F(OprfExchangeTest, OtherSizesAreRefused) {
  for (const size_t size : {0, 1, 31, 33, 63}) {
    EXPECT_THAT(key_.BlindEvaluate(blinded_.substr(0, size), rng_), StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(OprfFinalize(batch_, evaluation_.elements.substr(0, size), evaluation_.proof, key_.public_key()),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
  for (const size_t size : {0, 32, 63}) {
    OprfKey::Evaluation cut = evaluation_;
    cut.proof.resize(size);
    EXPECT_THAT(Finalize(cut), HasReason("OPRF_PROOF_INVALID")) << size;
  }
  EXPECT_THAT(OprfFinalize({}, "", evaluation_.proof, key_.public_key()), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_OK(OprfBlind(std::string(65535, 'x'), rng_));
  EXPECT_THAT(OprfBlind(std::string(65536, 'x'), rng_), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(key_.Evaluate(std::string(65536, 'x')), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(OprfKey::Derive(std::string(31, 's'), ""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(OprfKey::Derive(std::string(32, 's'), std::string(65536, 'i')),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tamga::certs
