// What 100,000 open readmission cases with clocks cost: what is due soon, a look of the clock keeper when nothing is
// due (the same with one case, so that an idle case costs nothing), and catching up when 1,000 limits passed while the
// node was down.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "node/base/check.h"
#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/base/uuid.h"
#include "node/ledger/sequencer.h"
#include "node/ledger/test_ed25519.h"
#include "node/readmission/case_clock_keeper.h"
#include "node/readmission/case_lists.h"
#include "node/readmission/test_cases.h"
#include "node/treaty/test_treaties.h"
#include "tests/bench/folder.h"

namespace tamga::bench {
namespace {

constexpr int64_t kCases = 100'000;
constexpr int64_t kStoredAtOnce = 500;
constexpr int64_t kDueAtOnce = 1'000;
constexpr int kCatchUps = 5;

// Cases whose replies are due one a second from `start` + kReplyTime on.
class Desk {
 public:
  explicit Desk(int64_t cases) {
    const std::string sha256 = treaties_.Get()->set->documents().front()->sha256;
    for (int64_t next = 0; next < cases;) {
      std::vector<ledger::Submission> submissions;
      for (; next < cases && static_cast<int64_t>(submissions.size()) < kStoredAtOnce; ++next) {
        const absl::Time received_at = clock_.Now() + absl::Seconds(next);
        const std::string id = FormatUuid(NewUuidV7(received_at, rng_));
        submissions.emplace_back().effects = cases_.Save(readmission::ReceivedCase(id, received_at, sha256));
      }
      for (const auto& result : sequencer_->AppendAll(std::move(submissions))) TAMGA_CHECK(result.ok());
    }
    clock_.Advance(readmission::kReplyTime - absl::Seconds(1));
  }

  void Advance(absl::Duration step) { clock_.Advance(step); }
  size_t CountDueSoon() {
    store::CaseFilter filter;
    filter.due_by = clock_.Now() + absl::Hours(24);
    return database_->Read().value()->ListCases(filter, 100, "").value().cases.size();
  }
  size_t ListDueSoon() {
    v1::ListReadmissionCasesRequest request;
    request.set_due_within_days(1);
    return static_cast<size_t>(lists_.List(request).value().cases_size());
  }
  bool LookOnce() { return keeper_.RunBatch().value(); }
  void CatchUp() {
    while (LookOnce()) {
    }
  }

 private:
  SystemRng rng_;
  ManualClock clock_{absl::FromUnixSeconds(1'795'000'000)};
  // Below the current folder, since a temporary one may be memory.
  const Folder folder_{".", "case_benchmark"};
  const ledger::TestLogKey log_key_{"benchmark.example/log"};
  const std::unique_ptr<store::ExchangeDb> database_ =
      store::ExchangeDb::Open(folder_.path(), std::string(32, 'k'), std::string(32, 'b')).value();
  const std::unique_ptr<store::Vault> vault_ = store::Vault::Open(folder_.path(), std::string(32, 'k'), rng_).value();
  store::Records records_{*database_, *vault_, rng_};
  const std::unique_ptr<ledger::Sequencer> sequencer_ =
      ledger::Sequencer::Start(*database_, *vault_, log_key_.key(), log_key_.signer()).value();
  treaty::CurrentTreaties treaties_{treaty::RatifiedLibrary({{readmission::kAgendaTreaty}})};
  const readmission::LawBook laws_{treaties_};
  const readmission::CaseStore cases_{readmission::kAgendaOwn, records_, laws_, clock_};
  const readmission::CaseLists lists_{*database_, cases_, clock_};
  const exchange::Pseudonyms pseudonyms_{std::string(32, 'p')};
  readmission::CaseClockKeeper keeper_{{*database_, cases_, *sequencer_, pseudonyms_, clock_, rng_}};
};

Desk& BigDesk() {
  static Desk desk(kCases);  // its folder goes at the end
  return desk;
}

void DueSoonQuery(benchmark::State& state) {
  for (auto _ : state) TAMGA_CHECK(BigDesk().CountDueSoon() == 100);
}

void DueSoonList(benchmark::State& state) {
  for (auto _ : state) TAMGA_CHECK(BigDesk().ListDueSoon() == 100);
}

void LookWithNothingDue(benchmark::State& state) {
  for (auto _ : state) TAMGA_CHECK(!BigDesk().LookOnce());
}

void LookWithOneCase(benchmark::State& state) {
  Desk desk(1);
  for (auto _ : state) TAMGA_CHECK(!desk.LookOnce());
}

void CatchUp(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    BigDesk().Advance(absl::Seconds(kDueAtOnce));
    state.ResumeTiming();
    BigDesk().CatchUp();
  }
  state.SetItemsProcessed(state.iterations() * kDueAtOnce);
}

BENCHMARK(LookWithOneCase)->UseRealTime();
BENCHMARK(LookWithNothingDue)->UseRealTime();
BENCHMARK(DueSoonQuery)->UseRealTime();
BENCHMARK(DueSoonList)->UseRealTime();
BENCHMARK(CatchUp)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(kCatchUps);

}  // namespace
}  // namespace tamga::bench

BENCHMARK_MAIN();
