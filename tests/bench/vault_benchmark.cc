// What the vault costs beside bare SQLite: bodies of 1 KiB, each under a key of its own and durable before its caller
// goes on, against the same bytes in the clear in one table.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/base/rng.h"
#include "node/store/sqlite.h"
#include "node/store/vault.h"
#include "tests/bench/folder.h"

namespace tamga::bench {
namespace {

constexpr size_t kBodyBytes = 1024;
constexpr int64_t kStored = 20'000;
constexpr int64_t kStoredAtOnce = 500;

// Below the current folder, since a temporary one may be memory.
Folder MakeFolder() { return Folder(".", "vault_benchmark"); }

std::string IdOf(int64_t number) {
  std::string id = absl::StrCat(number);
  id.resize(16, '.');
  return id;
}

class VaultStore {
 public:
  VaultStore() : vault_(store::Vault::Open(folder_.path(), std::string(32, 'k'), rng_).value()) {}

  void Put(int64_t first, int64_t count, const std::string& body) {
    std::vector<store::Blob> blobs;
    for (int64_t i = first; i < first + count; ++i) blobs.push_back({IdOf(i), "benchmark", body});
    TAMGA_CHECK(vault_->Update({}, blobs).ok());
  }
  std::string Get(int64_t number) { return vault_->Get(IdOf(number), "benchmark").value(); }

 private:
  SystemRng rng_;
  const Folder folder_ = MakeFolder();
  const std::unique_ptr<store::Vault> vault_;
};

class BareStore {
 public:
  BareStore()
      : database_(store::Database::Open(folder_.path() + "/bare.db", store::Database::Access::kReadWrite).value()) {
    TAMGA_CHECK(database_->Execute("CREATE TABLE blob(id BLOB PRIMARY KEY, body BLOB NOT NULL)").ok());
  }

  void Put(int64_t first, int64_t count, const std::string& body) {
    TAMGA_CHECK(database_->Begin().ok());
    for (int64_t i = first; i < first + count; ++i) {
      store::Statement insert(*database_, "INSERT INTO blob VALUES(?1, ?2)");
      TAMGA_CHECK(insert.BindBlob(1, IdOf(i)).BindBlob(2, body).Run().ok());
    }
    TAMGA_CHECK(database_->Finish(absl::OkStatus()).ok());
  }
  std::string Get(int64_t number) {
    store::Statement select(*database_, "SELECT body FROM blob WHERE id = ?1");
    TAMGA_CHECK(select.BindBlob(1, IdOf(number)).Step().value());
    return select.Bytes(0);
  }

 private:
  const Folder folder_ = MakeFolder();
  const std::unique_ptr<store::Database> database_;
};

// Commits of as many bodies as the benchmark's argument says.
template <typename Store>
void Write(benchmark::State& state) {
  Store store;
  SystemRng rng;
  const std::string body = rng.Bytes(kBodyBytes);
  int64_t next = 0;
  for (auto _ : state) {
    store.Put(next, state.range(0), body);
    next += state.range(0);
  }
  state.SetItemsProcessed(next);
}

template <typename Store>
void Read(benchmark::State& state) {
  Store store;
  SystemRng rng;
  const std::string body = rng.Bytes(kBodyBytes);
  for (int64_t i = 0; i < kStored; i += kStoredAtOnce) store.Put(i, kStoredAtOnce, body);
  int64_t number = 0;
  for (auto _ : state) {
    TAMGA_CHECK(store.Get(number).size() == kBodyBytes);
    number = (number + 7919) % kStored;
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(Write<BareStore>)->Arg(1)->Arg(64)->UseRealTime();
BENCHMARK(Write<VaultStore>)->Arg(1)->Arg(64)->UseRealTime();
BENCHMARK(Read<BareStore>)->UseRealTime();
BENCHMARK(Read<VaultStore>)->UseRealTime();

}  // namespace
}  // namespace tamga::bench

BENCHMARK_MAIN();
