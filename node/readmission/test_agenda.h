// For tests: the cases of test_cases.h in a node's store with its log.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "node/base/uuid.h"
#include "node/ledger/test_log.h"
#include "node/readmission/case_lists.h"
#include "node/readmission/case_store.h"
#include "node/readmission/test_cases.h"
#include "node/store/transaction.h"
#include "node/treaty/test_treaties.h"

namespace tamga::readmission {

class AgendaTest : public ledger::TestLog {
 protected:
  void SetUp() override {
    TestLog::SetUp();
    ASSERT_OK_AND_ASSIGN(sequencer_, StartSequencer());
    records_ = std::make_unique<store::Records>(*database_, *vault_, rng_);
    cases_ = std::make_unique<CaseStore>(kAgendaOwn, *records_, laws_, clock_);
    lists_ = std::make_unique<CaseLists>(*database_, *cases_, clock_);
  }

  std::string TreatySha256() const { return treaties_.Get()->set->documents().front()->sha256; }

  // Stores a case that was received `ago`; gives its id.
  std::string Add(absl::Duration ago = absl::ZeroDuration()) {
    const std::string id = FormatUuid(NewUuidV7(clock_.Now(), rng_));
    Save(ReceivedCase(id, clock_.Now() - ago, TreatySha256()));
    return id;
  }
  void Save(const v1::ReadmissionFile& file) { EXPECT_OK(sequencer_->Commit(cases_->Save(file))); }
  // Changes the case into one that cannot be read.
  void Damage(const std::string& id) { Replace(id, "\xff\xff"); }
  void LoseTreatyText(const std::string& id) {
    v1::ReadmissionFile file = File(id);
    file.set_treaty_sha256(std::string(32, 'x'));
    Replace(id, file.SerializeAsString());
  }
  v1::ReadmissionFile File(const std::string& id) const { return cases_->Load(id).value().file; }
  v1::ReadmissionState StateOf(const std::string& id) const { return cases_->Fold(File(id)).value().record.state(); }
  store::CaseRow RowOf(const std::string& id) { return Read()->GetCase(id).value(); }

  void Replace(const std::string& id, const std::string& body) {
    store::Effects effects = records_->Put(kCaseKind, id, static_cast<int64_t>(File(id).version()), body, clock_.Now());
    effects.writes.push_back([row = RowOf(id)](store::Transaction& transaction) { return transaction.PutCase(row); });
    EXPECT_OK(sequencer_->Commit(effects));
  }

  ManualClock clock_{store::kTestNow};
  treaty::CurrentTreaties treaties_{treaty::RatifiedLibrary({{kAgendaTreaty}})};
  const LawBook laws_{treaties_};
  std::unique_ptr<ledger::Sequencer> sequencer_;
  std::unique_ptr<store::Records> records_;
  std::unique_ptr<CaseStore> cases_;
  std::unique_ptr<CaseLists> lists_;
};

}  // namespace tamga::readmission
