// rotation_load: exchanges between two nodes while the TLS and seal keys of both change again and again, and a
// revocation list lands in the middle. Ends with 1 if any exchange fails, or the revoked peer is not out.
#include <cstdio>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/program_options.h"
#include "node/base/status_macros.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/trust_service.grpc.pb.h"
#include "tests/bench/two_nodes.h"
#include "tests/federation/federation.h"
#include "tests/federation/lanes.h"
#include "tests/federation/list_issuer.h"
#include "tests/federation/rotation.h"

namespace tamga::bench {
namespace {

struct Options {
  long exchanges = 10'000;
  int rotations = 20;
  int lanes = 16;
  NodeOptions nodes;
};

// A second node of the answerer's agency, which calls over one connection until its certificate is revoked.
class RevokedPeer {
 public:
  static absl::StatusOr<std::unique_ptr<RevokedPeer>> Connect(testing::Federation& federation) {
    SystemRng rng;
    ASSIGN_OR_RETURN(const certs::KeyAndCertificate files,
                     federation.authority("KGZ").Issue({kAnswerer, certs::Role::kNode, "stolen"}, absl::Hours(24),
                                                       absl::Now(), rng));
    ASSIGN_OR_RETURN(const certs::CertificateChain chain, certs::ParsePemChain(files.chain_pem));
    std::unique_ptr<RevokedPeer> peer(
        new RevokedPeer(chain.front(), federation.ConnectAs({files.chain_pem, files.key_pem}, kAsker)));
    RETURN_IF_ERROR(peer->Call());
    return peer;
  }

  const certs::Certificate& certificate() const { return certificate_; }

  // Calls until it is refused because it is revoked, and says how long that took.
  absl::StatusOr<absl::Duration> AwaitRefusal() const {
    const absl::Time start = absl::Now();
    absl::Status status;
    while (status.ok() && absl::Now() - start < absl::Minutes(1)) status = Call();
    if (ReasonOf(status) == "CERT_REVOKED") return absl::Now() - start;
    return absl::InternalError(absl::StrCat("the revoked peer was not refused as revoked but: ", status.ToString()));
  }

 private:
  RevokedPeer(certs::Certificate certificate, const std::shared_ptr<grpc::Channel>& channel)
      : certificate_(std::move(certificate)), stub_(v1::TrustService::NewStub(channel)) {}

  absl::Status Call() const {
    grpc::ClientContext context;
    v1::FetchRevocationsResponse response;
    return exchange::FromGrpc(stub_->FetchRevocations(&context, {}, &response));
  }

  const certs::Certificate certificate_;
  const std::unique_ptr<v1::TrustService::Stub> stub_;
};

std::string ListFile(const testing::Federation& federation, const std::string& agency) {
  return federation.folder(agency) + "/KGZ.crl";
}

// Both nodes hold the answerer's State to its revocation lists.
absl::Status ConfigureLists(testing::Federation& federation) {
  const testing::ListIssuer issuer(federation.authority("KGZ"));
  for (const char* agency : {kAsker, kAnswerer}) {
    RETURN_IF_ERROR(WriteFile(ListFile(federation, agency), issuer.Pem(1)));
    v1::NodeConfig config = federation.config(agency);
    for (v1::TrustBundle& bundle : *config.mutable_trust_bundles()) {
      if (bundle.state() == "KGZ") bundle.add_crl_files("KGZ.crl");
    }
    RETURN_IF_ERROR(federation.Reconfigure(agency, std::move(config)));
  }
  return absl::OkStatus();
}

struct Result {
  testing::LanesResult lanes;
  absl::Duration out_after;  // how long the revoked peer was let in after the list was published
};

// Rotations are spread over the exchanges, as evenly as the nodes take them over.
absl::StatusOr<Result> Rotate(testing::Federation& federation, const Options& options) {
  ASSIGN_OR_RETURN(const auto peer, RevokedPeer::Connect(federation));
  absl::Duration out_after;
  testing::Rotation rotation(federation);
  testing::Lanes lanes(federation, kAsker, kAnswerer, options.lanes);
  const long step = options.exchanges / (options.rotations + 1);
  for (int i = 1; i <= options.rotations; ++i) {
    lanes.AwaitExchanges(i * step);
    for (const char* agency : {kAsker, kAnswerer}) RETURN_IF_ERROR(rotation.Renew(agency));
    for (const char* agency : {kAsker, kAnswerer}) RETURN_IF_ERROR(rotation.AwaitShown(agency));
    if (i != (options.rotations + 1) / 2) continue;
    const testing::ListIssuer issuer(federation.authority("KGZ"));
    RETURN_IF_ERROR(WriteFile(ListFile(federation, kAsker), issuer.Pem(2, {peer->certificate()})));
    ASSIGN_OR_RETURN(out_after, peer->AwaitRefusal());
  }
  lanes.AwaitExchanges(options.exchanges);
  return Result{lanes.Stop(), out_after};
}

ExitCode Run(const Options& options) {
  const std::string folder = RunFolder("rotation-load");
  auto federation = MakeTwoNodes(folder, options.nodes);
  absl::Status status = federation.status();
  if (status.ok()) status = ConfigureLists(**federation);
  if (status.ok()) status = (*federation)->StartAll();
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    return kOther;
  }
  const absl::Time start = absl::Now();
  const absl::StatusOr<Result> result = Rotate(**federation, options);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  federation->reset();
  std::filesystem::remove_all(folder);
  if (!result.ok()) {
    std::fprintf(stderr, "%s\n", result.status().ToString().c_str());
    return kOther;
  }
  const testing::LanesResult& lanes = result->lanes;
  std::printf("%ld exchanges, %ld failed, %d rotations of TLS and seal on both sides, %.1f s, %.0f exchanges/s\n",
              lanes.exchanges, lanes.failures, options.rotations, seconds,
              static_cast<double>(lanes.exchanges) / seconds);
  std::printf("a peer that was revoked meanwhile was out after %.0f ms\n",
              absl::ToDoubleMilliseconds(result->out_after));
  if (lanes.failures == 0) return kSuccess;
  std::printf("the first failure: %s\n", lanes.first_failure.c_str());
  return kRefused;
}

}  // namespace
}  // namespace tamga::bench

int main(int argc, char** argv) {
  tamga::bench::Options options;
  CLI::App program("Exchanges between two nodes while the TLS and seal keys of both change again and again.",
                   "rotation_load");
  program.add_option("--exchanges", options.exchanges, "How many exchanges at least")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  program.add_option("--rotations", options.rotations, "How often keys change meanwhile")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  program.add_option("--lanes", options.lanes, "How many call at once")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  tamga::bench::AddNodeOptions(program, argv[0], options.nodes);
  if (const auto ended = tamga::ParseOrEnd(program, argc, argv)) return *ended;
  return tamga::bench::Run(options);
}
