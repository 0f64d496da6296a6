#include "node/authority/authority.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/crl.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "node/authority/enrolment_rpc.h"
#include "node/authority/other_lists.h"
#include "node/authority/registrar.h"
#include "node/base/clock_watch.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/log.h"
#include "node/base/repeating_thread.h"
#include "node/base/status_macros.h"
#include "node/base/worker_pool.h"
#include "node/enrolment/authority_client.h"
#include "node/exchange/listener.h"
#include "node/main/clock_keeper.h"
#include "node/main/server.h"
#include "node/store/authority_db.h"

namespace tamga::authority {
namespace {

constexpr size_t kWorkers = 4;
constexpr std::chrono::seconds kRefreshPause{10};
constexpr std::chrono::seconds kClockLooks{1};
constexpr absl::Duration kClockTolerance = absl::Minutes(2);  // as that of other authorities' clocks

// Asks for a client certificate and takes whatever comes, or nothing: whoever enrols has none yet. TLS proves that the
// caller holds its key; who it is EnrolmentRpc decides for each call.
std::shared_ptr<grpc::ServerCredentials> CredentialsOf(const certs::KeyAndCertificate& own) {
  const std::vector<grpc::experimental::IdentityKeyCertPair> identities = {{own.key_pem, own.chain_pem}};
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::StaticDataCertificateProvider>(identities));
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_BUT_DONT_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

absl::StatusOr<certs::KeyAndCertificate> CertifyItself(const certs::IssuingAuthority& issuer, absl::Time now,
                                                       Rng& rng) {
  const certs::Principal itself = {enrolment::AuthorityAgencyOf(issuer.state()), certs::Role::kNode, "main"};
  return issuer.Issue(itself, issuer.certificate().NotAfter() - now, now, rng);
}

// When the list in the data folder was signed: what bounds the clock where nothing else was kept of the time.
std::optional<absl::Time> NewestListTime(const std::string& data_dir, const certs::Certificate& issuer) {
  const absl::StatusOr<std::string> pem = ReadFile(absl::StrCat(data_dir, "/", kRevocationsFile));
  if (!pem.ok()) return std::nullopt;
  const absl::StatusOr<certs::Crl> list = certs::Crl::FromPem(*pem);
  if (!list.ok() || !list->IsSignedBy(issuer)) return std::nullopt;
  return list->ThisUpdate();
}

absl::Status ClockOf(const ClockWatch& clock) {
  if (clock.Check().ok()) return absl::OkStatus();
  return Error(
      absl::StatusCode::kUnavailable, "CLOCK_JUMPED",
      "the clock of tamga-authority's machine has jumped, so it signs nothing; its operator must set it right, "
      "or accept it there, by `tamga node accept-clock --data-dir` with the authority's data_dir");
}

}  // namespace

// Destroyed from the last to the first: calls end before what serves them.
struct Authority::Parts {
  Parts(AuthoritySetup authority_setup, const Clock& wall, const Uptime& uptime)
      : setup(std::move(authority_setup)), clock(wall, uptime, kClockTolerance) {}

  AuthoritySetup setup;
  ClockWatch clock;
  v1::NodeConfig server_config;
  std::unique_ptr<OtherLists> other_lists;
  std::unique_ptr<store::AuthorityDb> database;
  std::unique_ptr<node::ClockKeeper> clock_keeper;
  std::unique_ptr<RepeatingThread> clock_looks;
  std::unique_ptr<Registrar> registrar;
  std::unique_ptr<RepeatingThread> refreshing;
  std::unique_ptr<WorkerPool> workers;
  std::unique_ptr<EnrolmentRpc> service;
  std::unique_ptr<exchange::Listener> listener;
  std::unique_ptr<node::Server> server;
};

absl::StatusOr<std::unique_ptr<Authority>> Authority::Start(AuthoritySetup setup, const Clock& wall,
                                                            const Uptime& uptime, Rng& rng) {
  auto parts = std::make_unique<Parts>(std::move(setup), wall, uptime);
  const ClockWatch& clock = parts->clock;
  const v1::AuthorityConfig& config = parts->setup.config;
  const v1::Limits& limits = parts->setup.limits;
  // The database keeps every other process out of the folder. Nothing is signed before the clock was looked at.
  ASSIGN_OR_RETURN(parts->database, store::AuthorityDb::Open(config.data_dir()));
  parts->clock_keeper = std::make_unique<node::ClockKeeper>(
      node::ClockKeeper::Parts{config.data_dir(), node::ReadBootId(), wall, uptime, parts->clock},
      NewestListTime(config.data_dir(), parts->setup.issuer.certificate()));
  parts->clock_looks = std::make_unique<RepeatingThread>(kClockLooks, RepeatingThread::First::kAfterPause,
                                                         [&keeper = *parts->clock_keeper] { keeper.Look(); });
  ASSIGN_OR_RETURN(const certs::KeyAndCertificate own, CertifyItself(parts->setup.issuer, clock.Now(), rng));
  const std::string state = parts->setup.issuer.state();
  parts->other_lists = std::make_unique<OtherLists>(
      parts->setup.trust, state, std::vector<std::string>(config.crl_files().begin(), config.crl_files().end()), clock);
  ASSIGN_OR_RETURN(
      parts->registrar,
      Registrar::Open(
          {std::move(parts->setup.issuer), *parts->database, config.data_dir(), parts->setup.lifetimes, clock, rng,
           [&lists = *parts->other_lists](const certs::CertificateChain& path) { return lists.Check(path); },
           [&clock] { return ClockOf(clock); }}));
  parts->refreshing = std::make_unique<RepeatingThread>(
      kRefreshPause, RepeatingThread::First::kAfterPause,
      [&registrar = *parts->registrar, &lists = *parts->other_lists] {
        lists.Look();
        const absl::Status status = registrar.RefreshRevocations();
        if (status.ok()) return;
        Log(Severity::kError, "revocation list not signed", {{"detail", std::string(status.message())}});
      });
  parts->workers = std::make_unique<WorkerPool>(kWorkers, limits.max_queued_calls());
  parts->service = std::make_unique<EnrolmentRpc>(*parts->registrar, parts->setup.trust, clock, *parts->workers,
                                                  enrolment::AuthorityAgencyOf(state));
  ASSIGN_OR_RETURN(parts->listener,
                   exchange::Listener::Open(config.listen(), {static_cast<int>(limits.max_descriptors()),
                                                              limits.max_connections_per_address()}));
  *parts->server_config.mutable_limits() = limits;
  ASSIGN_OR_RETURN(parts->server, node::Server::Start(parts->server_config, *parts->listener, CredentialsOf(own),
                                                      {parts->service.get()}));
  return std::unique_ptr<Authority>(new Authority(std::move(parts)));
}

Authority::Authority(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Authority::~Authority() { parts_->server->Drain(absl::Milliseconds(parts_->setup.limits.drain_ms())); }

const std::string& Authority::address() const { return parts_->listener->address(); }

}  // namespace tamga::authority
