#include "node/main/node.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/current_seal.h"
#include "certs/current_trust.h"
#include "certs/ed25519.h"
#include "certs/identity.h"
#include "certs/seal_verifier.h"
#include "certs/wiper.h"
#include "grpcpp/create_channel.h"
#include "node/approval/approval_rpc.h"
#include "node/audit/admin_rpc.h"
#include "node/audit/audit_rpc.h"
#include "node/base/clock_watch.h"
#include "node/base/encoding.h"
#include "node/base/log.h"
#include "node/base/repeating_thread.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/worker_pool.h"
#include "node/enrolment/renewal_loop.h"
#include "node/exchange/answering_door.h"
#include "node/exchange/approvals.h"
#include "node/exchange/asking_door.h"
#include "node/exchange/call_places.h"
#include "node/exchange/federation_rpc.h"
#include "node/exchange/holding_keeper.h"
#include "node/exchange/holdings.h"
#include "node/exchange/listener.h"
#include "node/exchange/outbox_pump.h"
#include "node/exchange/partner_certificates.h"
#include "node/exchange/partner_channel.h"
#include "node/exchange/tls_material.h"
#include "node/exchange/tls_peer_identity.h"
#include "node/exchange/treaty_keeper.h"
#include "node/ledger/log_reader.h"
#include "node/ledger/sequencer.h"
#include "node/log_server/log_pages.h"
#include "node/log_server/log_server.h"
#include "node/main/backup_loop.h"
#include "node/main/clock_keeper.h"
#include "node/main/credentials.h"
#include "node/main/credentials_watch.h"
#include "node/main/housekeeping.h"
#include "node/main/probe.h"
#include "node/main/sd_notify.h"
#include "node/main/seal_record.h"
#include "node/main/server.h"
#include "node/obligation/obligation_rpc.h"
#include "node/readmission/readmission_rpc.h"
#include "node/reconciliation/reconciler.h"
#include "node/store/exchange_db.h"
#include "node/store/records.h"
#include "node/store/vault.h"
#include "node/timestamp/timestamp_loop.h"
#include "node/trafficking/trafficking_rpc.h"
#include "node/treaty_office/treaty_fetcher.h"
#include "node/treaty_office/treaty_rpc.h"
#include "node/trust/revocation_book.h"
#include "node/trust/revocation_loop.h"
#include "node/trust/trust_keeper.h"
#include "node/trust/trust_rpc.h"
#include "node/watchlist/watchlist_rpc.h"
#include "node/witness/https_witness_peer.h"
#include "node/witness/witness_rpc.h"
#include "node/witness/witnessing_loop.h"

namespace tamga::node {
namespace {

// Of a question to a witness.
constexpr absl::Duration kWitnessTimeout = absl::Seconds(3);
// Of a call about revocation lists.
constexpr absl::Duration kListTimeout = absl::Seconds(5);
// Of a question to the time-stamp authority; a node that stops waits for it.
constexpr absl::Duration kTimestampTimeout = absl::Seconds(5);
// For all questions to witnesses before the node serves: some may be down.
constexpr absl::Duration kFirstQuestions = absl::Seconds(5);
constexpr std::chrono::seconds kClockLooks{1};
// Auditors ask for what may take long, so they have threads of their own: few, so that they leave the machine to the
// exchanges.
constexpr size_t kAuditThreads = 4;
constexpr size_t kQueuedAuditCalls = 64;

// Descriptors are what an unauthenticated crowd can use up: raise our limit to what the system allows.
rlim_t RaiseDescriptorLimit() {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

absl::StatusOr<std::unique_ptr<exchange::Listener>> OpenListener(const v1::NodeConfig& config) {
  const rlim_t available = std::min<rlim_t>(RaiseDescriptorLimit(), 1 << 20);
  const auto half = static_cast<int>(available / 2);
  const auto configured = static_cast<int>(config.limits().max_descriptors());
  return exchange::Listener::Open(config.listen(), {configured == 0 ? half : std::min(configured, half),
                                                    config.limits().max_connections_per_address()});
}

std::vector<std::string> PartnersOf(const v1::NodeConfig& config) {
  std::vector<std::string> partners;
  for (const v1::Partner& partner : config.partners()) partners.push_back(partner.agency());
  return partners;
}

exchange::AccessPolicy AccessOf(const v1::NodeConfig& config) {
  exchange::AccessPolicy access;
  access.own_agency = config.agency();
  access.partner_agencies = PartnersOf(config);
  access.auditor_agencies.assign(config.auditor_agencies().begin(), config.auditor_agencies().end());
  return access;
}

// Partners' channels by agency.
using Channels = std::map<std::string, std::unique_ptr<exchange::PartnerChannel>>;

Channels ConnectPartners(const NodeSetup& setup, const certs::CurrentTrust& trust, const Clock& clock,
                         exchange::PartnerCertificates& shown) {
  Channels channels;
  const int most_bytes = static_cast<int>(setup.config.limits().max_message_bytes());
  for (const v1::Partner& partner : setup.config.partners()) {
    channels[partner.agency()] = std::make_unique<exchange::PartnerChannel>(
        partner.agency(), shown, setup.tls,
        [partner, most_bytes, &trust, &clock, &shown](const exchange::TlsIdentity& identity) {
          return grpc::CreateCustomChannel(
              partner.address(), exchange::MakeChannelCredentials(identity, trust, clock, partner.agency(), &shown),
              exchange::NodeChannelArguments(most_bytes));
        });
  }
  return channels;
}

exchange::PeerStubs PeerStubsOf(const Channels& channels, const Clock& clock) {
  exchange::PeerStubs stubs;
  for (const auto& [agency, channel] : channels) stubs[agency] = exchange::MakeGrpcPeerStub(*channel, clock);
  return stubs;
}

absl::StatusOr<ledger::NoteSigner> SignerOf(const std::string& seed) {
  ASSIGN_OR_RETURN(certs::Ed25519Key key, certs::Ed25519Key::FromSeed(seed));
  const auto shared_key = std::make_shared<const certs::Ed25519Key>(std::move(key));
  return ledger::NoteSigner([shared_key](absl::string_view text) { return shared_key->Sign(text); });
}

// A node with some of its files would start anew where it should stop.
absl::Status CheckAllOrNone(const std::string& folder) {
  std::string there;
  std::string missing;
  for (const char* name : {"exchange.db", "vault.db", "keys.db"}) {
    std::error_code error;
    (std::filesystem::exists(absl::StrCat(folder, "/", name), error) ? there : missing) = name;
  }
  if (there.empty() || missing.empty()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(folder, " has ", there, " but no ", missing, "; restore all from the newest backup"));
}

}  // namespace

// In the order of the design: each part knows only those above it. Destruction runs the other way, so calls end before
// the workers, the workers before the log, and the log before the files.
struct Node::Parts {
  Parts(NodeSetup node_setup, const Clock& node_clock, Rng& node_rng)
      : setup(std::move(node_setup)),
        wall(node_clock),
        clock(wall, uptime, absl::Seconds(setup.config.limits().max_clock_skew_s())),
        rng(node_rng),
        trust(setup.trust),
        seal(setup.seal),
        shown_certificates(trust, clock),
        access(AccessOf(setup.config)),
        treaties(std::move(setup.treaties)) {}

  absl::Status OpenStores();
  absl::Status OpenTrust();
  std::unique_ptr<trust::RevocationLoop> MoveLists();
  absl::Status OpenCredentials();
  absl::Status ShowEverywhere(const exchange::TlsIdentity& next);
  absl::Status WatchClock();
  absl::StatusOr<std::vector<witness::AskedWitness>> FindWitnesses();
  absl::Status WatchLogs();
  absl::Status StampLog();
  absl::Status KeepTreaties();
  void BuildDoor();
  absl::Status BuildServices();
  absl::Status Serve();
  absl::Status ServeLog();

  NodeSetup setup;
  const Clock& wall;
  const SystemUptime uptime;
  ClockWatch clock;
  Rng& rng;
  certs::CurrentTrust trust;
  certs::CurrentSeal seal;
  exchange::PartnerCertificates shown_certificates;
  const exchange::AccessPolicy access;
  treaty::CurrentTreaties treaties;

  std::unique_ptr<store::ExchangeDb> database;
  std::unique_ptr<store::Vault> vault;
  std::unique_ptr<store::Records> records;
  std::unique_ptr<ledger::Sequencer> sequencer;
  std::unique_ptr<ledger::LogReader> log_reader;
  ledger::NoteKey log_key;
  std::unique_ptr<trust::RevocationBook> revocations;
  std::unique_ptr<trust::TrustKeeper> trust_keeper;
  std::unique_ptr<trust::ListWatch> list_files;
  std::unique_ptr<ClockKeeper> clock_keeper;
  std::unique_ptr<RepeatingThread> clock_looks;

  std::unique_ptr<exchange::TlsMaterial> tls;
  std::unique_ptr<SealRecord> seal_record;
  std::unique_ptr<Credentials> credentials;
  Channels channels;
  std::unique_ptr<exchange::Pseudonyms> pseudonyms;
  witness::LogPeers log_peers;
  std::vector<std::unique_ptr<witness::HttpsWitnessPeer>> outside_witnesses;
  std::vector<witness::HttpsWitnessPeer*> shown_tls;  // those of them that have no pair of their own
  std::unique_ptr<witness::PartnerLogs> partner_logs;
  std::unique_ptr<witness::LogWatch> log_watch;
  std::unique_ptr<witness::Witness> witness;  // unless it is not configured, as is the next
  std::unique_ptr<witness::Witnessing> witnessing;

  std::unique_ptr<timestamp::TsClient> ts_client;  // unless that is not configured, as is the next
  std::unique_ptr<timestamp::Stamping> stamping;

  std::unique_ptr<exchange::TreatyKeeper> treaty_keeper;
  treaty_office::FetchWishes fetch_wishes;

  std::unique_ptr<certs::SealVerifier> seal_verifier;
  std::unique_ptr<exchange::DoorParts> door_parts;
  std::unique_ptr<exchange::Approvals> approvals;
  std::unique_ptr<exchange::AskingDoor> asking;
  std::unique_ptr<exchange::AnsweringDoor> answering;
  std::unique_ptr<exchange::Uses> uses;
  std::unique_ptr<exchange::HoldingKeeper> holding_keeper;

  std::unique_ptr<readmission::ReadmissionDesk> readmission;
  std::unique_ptr<watchlist::Watchlist> watchlist;
  std::unique_ptr<trafficking::Trafficking> trafficking;
  std::unique_ptr<treaty_office::TreatyOffice> treaty_office;
  std::unique_ptr<WorkerPool> partner_calls;  // a late answer still reaches the services above
  std::unique_ptr<ledger::LogReader> audit_log_reader;
  std::unique_ptr<audit::Auditor> auditor;
  std::unique_ptr<audit::EvidenceCollector> evidence;
  std::unique_ptr<audit::Openings> openings;
  std::unique_ptr<audit::Tails> tails;
  std::unique_ptr<audit::ReadingLog> readings;
  std::unique_ptr<audit::Admin> admin;
  std::unique_ptr<obligation::Obligations> obligations;
  std::unique_ptr<reconciliation::Reconciler> reconciler;

  std::unique_ptr<exchange::OutboxPump> outbox_pump;
  std::unique_ptr<Housekeeping> housekeeping;
  std::unique_ptr<BackupLoop> backups;
  std::unique_ptr<enrolment::RenewalLoop> renewals;  // unless it is not configured
  std::unique_ptr<treaty_office::TreatyFetcher> treaty_fetcher;
  std::unique_ptr<witness::WitnessingLoop> witnessing_loop;
  std::unique_ptr<trust::RevocationLoop> revocation_loop;
  std::unique_ptr<timestamp::TimestampLoop> timestamp_loop;

  std::unique_ptr<exchange::TlsPeerIdentity> identity;
  std::unique_ptr<exchange::TlsPeerIdentity> list_identity;  // for calls about revocation lists
  // Agencies' calls wait for partners' answers, and partners' calls must not wait behind them: two pools. Neither waits
  // behind auditors, and these not behind whole audits, of which each takes a thread for as long as it runs.
  std::unique_ptr<WorkerPool> agency_workers;
  std::unique_ptr<exchange::CallLanes> partner_lanes;
  std::unique_ptr<WorkerPool> partner_workers;
  std::unique_ptr<exchange::CallPlaces> audit_places;
  std::unique_ptr<WorkerPool> audit_workers;
  std::unique_ptr<WorkerPool> log_verifiers;
  std::unique_ptr<exchange::RpcContext> audit_rpc;
  std::unique_ptr<exchange::RpcContext> verify_rpc;
  std::unique_ptr<exchange::RpcContext> agency_rpc;
  std::unique_ptr<exchange::RpcContext> partner_rpc;
  std::unique_ptr<exchange::RpcContext> list_rpc;
  std::vector<std::unique_ptr<grpc::Service>> services;
  std::unique_ptr<exchange::Listener> listener;
  std::unique_ptr<Server> server;
  std::unique_ptr<log_server::LogServer> log_server;
  std::unique_ptr<CredentialsWatch> credentials_watch;
  std::unique_ptr<SelfProbe> probe;
};

absl::Status Node::Parts::OpenStores() {
  const std::string& folder = setup.config.data_dir();
  RETURN_IF_ERROR(CheckAllOrNone(folder));
  ASSIGN_OR_RETURN(std::unique_ptr<store::KeyStore> keys,
                   store::KeyStore::Open(folder, setup.vault_key, setup.former_vault_key, clock.Now(), rng));
  ASSIGN_OR_RETURN(std::string row_mac_key, keys->KeyFor("row-mac"));
  const certs::Wiper wiper(row_mac_key);
  ASSIGN_OR_RETURN(std::string pseudonym_key, keys->KeyFor("pseudonym"));
  pseudonyms = std::make_unique<exchange::Pseudonyms>(std::move(pseudonym_key));
  ASSIGN_OR_RETURN(database, store::ExchangeDb::Open(folder, row_mac_key));
  ASSIGN_OR_RETURN(vault, store::Vault::Open(folder, std::move(keys), rng));
  records = std::make_unique<store::Records>(*database, *vault, rng);
  ASSIGN_OR_RETURN(const certs::Ed25519Key key, certs::Ed25519Key::FromSeed(setup.log_seed));
  log_key = {setup.config.log().origin(), key.public_key()};
  ASSIGN_OR_RETURN(ledger::NoteSigner sign, SignerOf(setup.log_seed));
  ASSIGN_OR_RETURN(sequencer, ledger::Sequencer::Start(*database, *vault, log_key, std::move(sign)));
  log_reader = std::make_unique<ledger::LogReader>(*database);
  return absl::OkStatus();
}

// Before anybody is spoken to: whom this node knew to be revoked, it knows on.
absl::Status Node::Parts::OpenTrust() {
  const std::string& agency = setup.config.agency();
  const absl::Duration skew = absl::Seconds(setup.config.limits().max_clock_skew_s());
  const size_t most_bytes = size_t{setup.config.limits().max_message_bytes()} / 4 * 3;
  ASSIGN_OR_RETURN(revocations,
                   trust::RevocationBook::Open({agency, trust, *sequencer, *records, clock, rng, skew, most_bytes}));
  trust_keeper = std::make_unique<trust::TrustKeeper>(trust::TrustKeeperParts{
      agency, setup.revocation.rules, *revocations, trust, treaties, *sequencer, *records, clock, rng});
  for (const v1::TrustBundle& bundle : setup.config.trust_bundles()) {
    if (bundle.unconstrained()) Log(Severity::kWarning, "roots may be unconstrained", {{"state", bundle.state()}});
  }
  list_files = std::make_unique<trust::ListWatch>(
      agency, setup.revocation.files, [this] { return credentials->Issuers(); }, trust, *trust_keeper);
  return trust_keeper->CheckConfiguredRoots();
}

std::unique_ptr<trust::RevocationLoop> Node::Parts::MoveLists() {
  const absl::Duration timeout = absl::Milliseconds(setup.config.limits().partner_timeout_ms());
  std::vector<std::unique_ptr<trust::ListExchange>> exchanges;
  for (const auto& [agency, channel] : channels) {
    exchanges.push_back(std::make_unique<trust::ListExchange>(
        trust::ListExchangeParts{agency, trust::MakeGrpcTrustPeer(*channel, clock), *trust_keeper, *revocations, clock,
                                 setup.revocation.refresh, std::min(kListTimeout, timeout)}));
  }
  return std::make_unique<trust::RevocationLoop>(
      trust::RevocationLoopParts{*list_files, *trust_keeper, trust, clock, setup.revocation.rules.stale_after},
      std::move(exchanges));
}

// After the stores, whose lock keeps another node from the folder.
absl::Status Node::Parts::OpenCredentials() {
  ASSIGN_OR_RETURN(tls, exchange::TlsMaterial::Open(setup.config.tls_runtime_dir(), setup.tls));
  seal_record = std::make_unique<SealRecord>(setup.config.agency(), *records, *sequencer, clock, rng);
  credentials = std::make_unique<Credentials>(
      CredentialParts{setup.config, trust, clock, *tls, seal, setup.extra_seals.signers,
                      [this](const exchange::TlsIdentity& next) { return ShowEverywhere(next); },
                      [this](const certs::Seal& next) { return seal_record->Use(next); },
                      [this] { return trust_keeper->TrustedUntil(); }},
      setup.tls);
  return absl::OkStatus();
}

// Where the TLS identity is shown beside gRPC's server. Outside witnesses with a pair of their own keep that.
// Connections to partners are made anew, so that the former certificate may be revoked at once.
absl::Status Node::Parts::ShowEverywhere(const exchange::TlsIdentity& next) {
  for (const auto& [agency, channel] : channels) channel->Show(next);
  for (witness::HttpsWitnessPeer* peer : shown_tls) RETURN_IF_ERROR(peer->Show(next));
  return log_server == nullptr ? absl::OkStatus() : log_server->ReplaceIdentity(next);
}

// Before the first entry is made: its time would be taken for the newest that was believed.
absl::Status Node::Parts::WatchClock() {
  std::optional<absl::Time> newest_entry;
  ASSIGN_OR_RETURN(store::ReadSession session, database->Read());
  ASSIGN_OR_RETURN(const uint64_t entries, session->EntryCount());
  if (entries > 0) {
    ASSIGN_OR_RETURN(const store::EntryRow newest, session->EntryAt(entries - 1));
    newest_entry = newest.time;
  }
  clock_keeper = std::make_unique<ClockKeeper>(
      ClockKeeper::Parts{setup.config.data_dir(), ReadBootId(), wall, uptime, clock}, newest_entry);
  clock_looks = std::make_unique<RepeatingThread>(kClockLooks, RepeatingThread::First::kAfterPause,
                                                  [this] { clock_keeper->Look(); });
  return absl::OkStatus();
}

// Partners first: they show what they have seen.
absl::StatusOr<std::vector<witness::AskedWitness>> Node::Parts::FindWitnesses() {
  std::vector<witness::AskedWitness> witnesses;
  for (const auto& [agency, key] : setup.witnessing->partners) {
    witnesses.push_back({agency, key, *log_peers.at(agency)});
  }
  for (const OutsideWitness& outside : setup.witnessing->outside) {
    ASSIGN_OR_RETURN(std::unique_ptr<witness::HttpsWitnessPeer> peer,
                     witness::MakeHttpsWitnessPeer(outside.server, outside.base_path, clock));
    witnesses.push_back({"", outside.key, *peer});
    if (outside.server.identity.key_pem == setup.tls.key_pem) shown_tls.push_back(peer.get());
    outside_witnesses.push_back(std::move(peer));
  }
  return witnesses;
}

// Before the first entry is made, so that a restored backup is recognised by what the witnesses have seen.
absl::Status Node::Parts::WatchLogs() {
  const v1::Limits& limits = setup.config.limits();
  channels = ConnectPartners(setup, trust, clock, shown_certificates);
  for (const auto& [agency, channel] : channels) log_peers[agency] = witness::MakeGrpcLogPeer(*channel, clock);
  ASSIGN_OR_RETURN(partner_logs, witness::PartnerLogs::Open({setup.config.agency(), log_key.name, setup.partner_logs,
                                                             *database, *sequencer, *pseudonyms, clock, rng,
                                                             absl::Seconds(limits.max_clock_skew_s())}));
  const absl::Duration timeout = std::min(kWitnessTimeout, absl::Milliseconds(limits.partner_timeout_ms()));
  log_watch = std::make_unique<witness::LogWatch>(*partner_logs, log_peers, clock, timeout);
  if (!setup.witnessing) return absl::OkStatus();
  ASSIGN_OR_RETURN(ledger::NoteSigner sign, SignerOf(setup.witnessing->seed));
  witness = std::make_unique<witness::Witness>(*partner_logs, *log_watch, setup.witnessing->key, std::move(sign),
                                               [this] { return witnessing->CheckCompared(); });
  ASSIGN_OR_RETURN(std::vector<witness::AskedWitness> asked, FindWitnesses());
  ASSIGN_OR_RETURN(
      witnessing,
      witness::Witnessing::Open(witness::WitnessingParts{
          log_key, setup.witnessing->policy, std::move(asked), absl::Seconds(setup.config.witnessing().late_after_s()),
          timeout, absl::Seconds(limits.max_clock_skew_s()), *database, *sequencer, *log_reader, clock}));
  witnessing->AskAll(clock.Now() + kFirstQuestions, [] { return false; });
  return absl::OkStatus();
}

absl::Status Node::Parts::StampLog() {
  if (!setup.time_stamping) return absl::OkStatus();
  ASSIGN_OR_RETURN(ts_client,
                   timestamp::MakeHttpTsClient(setup.time_stamping->server, setup.time_stamping->target, clock));
  ASSIGN_OR_RETURN(stamping, timestamp::Stamping::Open(timestamp::StampingParts{
                                 setup.time_stamping->authority, *ts_client,
                                 absl::Seconds(setup.config.time_stamping().late_after_s()), kTimestampTimeout,
                                 absl::Seconds(setup.config.limits().max_clock_skew_s()), *database, *records,
                                 *sequencer, clock, rng}));
  return absl::OkStatus();
}

absl::Status Node::Parts::KeepTreaties() {
  for (const std::string& finding : treaties.Get()->findings) {
    Log(Severity::kWarning, "treaty act or text without effect", {{"detail", finding}});
  }
  ASSIGN_OR_RETURN(treaty_keeper,
                   exchange::TreatyKeeper::Open(
                       {setup.config.agency(), log_key.name, setup.config.treaties_dir(), setup.treaty_rules, treaties,
                        *sequencer, *records, clock, rng, [this] { trust_keeper->Refresh(); }},
                       std::move(setup.treaty_sources)));
  return absl::OkStatus();
}

void Node::Parts::BuildDoor() {
  const v1::Limits& limits = setup.config.limits();
  seal_verifier = std::make_unique<certs::SealVerifier>(trust, setup.extra_seals.accepted);
  door_parts = std::unique_ptr<exchange::DoorParts>(new exchange::DoorParts{
      setup.config.agency(),
      treaties,
      seal,
      *seal_verifier,
      *sequencer,
      *log_reader,
      log_key.name,
      *database,
      *vault,
      *pseudonyms,
      clock,
      rng,
      absl::Seconds(limits.max_clock_skew_s()),
      absl::Milliseconds(limits.partner_timeout_ms()),
      PeerStubsOf(channels, clock),
      setup.partner_logs,
      {},
      [this](const std::string& partner) { fetch_wishes.Add(partner); },
      [this](const std::string& partner) -> absl::Status {
        RETURN_IF_ERROR(clock.Check());
        RETURN_IF_ERROR(credentials->own().Check());
        if (witnessing != nullptr) RETURN_IF_ERROR(witnessing->CheckNotRolledBack());
        return partner_logs->Check(partner);
      },
      [this](const std::string& partner, const std::string& checkpoint) { log_watch->Add(partner, checkpoint); },
      [this](const std::string& state) { return revocations->NewestSha256(state); },
      limits.max_remembered_per_partner(),
      [this](const std::string& partner) {
        // Before the first connection there is no certificate of its node to ask about.
        const auto path = shown_certificates.PathOf(partner);
        return path ? trust.Get()->RevocationsAsOf(*path) : trust.Get()->RevocationsAsOf(StateOf(partner));
      },
      [this](const certs::CertificateChain& path) { return trust.Get()->RevocationsAsOf(path); }});
  approvals = std::make_unique<exchange::Approvals>(*door_parts);
  asking = std::make_unique<exchange::AskingDoor>(*door_parts);
  answering = std::make_unique<exchange::AnsweringDoor>(*door_parts);
  uses = std::make_unique<exchange::Uses>(*door_parts);
  holding_keeper = std::make_unique<exchange::HoldingKeeper>(*door_parts);
}

absl::Status Node::Parts::BuildServices() {
  const v1::NodeConfig& config = setup.config;
  partner_calls = std::make_unique<WorkerPool>(config.limits().workers(), config.limits().max_queued_calls());
  readmission = std::make_unique<readmission::ReadmissionDesk>(config.agency(), *records, *asking, *uses, clock, rng);
  watchlist = std::make_unique<watchlist::Watchlist>(
      watchlist::WatchlistParts{config.agency(), *records, *sequencer, *asking, clock, *partner_calls,
                                absl::Milliseconds(config.limits().partner_timeout_ms())});
  RETURN_IF_ERROR(watchlist->Load());
  trafficking =
      std::make_unique<trafficking::Trafficking>(config.agency(), *records, *sequencer, *asking, *uses, clock, rng);
  ASSIGN_OR_RETURN(const certs::CertificateChain tls_chain, certs::ParsePemChain(setup.tls.chain_pem));
  ASSIGN_OR_RETURN(const certs::Principal principal, certs::IdentityOf(tls_chain.front()));
  treaty_office = std::make_unique<treaty_office::TreatyOffice>(
      treaty_office::TreatyOfficeParts{config.agency(), PartnersOf(config), principal, *treaty_keeper, *asking, clock,
                                       *partner_calls, door_parts->partner_timeout, door_parts->treaties_differ});
  const audit::AuditedLog audited{
      config.agency(), log_key, *database, *log_reader, *sequencer, *pseudonyms, [this](v1::IndexedEntry& entry) {
        if (witnessing != nullptr) witnessing->Describe(&entry);
      }};
  audit_log_reader = std::make_unique<ledger::LogReader>(database->for_auditors());
  const audit::AuditedLog apart{audited.own_agency, audited.key,        database->for_auditors(), *audit_log_reader,
                                audited.sequencer,  audited.pseudonyms, audited.add_witnessing};
  auditor = std::make_unique<audit::Auditor>(apart);
  std::vector<v1::TreatyOffice> offices;
  for (const auto& [unused, office] : treaty_keeper->offices()) offices.push_back(office);
  evidence = std::make_unique<audit::EvidenceCollector>(
      audit::EvidenceParts{apart, *vault, clock, [this] { return treaty_keeper->Everything(); }, std::move(offices),
                           [this] { return witnessing == nullptr ? "" : witnessing->WitnessedCheckpoint(); },
                           [this](const std::string& state) { return revocations->NewestOf(state); },
                           [this](uint64_t size) -> absl::StatusOr<v1::TimeStampEvidence> {
                             if (stamping == nullptr) return absl::NotFoundError("this log is not time-stamped");
                             return stamping->OldestOver(size);
                           }});
  openings = std::make_unique<audit::Openings>(*door_parts, *approvals);
  tails = std::make_unique<audit::Tails>(audited, clock);
  readings =
      std::make_unique<audit::ReadingLog>(audit::ReadingLogParts{config.agency(), *sequencer, *pseudonyms, clock, rng});
  admin = std::make_unique<audit::Admin>(audit::NodeFacts{config.agency(),
                                                          log_key.name,
                                                          clock.Now(),
                                                          [this] { return FactsOf(*credentials, clock.Now()); },
                                                          {config.partners().begin(), config.partners().end()},
                                                          door_parts->partners,
                                                          *database,
                                                          *vault,
                                                          treaties,
                                                          clock,
                                                          [this]() -> std::optional<v1::TimeStampingStatus> {
                                                            if (stamping == nullptr) return std::nullopt;
                                                            return stamping->Status();
                                                          }});
  obligations = std::make_unique<obligation::Obligations>(*door_parts);
  reconciler = std::make_unique<reconciliation::Reconciler>(
      reconciliation::ReconcilerParts{config.agency(), principal, log_key.name, *asking, database->for_auditors(),
                                      *vault, *sequencer, *pseudonyms, clock, door_parts->partner_timeout});
  door_parts->handlers = {
      {v1::OPERATION_READMISSION_SUBMIT, readmission.get()}, {v1::OPERATION_READMISSION_REPLY, readmission.get()},
      {v1::OPERATION_WATCHLIST_CHECK, watchlist.get()},      {v1::OPERATION_TRAFFICKING_REFER, trafficking.get()},
      {v1::OPERATION_TRAFFICKING_SHARE, trafficking.get()},  {v1::OPERATION_TRAFFICKING_RETRIEVE, trafficking.get()},
      {v1::OPERATION_TREATY_PUBLISH, treaty_office.get()},   {v1::OPERATION_TREATY_FETCH, treaty_office.get()},
      {v1::OPERATION_LOG_RECONCILE, reconciler.get()}};
  outbox_pump = std::make_unique<exchange::OutboxPump>(*door_parts, *asking);
  housekeeping = std::make_unique<Housekeeping>(*door_parts, *approvals, *holding_keeper, clock);
  if (setup.config.has_backup()) backups = std::make_unique<BackupLoop>(setup.config, clock);
  if (setup.config.has_enrolment()) {
    renewals = std::make_unique<enrolment::RenewalLoop>(setup.config, trust, clock, rng);
  }
  treaty_fetcher = std::make_unique<treaty_office::TreatyFetcher>(
      *treaty_office, fetch_wishes, clock, [this](const std::string& partner) {
        return trust_keeper->PaceOf(StateOf(partner), treaty_office::kFetchEvery);
      });
  revocation_loop = MoveLists();
  if (witnessing != nullptr) {
    witnessing_loop = std::make_unique<witness::WitnessingLoop>(*witnessing, *log_watch,
                                                                absl::Milliseconds(config.witnessing().interval_ms()));
  }
  if (stamping != nullptr) {
    timestamp_loop =
        std::make_unique<timestamp::TimestampLoop>(*stamping, absl::Seconds(config.time_stamping().interval_s()));
  }
  return absl::OkStatus();
}

absl::Status Node::Parts::Serve() {
  const v1::Limits& limits = setup.config.limits();
  ASSIGN_OR_RETURN(listener, OpenListener(setup.config));
  identity = std::make_unique<exchange::TlsPeerIdentity>(trust, clock);
  list_identity = std::make_unique<exchange::TlsPeerIdentity>(trust, clock, certs::OldLists::kTaken);
  agency_workers = std::make_unique<WorkerPool>(limits.workers(), limits.max_queued_calls());
  partner_workers = std::make_unique<WorkerPool>(limits.workers(), limits.max_queued_calls());
  partner_lanes =
      std::make_unique<exchange::CallLanes>(*partner_workers, limits.max_partner_calls(), limits.max_queued_calls());
  const absl::Duration max_call = absl::Milliseconds(limits.max_call_ms());
  agency_rpc = std::unique_ptr<exchange::RpcContext>(
      new exchange::RpcContext{*identity, access, clock, *agency_workers, max_call});
  partner_rpc = std::unique_ptr<exchange::RpcContext>(
      new exchange::RpcContext{*identity, access, clock, *partner_workers, max_call, nullptr, partner_lanes.get()});
  list_rpc = std::unique_ptr<exchange::RpcContext>(new exchange::RpcContext{
      *list_identity, access, clock, *partner_workers, max_call, nullptr, partner_lanes.get()});
  audit_workers = std::make_unique<WorkerPool>(kAuditThreads, kQueuedAuditCalls);
  log_verifiers = std::make_unique<WorkerPool>(audit::kMostAudits + 1, kQueuedAuditCalls);
  audit_places = std::make_unique<exchange::CallPlaces>(StateOf(setup.config.agency()), exchange::PlaceLimits{});
  audit_rpc = std::unique_ptr<exchange::RpcContext>(
      new exchange::RpcContext{*identity, access, clock, *audit_workers, max_call, audit_places.get()});
  verify_rpc = std::unique_ptr<exchange::RpcContext>(
      new exchange::RpcContext{*identity, access, clock, *log_verifiers, max_call});
  services.push_back(std::make_unique<exchange::FederationRpc>(*partner_rpc, *answering));
  services.push_back(std::make_unique<readmission::ReadmissionRpc>(*agency_rpc, *readmission));
  services.push_back(std::make_unique<watchlist::WatchlistRpc>(*agency_rpc, *watchlist));
  services.push_back(std::make_unique<trafficking::TraffickingRpc>(*agency_rpc, *trafficking));
  services.push_back(std::make_unique<approval::ApprovalRpc>(*agency_rpc, *approvals));
  services.push_back(std::make_unique<treaty_office::TreatyRpc>(*agency_rpc, *treaty_office));
  services.push_back(std::make_unique<audit::AuditRpc>(
      audit::AuditWork{*audit_rpc, *verify_rpc, *agency_rpc},
      audit::AuditServices{*auditor, *evidence, *openings, *readings, *tails, *reconciler}));
  services.push_back(std::make_unique<audit::AdminRpc>(*agency_rpc, *admin, *readings));
  services.push_back(std::make_unique<obligation::ObligationRpc>(*agency_rpc, *obligations));
  services.push_back(std::make_unique<witness::WitnessRpc>(
      *partner_rpc, *agency_rpc,
      witness::WitnessedNode{StateOf(setup.config.agency()), *partner_logs, witness.get(), witnessing.get(), *sequencer,
                             *log_reader}));
  services.push_back(std::make_unique<trust::TrustRpc>(*list_rpc, *agency_rpc, *trust_keeper, *revocations));
  std::vector<grpc::Service*> borrowed;
  for (const std::unique_ptr<grpc::Service>& service : services) borrowed.push_back(service.get());
  ASSIGN_OR_RETURN(server, Server::Start(setup.config, *listener,
                                         exchange::MakeServerCredentials(tls->provider(), trust, clock), borrowed));
  RETURN_IF_ERROR(ServeLog());
  credentials_watch = std::make_unique<CredentialsWatch>(*credentials, clock);
  probe = std::make_unique<SelfProbe>(ListenerWatch::Parts{
      [this] { return ProbeListener(listener->address(), credentials->tls(), kProbePatience); },
      [this](bool serving) { server->SetServing(serving); }, [] { NotifyServiceManager("WATCHDOG=1"); }});
  return absl::OkStatus();
}

absl::Status Node::Parts::ServeLog() {
  log_server::LogServerOptions options;
  options.address = setup.config.log_listen();
  if (options.address.empty()) return absl::OkStatus();
  log_server::AddCheckpoint add_checkpoint;
  if (witness != nullptr) {
    add_checkpoint = [this](const std::string& body) {
      witness::WitnessAnswer answer = witness->AnswerHttp(body);
      return log_server::HttpAnswer{static_cast<unsigned>(answer.status), std::move(answer.content_type),
                                    std::move(answer.body)};
    };
  }
  const auto pages =
      std::make_shared<const log_server::LogPages>(access, *auditor, *readings, std::move(add_checkpoint));
  ASSIGN_OR_RETURN(log_server, log_server::LogServer::Start(
                                   options, setup.tls, trust, clock,
                                   [pages](const certs::Principal& caller, log_server::HttpRequest request) {
                                     return pages->Answer(caller, std::move(request));
                                   }));
  Log(Severity::kInfo, "serving the log", {{"address", log_server->address()}});
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Node>> Node::Start(NodeSetup setup, const Clock& clock, Rng& rng) {
  auto parts = std::make_unique<Parts>(std::move(setup), clock, rng);
  RETURN_IF_ERROR(parts->OpenStores());
  RETURN_IF_ERROR(parts->WatchClock());
  RETURN_IF_ERROR(parts->OpenCredentials());
  RETURN_IF_ERROR(parts->OpenTrust());
  RETURN_IF_ERROR(parts->WatchLogs());
  RETURN_IF_ERROR(parts->StampLog());
  RETURN_IF_ERROR(parts->KeepTreaties());
  RETURN_IF_ERROR(parts->trust_keeper->LogChangedRoots());
  parts->list_files->Look();
  // With a stolen seal's key nothing is to be signed any more, not even that it was changed.
  parts->credentials->LookAtOwn();
  RETURN_IF_ERROR(parts->credentials->own().Check());
  RETURN_IF_ERROR(parts->seal_record->Use(*parts->setup.seal));
  parts->BuildDoor();
  RETURN_IF_ERROR(parts->BuildServices());
  RETURN_IF_ERROR(parts->Serve());
  WipeKeys(parts->setup);
  return std::unique_ptr<Node>(new Node(std::move(parts)));
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Node::~Node() {
  parts_->probe.reset();  // a listener that is to end does not answer
  // Whoever watches the log would watch for as long as the drain lets.
  parts_->tails->Stop();
  parts_->server->Drain(absl::Milliseconds(parts_->setup.config.limits().drain_ms()));
}

void Node::CheckCredentials() {
  parts_->credentials->Check(Credentials::Trigger::kOperator);
  parts_->credentials->LookAtOwn();
}

const std::string& Node::address() const { return parts_->listener->address(); }

}  // namespace tamga::node
