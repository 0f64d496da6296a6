// Which of the signatures that verifiers disagree about ours accepts. Evidence is judged by this rule for decades, so
// it must not move unnoticed, by a new libsodium for instance.
#include <set>
#include <string>

#include "certs/ed25519.h"
#include "gtest/gtest.h"
#include "node/base/published_vectors.h"

namespace tamga::certs {
namespace {

// 43 of 914. OpenSSL 3.0 accepts 208.
const std::set<int> kAccepted = {7,   29,  50,  117, 139, 161, 182, 249, 305, 411, 425, 438, 465, 473, 481,
                                 489, 497, 511, 525, 538, 565, 573, 581, 589, 597, 611, 625, 638, 665, 673,
                                 681, 689, 697, 711, 725, 738, 765, 773, 781, 789, 797, 832, 899};

bool Accepts(const nlohmann::json& edge_case) {
  return VerifyEd25519(Unhex(edge_case.at("key")), edge_case.at("msg").get<std::string>(), Unhex(edge_case.at("sig")));
}

TEST(Ed25519EdgeCasesTest, ExactlyThePinnedOnesAreAccepted) {
  const nlohmann::json edge_cases = ReadVectors("eddsa/cctv-ed25519-edge-cases.json");
  std::set<int> accepted;
  for (const nlohmann::json& edge_case : edge_cases) {
    if (Accepts(edge_case)) accepted.insert(edge_case.at("number").get<int>());
  }
  EXPECT_EQ(edge_cases.size(), 914u);
  EXPECT_EQ(accepted, kAccepted);
}

// The rule itself, by the flags: A and R are in canonical encoding and not of small order, and the equation holds
// without a cofactor (no residue of small order). Nothing else is asked; parts of small order beside a good one do not
// matter.
TEST(Ed25519EdgeCasesTest, AcceptedIsWhatIsCanonicalNotOfSmallOrderAndWithoutResidue) {
  std::set<std::string> flags;
  for (const nlohmann::json& edge_case : ReadVectors("eddsa/cctv-ed25519-edge-cases.json")) {
    const auto own = edge_case.at("flags").get<std::set<std::string>>();
    flags.insert(own.begin(), own.end());
    EXPECT_EQ(Accepts(edge_case), own.empty()) << edge_case.at("number");
  }
  EXPECT_EQ(flags, (std::set<std::string>{"low_order_A", "low_order_R", "low_order_residue", "non_canonical_A",
                                          "non_canonical_R"}));
}

}  // namespace
}  // namespace tamga::certs
