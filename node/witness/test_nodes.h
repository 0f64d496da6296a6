// Nodes as far as they witness each other's logs: in one process, each with its databases in a folder. For tests only.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/base/matchers.h"
#include "node/ledger/test_log.h"
#include "node/store/test_folder.h"
#include "node/witness/log_watch.h"
#include "node/witness/partner_logs.h"
#include "node/witness/witness.h"
#include "node/witness/witnessing.h"

namespace tamga::witness {

// A partner in the test's hands.
class PeerFunctions final : public LogPeer {
 public:
  using Add = std::function<absl::StatusOr<v1::AddCheckpointResponse>(const std::string& body)>;
  using Prove = std::function<absl::StatusOr<v1::ProveGrowthResponse>(uint64_t old_size)>;
  PeerFunctions(Add add, Prove prove) : add_(std::move(add)), prove_(std::move(prove)) {}
  absl::StatusOr<v1::AddCheckpointResponse> AddCheckpoint(const std::string& body, absl::Time /*deadline*/) override {
    return add_(body);
  }
  absl::StatusOr<v1::ProveGrowthResponse> ProveGrowth(uint64_t old_size, absl::Time /*deadline*/) override {
    return prove_(old_size);
  }

 private:
  const Add add_;
  const Prove prove_;
};

inline std::string NameOf(const std::string& agency) {
  std::string name = agency;
  name[3] = '.';
  return name;
}

class TestNode {
 public:
  TestNode(std::string agency, ManualClock& clock, Rng& rng)
      : agency_(std::move(agency)),
        log_key_("log." + NameOf(agency_)),
        witness_key_("witness." + NameOf(agency_), ledger::kCosignature),
        clock_(clock),
        rng_(rng) {}

  // Begins, or begins again, with what its folder holds. `others` are its partners, and its witnesses in this order.
  void Start(std::vector<TestNode*> others, const std::string& quorum = "any") {
    Stop();
    others_ = std::move(others);
    quorum_ = quorum;
    database_ = Must(store::ExchangeDb::Open(folder_.path(), store::kTestVaultKey, store::kTestBlindKey));
    vault_ = Must(store::Vault::Open(folder_.path(), store::kTestVaultKey, rng_));
    sequencer_ = Must(ledger::Sequencer::Start(*database_, *vault_, log_key_.key(), log_key_.signer()));
    log_reader_ = std::make_unique<ledger::LogReader>(*database_);
    std::map<std::string, ledger::NoteKey> logs;
    for (TestNode* other : others_) {
      logs[other->agency_] = other->log_key_.key();
      peers_[other->agency_] = std::make_unique<PeerFunctions>(
          [this, other](const std::string& body) { return other->ServeAdd(body, agency_); },
          [other](uint64_t old_size) { return other->ServeProve(old_size); });
    }
    logs_ = Must(
        PartnerLogs::Open({agency_, log_key_.key().name, logs, *database_, *sequencer_, pseudonyms_, clock_, rng_}));
    watch_ = std::make_unique<LogWatch>(*logs_, peers_, clock_, absl::Seconds(2));
    witness_ = std::make_unique<Witness>(*logs_, *watch_, witness_key_.key(), witness_key_.signer(), [this] {
      return insists_on_comparison ? witnessing_->CheckCompared() : absl::OkStatus();
    });
    witnessing_ =
        Must(Witnessing::Open(WitnessingParts{log_key_.key(), Policy(), Asked(), absl::Hours(4), absl::Seconds(2),
                                              absl::Minutes(2), *database_, *sequencer_, *log_reader_, clock_}));
  }

  void Stop() {
    witnessing_.reset();
    witness_.reset();
    watch_.reset();
    logs_.reset();
    peers_.clear();
    log_reader_.reset();
    sequencer_.reset();
    vault_.reset();
    database_.reset();
  }

  // Adds `count` entries that no other log of this test has.
  void Append(int count) {
    for (int i = 0; i < count; ++i) {
      v1::LogEntry entry;
      TAMGA_CHECK(entry.ParseFromString(ledger::TestEntry(next_entry_)));
      ++next_entry_;
      entry.set_own(agency_);
      *entry.mutable_logged_at() = ToProto(clock_.Now());
      Must(sequencer_->Append({{}, entry.SerializeAsString()}));
    }
  }

  // A round of questions to its witnesses.
  void AskAll() {
    witnessing_->AskAll(absl::InfiniteFuture(), [] { return false; });
  }

  // What it answers its partners.
  absl::StatusOr<v1::AddCheckpointResponse> ServeAdd(const std::string& body, const std::string& from) {
    if (add_instead) return add_instead(body);
    if (witness_ == nullptr) return absl::UnavailableError("down");
    const absl::StatusOr<WitnessAnswer> answer = witness_->AddCheckpoint(body, from);
    if (!answer.ok()) return answer.status();
    v1::AddCheckpointResponse response;
    response.set_status(static_cast<uint32_t>(answer->status));
    response.set_body(answer->body);
    response.set_seen_checkpoint(answer->seen_checkpoint);
    return response;
  }
  absl::StatusOr<v1::ProveGrowthResponse> ServeProve(uint64_t old_size) {
    if (sequencer_ == nullptr) return absl::UnavailableError("down");
    v1::ProveGrowthResponse response;
    response.set_checkpoint(sequencer_->NewestCheckpoint());
    if (old_size == 0 || old_size >= Size()) return response;
    for (const ledger::Hash& hash : Must(log_reader_->ProveConsistency(old_size, Size()))) {
      response.add_hashes(std::string(hash.bytes()));
    }
    return response;
  }

  // A copy of all that it has stored; Restore puts it back, with the node stopped.
  void Backup() {
    std::filesystem::remove_all(backup_.path());
    std::filesystem::copy(folder_.path(), backup_.path(), std::filesystem::copy_options::recursive);
  }
  void Restore() {
    std::filesystem::remove_all(folder_.path());
    std::filesystem::copy(backup_.path(), folder_.path(), std::filesystem::copy_options::recursive);
  }

  // Empties its folder, with the node stopped.
  void Wipe() {
    for (const auto& file : std::filesystem::directory_iterator(folder_.path())) std::filesystem::remove(file.path());
  }

  std::string Checkpoint() const { return sequencer_->NewestCheckpoint(); }
  uint64_t Size() const {
    return Must(ledger::OpenCheckpoint(Checkpoint(), log_key_.key(), certs::VerifyEd25519)).size;
  }
  // A request to cosign the newest checkpoint.
  std::string BodySince(uint64_t old_size) {
    ledger::AddCheckpoint request{old_size, {}, Checkpoint()};
    if (old_size > 0 && old_size < Size()) request.proof = Must(log_reader_->ProveConsistency(old_size, Size()));
    return ledger::FormatAddCheckpoint(request);
  }
  std::vector<v1::LogEntry> Entries(v1::EntryKind kind) {
    store::ReadSession session = Must(database_->Read());
    std::vector<v1::LogEntry> entries;
    for (const store::EntryRow& row : Must(session->EntriesFrom(0, 1000))) {
      v1::LogEntry entry;
      TAMGA_CHECK(entry.ParseFromString(row.body));
      if (entry.kind() == kind) entries.push_back(entry);
    }
    return entries;
  }
  v1::GetWitnessingResponse Describe(Witnessing::Faults faults = Witnessing::Faults::kInWords) const {
    v1::GetWitnessingResponse response;
    TAMGA_CHECK(witnessing_->Describe(faults, &response).ok());
    return response;
  }
  std::vector<v1::Contradiction> ContradictionsOf(const std::string& agency) const {
    const std::vector<v1::WitnessedLog> logs = Must(logs_->List());
    for (const v1::WitnessedLog& log : logs) {
      if (log.agency() == agency) return {log.contradictions().begin(), log.contradictions().end()};
    }
    return {};
  }

  const std::string& agency() const { return agency_; }
  const ledger::TestLogKey& log_key() const { return log_key_; }
  const ledger::TestLogKey& witness_key() const { return witness_key_; }
  PartnerLogs& logs() { return *logs_; }
  LogWatch& watch() { return *watch_; }
  Witness& witness() { return *witness_; }
  Witnessing& witnessing() { return *witnessing_; }
  ledger::Sequencer& sequencer() { return *sequencer_; }
  store::ExchangeDb& database() { return *database_; }

  // Set: it cosigns nothing until a witness has said what it has seen of the own log. A node always insists; most tests
  // begin where that is done.
  bool insists_on_comparison = false;
  // Set: what it answers in the witness's place.
  PeerFunctions::Add add_instead;

  template <typename T>
  static T Must(absl::StatusOr<T> result) {
    if (!result.ok()) ADD_FAILURE() << result.status();
    TAMGA_CHECK(result.ok());
    return *std::move(result);
  }

 private:
  std::vector<AskedWitness> Asked() {
    std::vector<AskedWitness> asked;
    for (TestNode* other : others_) {
      asked.push_back({other->agency_, other->witness_key_.key(), *peers_.at(other->agency_)});
    }
    return asked;
  }
  ledger::TlogPolicy Policy() const {
    std::string text;
    std::string names;
    for (const TestNode* other : others_) {
      absl::StrAppend(&text, "witness ", NameOf(other->agency_), " ", ledger::FormatVkey(other->witness_key_.key()),
                      "\n");
      absl::StrAppend(&names, " ", NameOf(other->agency_));
    }
    if (quorum_ == "none" || others_.empty()) {
      text += "quorum none\n";
    } else {
      absl::StrAppend(&text, "group all-of-them ", quorum_, names, "\nquorum all-of-them\n");
    }
    return Must(ledger::ParseTlogPolicy(text));
  }

  const std::string agency_;
  const ledger::TestLogKey log_key_;
  const ledger::TestLogKey witness_key_;
  ManualClock& clock_;
  Rng& rng_;
  const exchange::Pseudonyms pseudonyms_{"key"};
  const store::TestFolder folder_;
  const store::TestFolder backup_;
  uint64_t next_entry_ = 0;
  std::vector<TestNode*> others_;
  std::string quorum_;
  std::unique_ptr<store::ExchangeDb> database_;
  std::unique_ptr<store::Vault> vault_;
  std::unique_ptr<ledger::Sequencer> sequencer_;
  std::unique_ptr<ledger::LogReader> log_reader_;
  LogPeers peers_;
  std::unique_ptr<PartnerLogs> logs_;
  std::unique_ptr<LogWatch> watch_;
  std::unique_ptr<Witness> witness_;
  std::unique_ptr<Witnessing> witnessing_;
};

// Three nodes that watch over each other.
class ThreeNodes : public ::testing::Test {
 protected:
  void SetUp() override {
    kazakh_.Start({&kyrgyz_, &uzbek_});
    kyrgyz_.Start({&kazakh_, &uzbek_});
    uzbek_.Start({&kazakh_, &kyrgyz_});
  }

  ManualClock clock_{store::kTestNow};
  SeededRng rng_{5};
  TestNode kazakh_{"KAZ/border-service", clock_, rng_};
  TestNode kyrgyz_{"KGZ/interior-ministry", clock_, rng_};
  TestNode uzbek_{"UZB/interior-ministry", clock_, rng_};
};

}  // namespace tamga::witness
