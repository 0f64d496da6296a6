#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/evidence/bundle_fixture.h"
#include "node/ledger/cosignature.h"

namespace tamga::evidence {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using LogCheckTest = BundleCheckTest;

TEST_F(LogCheckTest, TheProofsOfALogLeadToOneRootOfOneSize) {
  v1::EvidenceBundle bundle = Relogged(OfBoth(), kKazakh, [](v1::LogEntry&) {});
  EXPECT_THAT(Check(bundle), Not(Contains(Has(Verdict::kContradicted))));
  const ledger::Hash beside = ledger::LeafHash("never logged");
  const ledger::Hash root = ledger::NodeHash(ledger::LeafHash(relogged_.entry(0)), beside);
  for (v1::EntryEvidence& evidence : *bundle.mutable_exchanges(0)->mutable_entries()) {
    if (evidence.entry() != relogged_.entry(0)) continue;
    evidence.set_proof(ledger::FormatTlogProof({"", 0, {beside}, relogged_.Sign({relogged_.key().name, 2, root})}));
  }
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kContradicted, "an entry of KAZ", "two roots for 2 entries")));
}

TEST_F(LogCheckTest, APlaceHoldsOneEntryInAllExchangesOfABundle) {
  v1::EvidenceBundle bundle = Relogged(OfBoth(), kKazakh, [](v1::LogEntry&) {});
  v1::ExchangeEvidence other = bundle.exchanges(0);
  other.mutable_exchange_id()->back() ^= 1;
  v1::LogEntry entry;
  ASSERT_TRUE(entry.ParseFromString(relogged_.entry(0)));
  entry.set_exchange_id(other.exchange_id());
  TestLog fork(relogged_.key().name, 'f');
  fork.Append(entry.SerializeAsString());
  other.clear_entries();
  *other.add_entries() = ProvenIn(fork, kKazakh, 0);
  *bundle.add_exchanges() = other;
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kContradicted, "an entry of KAZ", "two entries at place 0")));
}

TEST_F(LogCheckTest, WhatWasProvenEarlierIsTiedToTheNewerLogOrSaidNotToBe) {
  const v1::EvidenceBundle earlier = OfKazakhstan();
  const auto merged = [&](const char* surname) {
    const AskResult next = pair_.kazakh.AskToTakeBack(kKyrgyz, surname);
    EXPECT_OK(next.status);
    return Merge(earlier, Ask(pair_.kazakh, kKazakh, "KAZ/prosecutor-general", ExchangeOf(next)).value());
  };
  constexpr char kIsTied[] = "entry 1 of KAZ/interior-ministry (DELIVERED) is in one log with the checkpoint over ";
  std::vector<Finding> findings = Check(merged("ANOTHER"));
  EXPECT_THAT(findings, Contains(Has(Verdict::kVerified, "over 4 entries begins with that over 2")));
  EXPECT_THAT(findings, Contains(Has(Verdict::kVerified, kIsTied)));
  // The newer proofs lie apart from the older log.
  const v1::EvidenceBundle apart = merged("THIRD");
  findings = Check(apart);
  EXPECT_THAT(findings, Not(Contains(Has(Verdict::kContradicted))));
  EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, "over 6 entries begins with that over 2")));
  EXPECT_THAT(findings,
              Contains(Has(Verdict::kNotVerifiable, kIsTied, "merge what the node of KAZ/interior-ministry")));
  // Witnesses of the newer log do not speak for the older one.
  anchors_.policies = {ledger::ParseTlogPolicy("quorum none\n").value()};
  EXPECT_THAT(Check(apart), Contains(Has(Verdict::kNotWitnessed, kIsTied)));
}

TEST_F(LogCheckTest, AProofOfGrowthTiesAnOlderLogToTheNewerOne) {
  v1::EvidenceBundle bundle = Relogged(OfKazakhstan(), kKazakh, [](v1::LogEntry&) {});
  const uint64_t size = relogged_.size();
  for (int i = 0; i < 10; ++i) relogged_.Append(absl::StrCat("later ", i));
  v1::LogEvidence& newer = *bundle.add_logs();
  newer = bundle.logs(0);
  newer.set_checkpoint(relogged_.NoteAt(size + 10));
  const std::string what = absl::StrCat("over ", size + 10, " entries begins with that over ", size);
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kNotVerifiable, what)));

  v1::GrowthEvidence& growth = *newer.add_growth();
  growth.set_old_size(size);
  for (const ledger::Hash& hash : relogged_.GrowthOf(size, size + 10)) growth.add_hashes(std::string(hash.bytes()));
  std::vector<Finding> findings = Check(bundle);
  EXPECT_THAT(findings, Contains(Has(Verdict::kVerified, what)));
  EXPECT_THAT(findings, Contains(Has(Verdict::kVerified, "entry 0 of KAZ/interior-ministry (SENT) is in one log")));
  EXPECT_THAT(findings, Not(Contains(Has(Verdict::kContradicted))));

  growth.mutable_hashes(0)->front() ^= 1;
  findings = Check(bundle);
  EXPECT_THAT(findings, Contains(Has(Verdict::kContradicted, what)));
  EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, what)));
  growth.mutable_hashes(0)->pop_back();
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kContradicted, "is signed by its log")));
}

TEST_F(LogCheckTest, WhatAPartnerHoldsOfAForkProvesIt) {
  v1::EvidenceBundle bundle = Relogged(OfBoth(), kKazakh, [](v1::LogEntry&) {});
  TestLog fork(relogged_.key().name, 'f');
  fork.Append("something else");
  v1::LogContradiction& contradiction = *bundle.add_contradictions();
  contradiction.set_agency(kKazakh);
  contradiction.set_what("fork");
  contradiction.set_before(relogged_.NoteAt(1));
  contradiction.set_after(fork.NoteAt(1));
  constexpr char kOneLog[] = "the log of KAZ/interior-ministry is one";
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kContradicted, kOneLog, "two roots for 1 entries")));
  // A claim that the notes do not bear out is none.
  contradiction.set_after(relogged_.NoteAt(2));
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kNotVerifiable, kOneLog)));
  contradiction.set_after(TestLog(relogged_.key().name, 'g').NoteAt(0));
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kContradicted, kOneLog)));
  anchors_.logs.erase(kKazakh);
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kNotVerifiable, kOneLog)));
}

TEST_F(LogCheckTest, APolicyIsNotMetByLeavingOutTheCheckpoint) {
  v1::EvidenceBundle bundle = OfKazakhstan();
  bundle.clear_logs();
  anchors_.policies = {ledger::ParseTlogPolicy("quorum none\n").value()};
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kNotWitnessed, "the log of KAZ/interior-ministry is cosigned",
                                          "the bundle holds no checkpoint of it")));
}

TEST_F(LogCheckTest, EntriesAreProvenUnderTheWitnessedCheckpointThatCoversThem) {
  const certs::Ed25519Key key = certs::Ed25519Key::FromSeed(std::string(32, 'w')).value();
  const ledger::NoteKey witness{"witness.kgz", key.public_key(), ledger::kCosignature};
  ledger::Note note = ledger::ParseNote(pair_.kazakh.parts().sequencer.NewestCheckpoint()).value();
  note.signatures.push_back(
      ledger::Cosign(note.text, witness, 1'795'000'000, [&](absl::string_view text) { return key.Sign(text); }));
  witnessed_ = ledger::FormatNote(note);
  const AskResult later = pair_.kazakh.AskToTakeBack(kKyrgyz, "ANOTHER");
  ASSERT_OK(later.status);
  const v1::EvidenceBundle covered = OfKazakhstan();
  EXPECT_EQ(covered.logs(0).checkpoint(), witnessed_);
  EXPECT_THAT(covered.exchanges(0).entries(0).proof(), Not(HasSubstr("witness.kgz")));
  anchors_.policies = {
      ledger::ParseTlogPolicy(absl::StrCat("witness w ", ledger::FormatVkey(witness), "\nquorum w\n")).value()};
  EXPECT_THAT(Check(covered), Contains(Has(Verdict::kVerified, "is cosigned as the policy asks", "quorum met")));
  EXPECT_THAT(Check(covered), Not(Contains(Has(Verdict::kContradicted))));
  const v1::EvidenceBundle newer = Ask(pair_.kazakh, kKazakh, "KAZ/prosecutor-general", ExchangeOf(later)).value();
  EXPECT_THAT(newer.logs(0).checkpoint(), StartsWith("log.test.example/exchange\n4\n"));
  EXPECT_THAT(Check(newer), Contains(Has(Verdict::kNotWitnessed, "is cosigned as the policy asks")));
}

}  // namespace
}  // namespace tamga::evidence
