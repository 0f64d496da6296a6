// A log of many entries is exported from a running node, and verified by a tool that is not ours.
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/ledger/add_checkpoint.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/log_reader.h"
#include "node/ledger/note.h"
#include "node/ledger/sequencer.h"
#include "node/store/exchange_db.h"
#include "node/store/vault.h"
#include "tamga/v1/log_entry.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct Result {
  int exit_code = -1;
  std::string output;
};

Result RunCommand(const std::string& command) {
  Result result;
  FILE* pipe = ::popen((command + " 2>&1 </dev/null").c_str(), "r");
  if (pipe == nullptr) return result;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) result.output += static_cast<char>(c);
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

std::string SampleEntry(Rng& rng) {
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(v1::ENTRY_KIND_RECEIVED);
  entry.set_exchange_id(NewUuidV7(absl::Now(), rng));
  entry.set_own(kBorder);
  entry.set_partner(kKyrgyz);
  *entry.mutable_logged_at() = ToProto(absl::Now());
  entry.set_outcome(v1::ENTRY_OUTCOME_PERMITTED);
  entry.set_request_commitment(rng.Bytes(32));
  return entry.SerializeAsString();
}

class ExportTest : public ::testing::Test {
 protected:
  // A node whose log has so many entries.
  void Start(uint64_t entries) {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kBorder});
    ASSERT_NE(federation_, nullptr);
    folder_ = federation_->folder(kBorder);
    ASSERT_OK(WriteFile(folder_ + "/vkey", federation_->log_vkey(kBorder) + "\n"));
    ASSERT_OK(WriteProfile());
    v1::NodeConfig config = federation_->config(kBorder);
    config.set_log_listen("127.0.0.1:0");
    ASSERT_OK(federation_->Reconfigure(kBorder, config));
    ASSERT_OK(AddEntries(entries));
    ASSERT_OK(federation_->StartAll());
  }

  // What a busy year leaves behind, written with the node's own keys while it does not run.
  absl::StatusOr<std::unique_ptr<store::KeyStore>> OpenKeys() {
    ASSIGN_OR_RETURN(const std::string hex, ReadFile(folder_ + "/vault.key"));
    ASSIGN_OR_RETURN(const std::string key, HexDecode(absl::StripAsciiWhitespace(hex)));
    return store::KeyStore::Open(folder_ + "/data", key, "", absl::Now(), rng_);
  }

  absl::Status AddEntries(uint64_t count) {
    ASSIGN_OR_RETURN(const std::string seed_hex, ReadFile(folder_ + "/log.key"));
    ASSIGN_OR_RETURN(const std::string seed, HexDecode(absl::StripAsciiWhitespace(seed_hex)));
    ASSIGN_OR_RETURN(const certs::Ed25519Key key, certs::Ed25519Key::FromSeed(seed));
    ASSIGN_OR_RETURN(auto keys, OpenKeys());
    ASSIGN_OR_RETURN(const std::string row_mac_key, keys->KeyFor("row-mac"));
    ASSIGN_OR_RETURN(const std::string blind_index_key, keys->KeyFor("blind-index"));
    ASSIGN_OR_RETURN(const auto database, store::ExchangeDb::Open(folder_ + "/data", row_mac_key, blind_index_key));
    ASSIGN_OR_RETURN(const auto vault, store::Vault::Open(folder_ + "/data", std::move(keys), rng_));
    const ledger::NoteKey name{federation_->config(kBorder).log().origin(), key.public_key()};
    ASSIGN_OR_RETURN(const auto writer, ledger::LogWriter::Open(*database, *vault, name, [&](absl::string_view text) {
                       return key.Sign(text);
                     }));
    for (uint64_t added = 0; added < count;) {
      std::vector<ledger::CheckedSubmission> batch;
      for (; added < count && batch.size() < ledger::kMaxBatch; ++added) {
        ASSIGN_OR_RETURN(ledger::CheckedSubmission submission, ledger::CheckSubmission({{}, SampleEntry(rng_)}));
        batch.push_back(std::move(submission));
      }
      for (const auto& result : writer->Write(batch)) RETURN_IF_ERROR(result.status());
    }
    return writer->Settle();
  }

  // What a witness would be asked that has seen so many entries.
  absl::StatusOr<std::string> GrowthSince(uint64_t old_size) {
    ASSIGN_OR_RETURN(const auto keys, OpenKeys());
    ASSIGN_OR_RETURN(const std::string row_mac_key, keys->KeyFor("row-mac"));
    ASSIGN_OR_RETURN(const std::string blind_index_key, keys->KeyFor("blind-index"));
    ASSIGN_OR_RETURN(const auto database, store::ExchangeDb::Open(folder_ + "/data", row_mac_key, blind_index_key));
    ledger::AddCheckpoint growth;
    growth.old_size = old_size;
    ASSIGN_OR_RETURN(growth.checkpoint, ReadFile(Copy() + "/checkpoint"));
    ASSIGN_OR_RETURN(const ledger::Note note, ledger::ParseNote(growth.checkpoint));
    ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint, ledger::ParseCheckpoint(note.text));
    ASSIGN_OR_RETURN(growth.proof, ledger::LogReader(*database).ProveConsistency(old_size, checkpoint.size));
    return ledger::FormatAddCheckpoint(growth);
  }

  absl::Status WriteProfile() {
    ASSIGN_OR_RETURN(const certs::KeyAndCertificate files,
                     federation_->authority("KAZ").Issue(AuditorOf("KAZ"), absl::Hours(1), absl::Now(), rng_));
    RETURN_IF_ERROR(WriteFile(folder_ + "/roots.pem", federation_->authority("KAZ").RootPem()));
    RETURN_IF_ERROR(WriteFile(folder_ + "/auditor.pem", files.chain_pem));
    RETURN_IF_ERROR(WriteFile(folder_ + "/auditor.key", files.key_pem, 0600));
    return WriteFile(folder_ + "/auditor.profile",
                     absl::StrCat("node_address: \"", federation_->address(kBorder), "\"\nnode_agency: \"", kBorder,
                                  "\"\ncertificate_file: \"auditor.pem\"\nkey_file: \"auditor.key\"\n",
                                  "trust { state: \"KAZ\" roots_file: \"roots.pem\" }\n"));
  }

  Result Tamga(const std::string& arguments) const {
    return RunCommand(absl::StrCat(TAMGA_BINARY " --profile ", folder_, "/auditor.profile ", arguments));
  }
  Result Export() const { return Tamga(absl::StrCat("audit export --out ", Copy(), " --vkey ", folder_, "/vkey")); }
  // Our check and that of others: both must come to the same.
  void ExpectVerdict(bool intact, const std::string& why = "") const {
    const Result ours = Tamga(absl::StrCat("audit verify-export ", Copy(), " --vkey ", folder_, "/vkey"));
    EXPECT_EQ(ours.exit_code, intact ? 0 : 1) << ours.output;
    EXPECT_THAT(ours.output, HasSubstr(why));
    const Result theirs = RunCommand(absl::StrCat(TAMGA_GO_MONITOR " log ", Copy(), " ", folder_, "/vkey"));
    EXPECT_EQ(theirs.exit_code, intact ? 0 : 1) << theirs.output;
  }

  // What curl says to `path` of the log's HTTPS server.
  Result Curl(const std::string& path, const std::string& options) const {
    const std::string event = "\"serving the log\",\"address\":\"127.0.0.1:";
    const std::string log = federation_->node(kBorder).LogText();
    const size_t at = log.find(event);
    if (at == std::string::npos) return {-1, log};
    const std::string port = log.substr(at + event.size(), log.find('"', at + event.size()) - at - event.size());
    return RunCommand(absl::StrCat("curl --silent --show-error --include --cacert ", folder_,
                                   "/roots.pem --connect-to ::127.0.0.1:", port, " ", options,
                                   " https://border-service.kaz.tamga", path));
  }

  std::string Copy() const { return folder_ + "/copy"; }
  // Flips a bit in the middle of a file below the copy, or flips it back.
  void Flip(const std::string& name) const {
    ASSERT_OK_AND_ASSIGN(std::string content, ReadFile(Copy() + "/" + name));
    content[content.size() / 2] ^= 1;
    ASSERT_OK(WriteFile(Copy() + "/" + name, content));
  }

  SystemRng rng_;
  std::unique_ptr<Federation> federation_;
  std::string folder_;
};

TEST_F(ExportTest, OthersVerifyWhatWeExportAndRefuseWhatWasTamperedWith) {
  Start(70'000);
  const Result exported = Export();
  ASSERT_EQ(exported.exit_code, 0) << exported.output;
  EXPECT_THAT(exported.output, HasSubstr("70000 entries, 70000 of them new"));
  ASSERT_OK_AND_ASSIGN(const std::string old_checkpoint, ReadFile(Copy() + "/checkpoint"));
  ExpectVerdict(true, "intact: 70000 entries");
  for (const char* name : {"tile/entries/100", "tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17",
                           "tile/2/000.p/1", "checkpoint"}) {
    Flip(name);
    ExpectVerdict(false);
    Flip(name);
  }
  ExpectVerdict(true);

  // The log goes on; only what is new is copied.
  federation_->node(kBorder).Terminate();
  ASSERT_OK(AddEntries(300));
  ASSERT_OK(federation_->node(kBorder).Start());
  ASSERT_OK(federation_->WaitUntilServing(kBorder));
  const Result again = Export();
  ASSERT_EQ(again.exit_code, 0) << again.output;
  // That the auditor read entries is logged, too.
  EXPECT_THAT(again.output, ::testing::ContainsRegex("703[0-9][0-9] entries, 3[0-9][0-9] of them new"));
  ExpectVerdict(true, "intact: 703");

  // And what we hand to witnesses proves it to them.
  federation_->node(kBorder).Terminate();
  ASSERT_OK(WriteFile(folder_ + "/old", old_checkpoint));
  ASSERT_OK_AND_ASSIGN(const std::string body, GrowthSince(70'000));
  const auto verdict = [&](const std::string& text) {
    EXPECT_OK(WriteFile(folder_ + "/body", text));
    return RunCommand(absl::StrCat(TAMGA_GO_MONITOR " growth ", folder_, "/old ", folder_, "/body ", folder_, "/vkey"));
  };
  EXPECT_THAT(verdict(body).output, HasSubstr("begins with those 70000"));
  for (size_t at = 0; at < body.size(); at += 40) {
    std::string bad = body;
    bad[at] ^= 1;
    EXPECT_EQ(verdict(bad).exit_code, 1) << at;
  }
}

TEST_F(ExportTest, OthersVerifyAProofThatWeGiveAway) {
  Start(3'000);
  const std::string proof = folder_ + "/proof";
  const Result proven = Tamga(absl::StrCat("audit prove 2333 --out ", proof));
  ASSERT_EQ(proven.exit_code, 0) << proven.output;
  const std::string check = absl::StrCat(TAMGA_GO_MONITOR " proof ", proof, " ", proof, ".entry ", folder_, "/vkey");
  const Result found = RunCommand(check);
  EXPECT_EQ(found.exit_code, 0) << found.output;
  EXPECT_THAT(found.output, HasSubstr("entry 2333 is in the log of 3000 entries"));
  for (const std::string& file : {proof, proof + ".entry"}) {
    ASSERT_OK_AND_ASSIGN(const std::string good, ReadFile(file));
    for (size_t at = 30; at < good.size(); at += 60) {
      std::string bad = good;
      bad[at] ^= 1;
      ASSERT_OK(WriteFile(file, bad));
      EXPECT_EQ(RunCommand(check).exit_code, 1) << file << " at " << at;
    }
    ASSERT_OK(WriteFile(file, good));
  }
}

TEST_F(ExportTest, AClientThatIsNotOursReadsTheLogOverHttps) {
  Start(300);
  const std::string identity = absl::StrCat("--cert ", folder_, "/auditor.pem --key ", folder_, "/auditor.key");
  const Result checkpoint = Curl("/checkpoint", identity);
  EXPECT_EQ(checkpoint.exit_code, 0) << checkpoint.output;
  EXPECT_THAT(checkpoint.output, AllOf(HasSubstr("HTTP/1.1 200 OK"), HasSubstr("\n300\n")));
  EXPECT_THAT(Curl("/tile/entries/000 --output /dev/null --dump-header -", identity).output,
              AllOf(HasSubstr("HTTP/1.1 200 OK"), HasSubstr("immutable")));
  EXPECT_THAT(Curl("/add-checkpoint", identity + " --data old").output, HasSubstr("HTTP/1.1 404"));
  EXPECT_NE(Curl("/checkpoint", "").exit_code, 0);
}

}  // namespace
}  // namespace tamga::testing
