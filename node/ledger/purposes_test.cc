// Whatever is signed for one purpose passes for no other, even where all were signed by one key over one text: the
// types of certs/purposes.h, checkpoints and cosignatures.
#include "certs/purposes.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "certs/seal_verifier.h"
#include "certs/test_certificates.h"
#include "node/base/matchers.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/cosignature.h"

namespace tamga::ledger {
namespace {

constexpr uint64_t kTime = 1'800'000'000;

// A purpose: how a text is signed for it, and whether a signature passes for one.
struct Purpose {
  std::string name;
  std::function<std::string(const std::string& text)> sign;
  std::function<bool(const std::string& text, const std::string& signature)> accepts;
};

struct PurposesTest : public ::testing::Test {
  Purpose Encoded(const std::string& type) const {
    return {type, [this, type](const std::string& text) { return secret.Sign(certs::PreAuthEncode(type, text)); },
            [this, type](const std::string& text, const std::string& signature) {
              return certs::VerifyEd25519(secret.public_key(), certs::PreAuthEncode(type, text), signature);
            }};
  }

  Purpose OfLog() const {
    return {"checkpoint",
            [this](const std::string& text) {
              return ParseNote(SignNote(text, log, signer)).value().signatures.front().signature;
            },
            [this](const std::string& text, const std::string& signature) {
              const std::string note = FormatNote({text, {{log.name, log.Id(), signature}}});
              return OpenCheckpoint(note, log, certs::VerifyEd25519).ok();
            }};
  }

  Purpose OfWitness() const {
    return {"cosignature",
            [this](const std::string& text) { return Cosign(text, witness, kTime, signer).signature.substr(8); },
            [this](const std::string& text, const std::string& signature) {
              const std::string time = Cosign(text, witness, kTime, signer).signature.substr(0, 8);
              return CosignedAt({text, {{witness.name, witness.Id(), absl::StrCat(time, signature)}}}, witness,
                                certs::VerifyEd25519)
                  .ok();
            }};
  }

  std::vector<Purpose> All() const {
    std::vector<Purpose> all = {OfLog(), OfWitness()};
    for (const char* type : certs::kPurposes) all.push_back(Encoded(type));
    return all;
  }

  const certs::Ed25519Key secret = certs::Ed25519Key::FromSeed(std::string(32, 's')).value();
  const NoteSigner signer = [this](absl::string_view text) { return secret.Sign(text); };
  const NoteKey log{"log.example/exchange", secret.public_key()};
  const NoteKey witness{"log.example/exchange", secret.public_key(), kCosignature};
  const std::string checkpoint = FormatCheckpoint({log.name, 7, LeafHash("entry")});
};

TEST_F(PurposesTest, WhatWasSignedForOnePassesForNoOther) {
  for (const Purpose& made : All()) {
    const std::string signature = made.sign(checkpoint);
    for (const Purpose& shown : All()) {
      EXPECT_EQ(shown.accepts(checkpoint, signature), made.name == shown.name) << made.name << " as " << shown.name;
    }
  }
}

// Even where the signer lets another choose the text.
TEST_F(PurposesTest, NoTextOfOnePurposeIsWhatAnotherSigns) {
  for (const char* made : certs::kPurposes) {
    const std::string bytes = certs::PreAuthEncode(made, checkpoint);
    // Neither a checkpoint of any log, whose first line is a name without spaces, nor what a witness signs.
    EXPECT_FALSE(CheckKeyName("origin", bytes.substr(0, bytes.find('\n'))).ok()) << made;
    EXPECT_NE(bytes.substr(0, 11), "cosignature") << made;
    for (const char* shown : certs::kPurposes) {
      const std::string prefix = absl::StrCat("DSSEv1 ", std::string(shown).size(), " ", shown, " ");
      EXPECT_EQ(bytes.substr(0, prefix.size()) == prefix, std::string(made) == shown) << made << " as " << shown;
    }
  }
}

TEST_F(PurposesTest, ASealIsGoodForItsPurposeAlone) {
  const certs::CurrentTrust trust{certs::TrustStore::Build({{"KAZ", certs::Kaz().RootPem()}}).value()};
  const certs::SealVerifier verifier{trust};
  const certs::Seal seal = certs::Kaz().IssueSeal();
  for (const char* made : certs::kPurposes) {
    certs::SealVerifier::Signatures signatures;
    *signatures.Add() = seal.Sign(made, checkpoint).value();
    for (const char* shown : certs::kPurposes) {
      EXPECT_EQ(verifier.Verify(signatures, shown, checkpoint, certs::TestNow()).ok(), std::string(made) == shown)
          << made << " as " << shown;
    }
  }
}

}  // namespace
}  // namespace tamga::ledger
