#include "node/ledger/add_checkpoint.h"

#include "absl/strings/str_cat.h"
#include "node/base/matchers.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/merkle_verify.h"
#include "node/ledger/proof_lines.h"
#include "node/ledger/test_ed25519.h"
#include "node/ledger/test_vectors.h"

namespace tamga::ledger {
namespace {

const std::string kHash(43, 'A');

TEST(AddCheckpointTest, TheGoldenRequestProvesConsistency) {
  const std::string body = ReadVector("golden-70000/consistency");
  ASSERT_OK_AND_ASSIGN(const AddCheckpoint request, ParseAddCheckpoint(body));
  EXPECT_EQ(FormatAddCheckpoint(request), body);
  const TestLogKey key("log.interior.kg.example/exchange/1");
  ASSERT_OK_AND_ASSIGN(const Checkpoint before,
                       OpenCheckpoint(ReadVector("golden-70000/checkpoint.old"), key.key(), certs::VerifyEd25519));
  ASSERT_OK_AND_ASSIGN(const Checkpoint after, OpenCheckpoint(request.checkpoint, key.key(), certs::VerifyEd25519));
  EXPECT_EQ(request.old_size, before.size);
  EXPECT_OK(VerifyConsistency(before.size, before.root, after.size, after.root, request.proof));
}

TEST(AddCheckpointTest, EachTextThatParsesIsTheOneTextOfItsRequest) {
  const google::protobuf::Struct vectors = ParseJson(ReadVector("witness-add-checkpoint.json"));
  for (const auto& step : vectors.fields().at("steps").list_value().values()) {
    const std::string body = step.struct_value().fields().at("request").string_value();
    for (size_t bit = 0; bit < 8 * body.size(); ++bit) {
      std::string damaged = body;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
      const absl::StatusOr<AddCheckpoint> request = ParseAddCheckpoint(damaged);
      if (!request.ok()) continue;
      EXPECT_EQ(FormatAddCheckpoint(*request), damaged);
    }
  }
}

TEST(AddCheckpointTest, OtherTextsAreRefused) {
  const std::string hash = absl::StrCat(kHash, "=\n");
  for (const std::string& body : std::vector<std::string>{
           "", "old", "old \n\nx", "old 01\n\nx", "old -1\n\nx", "old +1\n\nx", "old 9223372036854775808\n\nx",
           "OLD 1\n\nx", "old 1", "old 1\n", absl::StrCat("old 1\n", kHash, "\n\nx"),
           absl::StrCat("old 1\n", std::string(42, 'A'), "B=\n\nx"), "old 1\nAAAA\n\nx", "old 1\r\n\nx"}) {
    EXPECT_THAT(ParseAddCheckpoint(body), StatusIs(absl::StatusCode::kInvalidArgument)) << body;
  }
  EXPECT_OK(ParseAddCheckpoint(absl::StrCat("old 1\n", hash, "\nx")));
}

TEST(AddCheckpointTest, AProofHasUpTo63HashesAndABodyABound) {
  std::string hashes;
  for (size_t i = 0; i < kMaxProofHashes; ++i) absl::StrAppend(&hashes, kHash, "=\n");
  EXPECT_OK(ParseAddCheckpoint(absl::StrCat("old 1\n", hashes, "\nx")));
  EXPECT_FALSE(ParseAddCheckpoint(absl::StrCat("old 1\n", hashes, kHash, "=\n\nx")).ok());
  EXPECT_FALSE(ParseAddCheckpoint(absl::StrCat("old 1\n\n", std::string(1 << 20, 'x'))).ok());
}

}  // namespace
}  // namespace tamga::ledger
