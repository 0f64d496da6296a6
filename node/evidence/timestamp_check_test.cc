// Time-stamps in evidence: of a log in memory, and as a node's evidence has them.
#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/evidence/bundle_fixture.h"
#include "node/timestamp/test_authority.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::evidence {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kAgency[] = "KAZ/interior-ministry";

// Keys are made once for the test program.
const timestamp::TestTsa& Tsa() {
  static const timestamp::TestTsa tsa;
  return tsa;
}

auto WasStamped(Verdict verdict, const char* why = "") { return Has(verdict, "entries was time-stamped", why); }
auto WasThere(Verdict verdict, const char* why = "") {
  return Has(verdict, "was there when its log was time-stamped", why);
}

// A bundle of a log of eight entries, of which the third is of an exchange, proven in the whole log.
class TimestampCheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 8; ++i) log_.Append(Entry(i));
    anchors_.logs = {{kAgency, log_.key()}};
    anchors_.tsa_roots = {Tsa().root()};
    bundle_.set_version(1);
    v1::LogEvidence& log = *bundle_.add_logs();
    log.set_agency(kAgency);
    log.set_vkey(ledger::FormatVkey(log_.key()));
    log.set_checkpoint(log_.NoteAt(8));
    v1::ExchangeEvidence& exchange = *bundle_.add_exchanges();
    exchange.set_exchange_id(IdOf(2));
    v1::EntryEvidence& entry = *exchange.add_entries();
    entry.set_agency(kAgency);
    entry.set_entry(Entry(2));
    entry.set_proof(log_.ProofOf(2, 8));
  }

  void SetUpAnew() {
    log_.Clear();
    bundle_.Clear();
    SetUp();
  }

  static std::string IdOf(int i) { return std::string(16, static_cast<char>('a' + i)); }
  static std::string Entry(int i) {
    v1::LogEntry entry;
    entry.set_version(1);
    entry.set_kind(v1::ENTRY_KIND_SENT);
    entry.set_own(kAgency);
    entry.set_exchange_id(IdOf(i));
    *entry.mutable_logged_at() = ToProto(certs::TestNow());
    return entry.SerializeAsString();
  }

  // The log over `size` entries, stamped; the log may show itself whole at less than eight.
  v1::TimeStampEvidence& AddStamp(uint64_t size, const timestamp::TsaManner& manner = {}) {
    v1::TimeStampEvidence& stamp = *bundle_.mutable_logs(0)->add_timestamps();
    stamp.set_checkpoint(log_.NoteAt(size));
    stamp.set_token(Tsa().Stamp(Sha256(stamp.checkpoint()), certs::TestNow(), manner));
    const uint64_t whole = ledger::CheckpointIn(bundle_.logs(0).checkpoint()).value().size;
    if (size != whole) {
      for (const ledger::Hash& hash : log_.GrowthOf(std::min(size, whole), std::max(size, whole))) {
        stamp.add_hashes(std::string(hash.bytes()));
      }
    }
    return stamp;
  }
  std::vector<Finding> Check() { return CheckBundle(bundle_, anchors_, {}); }

  TestLog log_;
  Anchors anchors_;
  v1::EvidenceBundle bundle_;
};

TEST_F(TimestampCheckTest, AnEntryWasThereWhenItsLogWasStamped) {
  for (const uint64_t size : {3u, 5u, 8u}) {
    SetUpAnew();
    AddStamp(size);
    const std::vector<Finding> found = Check();
    EXPECT_THAT(found, Contains(WasStamped(Verdict::kVerified, "at 2026-11-23T12:00:00"))) << size;
    EXPECT_THAT(found, Contains(WasThere(Verdict::kVerified, "or before"))) << size;
    EXPECT_THAT(found, Not(Contains(Has(Verdict::kContradicted, "time-stamp")))) << size;
  }
}

TEST_F(TimestampCheckTest, ALogThatIsShownSmallerThanItWasStampedIsTiedToo) {
  bundle_.mutable_logs(0)->set_checkpoint(log_.NoteAt(4));
  bundle_.mutable_exchanges(0)->mutable_entries(0)->set_proof(log_.ProofOf(2, 4));
  AddStamp(7);
  const std::vector<Finding> found = Check();
  EXPECT_THAT(found, Contains(WasStamped(Verdict::kVerified)));
  EXPECT_THAT(found, Contains(WasThere(Verdict::kVerified)));
  // The stamped checkpoint is not one that the node has to have cosigned, or tied to others, for that.
  EXPECT_THAT(found, Not(Contains(Has(Verdict::kContradicted, "time-stamp"))));
}

TEST_F(TimestampCheckTest, AStampFromBeforeAnEntrySaysNothingOfIt) {
  AddStamp(2);
  const std::vector<Finding> found = Check();
  EXPECT_THAT(found, Contains(WasStamped(Verdict::kVerified)));
  EXPECT_THAT(found, Contains(WasThere(Verdict::kNotVerifiable, "tied to it")));
}

TEST_F(TimestampCheckTest, TheEarliestStampCounts) {
  AddStamp(3);
  timestamp::TsaManner later;
  later.clock_error = absl::Hours(2);
  AddStamp(5, later);
  EXPECT_THAT(Check(), Contains(WasThere(Verdict::kVerified, "at 2026-11-23T12:00:01")));
}

TEST_F(TimestampCheckTest, WithoutRootsOrStampsNothingIsVerified) {
  const std::vector<Finding> none = Check();
  EXPECT_THAT(none, Contains(Has(Verdict::kNotVerifiable, "was time-stamped", "holds no time-stamp")));
  AddStamp(5);
  anchors_.tsa_roots.clear();
  const std::vector<Finding> found = Check();
  EXPECT_THAT(found, Contains(Has(Verdict::kNotVerifiable, "was time-stamped", "--tsa-roots")));
  EXPECT_THAT(found, Not(Contains(WasThere(Verdict::kVerified))));
}

TEST_F(TimestampCheckTest, RootsOfAnotherAuthoritySayNothing) {
  AddStamp(5);
  anchors_.tsa_roots = {timestamp::TestTsa().root()};
  const std::vector<Finding> found = Check();
  EXPECT_THAT(found, Contains(WasStamped(Verdict::kNotVerifiable, "do not vouch")));
  EXPECT_THAT(found, Contains(WasThere(Verdict::kNotVerifiable)));
}

TEST_F(TimestampCheckTest, WhatIsNotWhatItClaimsIsContradicted) {
  const std::function<void(v1::TimeStampEvidence&)> lies[] = {
      // A token of something else.
      [](v1::TimeStampEvidence& stamp) { stamp.set_token(Tsa().Stamp(Sha256("other"), certs::TestNow())); },
      [](v1::TimeStampEvidence& stamp) { stamp.set_token("garbage"); },
      // Another checkpoint of this log than the one that was stamped.
      [this](v1::TimeStampEvidence& stamp) { stamp.set_checkpoint(log_.NoteAt(6)); },
      [](v1::TimeStampEvidence& stamp) {
        TestLog other("log.other.example", 'o');
        other.Append("entry");
        stamp.set_checkpoint(other.NoteAt(1));
      },
      [](v1::TimeStampEvidence& stamp) { stamp.set_checkpoint("nothing"); },
      [](v1::TimeStampEvidence& stamp) { stamp.clear_hashes(); },
      [](v1::TimeStampEvidence& stamp) { stamp.set_hashes(0, std::string(32, 'x')); },
      [](v1::TimeStampEvidence& stamp) { stamp.set_hashes(0, "short"); },
  };
  for (const auto& lie : lies) {
    SetUpAnew();
    lie(AddStamp(5));
    const std::vector<Finding> found = Check();
    EXPECT_THAT(found, Contains(Has(Verdict::kContradicted, "time-stamp")));
    EXPECT_THAT(found, Not(Contains(WasThere(Verdict::kVerified))));
  }
}

TEST_F(TimestampCheckTest, AStampOfALogThatHasForkedIsContradicted) {
  log_.Rewrite(1, "another");
  AddStamp(5);
  EXPECT_THAT(Check(), Contains(WasStamped(Verdict::kContradicted)));
}

TEST_F(TimestampCheckTest, AnEntryThatClaimsToBeYoungerThanItsStampIsContradicted) {
  timestamp::TsaManner early;
  early.clock_error = -absl::Hours(2);
  AddStamp(5, early);
  EXPECT_THAT(Check(), Contains(WasThere(Verdict::kContradicted, "it says that it was logged at")));
}

TEST_F(TimestampCheckTest, TheSameStampTwiceIsOne) {
  AddStamp(5);
  v1::EvidenceBundle merged = Merge(bundle_, bundle_);
  EXPECT_THAT(merged.logs(), SizeIs(1));
  EXPECT_THAT(merged.logs(0).timestamps(), SizeIs(1));
  ASSERT_OK_AND_ASSIGN(const v1::EvidenceBundle read, ReadBundle(merged.SerializeAsString()));
  EXPECT_THAT(read.logs(0).timestamps(), SizeIs(1));
}

// What a node gives.
class StampedNodeTest : public BundleCheckTest {
 protected:
  void SetUp() override {
    BundleCheckTest::SetUp();
    anchors_.tsa_roots = {Tsa().root()};
  }

  // Stamps the Kazakh log as it is, and remembers that.
  uint64_t Stamp() {
    const std::string note = pair_.kazakh.parts().sequencer.NewestCheckpoint();
    v1::TimeStampEvidence stamp;
    stamp.set_checkpoint(note);
    stamp.set_token(Tsa().Stamp(Sha256(note), certs::TestNow()));
    const uint64_t size = ledger::CheckpointIn(note).value().size;
    stamps_[size] = stamp;
    return size;
  }

  v1::EvidenceBundle Evidence() {
    exchange::DoorParts& parts = pair_.kazakh.parts();
    audit::EvidenceParts evidence{
        {kKazakh, pair_.kazakh.log_key(), parts.database, parts.log_reader, parts.sequencer, parts.pseudonyms},
        parts.vault,
        pair_.states.clock,
        [this] { return Treaties(); },
        {},
        [this] { return witnessed_; },
        [](const std::string&) { return std::vector<std::string>(); },
        [this](uint64_t size) -> absl::StatusOr<v1::TimeStampEvidence> {
          const auto found = stamps_.lower_bound(size);
          if (found == stamps_.end()) return absl::NotFoundError("none");
          return found->second;
        }};
    absl::StatusOr<v1::GetEvidenceResponse> response =
        audit::EvidenceCollector(std::move(evidence))
            .Get({"KAZ/prosecutor-general", certs::Role::kAuditor, "auditor-1"}, TheExchange());
    EXPECT_OK(response);
    return response.ok() ? response->bundle() : v1::EvidenceBundle();
  }

  std::map<uint64_t, v1::TimeStampEvidence> stamps_;
};

TEST_F(StampedNodeTest, TheOldestStampOverAnExchangeComesWithIt) {
  const uint64_t first = Stamp();
  ASSERT_OK(pair_.kazakh.AskToTakeBack(kKyrgyz, "ANOTHER").status);
  Stamp();
  const v1::EvidenceBundle bundle = Evidence();
  ASSERT_THAT(bundle.logs(0).timestamps(), SizeIs(1));
  EXPECT_EQ(bundle.logs(0).timestamps(0).checkpoint(), stamps_.at(first).checkpoint());
  const std::vector<Finding> found = Check(bundle);
  EXPECT_THAT(found, Contains(WasStamped(Verdict::kVerified)));
  EXPECT_THAT(found, Contains(WasThere(Verdict::kVerified)));
  EXPECT_THAT(found, Not(Contains(WasThere(Verdict::kNotVerifiable))));
  EXPECT_THAT(found, Each(Not(Has(Verdict::kContradicted, ""))));
}

TEST_F(StampedNodeTest, AStampYoungerThanTheWitnessedCheckpointIsTiedToIt) {
  witnessed_ = pair_.kazakh.parts().sequencer.NewestCheckpoint();
  ASSERT_OK(pair_.kazakh.AskToTakeBack(kKyrgyz, "ANOTHER").status);
  Stamp();
  const v1::EvidenceBundle bundle = Evidence();
  EXPECT_EQ(bundle.logs(0).checkpoint(), witnessed_);
  const std::vector<Finding> found = Check(bundle);
  EXPECT_THAT(found, Contains(WasThere(Verdict::kVerified)));
  EXPECT_THAT(found, Each(Not(Has(Verdict::kContradicted, ""))));
}

TEST_F(StampedNodeTest, ALogWithoutStampsGivesNone) { EXPECT_THAT(Evidence().logs(0).timestamps(), SizeIs(0)); }

}  // namespace
}  // namespace tamga::evidence
