// Two States that want GOST R 34.10-2012 signatures beside the ones that every node makes, each with its tamga-gost.
// Skipped where OpenSSL's engine is not installed.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/algorithm_names.h"
#include "certs/pem.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/exchange/grpc_status.h"
#include "node/gost/channel.h"
#include "node/gost/gost_engine.h"
#include "node/gost/test_keys.h"
#include "tamga/v1/audit_service.grpc.pb.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

// A tamga-gost, killed at the end.
class GostProcess {
 public:
  GostProcess(std::string socket, std::string key) : socket_(std::move(socket)), key_(std::move(key)) { Start(); }
  ~GostProcess() { Kill(); }
  GostProcess(const GostProcess&) = delete;
  GostProcess& operator=(const GostProcess&) = delete;

  void Start() {
    const char* arguments[] = {TAMGA_GOST_BINARY, "--socket", socket_.c_str(), "--key", key_.c_str(), nullptr};
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it does not outlive its test
      ::execv(arguments[0], const_cast<char* const*>(arguments));
      ::_exit(127);
    }
    ASSERT_GT(pid_, 0);
    const absl::Time deadline = absl::Now() + absl::Seconds(30);
    while (!gost::Channel::Connect(socket_).ok()) {
      ASSERT_EQ(::waitpid(pid_, nullptr, WNOHANG), 0) << "tamga-gost has ended";
      ASSERT_LT(absl::Now(), deadline);
      absl::SleepFor(absl::Milliseconds(10));
    }
  }

  void Kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  const std::string socket_;
  const std::string key_;
  pid_t pid_ = -1;
};

class SealTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const absl::Status loaded = gost::LoadGostEngine(); !loaded.ok()) GTEST_SKIP() << loaded.message();
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    for (const char* agency : {kInterior, kKyrgyz}) MakeKey(agency);
    Configure(kInterior, kKyrgyz, "KGZ");
    Configure(kKyrgyz, kInterior, "KAZ");
    ASSERT_OK(federation_->StartAll());
  }

  std::string Path(const std::string& agency, const std::string& name) {
    return absl::StrCat(federation_->folder(agency), "/", name);
  }

  void MakeKey(const std::string& agency) {
    const std::string pem = gost::NewKeyPem(NID_id_GostR3410_2012_256);
    ASSERT_OK_AND_ASSIGN(const auto signer, gost::GostSigner::FromPem(pem));
    ASSERT_OK(WriteFile(Path(agency, "gost.key"), pem, 0600));
    ASSERT_OK(WriteFile(Path(agency, "gost.pem"), certs::WritePem("PUBLIC KEY", signer->spki())));
    helpers_[agency] = std::make_unique<GostProcess>(Path(agency, "gost.sock"), Path(agency, "gost.key"));
  }

  void Configure(const std::string& agency, const std::string& partner, const std::string& state, bool signs = true) {
    v1::NodeConfig config = federation_->config(agency);
    config.clear_extra_seals();
    v1::ExtraSeal& extra = *config.add_extra_seals();
    extra.set_algorithm(certs::kGost256);
    extra.set_helper_socket("gost.sock");
    if (signs) extra.set_public_key_file("gost.pem");
    extra.add_keys()->set_agency(partner);
    extra.mutable_keys(0)->set_public_key_file(Path(partner, "gost.pem"));
    extra.add_required_of_states(state);
    ASSERT_OK(federation_->Reconfigure(agency, config));
  }

  absl::Status Submit(v1::SubmitReadmissionResponse* response) {
    const auto stub = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior));
    return exchange::FromGrpc(stub->SubmitReadmission(Patience().get(), SampleSubmission(kKyrgyz), response));
  }

  // Whether the log of an agency has an entry of this kind.
  bool Has(v1::EntryKind kind, const std::string& agency, const std::string& state) {
    const std::vector<v1::IndexedEntry> entries = EntriesOf(*federation_, agency, state);
    return std::any_of(entries.begin(), entries.end(),
                       [&](const v1::IndexedEntry& entry) { return entry.entry().kind() == kind; });
  }

  std::unique_ptr<Federation> federation_;
  std::map<std::string, std::unique_ptr<GostProcess>> helpers_;
};

TEST_F(SealTest, RequestAndReplyHaveBothSignatures) {
  v1::SubmitReadmissionResponse submitted;
  ASSERT_OK(Submit(&submitted));
  EXPECT_EQ(submitted.exchange().delivery_state(), v1::DELIVERY_STATE_DELIVERED);
  v1::GetEvidenceRequest request;
  request.set_exchange_id(submitted.exchange().exchange_id());
  v1::GetEvidenceResponse evidence;
  const auto audit = v1::AuditService::NewStub(federation_->Connect(AuditorOf("KAZ"), kInterior));
  ASSERT_OK(exchange::FromGrpc(audit->GetEvidence(Patience().get(), request, &evidence)));
  ASSERT_EQ(evidence.bundle().exchanges_size(), 1);
  ASSERT_EQ(evidence.bundle().exchanges(0).messages_size(), 2);
  for (const v1::SealedMessage& message : evidence.bundle().exchanges(0).messages()) {
    ASSERT_EQ(message.signatures_size(), 2);
    EXPECT_EQ(message.signatures(0).algorithm(), certs::kEcdsaP256Sha256);
    EXPECT_EQ(message.signatures(1).algorithm(), certs::kGost256);
  }
}

TEST_F(SealTest, WhatCannotBeJudgedWaits) {
  helpers_[kKyrgyz]->Kill();
  v1::SubmitReadmissionResponse submitted;
  ASSERT_OK(Submit(&submitted));
  EXPECT_EQ(submitted.exchange().delivery_state(), v1::DELIVERY_STATE_QUEUED);
}

TEST_F(SealTest, WhatCannotBeSignedIsNotSent) {
  helpers_[kInterior]->Kill();
  v1::SubmitReadmissionResponse submitted;
  EXPECT_THAT(Submit(&submitted), HasReason("SIGNER_UNAVAILABLE"));
  EXPECT_FALSE(Has(v1::ENTRY_KIND_SENT, kInterior, "KAZ"));
  helpers_[kInterior]->Start();
  EXPECT_OK(Submit(&submitted));
  EXPECT_TRUE(Has(v1::ENTRY_KIND_SENT, kInterior, "KAZ"));
}

TEST_F(SealTest, AStateThatMustSignAndDoesNotIsRefused) {
  federation_->node(kInterior).Terminate();
  Configure(kInterior, kKyrgyz, "KGZ", /*signs=*/false);
  ASSERT_OK(federation_->node(kInterior).Start());
  ASSERT_OK(federation_->WaitUntilServing(kInterior));
  v1::SubmitReadmissionResponse submitted;
  EXPECT_THAT(Submit(&submitted), HasReason("SEAL_MISSING"));
  EXPECT_FALSE(Has(v1::ENTRY_KIND_RECEIVED, kKyrgyz, "KGZ"));
}

}  // namespace
}  // namespace tamga::testing
