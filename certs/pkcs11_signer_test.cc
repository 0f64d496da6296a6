#include "certs/pkcs11_signer.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/csr.h"
#include "certs/p256.h"
#include "certs/refusal.h"
#include "certs/seal.h"
#include "certs/test_token.h"
#include "gtest/gtest.h"
#include "node/base/clock_watch.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kToken[] = "tamga-test";
constexpr char kKey[] = "seal";

PinReader Pin(std::string pin = kTestPin) {
  return [pin] { return absl::StatusOr<std::string>(pin); };
}

class Pkcs11SignerTest : public testing::Test {
 protected:
  Pkcs11SignerTest() : token_(kToken), key_(GenerateP256Key().value()) {}

  absl::StatusOr<std::unique_ptr<Pkcs11Signer>> Open() {
    return Pkcs11Signer::Open(token_.module(), {kToken, kKey}, Pin());
  }

  void ExpectSigns(const Signer& signer, absl::string_view payload) {
    ASSERT_OK_AND_ASSIGN(const std::string signature, signer.Sign("text", payload));
    ASSERT_OK_AND_ASSIGN(const P256PublicKey public_key, P256PublicKey::FromSpki(SpkiOf(*key_)));
    EXPECT_OK(public_key.Verify(PreAuthEncode("text", payload), signature));
  }

  TestToken token_;
  const EvpPkeyPtr key_;
};

TEST_F(Pkcs11SignerTest, SignsWithTheKeyOfTheTokenWhatItsPublicKeyVerifies) {
  token_.Import(kKey, *key_);
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  EXPECT_EQ(signer->algorithm(), "ecdsa-p256-sha256");
  EXPECT_EQ(signer->key_id(), Sha256(SpkiOf(*key_)));
  for (int i = 0; i < 50; ++i) ExpectSigns(*signer, absl::StrCat("header ", i));
  ExpectSigns(*signer, "");
  ExpectSigns(*signer, std::string(16 << 10, 'x'));
}

TEST_F(Pkcs11SignerTest, ACertificateIsRequestedForTheKeyOfTheToken) {
  token_.Import(kKey, *key_);
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  const Principal seal = {"KAZ/border-service", Role::kSeal, "main"};
  ASSERT_OK_AND_ASSIGN(const std::string der, signer->MakeCsr(seal));
  ASSERT_OK_AND_ASSIGN(const Csr request, Csr::FromDer(der));
  EXPECT_EQ(request.principal(), seal);
  EXPECT_EQ(request.key_sha256(), signer->key_id());
}

TEST_F(Pkcs11SignerTest, AnEd25519KeyWithTheSameLabelIsNotInTheWay) {
  token_.MakeEd25519(kKey);
  token_.Import(kKey, *key_);
  token_.MakeEd25519(kKey);
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  EXPECT_EQ(signer->key_id(), Sha256(SpkiOf(*key_)));
  ExpectSigns(*signer, "header");
}

TEST_F(Pkcs11SignerTest, AKeyAmongOthersIsFoundByItsLabel) {
  token_.Import("another", *GenerateP256Key().value());
  token_.Import(kKey, *key_);
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  EXPECT_EQ(signer->key_id(), Sha256(SpkiOf(*key_)));
}

TEST_F(Pkcs11SignerTest, ATokenWithoutThatKeyIsRefusedByName) {
  token_.MakeEd25519(kKey);
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kNotFound, AllOf(HasSubstr(kKey), HasSubstr(kToken))));
}

TEST_F(Pkcs11SignerTest, TwoKeysWithTheLabelAreOneTooMany) {
  token_.Import(kKey, *key_);
  token_.Import(kKey, *GenerateP256Key().value());
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("two private EC keys")));
}

TEST_F(Pkcs11SignerTest, APrivateKeyWhosePublicKeyIsNotToldIsRefused) {
  token_.Import(kKey, *key_, false);
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("CKA_ID")));
}

TEST_F(Pkcs11SignerTest, ATokenThatIsNotThereIsRefusedByName) {
  EXPECT_THAT(Pkcs11Signer::Open(token_.module(), {"elsewhere", kKey}, Pin()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("elsewhere")));
}

TEST_F(Pkcs11SignerTest, AWrongPinIsRefusedAndNotRepeated) {
  token_.Import(kKey, *key_);
  const absl::Status status = Pkcs11Signer::Open(token_.module(), {kToken, kKey}, Pin("guess-4711")).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied,
                               AllOf(HasSubstr("CKR_PIN_INCORRECT"), Not(HasSubstr("4711")))));
}

TEST_F(Pkcs11SignerTest, APinThatIsRefusedWhileRunningIsNotTriedAgain) {
  token_.Import(kKey, *key_);
  RemovableToken removable(token_);
  std::string pin = kTestPin;
  ASSERT_OK_AND_ASSIGN(const auto signer, Pkcs11Signer::Open(removable.module(), {kToken, kKey},
                                                             [&] { return absl::StatusOr<std::string>(pin); }));
  pin = "changed-1";
  const int before = removable.logins();
  for (int i = 0; i < 3; ++i) EXPECT_THAT(signer->Sign("text", "header"), HasReason(kSignerUnavailable));
  EXPECT_EQ(removable.logins(), before + 1);
}

TEST_F(Pkcs11SignerTest, ATokenThatIsTakenAwayAndPutBackIsUsedAgain) {
  token_.Import(kKey, *key_);
  RemovableToken removable(token_);
  ASSERT_OK_AND_ASSIGN(const auto signer, Pkcs11Signer::Open(removable.module(), {kToken, kKey}, Pin()));
  ExpectSigns(*signer, "before");
  removable.Remove();
  for (int i = 0; i < 2; ++i) {
    const absl::Status gone = signer->Sign("text", "while it is away").status();
    EXPECT_THAT(gone, StatusIs(absl::StatusCode::kUnavailable));
    EXPECT_THAT(gone, HasReason(kSignerUnavailable));
  }
  removable.PutBack();
  ExpectSigns(*signer, "after");
}

TEST_F(Pkcs11SignerTest, SessionsThatEndedAreOpenedAnewWithoutAFailedCall) {
  token_.Import(kKey, *key_);
  RemovableToken removable(token_);
  ASSERT_OK_AND_ASSIGN(const auto signer, Pkcs11Signer::Open(removable.module(), {kToken, kKey}, Pin()));
  for (int i = 0; i < 5; ++i) {
    ExpectSigns(*signer, "header");
    removable.Remove();
    removable.PutBack();
  }
  ExpectSigns(*signer, "header");
}

// Its module has to be started anew for it.
class UnpluggedTokenTest : public Pkcs11SignerTest {
 protected:
  void SetUp() override {
    token_.Import(kKey, *key_);
    ASSERT_OK_AND_ASSIGN(signer_, OpenAnother());
    first_era_ = EraOfModule();
  }

  absl::StatusOr<std::unique_ptr<Pkcs11Signer>> OpenAnother() {
    return Pkcs11Signer::Open(
        token_.module(), {kToken, kKey},
        [this] {
          ++pins_read_;
          return absl::StatusOr<std::string>(pin_);
        },
        uptime_);
  }
  // How often the module was started anew in this test; it belongs to the process.
  uint64_t Era() const { return EraOfModule() - first_era_; }
  void ExpectSignsNothing() { EXPECT_THAT(signer_->Sign("text", "while it is away"), HasReason(kSignerUnavailable)); }

  ManualUptime uptime_;
  std::string pin_ = kTestPin;
  int pins_read_ = 0;
  std::unique_ptr<Pkcs11Signer> signer_;

 private:
  uint64_t EraOfModule() const { return Pkcs11Module::Calls(*token_.module()).era(); }

  uint64_t first_era_ = 0;
};

TEST_F(UnpluggedTokenTest, ItIsUsedAgainWithoutARestartOfTheProcess) {
  for (int i = 0; i < 3; ++i) {
    ExpectSigns(*signer_, "before");
    token_.TakeAway();
    ExpectSignsNothing();
    EXPECT_THAT(signer_->facts().fault, Not(testing::IsEmpty()));
    token_.PutBack();
    uptime_.Advance(Pkcs11Signer::kLongestPause);
    ExpectSigns(*signer_, "after");
    EXPECT_EQ(signer_->facts().fault, "");
    uptime_.Advance(Pkcs11Signer::kLongestPause);
  }
}

TEST_F(UnpluggedTokenTest, TheModuleIsStartedAnewAfterLongerAndLongerPauses) {
  token_.TakeAway();
  std::vector<uint64_t> eras;
  for (int second = 0; second < 8; ++second) {
    for (int i = 0; i < 3; ++i) ExpectSignsNothing();
    eras.push_back(Era());
    uptime_.Advance(absl::Seconds(1));
  }
  EXPECT_EQ(eras, (std::vector<uint64_t>{1, 2, 2, 3, 3, 3, 3, 4}));
  token_.PutBack();
}

TEST_F(UnpluggedTokenTest, ATokenThatSignsNeedsNoNewStart) {
  for (int i = 0; i < 10; ++i) ExpectSigns(*signer_, "header");
  signer_->Check();
  EXPECT_EQ(Era(), 0U);
}

TEST_F(UnpluggedTokenTest, AWrongPinIsTriedOnceHoweverOftenTheTokenComesBack) {
  token_.TakeAway();
  ExpectSignsNothing();
  token_.PutBack();
  pin_ = "changed-1";
  const int before = pins_read_;
  for (int i = 0; i < 4; ++i) {
    uptime_.Advance(Pkcs11Signer::kLongestPause);
    ExpectSignsNothing();
  }
  EXPECT_EQ(pins_read_, before + 1);
}

TEST_F(UnpluggedTokenTest, AnotherSignerOfTheModuleGoesOnAfterItsNewStart) {
  ASSERT_OK_AND_ASSIGN(const auto other, OpenAnother());
  ExpectSigns(*other, "before");
  token_.TakeAway();
  ExpectSignsNothing();
  token_.PutBack();
  uptime_.Advance(Pkcs11Signer::kLongestPause);
  ExpectSigns(*signer_, "after");
  ExpectSigns(*other, "after");
}

// What runs in the module meanwhile would run into nothing.
TEST_F(UnpluggedTokenTest, TheModuleIsNotStartedAnewWhileItIsInUse) {
  const Pkcs11Module::Calls calls(*token_.module());
  EXPECT_THAT(token_.module()->Restart(), StatusIs(absl::StatusCode::kAborted));
}

TEST_F(Pkcs11SignerTest, EightThreadsShareItsSessions) {
  token_.Import(kKey, *key_);
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  ASSERT_OK_AND_ASSIGN(const P256PublicKey public_key, P256PublicKey::FromSpki(SpkiOf(*key_)));
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int number = 0; number < 8; ++number) {
    threads.emplace_back([&, number] {
      for (int i = 0; i < 20; ++i) {
        const std::string payload = absl::StrCat(number, " ", i);
        const absl::StatusOr<std::string> signature = signer->Sign("text", payload);
        if (signature.ok() && public_key.Verify(PreAuthEncode("text", payload), *signature).ok()) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 8 * 20);
}

TEST_F(Pkcs11SignerTest, TwoSignersOfOneTokenDoNotLogEachOtherOut) {
  token_.Import(kKey, *key_);
  ASSERT_OK_AND_ASSIGN(auto first, Open());
  ASSERT_OK_AND_ASSIGN(const auto second, Open());
  ExpectSigns(*first, "header");
  ExpectSigns(*second, "header");
  first.reset();
  ExpectSigns(*second, "header");
}

TEST(Pkcs11ModuleTest, WhatIsNoModuleIsRefused) {
  EXPECT_THAT(Pkcs11Module::Open("/none.so"), StatusIs(absl::StatusCode::kNotFound));
  const std::string path = testing::TempDir() + "/no-module.so";
  ASSERT_OK(WriteFile(path, "hello", 0600));
  EXPECT_THAT(Pkcs11Module::Open(path), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("cannot load")));
  ASSERT_OK(WriteFile(path, "hello", 0666));
  EXPECT_THAT(Pkcs11Module::Open(path), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("chmod go-w")));
}

}  // namespace
}  // namespace tamga::certs
