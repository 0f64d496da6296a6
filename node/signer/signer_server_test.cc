// The signer and those who ask it, over real sockets.
#include "node/signer/signer_server.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/csr.h"
#include "certs/p256.h"
#include "certs/purposes.h"
#include "certs/refusal.h"
#include "certs/seal.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/signer/remote_signer.h"

namespace tamga::signer {
namespace {

using certs::kRequestType;
using testing::HasSubstr;

constexpr std::chrono::seconds kPatience(60);

Until Soon() { return {std::chrono::steady_clock::now() + kPatience}; }

std::unique_ptr<certs::P256Signer> NewKey(std::string* spki) {
  const certs::EvpPkeyPtr key = certs::GenerateP256Key().value();
  *spki = certs::SpkiOf(*key);
  return certs::P256Signer::FromPem(certs::WritePrivateKeyPem(*key).value()).value();
}

// A key that is out of reach.
class NoSigner final : public certs::Signer {
 public:
  explicit NoSigner(std::string key_id) : key_id_(std::move(key_id)) {}
  absl::StatusOr<std::string> Sign(absl::string_view, absl::string_view) const override {
    return certs::SignerUnavailable("for a test");
  }
  absl::string_view algorithm() const override { return certs::kEcdsaP256Sha256; }
  const std::string& key_id() const override { return key_id_; }

 private:
  const std::string key_id_;
};

class SignerServerTest : public testing::Test {
 protected:
  SignerServerTest() : key_(NewKey(&spki_)), folder_(testing::TempDir() + "/signer.XXXXXX") {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
    rules_ = {{kRequestType}, ::geteuid(), 10'000};
    Start();
  }
  ~SignerServerTest() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string Path() const { return folder_ + "/signer.sock"; }
  void Start() { StartWith(*key_); }
  void StartWith(const certs::Signer& key) {
    absl::StatusOr<Descriptor> listening = ListenAt(Path());
    ASSERT_OK(listening.status());
    server_ = std::make_unique<SignerServer>(*std::move(listening), key, rules_, clock_);
  }
  // As it is when the process dies: connections break, and the socket's file stays.
  void Stop() { server_.reset(); }

  absl::StatusOr<std::unique_ptr<RemoteSigner>> Open() { return RemoteSigner::Open(Path(), spki_); }

  bool Verifies(absl::string_view payload, const absl::StatusOr<std::string>& signature) {
    const certs::P256PublicKey key = certs::P256PublicKey::FromSpki(spki_).value();
    return signature.ok() && key.Verify(certs::PreAuthEncode(kRequestType, payload), *signature).ok();
  }

  // Sends these bytes as they are and gives what comes back, if anything does before the connection ends.
  absl::StatusOr<Answer> SendRaw(absl::string_view bytes) {
    absl::StatusOr<Descriptor> connection = ConnectTo(Path(), Soon());
    if (!connection.ok()) return connection.status();
    EXPECT_EQ(::send(connection->get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    ::shutdown(connection->get(), SHUT_WR);
    absl::StatusOr<std::string> answer = ReceiveFrame(*connection, kMaxAnswerBytes, Soon(), kPatience);
    if (!answer.ok()) return answer.status();
    return ReadAnswer(*answer);
  }

  std::string spki_;
  const std::unique_ptr<certs::Signer> key_;
  std::string folder_;
  ManualClock clock_{absl::FromUnixSeconds(1'795'000'000)};
  ServerRules rules_;
  std::unique_ptr<SignerServer> server_;
};

TEST_F(SignerServerTest, SignsAPayloadOfATypeThatItWasTold) {
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  EXPECT_EQ(signer->key_id(), key_->key_id());
  EXPECT_EQ(signer->algorithm(), "ecdsa-p256-sha256");
  for (const std::string& payload : {std::string(), std::string("header"), std::string(kMaxPayloadBytes, 'x')}) {
    EXPECT_TRUE(Verifies(payload, signer->Sign(kRequestType, payload))) << payload.size();
  }
}

TEST_F(SignerServerTest, AnotherTypeIsNotSigned) {
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  for (const std::string& type :
       {std::string(certs::kReplyType), absl::StrCat(kRequestType, " 1 x"), std::string("x")}) {
    EXPECT_THAT(signer->Sign(type, "header"), HasReason(certs::kSignerUnavailable)) << type;
  }
  EXPECT_TRUE(Verifies("header", signer->Sign(kRequestType, "header")));
}

TEST_F(SignerServerTest, ACertificateIsRequestedForASealIfItWasToldThatType) {
  const certs::Principal seal = {"KAZ/border-service", certs::Role::kSeal, "main"};
  {
    ASSERT_OK_AND_ASSIGN(const auto signer, Open());
    EXPECT_THAT(signer->MakeCsr(seal), HasReason(certs::kSignerUnavailable));
    EXPECT_THAT(AskForCsr(Path(), seal), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("`types`")));
  }
  Stop();
  rules_.types.insert(certs::kCertificateRequestType);
  Start();
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  for (const absl::StatusOr<std::string>& der : {signer->MakeCsr(seal), AskForCsr(Path(), seal)}) {
    ASSERT_OK(der);
    ASSERT_OK_AND_ASSIGN(const certs::Csr request, certs::Csr::FromDer(*der));
    EXPECT_EQ(request.principal(), seal);
    EXPECT_EQ(request.key_sha256(), key_->key_id());
  }
  const certs::Principal node = {"KAZ/border-service", certs::Role::kNode, "main"};
  EXPECT_THAT(signer->MakeCsr(node), HasReason(certs::kSignerUnavailable));
  EXPECT_THAT(AskForCsr(Path(), node), StatusIs(absl::StatusCode::kUnavailable));
}

// Whoever has taken over the node would have the seal vouch for a key that he can take away.
TEST_F(SignerServerTest, TheSealVouchesForARequestOfItsOwnKeyAlone) {
  rules_.types.insert(certs::kCertificateRequestType);
  Stop();
  Start();
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  const certs::Principal seal = {"KAZ/border-service", certs::Role::kSeal, "main"};
  ASSERT_OK_AND_ASSIGN(const std::string own, signer->MakeCsr(seal));
  EXPECT_OK(signer->Sign(certs::kCertificateRequestType, own));
  ASSERT_OK_AND_ASSIGN(const std::string others, certs::MakeCsr(seal, *certs::GenerateP256Key().value()));
  for (const std::string& refused : {others, std::string("header")}) {
    EXPECT_THAT(signer->Sign(certs::kCertificateRequestType, refused), HasReason(certs::kSignerUnavailable));
  }
}

// What the type lets in is a request for a certificate, under no other type.
TEST_F(SignerServerTest, ACertificateIsRequestedUnderItsOwnTypeAlone) {
  const std::string frame =
      WriteRequest({Wanted::kCertificateRequest, kRequestType, "spiffe://kaz.tamga/border-service/seal/main"});
  const std::string head = {0, 0, 0, static_cast<char>(frame.size())};
  ASSERT_OK_AND_ASSIGN(const Answer answer, SendRaw(head + frame));
  EXPECT_EQ(answer.verdict, Verdict::kMalformed);
}

TEST_F(SignerServerTest, WhatIsTooLargeIsNotSent) {
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  EXPECT_THAT(signer->Sign(kRequestType, std::string(kMaxPayloadBytes + 1, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(SignerServerTest, AFrameThatIsTooLargeOrEmptyIsNotRead) {
  for (const absl::string_view head : {absl::string_view("\xff\xff\xff\xff", 4), absl::string_view("\0\x01\0\0", 4),
                                       absl::string_view("\0\0\0\0", 4)}) {
    ASSERT_OK_AND_ASSIGN(const Answer answer, SendRaw(head));
    EXPECT_EQ(answer.verdict, Verdict::kMalformed);
  }
}

TEST_F(SignerServerTest, GarbageIsNotSignedAndHarmsNobody) {
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  ASSERT_OK_AND_ASSIGN(const Answer answer, SendRaw(absl::StrCat(absl::string_view("\0\0\0\x05hello", 9))));
  EXPECT_EQ(answer.verdict, Verdict::kMalformed);
  // Frames that end in the middle.
  for (const absl::string_view part : {absl::string_view("\0", 1), absl::string_view("\0\0\0\x40\x01", 5)}) {
    EXPECT_THAT(SendRaw(part), StatusIs(absl::StatusCode::kUnavailable));
  }
  EXPECT_TRUE(Verifies("header", signer->Sign(kRequestType, "header")));
}

TEST_F(SignerServerTest, AnotherUserIsNotServed) {
  Stop();
  rules_.client = ::geteuid() + 1;
  Start();
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(SignerServerTest, OnlyItsUserMayConnect) {
  struct stat info = {};
  ASSERT_EQ(::stat(Path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(SignerServerTest, ASocketInUseAndAFileAreNotReplaced) {
  EXPECT_THAT(ListenAt(Path()), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another process")));
  ASSERT_OK(WriteFile(folder_ + "/file", "kept"));
  EXPECT_THAT(ListenAt(folder_ + "/file"), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no socket")));
  EXPECT_THAT(ListenAt(folder_ + "/" + std::string(200, 'x')), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(SignerServerTest, ASignerThatEndsIsUnavailableAndIsFoundAgain) {
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(Verifies("header", signer->Sign(kRequestType, "header")));
    Stop();
    const absl::Status gone = signer->Sign(kRequestType, "header").status();
    EXPECT_THAT(gone, StatusIs(absl::StatusCode::kUnavailable));
    EXPECT_THAT(gone, HasReason(certs::kSignerUnavailable));
    Start();
  }
  EXPECT_TRUE(Verifies("header", signer->Sign(kRequestType, "header")));
  Stop();
  Start();  // unnoticed
  EXPECT_TRUE(Verifies("header", signer->Sign(kRequestType, "header")));
}

TEST_F(SignerServerTest, ASignerWithAnotherKeyIsRefused) {
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  Stop();
  std::string another_spki;
  const auto another = NewKey(&another_spki);
  StartWith(*another);
  EXPECT_THAT(signer->Sign(kRequestType, "header"), HasReason(certs::kSignerUnavailable));
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another key")));
  Stop();
}

TEST_F(SignerServerTest, AKeyThatIsOutOfReachIsToldAsThat) {
  Stop();
  const NoSigner none(key_->key_id());
  StartWith(none);
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  EXPECT_THAT(signer->Sign(kRequestType, "header"), HasReason(certs::kSignerUnavailable));
  Stop();
}

TEST_F(SignerServerTest, AboveItsRateItSignsLater) {
  Stop();
  rules_.max_per_second = 3;
  Start();
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());  // the first, as it asks for the key
  EXPECT_OK(signer->Sign(kRequestType, "header"));
  EXPECT_OK(signer->Sign(kRequestType, "header"));
  EXPECT_THAT(signer->Sign(kRequestType, "header"), HasReason(certs::kSignerUnavailable));
  clock_.Advance(absl::Seconds(1));
  EXPECT_OK(signer->Sign(kRequestType, "header"));
}

TEST_F(SignerServerTest, EightThreadsAreAllServed) {
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int number = 0; number < 8; ++number) {
    threads.emplace_back([&, number] {
      for (int i = 0; i < 20; ++i) {
        const std::string payload = absl::StrCat(number, " ", i);
        if (Verifies(payload, signer->Sign(kRequestType, payload))) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 8 * 20);
}

TEST_F(SignerServerTest, WhetherItIsThereIsKnownWithoutASignature) {
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  ASSERT_NE(signer->helper(), nullptr);
  EXPECT_EQ(signer->facts().where, Path());
  EXPECT_EQ(signer->facts().fault, "");
  Stop();
  signer->Check();
  EXPECT_THAT(signer->facts().fault, HasSubstr("nobody listens"));
  EXPECT_GE(signer->facts().last_failure, signer->facts().last_success);
  Start();
  signer->Check();
  EXPECT_EQ(signer->facts().fault, "");
}

// Its process lives, but the token that it has the key from does not answer.
class GoneToken final : public certs::Signer, public certs::KeyHelper {
 public:
  explicit GoneToken(std::string key_id) : KeyHelper("token"), key_id_(std::move(key_id)) {}
  absl::StatusOr<std::string> Sign(absl::string_view, absl::string_view) const override {
    return certs::SignerUnavailable("for a test");
  }
  absl::string_view algorithm() const override { return certs::kEcdsaP256Sha256; }
  const std::string& key_id() const override { return key_id_; }
  const certs::KeyHelper* helper() const override { return this; }
  void Check() const override { NoteFailure("CKR_DEVICE_REMOVED"); }

 private:
  const std::string key_id_;
};

TEST_F(SignerServerTest, ASignerWhoseTokenIsGoneSaysSo) {
  ASSERT_OK_AND_ASSIGN(const auto signer, Open());
  Stop();
  const GoneToken gone(key_->key_id());
  StartWith(gone);
  signer->Check();
  EXPECT_THAT(signer->facts().fault, HasSubstr("cannot reach its key"));
  server_.reset();
}

}  // namespace
}  // namespace tamga::signer
