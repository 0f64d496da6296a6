// Certificates that are revoked while nodes serve: whoever has one is refused at once, on connections and streams that
// stand as well, and the list spreads from node to node.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "certs/crl.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/admin_service.grpc.pb.h"
#include "tamga/v1/audit_service.grpc.pb.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tamga/v1/trust_service.grpc.pb.h"
#include "tests/federation/list_issuer.h"
#include "tests/federation/rotation.h"
#include "tests/integration/sealed_request.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class RevocationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz, kUzbek});
    ASSERT_NE(federation_, nullptr);
  }

  // Has the node read the State's lists from a file of its folder, and writes it.
  void ConfigureLists(const std::string& agency, const std::string& state) {
    WriteLists(agency, state, 1);
    v1::NodeConfig config = federation_->config(agency);
    for (v1::TrustBundle& bundle : *config.mutable_trust_bundles()) {
      if (bundle.state() == state) bundle.add_crl_files(state + ".crl");
    }
    ASSERT_OK(federation_->Reconfigure(agency, config));
  }
  void WriteLists(const std::string& agency, const std::string& state, long number,
                  const std::vector<certs::Certificate>& revoked = {}) {
    const ListIssuer issuer(federation_->authority(state));
    ASSERT_OK(WriteFile(federation_->folder(agency) + "/" + state + ".crl", issuer.Pem(number, revoked)));
  }
  // Takes each of the two off the other's partners.
  void Part(const std::string& one, const std::string& other) {
    for (const auto& [agency, stranger] : {std::pair(one, other), std::pair(other, one)}) {
      v1::NodeConfig config = federation_->config(agency);
      auto& partners = *config.mutable_partners();
      for (int i = partners.size() - 1; i >= 0; --i) {
        if (partners[i].agency() == stranger) partners.erase(partners.begin() + i);
      }
      ASSERT_OK(federation_->Reconfigure(agency, config));
    }
  }

  exchange::TlsIdentity Issue(const certs::Principal& principal) {
    SystemRng rng;
    const auto files = federation_->authority(principal.State()).Issue(principal, absl::Hours(24), absl::Now(), rng);
    EXPECT_OK(files);
    return {files->chain_pem, files->key_pem};
  }
  static certs::Certificate LeafOf(const exchange::TlsIdentity& identity) {
    return certs::ParsePemChain(identity.chain_pem)->front();
  }

  // What a call about lists, and one about whom the node trusts, are answered.
  static absl::Status Fetch(const std::shared_ptr<grpc::Channel>& channel) {
    const auto context = Patience();
    context->set_wait_for_ready(false);
    v1::FetchRevocationsResponse response;
    return exchange::FromGrpc(v1::TrustService::NewStub(channel)->FetchRevocations(context.get(), {}, &response));
  }
  static absl::Status GetTrust(const std::shared_ptr<grpc::Channel>& channel) {
    const auto context = Patience();
    context->set_wait_for_ready(false);
    v1::GetTrustResponse response;
    return exchange::FromGrpc(v1::TrustService::NewStub(channel)->GetTrust(context.get(), {}, &response));
  }
  // Repeats the call until it is refused; the refusal, or OK if it does not come.
  static absl::Status AwaitRefusal(const std::function<absl::Status()>& call) {
    const absl::Time patience = absl::Now() + absl::Seconds(60);
    absl::Status status;
    while (status.ok() && absl::Now() < patience) status = call();
    return status;
  }

  // Where an application of the one to the other came.
  v1::DeliveryState Deliver(const std::string& from, const std::string& to) {
    const auto desk = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(from), from));
    v1::SubmitReadmissionResponse response;
    const grpc::Status status = desk->SubmitReadmission(Patience().get(), SampleSubmission(to), &response);
    EXPECT_TRUE(status.ok()) << status.error_message() << federation_->node(from).LogText();
    return response.exchange().delivery_state();
  }

  std::unique_ptr<Federation> federation_;
};

TEST_F(RevocationTest, APartnerThatIsRevokedWhileItStreamsAndCallsIsRefusedAndOthersAreNot) {
  ConfigureLists(kInterior, "KGZ");
  ASSERT_OK(federation_->node(kInterior).Start());
  ASSERT_OK(federation_->WaitUntilServing(kInterior));
  ASSERT_OK_AND_ASSIGN(const auto kyrgyz, HandMadeNode::Create(*federation_, kKyrgyz, kInterior));
  const exchange::TlsIdentity identity = Issue({kKyrgyz, certs::Role::kNode, "n1"});
  const exchange::TlsIdentity other = Issue({kKyrgyz, certs::Role::kNode, "n1"});
  const auto channel = federation_->ConnectAs(identity, kInterior);
  const auto other_channel = federation_->ConnectAs(other, kInterior);
  const auto uzbek_channel = federation_->Connect({kUzbek, certs::Role::kNode, "n1"}, kInterior);
  ASSERT_OK(Fetch(other_channel));
  ASSERT_OK(Fetch(uzbek_channel));

  const auto stub = v1::FederationService::NewStub(channel);
  const auto context = Patience();
  const auto stream = stub->ExchangeStream(context.get());
  v1::SealedMessage reply;
  ASSERT_TRUE(stream->Write(kyrgyz->Seal(kyrgyz->NewApplication())));
  ASSERT_TRUE(stream->Read(&reply));
  ASSERT_OK(Fetch(channel));

  WriteLists(kInterior, "KGZ", 2, {LeafOf(identity)});
  EXPECT_THAT(AwaitRefusal([&] { return Fetch(channel); }), HasReason("CERT_REVOKED"));
  stream->Write(kyrgyz->Seal(kyrgyz->NewApplication()));
  EXPECT_FALSE(stream->Read(&reply));
  EXPECT_THAT(exchange::FromGrpc(stream->Finish()), HasReason("CERT_REVOKED"));
  // Nor is there a new connection.
  EXPECT_THAT(Fetch(federation_->ConnectAs(identity, kInterior)), StatusIs(StatusCode::kUnavailable));
  EXPECT_THAT(federation_->node(kInterior).LogText(), HasSubstr("CERT_REVOKED"));
  EXPECT_OK(Fetch(other_channel));
  EXPECT_OK(Fetch(uzbek_channel));
}

TEST_F(RevocationTest, NothingIsSentToAPartnerWhoseCertificateIsRevokedWhileItsConnectionStands) {
  ConfigureLists(kInterior, "KGZ");
  ASSERT_OK(federation_->StartAll());
  EXPECT_EQ(Deliver(kInterior, kKyrgyz), v1::DELIVERY_STATE_DELIVERED);
  EXPECT_EQ(Deliver(kInterior, kUzbek), v1::DELIVERY_STATE_DELIVERED);
  ASSERT_OK_AND_ASSIGN(const std::string chain, ReadFile(federation_->folder(kKyrgyz) + "/tls.pem"));
  WriteLists(kInterior, "KGZ", 2, {certs::ParsePemChain(chain)->front()});
  const absl::Time patience = absl::Now() + absl::Seconds(60);
  v1::DeliveryState state = v1::DELIVERY_STATE_DELIVERED;
  while (state == v1::DELIVERY_STATE_DELIVERED && absl::Now() < patience) state = Deliver(kInterior, kKyrgyz);
  EXPECT_EQ(state, v1::DELIVERY_STATE_QUEUED);
  EXPECT_EQ(Deliver(kInterior, kUzbek), v1::DELIVERY_STATE_DELIVERED);

  // With another certificate it is reached again, and not when its old connection has ended.
  Rotation rotation(*federation_);
  ASSERT_OK(rotation.Renew(kKyrgyz));
  ASSERT_OK(rotation.AwaitShown(kKyrgyz));
  const absl::Time end = absl::Now() + absl::Seconds(60);
  while (state == v1::DELIVERY_STATE_QUEUED && absl::Now() < end) state = Deliver(kInterior, kKyrgyz);
  EXPECT_EQ(state, v1::DELIVERY_STATE_DELIVERED);
}

TEST_F(RevocationTest, ANodeWhoseOwnSealIsRevokedSaysSoAndExchangesNothingUntilItHasAnother) {
  ConfigureLists(kInterior, "KAZ");
  ASSERT_OK(federation_->StartAll());
  ASSERT_EQ(Deliver(kInterior, kKyrgyz), v1::DELIVERY_STATE_DELIVERED);
  ASSERT_OK_AND_ASSIGN(const std::string chain, ReadFile(federation_->folder(kInterior) + "/seal.pem"));
  WriteLists(kInterior, "KAZ", 2, {certs::ParsePemChain(chain)->front()});
  const auto admin = v1::AdminService::NewStub(federation_->Connect(OperatorOf(kInterior), kInterior));
  const auto await_status = [&](bool is_refused) {
    v1::GetNodeStatusResponse status;
    const absl::Time patience = absl::Now() + absl::Seconds(60);
    do {
      status.Clear();
      admin->GetNodeStatus(Patience().get(), {}, &status);
    } while (status.own_certificates_refused().empty() == is_refused && absl::Now() < patience);
    return status;
  };
  const v1::GetNodeStatusResponse refused = await_status(true);
  ASSERT_THAT(refused.own_certificates_refused(), SizeIs(1));
  EXPECT_THAT(refused.own_certificates_refused(0), HasSubstr("seal.certificate_file: "));
  EXPECT_THAT(federation_->node(kInterior).LogText(), HasSubstr("\"own certificate refused\""));
  const auto desk = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior));
  v1::SubmitReadmissionResponse response;
  EXPECT_THAT(exchange::FromGrpc(desk->SubmitReadmission(Patience().get(), SampleSubmission(kKyrgyz), &response)),
              HasReason("OWN_SEAL_REFUSED"));

  Rotation rotation(*federation_);
  ASSERT_OK(rotation.Renew(kInterior));
  ASSERT_OK(rotation.AwaitShown(kInterior));
  EXPECT_THAT(await_status(false).own_certificates_refused(), SizeIs(0));
  EXPECT_EQ(Deliver(kInterior, kKyrgyz), v1::DELIVERY_STATE_DELIVERED);
}

TEST_F(RevocationTest, AnAuditorWhoIsRevokedWhileHeWatchesIsToldWhyNothingMoreComes) {
  ConfigureLists(kInterior, "KAZ");
  ASSERT_OK(federation_->node(kInterior).Start());
  ASSERT_OK(federation_->WaitUntilServing(kInterior));
  const exchange::TlsIdentity identity = Issue(AuditorOf("KAZ"));
  const auto channel = federation_->ConnectAs(identity, kInterior);
  const auto context = Patience();
  v1::TailEntriesRequest request;
  request.set_from_index(0);
  const auto stream = v1::AuditService::NewStub(channel)->TailEntries(context.get(), request);
  v1::TailEntriesResponse response;
  ASSERT_TRUE(stream->Read(&response));
  WriteLists(kInterior, "KAZ", 2, {LeafOf(identity)});
  EXPECT_THAT(AwaitRefusal([&] { return GetTrust(channel); }), HasReason("CERT_REVOKED"));
  EntriesOf(*federation_, kInterior, "KAZ");  // of which there is an entry
  while (stream->Read(&response)) {
  }
  const absl::Status end = exchange::FromGrpc(stream->Finish());
  EXPECT_THAT(end, StatusIs(StatusCode::kUnauthenticated));
  EXPECT_THAT(end, HasReason("CERT_REVOKED"));
}

// Whoever checks the bundle is to see whether the seals in it were revoked.
TEST_F(RevocationTest, EvidenceHoldsTheListsOfTheStatesWhoseSealsAreInIt) {
  ConfigureLists(kInterior, "KGZ");
  ASSERT_OK(federation_->StartAll());
  const auto desk = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior));
  v1::SubmitReadmissionResponse submitted;
  ASSERT_OK(exchange::FromGrpc(desk->SubmitReadmission(Patience().get(), SampleSubmission(kKyrgyz), &submitted)));
  v1::GetEvidenceRequest request;
  request.set_exchange_id(submitted.exchange().exchange_id());
  v1::GetEvidenceResponse evidence;
  const auto audit = v1::AuditService::NewStub(federation_->Connect(AuditorOf("KAZ"), kInterior));
  ASSERT_OK(exchange::FromGrpc(audit->GetEvidence(Patience().get(), request, &evidence)));
  ASSERT_THAT(evidence.bundle().revocations(), SizeIs(2));  // of the root, and of the issuing authority
  for (const v1::RevocationEvidence& list : evidence.bundle().revocations()) {
    EXPECT_EQ(list.state(), "KGZ");
    EXPECT_OK(certs::Crl::FromDer(list.crl()));
  }
}

TEST_F(RevocationTest, AListSpreadsOverANodeInBetweenAndOutlastsARestartWithoutAnyNetwork) {
  ConfigureLists(kInterior, "KAZ");
  Part(kInterior, kUzbek);
  ASSERT_OK(federation_->StartAll());
  const exchange::TlsIdentity auditor = Issue(AuditorOf("KAZ"));
  const auto channel = federation_->ConnectAs(auditor, kUzbek);
  ASSERT_OK(GetTrust(channel));
  WriteLists(kInterior, "KAZ", 2, {LeafOf(auditor)});
  EXPECT_THAT(AwaitRefusal([&] { return GetTrust(channel); }), HasReason("CERT_REVOKED"));
  std::vector<std::string> brought_by;
  for (const v1::IndexedEntry& entry : EntriesOf(*federation_, kUzbek, "UZB")) {
    if (entry.entry().kind() == v1::ENTRY_KIND_REVOCATIONS_TAKEN) brought_by.push_back(entry.entry().partner());
  }
  EXPECT_THAT(brought_by, ::testing::Not(::testing::IsEmpty()));
  EXPECT_THAT(brought_by, ::testing::Each(std::string(kKyrgyz)));

  for (const std::string agency : {kInterior, kKyrgyz, kUzbek}) federation_->node(agency).Terminate();
  ASSERT_OK(federation_->node(kUzbek).Start());
  ASSERT_OK(federation_->WaitUntilServing(kUzbek));
  EXPECT_THAT(GetTrust(federation_->ConnectAs(auditor, kUzbek)), StatusIs(StatusCode::kUnavailable));
  EXPECT_OK(GetTrust(federation_->Connect(AuditorOf("KAZ"), kUzbek)));
}

TEST_F(RevocationTest, WhereListsAreRequiredNothingButListsPassesWithoutThem) {
  v1::NodeConfig config = federation_->config(kInterior);
  config.mutable_revocation()->set_required(true);
  ASSERT_OK(federation_->Reconfigure(kInterior, config));
  ASSERT_OK(federation_->node(kInterior).Start());
  ASSERT_OK(federation_->WaitUntilServing(kInterior));
  const auto operators = federation_->Connect(OperatorOf(kInterior), kInterior);
  const auto kyrgyz = federation_->Connect({kKyrgyz, certs::Role::kNode, "n1"}, kInterior);
  EXPECT_THAT(GetTrust(operators), StatusIs(StatusCode::kUnauthenticated));
  EXPECT_THAT(GetTrust(operators), HasReason("REVOCATION_UNKNOWN"));
  EXPECT_OK(Fetch(kyrgyz));

  v1::PushRevocationsRequest request;
  const ListIssuer kaz(federation_->authority("KAZ"));
  for (const v1::RevocationList& list : kaz.Lists(1)) *request.add_lists() = list;
  v1::PushRevocationsResponse response;
  const grpc::Status pushed = v1::TrustService::NewStub(kyrgyz)->PushRevocations(Patience().get(), request, &response);
  ASSERT_TRUE(pushed.ok()) << pushed.error_message();
  EXPECT_EQ(response.taken(), 2u);
  EXPECT_THAT(response.refused(), SizeIs(0));
  EXPECT_OK(GetTrust(operators));
}

}  // namespace
}  // namespace tamga::testing
