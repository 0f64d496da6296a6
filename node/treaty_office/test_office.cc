#include "node/treaty_office/test_office.h"

#include <filesystem>
#include <iostream>
#include <utility>

#include "certs/ed25519.h"
#include "node/base/check.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/treaty/test_treaties.h"

namespace tamga::treaty_office {
namespace {

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) std::cerr << result.status() << std::endl;
  TAMGA_CHECK(result.ok());
  return *std::move(result);
}

}  // namespace

TestOfficeNode::TestOfficeNode(std::string agency, const std::vector<std::string>& partners,
                               const std::string& treaties, const Clock& clock, Rng& rng)
    : agency_(std::move(agency)), partners_(partners), clock_(clock), rng_(rng) {
  std::filesystem::copy(treaties, treaties_folder(), std::filesystem::copy_options::recursive);
  TAMGA_CHECK(MakeFolder(data_folder()).ok());
  const absl::Status started = Start();
  if (!started.ok()) std::cerr << started << std::endl;
  TAMGA_CHECK(started.ok());
}

TestOfficeNode::~TestOfficeNode() { Stop(); }

absl::Status TestOfficeNode::Start() {
  const std::string key(32, 'k');
  database_ = Must(store::ExchangeDb::Open(data_folder(), key, key));
  vault_ = Must(store::Vault::Open(data_folder(), key, rng_));
  records_ = std::make_unique<store::Records>(*database_, *vault_, rng_);
  const auto signing_key = std::make_shared<const certs::Ed25519Key>(Must(certs::Ed25519Key::FromSeed(key)));
  sequencer_ =
      Must(ledger::Sequencer::Start(*database_, *vault_, {"log.test.example/treaties", signing_key->public_key()},
                                    [signing_key](absl::string_view text) { return signing_key->Sign(text); }));
  treaty::TreatySources sources = Sources();
  const treaty::IntakeRules rules{treaty::TestOffices({"KAZ", "KGZ", "UZB"}), absl::Minutes(2), StateOf(agency_)};
  ASSIGN_OR_RETURN(treaty::TreatyLibrary library,
                   treaty::BuildLibrary(sources, rules.offices, rules.skew, rules.state));
  treaties_ = std::make_unique<treaty::CurrentTreaties>(std::move(library));
  ASSIGN_OR_RETURN(keeper_, exchange::TreatyKeeper::Open({agency_, "log.test.example/treaties", treaties_folder(),
                                                          rules, *treaties_, *sequencer_, *records_, clock_, rng_},
                                                         std::move(sources)));
  // One call at a time, as the door wants it.
  partner_calls_ = std::make_unique<WorkerPool>(1, 16);
  door_ = std::make_unique<domain::FakeDoor>(agency_, *sequencer_, clock_, rng_);
  office_ = std::make_unique<TreatyOffice>(
      TreatyOfficeParts{agency_,
                        partners_,
                        {agency_, certs::Role::kNode, "n1"},
                        *keeper_,
                        *door_,
                        clock_,
                        *partner_calls_,
                        absl::Seconds(10),
                        [this](const std::string& partner) { behind.push_back(partner); }});
  door_->Serve(*office_);
  return absl::OkStatus();
}

void TestOfficeNode::Stop() {
  partner_calls_.reset();
  office_.reset();
  door_.reset();
  keeper_.reset();
  treaties_.reset();
  sequencer_.reset();
  records_.reset();
  vault_.reset();
  database_.reset();
}

exchange::Call TestOfficeNode::Officer() const {
  return {{agency_, certs::Role::kTreatyOfficer, "e-4711"}, clock_.Now() + absl::Minutes(1)};
}

v1::CallContext TestOfficeNode::Context() const {
  v1::CallContext context;
  context.set_purpose(v1::PURPOSE_TREATY_ADMINISTRATION);
  context.set_case_reference("MFA-2026-1");
  return context;
}

absl::StatusOr<v1::PublishTreatiesResponse> TestOfficeNode::Publish(const v1::SignedAct& act) {
  v1::PublishTreatiesRequest request;
  *request.mutable_context() = Context();
  *request.mutable_bundle()->add_acts() = act;
  return office_->Publish(Officer(), request);
}

treaty::TreatySources TestOfficeNode::Sources() const { return Must(treaty::ReadTreatyFolder(treaties_folder())); }

std::vector<v1::LogEntry> TestOfficeNode::Entries() {
  store::ReadSession session = Must(database_->Read());
  std::vector<v1::LogEntry> entries;
  for (const store::EntryRow& row : Must(session->EntriesFrom(0, 100))) {
    TAMGA_CHECK(entries.emplace_back().ParseFromString(row.body));
  }
  return entries;
}

}  // namespace tamga::treaty_office
