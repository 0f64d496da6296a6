// How long a search of a log of 1,000,000 entries takes: the first page of 100 by each filter and by several together,
// common, rare and contradictory ones, a page far back, and the numbers of the whole log.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/rng.h"
#include "node/base/uuid.h"
#include "node/ledger/entry_row.h"
#include "node/store/exchange_db.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::ledger {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr uint64_t kEntries = 1'000'000;
constexpr uint64_t kBatch = 5'000;
constexpr size_t kPage = 100;
constexpr int kRounds = 50;
const absl::Time kBegin = absl::FromUnixSeconds(1'765'000'000);

std::string Partner(int n) { return absl::StrCat(n % 2 == 0 ? "KGZ" : "UZB", "/agency-", n); }
std::string Treaty(int n) { return absl::StrCat("TREATY-", n); }
std::string Asker(int n) { return Sha256(absl::StrCat("asker ", n)); }
std::string Case(int n) { return Sha256(absl::StrCat("case ", n)); }

// A year of exchanges with 20 agencies under 8 treaties. One system asks every third time; one partner's denials are
// rare; the treaty 7 is new.
class Log {
 public:
  store::EntryRow Next(uint64_t index) {
    const int partner = Below(20);
    v1::LogEntry entry;
    entry.set_version(1);
    entry.set_kind(static_cast<v1::EntryKind>(Below(50) == 0 ? 5 + Below(10) : 1 + Below(4)));
    entry.set_exchange_id(NewUuidV7(kBegin, rng_));
    entry.set_own("KAZ/border-service");
    entry.set_partner(Partner(partner));
    *entry.mutable_logged_at() = ToProto(kBegin + absl::Seconds(31) * static_cast<int64_t>(index));
    const int treaty = index < 990'000 ? Below(7) : Below(8);
    entry.set_treaty_id(Treaty(treaty));
    entry.set_treaty_sha256(Sha256(Treaty(treaty)));
    for (int article = Below(3); article < 3; ++article)
      entry.add_articles(absl::StrCat(Treaty(treaty), " art. ", article));
    entry.set_record_kind(static_cast<v1::RecordKind>(1 + treaty % 3));
    entry.set_operation(static_cast<v1::Operation>(1 + treaty));
    entry.set_outcome(static_cast<v1::EntryOutcome>(Below(partner == 19 ? 5'000 : 10) == 0 ? 2 : 1));
    entry.set_request_commitment(rng_.Bytes(32));
    entry.set_seal_sha256(rng_.Bytes(32));
    entry.set_asker_pseudonym(Asker(Below(3) == 0 ? 0 : Below(500)));
    entry.set_case_pseudonym(Case(Below(200'000)));
    absl::StatusOr<store::EntryRow> row = EntryRowOf(entry.SerializeAsString());
    TAMGA_CHECK(row.ok());
    row->index = index;
    return *std::move(row);
  }

 private:
  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }

  std::mt19937 random_{7};
  SeededRng rng_{7};
};

void Fill(store::ExchangeDb& database) {
  Log log;
  const SteadyClock::time_point start = SteadyClock::now();
  for (uint64_t next = 0; next < kEntries;) {
    absl::StatusOr<std::unique_ptr<store::WriteBatch>> batch = database.Begin();
    TAMGA_CHECK(batch.ok());
    for (uint64_t i = 0; i < kBatch; ++i) TAMGA_CHECK((*batch)->AppendEntry(log.Next(next++)).ok());
    TAMGA_CHECK((*batch)->Commit().ok());
  }
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
  std::printf("%llu entries written in %.0f s\n", static_cast<unsigned long long>(kEntries), seconds);
}

template <typename Work>
void Measure(const std::string& what, Work work) {
  std::vector<double> milliseconds;
  size_t found = 0;
  for (int round = 0; round < kRounds; ++round) {
    const SteadyClock::time_point start = SteadyClock::now();
    found = work();
    milliseconds.push_back(std::chrono::duration<double, std::milli>(SteadyClock::now() - start).count());
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  std::printf("%-58s found=%-6zu p50=%.2f ms p98=%.2f ms\n", what.c_str(), found, milliseconds[kRounds / 2],
              milliseconds[kRounds * 98 / 100]);
}

void MeasureSearches(store::ExchangeDb& database) {
  const auto list = [&](const store::EntryFilter& filter, const std::string& token) {
    absl::StatusOr<store::ReadSession> session = database.Read();
    TAMGA_CHECK(session.ok());
    absl::StatusOr<store::EntryPage> page = (*session)->ListEntries(filter, kPage, token);
    TAMGA_CHECK(page.ok());
    return *std::move(page);
  };
  const auto search = [&](const std::string& what, store::EntryFilter filter) {
    filter.below = kEntries;
    Measure(what, [&] { return list(filter, "").entries.size(); });
  };
  const auto indexed = [](const std::string& pseudonym) { return pseudonym.substr(0, store::kIndexedPseudonymBytes); };
  const absl::Time middle = kBegin + absl::Seconds(31) * int64_t{kEntries / 2};
  search("nothing", {});
  search("a day", {.since = middle, .until = middle + absl::Hours(24)});
  search("partner", {.partner = Partner(3)});
  search("all agencies of a State", {.partner_state = "KGZ"});
  search("kind", {.kind = 7});
  search("outcome", {.outcome = 2});
  search("treaty", {.treaty_id = Treaty(7)});
  search("article", {.article = "TREATY-3 art. 1"});
  search("record kind", {.record_kind = 2});
  search("operation", {.operation = 4});
  search("asker of a third of all", {.asker = indexed(Asker(0))});
  search("asker", {.asker = indexed(Asker(77))});
  search("case", {.case_file = indexed(Case(1234))});
  search("partner and outcome (rare)", {.partner = Partner(19), .outcome = 2});
  search("two that never meet: treaty and operation", {.treaty_id = Treaty(1), .operation = 7});
  search("partner, kind, treaty, article, outcome",
         {.partner = Partner(3), .kind = 2, .outcome = 2, .treaty_id = Treaty(2), .article = "TREATY-2 art. 1"});
  search("asker of a third of all, partner, outcome (rare)",
         {.partner = Partner(19), .outcome = 2, .asker = indexed(Asker(0))});
  search("asker, case", {.asker = indexed(Asker(0)), .case_file = indexed(Case(1234))});
  search("the whole year before its second day, and a kind", {.until = kBegin + absl::Hours(24), .kind = 7});
  store::EntryFilter foreign{.partner_state = "KGZ"};
  foreign.without_kinds = {5, 11, 14};
  foreign.own_kind = 15;
  foreign.own_asker = indexed(Asker(9));
  search("what a foreign auditor sees", foreign);
  std::string token;
  for (int i = 0; i < 500; ++i) token = list({.outcome = 2}, token).next_page_token;
  Measure("outcome, page 501", [&] { return list({.outcome = 2}, token).entries.size(); });
  Measure("numbers of the whole log", [&] {
    absl::StatusOr<store::ReadSession> session = database.Read();
    TAMGA_CHECK(session.ok());
    absl::StatusOr<std::vector<store::EntryGroup>> groups = (*session)->CountEntries({.below = kEntries});
    TAMGA_CHECK(groups.ok());
    return groups->size();
  });
  Measure("numbers of a month with a partner", [&] {
    absl::StatusOr<store::ReadSession> session = database.Read();
    TAMGA_CHECK(session.ok());
    absl::StatusOr<std::vector<store::EntryGroup>> groups = (*session)->CountEntries(
        {.since = middle, .until = middle + absl::Hours(24 * 30), .partner = Partner(3), .below = kEntries});
    TAMGA_CHECK(groups.ok());
    return groups->size();
  });
}

// In `folder`, which is filled unless it has a log.
void Run(const std::string& folder) {
  const absl::StatusOr<std::unique_ptr<store::ExchangeDb>> database =
      store::ExchangeDb::Open(folder, std::string(32, 'k'), std::string(32, 'b'));
  TAMGA_CHECK(database.ok());
  uint64_t count = 0;
  {
    absl::StatusOr<store::ReadSession> session = (*database)->Read();
    TAMGA_CHECK(session.ok());
    count = (*session)->EntryCount().value_or(0);
  }
  if (count == 0) Fill(**database);
  std::printf("exchange.db has %.0f MB\n",
              static_cast<double>(std::filesystem::file_size(folder + "/exchange.db")) / 1e6);
  MeasureSearches(**database);
}

}  // namespace
}  // namespace tamga::ledger

// search_benchmark FOLDER: the folder is made, filled if it is empty, and kept.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: search_benchmark FOLDER\n");
    return 2;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  tamga::ledger::Run(argv[1]);
}
