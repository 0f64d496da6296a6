// How fast the exchange log is: durable appends beside raw SQLite with the same group commit, proofs in a large log,
// and the verification of all of it.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "certs/ed25519.h"
#include "node/base/check.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/base/program_options.h"
#include "node/base/rng.h"
#include "node/base/uuid.h"
#include "node/ledger/copy_check.h"
#include "node/ledger/log_reader.h"
#include "node/ledger/log_verifier.h"
#include "node/ledger/sequencer.h"
#include "node/ledger/tile_reader.h"
#include "node/store/exchange_db.h"
#include "node/store/sqlite.h"
#include "node/store/vault.h"
#include "tamga/v1/log_entry.pb.h"
#include "tests/bench/folder.h"
#include "tests/bench/measure.h"

namespace tamga::bench {
namespace {

constexpr int kRounds = 5;

struct Options {
  std::string folder = ".";
  double seconds = 2;
  uint64_t entries = 1'000'000;
};

// Ends the program: there is nothing to measure then.
template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) std::fprintf(stderr, "%s\n", value.status().ToString().c_str());
  TAMGA_CHECK(value.ok());
  return *std::move(value);
}

void Must(const absl::Status& status) {
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  TAMGA_CHECK(status.ok());
}

// As long as an entry of a permitted check of a traveller.
std::string SampleEntry(Rng& rng) {
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(v1::ENTRY_KIND_RECEIVED);
  entry.set_exchange_id(NewUuidV7(absl::Now(), rng));
  entry.set_own("KAZ/border-service");
  entry.set_partner("KGZ/interior-ministry");
  *entry.mutable_logged_at() = ToProto(absl::Now());
  entry.set_outcome(v1::ENTRY_OUTCOME_PERMITTED);
  entry.set_treaty_id("CIS-WANTED-SEARCH-2010");
  entry.set_request_commitment(rng.Bytes(32));
  entry.set_reply_commitment(rng.Bytes(32));
  entry.set_seal_sha256(rng.Bytes(32));
  return entry.SerializeAsString();
}

// A node's log with all that belongs to it.
class Log {
 public:
  explicit Log(const std::string& folder)
      : key_(Must(certs::Ed25519Key::FromSeed(std::string(32, 's')))),
        name_{"log.benchmark.example", key_.public_key()},
        database_(Must(store::ExchangeDb::Open(folder, std::string(32, 'v'), std::string(32, 'b')))),
        vault_(Must(store::Vault::Open(folder, std::string(32, 'v'), rng_))) {}

  ledger::NoteSigner signer() const {
    return [this](absl::string_view text) { return key_.Sign(text); };
  }
  const ledger::NoteKey& name() const { return name_; }
  store::ExchangeDb& database() { return *database_; }
  store::Vault& vault() { return *vault_; }

 private:
  SystemRng rng_;
  const certs::Ed25519Key key_;
  const ledger::NoteKey name_;
  std::unique_ptr<store::ExchangeDb> database_;
  std::unique_ptr<store::Vault> vault_;
};

// What nobody can do without: the same bytes, the same number of them in one transaction at most, callers who wait.
class RawGroupCommit {
 public:
  explicit RawGroupCommit(const std::string& folder)
      : database_(Must(store::Database::Open(folder + "/raw.db", store::Database::Access::kReadWrite))) {
    Must(database_->Execute("CREATE TABLE entry(idx INTEGER PRIMARY KEY, body BLOB NOT NULL)"));
    thread_ = std::thread([this] { Loop(); });
  }
  ~RawGroupCommit() {
    {
      MutexLock lock(mutex_);
      stopping_ = true;
      changed_.NotifyOne();
    }
    thread_.join();
  }
  RawGroupCommit(const RawGroupCommit&) = delete;
  RawGroupCommit& operator=(const RawGroupCommit&) = delete;

  void Append(std::string body) {
    Waiting waiting{std::move(body), {}};
    std::future<void> done = waiting.done.get_future();
    {
      MutexLock lock(mutex_);
      queue_.push_back(std::move(waiting));
      changed_.NotifyOne();
    }
    done.get();
  }

 private:
  struct Waiting {
    std::string body;
    std::promise<void> done;
  };

  std::vector<Waiting> TakeBatch() {
    std::vector<Waiting> batch;
    MutexLock lock(mutex_);
    while (queue_.empty() && !stopping_) changed_.Wait(mutex_);
    while (!queue_.empty() && batch.size() < ledger::kMaxBatch) {
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    return batch;
  }

  void Loop() {
    int64_t index = 0;
    for (std::vector<Waiting> batch = TakeBatch(); !batch.empty(); batch = TakeBatch()) {
      Must(store::Statement(*database_, "BEGIN IMMEDIATE").Run());
      for (const Waiting& waiting : batch) {
        store::Statement insert(*database_, "INSERT INTO entry(idx, body) VALUES(?1, ?2)");
        Must(insert.BindInt(1, index++).BindBlob(2, waiting.body).Run());
      }
      Must(store::Statement(*database_, "COMMIT").Run());
      for (Waiting& waiting : batch) waiting.done.set_value();
    }
  }

  std::unique_ptr<store::Database> database_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Waiting> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// One source of entries a caller, so that making them does not stand in the way.
class Sources {
 public:
  explicit Sources(int callers) {
    for (int i = 0; i < callers; ++i) sources_.push_back(std::make_unique<SeededRng>(static_cast<uint64_t>(i)));
  }
  std::string Next(int caller) { return SampleEntry(*sources_[static_cast<size_t>(caller)]); }

 private:
  std::vector<std::unique_ptr<SeededRng>> sources_;
};

// The rounds' middle one by rate.
Figures Middle(std::vector<Figures> rounds) {
  std::sort(rounds.begin(), rounds.end(),
            [](const Figures& a, const Figures& b) { return a.calls_per_second < b.calls_per_second; });
  return rounds[rounds.size() / 2];
}

// In turn, so that whatever else the machine does meets both.
void MeasureAppends(const Options& options, int callers) {
  const Folder folder(options.folder, "log_benchmark");
  Sources sources(callers);
  RawGroupCommit commit(folder.path());
  Log log(folder.path());
  const auto sequencer = Must(ledger::Sequencer::Start(log.database(), log.vault(), log.name(), log.signer()));
  std::vector<Figures> syncs;
  std::vector<Figures> raws;
  std::vector<Figures> logs;
  for (int round = 0; round < kRounds; ++round) {
    syncs.push_back(MeasureDiskSync(folder.path()));
    raws.push_back(Measure(callers, options.seconds, [&](int caller) {
      commit.Append(sources.Next(caller));
      return true;
    }));
    logs.push_back(Measure(callers, options.seconds, [&](int caller) {
      return sequencer->Append({{}, sources.Next(caller)}).ok();
    }));
  }
  const Figures sync = Middle(syncs);
  const Figures raw = Middle(raws);
  const Figures ours = Middle(logs);
  std::printf("%d callers; fdatasync of 4 KiB: p50 %.2f ms, p99 %.2f ms\n", callers, sync.p50_ms, sync.p99_ms);
  std::printf("  raw SQLite  %s\n", Format(raw).c_str());
  std::printf("  log         %s\n", Format(ours).c_str());
  std::printf("  ratio       %.2f\n", ours.calls_per_second / raw.calls_per_second);
  std::fflush(stdout);
}

// Microseconds that 1,000 calls took, sorted.
template <typename Call>
void MeasureEach(const char* what, Call call) {
  std::vector<int64_t> nanoseconds;
  for (int i = 0; i < 1'000; ++i) {
    const absl::Time begin = absl::Now();
    call();
    nanoseconds.push_back(absl::ToInt64Nanoseconds(absl::Now() - begin));
  }
  std::sort(nanoseconds.begin(), nanoseconds.end());
  std::printf("  %-44s p50 %6.1f us   p99 %6.1f us\n", what, static_cast<double>(nanoseconds[500]) / 1000,
              static_cast<double>(nanoseconds[990]) / 1000);
}

// Seconds that this thread's work took of a core.
double CpuSeconds() {
  timespec time = {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Prints how many of the log's entries one core does in a second.
template <typename Work>
void MeasureWhole(const char* what, uint64_t entries, Work work) {
  const double begin = CpuSeconds();
  work();
  std::printf("  %-44s %9.0f entries per second and core\n", what,
              static_cast<double>(entries) / (CpuSeconds() - begin));
}

uint64_t Below(uint64_t bound, Rng& rng) {
  uint64_t number = 0;
  std::memcpy(&number, rng.Bytes(sizeof(number)).data(), sizeof(number));
  return number % bound;
}

std::string Fill(Log& log, uint64_t entries) {
  SeededRng rng(1);
  const auto writer = Must(ledger::LogWriter::Open(log.database(), log.vault(), log.name(), log.signer()));
  for (uint64_t added = 0; added < entries;) {
    std::vector<ledger::CheckedSubmission> batch;
    for (; added < entries && batch.size() < ledger::kMaxBatch; ++added) {
      batch.push_back(Must(ledger::CheckSubmission({{}, SampleEntry(rng)})));
    }
    for (const auto& result : writer->Write(batch)) Must(result.status());
  }
  Must(writer->Settle());
  return writer->checkpoint();
}

// The log's own tiles, read beforehand so that only hashing is measured.
class TilesInMemory final : public ledger::TileSource {
 public:
  TilesInMemory(store::ExchangeDb& database, uint64_t size) {
    const ledger::TileReader reader(database);
    Must(ledger::ForEachTile(size, [&](const ledger::TilePath& path) {
      contents_[ledger::FormatTilePath(path)] = Must(reader.Read(path, size));
      return absl::OkStatus();
    }));
  }

  absl::StatusOr<std::vector<std::string>> Get(const std::vector<ledger::TilePath>& paths) override {
    std::vector<std::string> found;
    for (const ledger::TilePath& path : paths) found.push_back(std::move(contents_.at(ledger::FormatTilePath(path))));
    return found;
  }

 private:
  std::map<std::string, std::string> contents_;
};

void MeasureLargeLog(const Options& options) {
  const Folder folder(options.folder, "log_benchmark");
  Log log(folder.path());
  const std::string note = Fill(log, options.entries);
  const ledger::Checkpoint checkpoint = Must(ledger::OpenCheckpoint(note, log.name(), certs::VerifyEd25519));
  std::printf("a log of %lu entries\n", static_cast<unsigned long>(checkpoint.size));
  ledger::LogReader reader(log.database());
  SeededRng rng(2);
  const auto prove = [&](uint64_t index) { Must(reader.ProveInclusion(index, note)); };
  MeasureEach("inclusion proof of one of the newest 512",
              [&] { prove(checkpoint.size - 1 - Below(std::min<uint64_t>(512, checkpoint.size), rng)); });
  MeasureEach("inclusion proof of any entry, first", [&] { prove(Below(checkpoint.size, rng)); });
  for (uint64_t index = 0; index < checkpoint.size; index += ledger::kTileWidth) prove(index);
  MeasureEach("inclusion proof of any entry, tiles known", [&] { prove(Below(checkpoint.size, rng)); });
  MeasureEach("consistency proof with any earlier size",
              [&] { Must(reader.ProveConsistency(1 + Below(checkpoint.size, rng), checkpoint.size)); });
  TilesInMemory tiles(log.database(), checkpoint.size);
  MeasureWhole("verify-export, tiles and bundles in memory", checkpoint.size,
               [&] { Must(ledger::CheckCopy({}, checkpoint, tiles, [](uint64_t, uint64_t) {})); });
  MeasureWhole("verification of the stored log by the node", checkpoint.size, [&] {
    const ledger::LogVerdict verdict = Must(ledger::VerifyLog(log.database(), log.name(), certs::VerifyEd25519,
                                                              absl::OkStatus, [](uint64_t, uint64_t) { return true; }));
    TAMGA_CHECK(verdict.intact());
  });
}

void Run(const Options& options) {
  for (const int callers : {1, 64, 512}) MeasureAppends(options, callers);
  MeasureLargeLog(options);
}

}  // namespace
}  // namespace tamga::bench

int main(int argc, char** argv) {
  tamga::bench::Options options;
  CLI::App program("Measures the exchange log", "log_benchmark");
  program.add_option("--folder", options.folder, "Where to put the databases: the disk that is measured");
  program.add_option("--seconds", options.seconds, "Time for each of five rounds of appends");
  program.add_option("--entries", options.entries, "Size of the large log");
  if (const auto ended = tamga::ParseOrEnd(program, argc, argv)) return *ended;
  tamga::bench::Run(options);
  return 0;
}
