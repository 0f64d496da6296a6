// For tests: treaty offices of several agencies in one process, each with its own folder of treaties, stores and log,
// under the repository's treaties. What one asks is handed straight to the other's office.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/domain/testing/fake_door.h"
#include "node/ledger/sequencer.h"
#include "node/store/exchange_db.h"
#include "node/store/records.h"
#include "node/store/test_folder.h"
#include "node/store/vault.h"
#include "node/treaty/current_treaties.h"
#include "node/treaty_office/treaty_office.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::treaty_office {

class TestOfficeNode {
 public:
  // Copies `treaties`, a folder with signed registers, into a folder of its own.
  TestOfficeNode(std::string agency, const std::vector<std::string>& partners, const std::string& treaties,
                 const Clock& clock, Rng& rng);
  ~TestOfficeNode();
  TestOfficeNode(const TestOfficeNode&) = delete;
  TestOfficeNode& operator=(const TestOfficeNode&) = delete;

  // As if the process had been started anew. The error of what would not start.
  absl::Status Start();
  void Stop();

  exchange::Call Officer() const;
  v1::CallContext Context() const;
  // The own office publishes the act.
  absl::StatusOr<v1::PublishTreatiesResponse> Publish(const v1::SignedAct& act);

  std::string treaties_folder() const { return folder_.path() + "/treaties"; }
  std::string data_folder() const { return folder_.path() + "/data"; }
  // What the folder holds.
  treaty::TreatySources Sources() const;
  std::string Digest() const { return treaty::DigestOf(keeper().Holdings()); }
  std::vector<v1::LogEntry> Entries();

  domain::FakeDoor& door() { return *door_; }
  TreatyOffice& office() { return *office_; }
  exchange::TreatyKeeper& keeper() const { return *keeper_; }
  const treaty::CurrentTreaties& treaties() const { return *treaties_; }

  std::vector<std::string> behind;  // partners that knew more

 private:
  const std::string agency_;
  const std::vector<std::string> partners_;
  const Clock& clock_;
  Rng& rng_;
  const store::TestFolder folder_;
  std::unique_ptr<store::ExchangeDb> database_;
  std::unique_ptr<store::Vault> vault_;
  std::unique_ptr<store::Records> records_;
  std::unique_ptr<ledger::Sequencer> sequencer_;
  std::unique_ptr<treaty::CurrentTreaties> treaties_;
  std::unique_ptr<exchange::TreatyKeeper> keeper_;
  std::unique_ptr<domain::FakeDoor> door_;
  std::unique_ptr<TreatyOffice> office_;
  std::unique_ptr<WorkerPool> partner_calls_;
};

}  // namespace tamga::treaty_office
