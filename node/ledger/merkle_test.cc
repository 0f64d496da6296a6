#include "node/ledger/merkle.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>

#include "absl/strings/str_cat.h"
#include "node/base/matchers.h"
#include "node/ledger/compact_range.h"
#include "node/ledger/merkle_verify.h"
#include "node/ledger/test_vectors.h"

namespace tamga::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The definitions of RFC 9162 sections 2.1.1, 2.1.3.1 and 2.1.4.1 as they are written, slow but obvious. Entry i is the
// decimal text of i.
class ReferenceTree final : public HashReader {
 public:
  Hash Root(uint64_t begin, uint64_t end) {
    if (begin == end) return EmptyRoot();
    if (end - begin == 1) return LeafHash(absl::StrCat(begin));
    const auto known = roots_.find({begin, end});
    if (known != roots_.end()) return known->second;
    const uint64_t k = Split(end - begin);
    return roots_[{begin, end}] = NodeHash(Root(begin, begin + k), Root(begin + k, end));
  }

  std::vector<Hash> Path(uint64_t m, uint64_t begin, uint64_t end) {
    if (end - begin == 1) return {};
    const uint64_t k = Split(end - begin);
    return m < k ? Plus(Path(m, begin, begin + k), Root(begin + k, end))
                 : Plus(Path(m - k, begin + k, end), Root(begin, begin + k));
  }

  std::vector<Hash> Subproof(uint64_t m, uint64_t begin, uint64_t end, bool complete) {
    if (m == end - begin) return complete ? std::vector<Hash>() : std::vector<Hash>{Root(begin, end)};
    const uint64_t k = Split(end - begin);
    return m <= k ? Plus(Subproof(m, begin, begin + k, complete), Root(begin + k, end))
                  : Plus(Subproof(m - k, begin + k, end, false), Root(begin, begin + k));
  }

  absl::StatusOr<Hash> NodeAt(unsigned level, uint64_t index) override {
    return Root(index << level, (index + 1) << level);
  }

 private:
  static uint64_t Split(uint64_t n) {
    uint64_t k = 1;
    while (2 * k < n) k *= 2;
    return k;
  }
  static std::vector<Hash> Plus(std::vector<Hash> hashes, const Hash& last) {
    hashes.push_back(last);
    return hashes;
  }

  std::map<std::pair<uint64_t, uint64_t>, Hash> roots_;
};

constexpr uint64_t kSizes = 300;

// All ways in which we damage a list of hashes: each one changed, left out or doubled, one added at either end, two
// neighbours exchanged.
std::vector<std::vector<Hash>> Damaged(const std::vector<Hash>& proof) {
  const Hash other = LeafHash("some other hash");
  std::vector<std::vector<Hash>> all;
  const auto add = [&](const auto& change) {
    std::vector<Hash> damaged = proof;
    change(damaged);
    if (damaged != proof) all.push_back(std::move(damaged));
  };
  for (size_t i = 0; i < proof.size(); ++i) {
    const auto at = static_cast<std::ptrdiff_t>(i);
    for (size_t bit = 0; bit < 8 * kHashBytes; bit += 37) {
      add([&](std::vector<Hash>& hashes) {
        std::string bytes(hashes[i].bytes());
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
        hashes[i] = Hash::FromBytes(bytes).value();
      });
    }
    add([&](std::vector<Hash>& hashes) { hashes.erase(hashes.begin() + at); });
    add([&](std::vector<Hash>& hashes) { hashes.insert(hashes.begin() + at, hashes[i]); });
    if (i > 0) add([&](std::vector<Hash>& hashes) { std::swap(hashes[i - 1], hashes[i]); });
  }
  add([&](std::vector<Hash>& hashes) { hashes.insert(hashes.begin(), other); });
  add([&](std::vector<Hash>& hashes) { hashes.push_back(other); });
  return all;
}

TEST(MerkleTest, RootsOfAllSizesAreThoseOfTheReference) {
  ReferenceTree reference;
  CompactRange range;
  for (uint64_t size = 0; size <= kSizes; ++size) {
    EXPECT_EQ(range.Root(), reference.Root(0, size)) << size;
    EXPECT_EQ(RootAt(reference, size).value(), reference.Root(0, size)) << size;
    range.AppendLeaf(LeafHash(absl::StrCat(size)));
  }
}

TEST(MerkleTest, InclusionProofsOfAllSizesAreThoseOfTheReferenceAndVerify) {
  ReferenceTree reference;
  for (uint64_t size = 1; size <= kSizes; ++size) {
    const Hash root = reference.Root(0, size);
    for (uint64_t index = 0; index < size; ++index) {
      const std::vector<Hash> path = ProveInclusion(reference, index, size).value();
      ASSERT_EQ(path, reference.Path(index, 0, size)) << index << " of " << size;
      ASSERT_OK(VerifyInclusion(LeafHash(absl::StrCat(index)), index, size, path, root));
    }
  }
}

TEST(MerkleTest, ConsistencyProofsOfAllSizesAreThoseOfTheReferenceAndVerify) {
  ReferenceTree reference;
  for (uint64_t size = 1; size <= kSizes; ++size) {
    const Hash root = reference.Root(0, size);
    for (uint64_t old_size = 1; old_size <= size; ++old_size) {
      const std::vector<Hash> proof = ProveConsistency(reference, old_size, size).value();
      ASSERT_EQ(proof, reference.Subproof(old_size, 0, size, true)) << old_size << " to " << size;
      ASSERT_OK(VerifyConsistency(old_size, reference.Root(0, old_size), size, root, proof));
    }
  }
}

TEST(MerkleTest, ProofsBeyondTheTreeAreRefused) {
  ReferenceTree reference;
  EXPECT_THAT(ProveInclusion(reference, 0, 0), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ProveInclusion(reference, 5, 5), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ProveConsistency(reference, 0, 5), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ProveConsistency(reference, 6, 5), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(MerkleTest, EveryDamagedInclusionProofIsRefused) {
  ReferenceTree reference;
  for (const uint64_t size : {1, 2, 3, 4, 5, 7, 8, 9, 33}) {
    const Hash root = reference.Root(0, size);
    for (uint64_t index = 0; index < size; ++index) {
      const Hash leaf = LeafHash(absl::StrCat(index));
      const std::vector<Hash> path = reference.Path(index, 0, size);
      for (const std::vector<Hash>& damaged : Damaged(path)) {
        EXPECT_FALSE(VerifyInclusion(leaf, index, size, damaged, root).ok()) << index << " of " << size;
      }
      for (uint64_t other = 0; other <= size + 1; ++other) {
        EXPECT_EQ(VerifyInclusion(leaf, other, size, path, root).ok(), other == index) << index << " of " << size;
      }
      EXPECT_FALSE(VerifyInclusion(LeafHash("other"), index, size, path, root).ok());
      EXPECT_FALSE(VerifyInclusion(leaf, index, size, path, LeafHash("other")).ok());
    }
  }
}

TEST(MerkleTest, EveryDamagedConsistencyProofIsRefused) {
  ReferenceTree reference;
  for (const uint64_t size : {1, 2, 3, 4, 5, 7, 8, 9, 33}) {
    const Hash root = reference.Root(0, size);
    for (uint64_t old_size = 1; old_size <= size; ++old_size) {
      const Hash old_root = reference.Root(0, old_size);
      const std::vector<Hash> proof = reference.Subproof(old_size, 0, size, true);
      for (const std::vector<Hash>& damaged : Damaged(proof)) {
        EXPECT_FALSE(VerifyConsistency(old_size, old_root, size, root, damaged).ok()) << old_size << " to " << size;
      }
      EXPECT_FALSE(VerifyConsistency(old_size, LeafHash("other"), size, root, proof).ok());
      EXPECT_FALSE(VerifyConsistency(old_size, old_root, size, LeafHash("other"), proof).ok());
      EXPECT_FALSE(VerifyConsistency(0, old_root, size, root, proof).ok());
      EXPECT_FALSE(VerifyConsistency(size + 1, old_root, size, root, proof).ok());
    }
  }
}

TEST(HashTest, HasExactly32Bytes) {
  for (const size_t size : {0, 31, 33, 64}) {
    EXPECT_THAT(Hash::FromBytes(std::string(size, 'x')), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("32")));
  }
  EXPECT_EQ(Hash::FromBytes(std::string(32, 'x')).value().bytes(), std::string(32, 'x'));
}

TEST(PublishedVectorTest, TheRfc6962ReferenceTreeHasItsRoots) {
  const google::protobuf::Struct reference = ParseJson(ReadVector("rfc6962-reference.json"));
  const auto& leaves = reference.fields().at("leaves").list_value();
  const auto& roots = reference.fields().at("roots").list_value();
  ASSERT_EQ(leaves.values_size(), 8);
  CompactRange range;
  for (int size = 0; size <= 8; ++size) {
    EXPECT_EQ(range.Root(), HashFromHex(roots.values(size).string_value())) << size;
    if (size < 8) range.AppendLeaf(LeafHash(HexDecode(leaves.values(size).string_value()).value()));
  }
}

// A published vector: a proof and whether it holds.
class ProofVector {
 public:
  explicit ProofVector(const std::string& json) : fields_(ParseJson(json)) {}

  uint64_t Number(const std::string& name) const {
    const double number = fields_.fields().at(name).number_value();
    // The one number that a double does not hold is the largest of all.
    return number >= std::ldexp(1.0, 64) ? std::numeric_limits<uint64_t>::max() : static_cast<uint64_t>(number);
  }
  absl::StatusOr<Hash> HashOf(const std::string& name) const {
    return HashFromBase64(fields_.fields().at(name).string_value());
  }
  absl::StatusOr<std::vector<Hash>> Proof() const {
    std::vector<Hash> proof;
    for (const auto& value : fields_.fields().at("proof").list_value().values()) {
      const absl::StatusOr<Hash> hash = HashFromBase64(value.string_value());
      if (!hash.ok()) return hash.status();
      proof.push_back(*hash);
    }
    return proof;
  }
  bool must_fail() const { return fields_.fields().at("wantErr").bool_value(); }

 private:
  google::protobuf::Struct fields_;
};

// The names of the vectors below the folder for which `holds` and the vector disagree; counts all.
template <typename Holds>
std::vector<std::string> Disagreeing(absl::string_view folder, Holds holds, int& count) {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::recursive_directory_iterator(VectorPath(folder))) {
    if (file.path().extension() != ".json") continue;
    const ProofVector vector(ReadFile(file.path()).value());
    if (holds(vector) == vector.must_fail()) names.push_back(file.path().filename());
    ++count;
  }
  return names;
}

TEST(PublishedVectorTest, InclusionProofsHoldWhereTheyShould) {
  const auto holds = [](const ProofVector& vector) {
    const auto leaf = vector.HashOf("leafHash");
    const auto root = vector.HashOf("root");
    const auto proof = vector.Proof();
    return leaf.ok() && root.ok() && proof.ok() &&
           VerifyInclusion(*leaf, vector.Number("leafIdx"), vector.Number("treeSize"), *proof, *root).ok();
  };
  int count = 0;
  EXPECT_THAT(Disagreeing("merkle-proofs/inclusion", holds, count), IsEmpty());
  EXPECT_EQ(count, 98);
}

TEST(PublishedVectorTest, ConsistencyProofsHoldWhereTheyShould) {
  const auto holds = [](const ProofVector& vector) {
    const auto old_root = vector.HashOf("root1");
    const auto new_root = vector.HashOf("root2");
    const auto proof = vector.Proof();
    return old_root.ok() && new_root.ok() && proof.ok() &&
           VerifyConsistency(vector.Number("size1"), *old_root, vector.Number("size2"), *new_root, *proof).ok();
  };
  int count = 0;
  // Its equal roots are words, not hashes; ours have 32 bytes.
  EXPECT_THAT(Disagreeing("merkle-proofs/consistency", holds, count),
              ElementsAre("sizes-are-equal-one-and-proof-is-empty.json"));
  EXPECT_EQ(count, 98);
}

}  // namespace
}  // namespace tamga::ledger
