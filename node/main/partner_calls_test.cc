// That nothing at all is asked of a partner over a connection whose certificate was revoked meanwhile.
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "certs/test_crl.h"
#include "certs/test_pki.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"
#include "node/attachment/transfer_peer.h"
#include "node/base/matchers.h"
#include "node/exchange/access.h"
#include "node/exchange/partner_channel.h"
#include "node/exchange/peer_stub.h"
#include "node/trust/trust_peer.h"
#include "node/witness/log_peer.h"

namespace tamga::node {
namespace {

constexpr char kPartner[] = "KGZ/border-service";

// What nodes may ask of each other by the contracts, as access.cc lets them.
std::set<std::string> MethodsForNodes() {
  exchange::AccessPolicy policy;
  policy.own_agency = "KAZ/border-service";
  policy.partner_agencies = {kPartner};
  const certs::Principal partner{kPartner, certs::Role::kNode, "n1"};
  std::set<std::string> methods;
  for (const char* name : {"AdminService", "ApprovalService", "AuditService", "FederationService", "ObligationService",
                           "ReadmissionService", "TraffickingService", "TreatyService", "TrustService",
                           "WatchlistService", "WitnessService"}) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(absl::StrCat("tamga.v1.", name));
    EXPECT_NE(service, nullptr) << name;
    for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
      const std::string method = absl::StrCat(name, ".", service->method(i)->name());
      if (exchange::CheckAccess(policy, partner, method).ok()) methods.insert(method);
    }
  }
  return methods;
}

TEST(PartnerCallsTest, EveryCallAsksWhetherThePartnerIsStillToBeBelieved) {
  const certs::Issued root = certs::Issue(certs::AuthorityNamed("Root"), nullptr);
  certs::IssueOptions options = certs::Server();
  options.name = "Node";
  options.purposes = "serverAuth,clientAuth";
  options.names = "URI:spiffe://kgz.tamga/border-service/node/n1";
  const certs::Certificate shown_before = certs::Issue(options, &root).certificate;
  const auto lists = std::make_shared<certs::Revocations>();
  ASSERT_OK(lists->Add("KGZ", certs::IssueCrl({.revoked = {shown_before}}, root), root.certificate));
  const certs::CurrentTrust trust{std::make_shared<const certs::TrustStore>(
      certs::TrustStore::Build({{"KGZ", root.certificate.Pem()}})->With(lists, {}, absl::InfiniteDuration()))};
  const ManualClock clock(certs::TestNow());
  exchange::PartnerCertificates shown(trust, clock);
  exchange::PartnerChannel channel(kPartner, shown, {}, [](const exchange::TlsIdentity&) {
    return grpc::CreateChannel("unix:no-such-socket", grpc::InsecureChannelCredentials());
  });
  shown.Set(kPartner, shown_before.Pem(), "");

  const auto exchanges = exchange::MakeGrpcPeerStub(channel, clock);
  const auto transfers = attachment::MakeGrpcTransferPeer(channel, clock);
  const auto lists_of = trust::MakeGrpcTrustPeer(channel, clock);
  const auto log_of = witness::MakeGrpcLogPeer(channel, clock);
  const absl::Time deadline = clock.Now() + absl::Seconds(5);
  const std::map<std::string, std::function<absl::Status()>> calls = {
      {"FederationService.Exchange", [&] { return exchanges->Exchange({}, deadline).status(); }},
      {"FederationService.TransferAttachment",
       [&] { return transfers->Send([](v1::AttachmentChunk*) { return false; }, deadline).status(); }},
      {"TrustService.PushRevocations", [&] { return lists_of->Push({}, deadline).status(); }},
      {"TrustService.FetchRevocations", [&] { return lists_of->Fetch({}, deadline).status(); }},
      {"WitnessService.AddCheckpoint", [&] { return log_of->AddCheckpoint("", deadline).status(); }},
      {"WitnessService.ProveGrowth", [&] { return log_of->ProveGrowth(0, deadline).status(); }},
  };
  for (const auto& [method, call] : calls) EXPECT_THAT(call(), HasReason("CERT_REVOKED")) << method;
  EXPECT_FALSE(exchanges->IsReachable(deadline));

  std::set<std::string> called = {"FederationService.ExchangeStream"};  // served; this node itself asks one by one
  for (const auto& [method, unused] : calls) called.insert(method);
  EXPECT_EQ(called, MethodsForNodes()) << "have each call of a partner's node above";
}

}  // namespace
}  // namespace tamga::node
