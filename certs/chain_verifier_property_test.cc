// Whatever is done to the bytes of a good chain, it is never taken: a certificate is what its issuer signed or nothing.
#include <random>

#include "certs/chain_verifier.h"
#include "certs/test_pki.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

constexpr int kRounds = 20'000;

std::string Mutated(std::string der, std::mt19937& dice) {
  const auto place = [&] { return dice() % der.size(); };
  const auto byte = [&] { return static_cast<char>(dice()); };
  for (auto left = 1 + dice() % 3; left > 0; --left) {
    switch (dice() % 6) {
      case 0:
        der[place()] ^= static_cast<char>(1 << dice() % 8);
        break;
      case 1:
        der[place()] = byte();
        break;
      case 2:
        der.erase(place(), 1 + dice() % 8);
        break;
      case 3:
        der.insert(place(), 1 + dice() % 8, byte());
        break;
      case 4:
        std::swap(der[place()], der[place()]);
        break;
      default: {
        const size_t from = place();
        const std::string piece = der.substr(from, 1 + dice() % 64);
        der.replace(place(), piece.size(), piece);
      }
    }
    if (der.empty()) return der;
  }
  return der;
}

TEST(ChainVerifierPropertyTest, NoMutationOfAGoodChainIsTaken) {
  const Issued root = Issue(AuthorityNamed("Root"), nullptr);
  const Issued issuing = Issue(AuthorityNamed("Issuing"), &root);
  const Issued leaf = Issue(Server(), &issuing);
  ASSERT_OK(VerifyChain({root.certificate}, {issuing.certificate}, leaf.certificate, ServerRules()));
  std::mt19937 dice(20261123);
  int parsed = 0;
  for (int round = 0; round < kRounds; ++round) {
    const bool is_leaf = dice() % 2 == 0;
    const Certificate& original = is_leaf ? leaf.certificate : issuing.certificate;
    const std::string der = Mutated(original.Der(), dice);
    if (der == original.Der()) continue;
    const absl::StatusOr<Certificate> mutated = Certificate::FromDer(der);
    if (!mutated.ok()) continue;
    ++parsed;
    const auto verified = is_leaf ? VerifyChain({root.certificate}, {issuing.certificate}, *mutated, ServerRules())
                                  : VerifyChain({root.certificate}, {*mutated}, leaf.certificate, ServerRules());
    EXPECT_FALSE(verified.ok()) << "round " << round;
  }
  EXPECT_GT(parsed, kRounds / 20) << "so many must get as far as the verifier";
}

}  // namespace
}  // namespace tamga::certs
