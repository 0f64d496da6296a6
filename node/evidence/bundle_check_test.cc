#include "node/evidence/bundle_check.h"

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/evidence/bundle_fixture.h"
#include "node/exchange/message_store.h"

namespace tamga::evidence {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(BundleCheckTest, WhatBothNodesGiveShowsEverything) {
  const std::vector<Finding> findings = Check(OfBoth());
  EXPECT_THAT(findings, Each(Has(Verdict::kVerified)));
  for (const char* what :
       {"the checkpoint of KAZ/interior-ministry", "the checkpoint of KGZ/interior-ministry",
        "entry 0 of KAZ/interior-ministry (SENT) agrees with entry 0 of KGZ/interior-ministry (RECEIVED)",
        "entry 1 of KAZ/interior-ministry (DELIVERED) agrees with entry 1 of KGZ/interior-ministry (ANSWERED)",
        "(DELIVERED) names the receipt", "the request of KAZ/interior-ministry was sealed by it",
        "the reply of KGZ/interior-ministry was sealed by it", "the reply of KGZ/interior-ministry answers the request",
        "is what entry 1 of KGZ/interior-ministry (ANSWERED) records", "was in force between the two States",
        "the decision at REQUEST_INGRESS (PERMITTED) comes out the same"}) {
    EXPECT_THAT(findings, Contains(Has(Verdict::kVerified, what)));
  }
}

TEST_F(BundleCheckTest, OneSidesEvidenceShowsTheOtherSidesByItsReceipt) {
  const std::vector<Finding> findings = Check(OfKazakhstan());
  EXPECT_THAT(findings, Not(Contains(Has(Verdict::kContradicted))));
  EXPECT_THAT(findings, Contains(Has(Verdict::kVerified, "(SENT) agrees with entry 0 of KGZ")));
  EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, "(DELIVERED) agrees", "merge what its node gives")));
}

TEST_F(BundleCheckTest, ACaseIsAllItsExchanges) {
  ASSERT_OK(pair_.kazakh.AskToTakeBack(kKyrgyz, "ANOTHER").status);
  v1::GetEvidenceRequest request;
  request.set_case_reference("TEST-1");
  ASSERT_OK_AND_ASSIGN(const v1::EvidenceBundle bundle, Ask(pair_.kazakh, kKazakh, "KAZ/prosecutor-general", request));
  EXPECT_THAT(bundle.exchanges(), SizeIs(2));
  EXPECT_THAT(Check(bundle), Not(Contains(Has(Verdict::kContradicted))));
  request.set_case_reference("TEST-2");
  EXPECT_THAT(Ask(pair_.kazakh, kKazakh, "KAZ/prosecutor-general", request), HasReason("EXCHANGE_UNKNOWN"));
  request.set_exchange_id(TheExchange().exchange_id());
  EXPECT_THAT(Ask(pair_.kazakh, kKazakh, "KAZ/prosecutor-general", request), HasReason("INVALID_FIELD"));
  EXPECT_THAT(Ask(pair_.kazakh, kKazakh, "KAZ/prosecutor-general", {}), HasReason("INVALID_FIELD"));
}

TEST_F(BundleCheckTest, AForeignAuditorGetsNoFactsAndNothingOfThirdStates) {
  ASSERT_OK_AND_ASSIGN(const v1::EvidenceBundle bundle,
                       Ask(pair_.kazakh, kKazakh, "KGZ/prosecutor-general", TheExchange()));
  EXPECT_THAT(bundle.exchanges(0).decisions(), IsEmpty());
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kNotVerifiable, "decisions")));
  EXPECT_THAT(Ask(pair_.kazakh, kKazakh, "UZB/prosecutor-general", TheExchange()), HasReason("EXCHANGE_UNKNOWN"));
}

TEST_F(BundleCheckTest, NoPayloadIsInTheBundle) {
  const v1::EvidenceBundle bundle = OfBoth();
  EXPECT_THAT(bundle.exchanges(0).messages(), SizeIs(2));
  for (const v1::SealedMessage& message : bundle.exchanges(0).messages()) EXPECT_EQ(message.payload(), "");
  EXPECT_THAT(bundle.SerializeAsString(), Not(HasSubstr("SPECIMEN")));
}

TEST_F(BundleCheckTest, WithoutAnchorsNothingIsShownAndNothingContradicted) {
  const v1::EvidenceBundle bundle = OfBoth();
  anchors_ = Anchors();
  const std::vector<Finding> findings = Check(bundle);
  EXPECT_THAT(findings, Not(Contains(Has(Verdict::kContradicted))));
  for (const char* what : {"is signed by its log", "is in its log", "was sealed by it", "treaty texts and acts",
                           "comes out the same", "is what a log records"}) {
    EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, what)));
    EXPECT_THAT(findings, Not(Contains(Has(Verdict::kVerified, what))));
  }
}

TEST_F(BundleCheckTest, AnotherLogsKeyShowsNothing) {
  std::swap(anchors_.logs[kKazakh], anchors_.logs[kKyrgyz]);
  const std::vector<Finding> findings = Check(OfBoth());
  EXPECT_THAT(findings, Contains(Has(Verdict::kContradicted, "the checkpoint of KAZ/interior-ministry")));
  EXPECT_THAT(findings, Contains(Has(Verdict::kContradicted, "an entry of KGZ/interior-ministry")));
}

TEST_F(BundleCheckTest, AStatesSealsAreNotBelievedByAnothersRoots) {
  anchors_.trust = exchange::TestStates().trust().Get();
  EXPECT_THAT(Check(OfBoth()), Contains(Has(Verdict::kContradicted, "was sealed by it", "certificate is refused")));
}

TEST_F(BundleCheckTest, ASealIsJudgedByTheTimeAtWhichItWasMade) {
  const v1::EvidenceBundle bundle = OfBoth();
  pair_.states.clock.Advance(absl::Hours(24 * 365 * 20));
  EXPECT_THAT(Check(bundle), Each(Has(Verdict::kVerified)));
}

TEST_F(BundleCheckTest, ActsThatAnotherOfficeSignedAreNotTheStates) {
  anchors_.offices["KGZ"] = treaty::TestOffice("UZB");
  anchors_.offices["KGZ"].set_state("KGZ");
  EXPECT_THAT(Check(OfBoth()), Contains(Has(Verdict::kContradicted, "treaty texts and acts")));
}

TEST_F(BundleCheckTest, WithoutAnActTheTextWasNotInForce) {
  v1::EvidenceBundle bundle = OfBoth();
  bundle.mutable_treaties()->clear_acts();
  const std::vector<Finding> findings = Check(bundle);
  EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, "was in force", "acts of KAZ")));
  EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, "comes out the same again", "acts of KAZ")));
  EXPECT_THAT(findings, Not(Contains(Has(Verdict::kContradicted))));
  EXPECT_THAT(findings, Not(Contains(Has(Verdict::kVerified, "treaty texts and acts"))));
  bundle.mutable_treaties()->clear_treaties();
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kNotVerifiable, "is at hand")));
}

TEST_F(BundleCheckTest, WithOneStatesOfficeNoDecisionIsContradicted) {
  anchors_.offices = treaty::TestOffices({"KAZ"});
  const std::vector<Finding> findings = Check(OfBoth());
  EXPECT_THAT(findings, Not(Contains(Has(Verdict::kContradicted))));
  for (const char* what : {"was in force between the two States", "(PERMITTED) comes out the same again"}) {
    EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, what, "acts of KGZ, or its treaty office")));
    EXPECT_THAT(findings, Not(Contains(Has(Verdict::kVerified, what))));
  }
  EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, "treaty texts and acts are their States'",
                                     "no treaty office was given (--office) for the acts of KGZ")));
}

TEST_F(BundleCheckTest, ADecisionThatDoesNotFollowFromTheTreatyIsFound) {
  v1::EvidenceBundle bundle = OfBoth();
  bundle.mutable_exchanges(0)->mutable_decisions(0)->set_reason("FORBIDDEN");
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kContradicted, "comes out the same again", "is now PERMITTED")));
  bundle.mutable_exchanges(0)->mutable_decisions(0)->set_purpose(v1::PURPOSE_AUDIT);
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kContradicted, "is about what the entries record")));
}

TEST_F(BundleCheckTest, ADecisionOnOtherTermsIsNamedByWhatDiffers) {
  v1::EvidenceBundle bundle = OfBoth();
  v1::DecisionRecord& decision = *bundle.mutable_exchanges(0)->mutable_decisions(0);
  decision.mutable_reply()->set_level(v1::DISCLOSURE_LEVEL_FULL);
  EXPECT_THAT(Check(bundle),
              Contains(Has(Verdict::kContradicted, "comes out the same again", "the reply may tell: FULL")));
  v1::Obligation& obligation = *decision.add_obligations();
  obligation.set_type(v1::OBLIGATION_TYPE_RETAIN_AT_MOST);
  obligation.set_bearer(v1::BEARER_ASKER);
  obligation.set_amount(30);
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kContradicted, "comes out the same again", "in return: ")));
}

TEST_F(BundleCheckTest, AnOpenedMessageFitsTheCommitmentsOfBothLogs) {
  exchange::DoorParts& parts = pair_.kyrgyz.parts();
  ASSERT_OK_AND_ASSIGN(
      const exchange::KeptRow kept,
      exchange::FindAndRead(parts.database, parts.vault, {kKazakh, asked_.exchange_id, v1::ENTRY_KIND_RECEIVED}));
  v1::SealedMessage opened = kept.kept.message();
  ASSERT_FALSE(opened.payload().empty());
  const v1::EvidenceBundle bundle = OfBoth();
  const std::vector<Finding> findings = Check(bundle, {opened});
  EXPECT_THAT(findings, Each(Has(Verdict::kVerified)));
  EXPECT_THAT(findings, Contains(Has(Verdict::kVerified, "as opened, is what its header commits to")));
  v1::Payload payload;
  ASSERT_TRUE(payload.ParseFromString(opened.payload()));
  payload.mutable_body()->back() ^= 1;
  opened.set_payload(payload.SerializeAsString());
  EXPECT_THAT(Check(bundle, {opened}), Contains(Has(Verdict::kContradicted, "as opened")));
}

TEST_F(BundleCheckTest, WhatIsErasedIsSaidToBeMissing) {
  exchange::DoorParts& parts = pair_.kazakh.parts();
  for (const v1::EntryKind kind : {v1::ENTRY_KIND_SENT, v1::ENTRY_KIND_DELIVERED}) {
    ASSERT_OK_AND_ASSIGN(const exchange::KeptRow kept,
                         exchange::FindAndRead(parts.database, parts.vault, {kKyrgyz, asked_.exchange_id, kind}));
    ASSERT_OK(
        parts.sequencer.Commit(exchange::ErasePayload(kept, pair_.states.rng.Bytes(16), pair_.states.clock.Now())));
  }
  const std::vector<Finding> findings = Check(OfKazakhstan());
  EXPECT_THAT(findings, Not(Contains(Has(Verdict::kContradicted))));
  EXPECT_THAT(findings, Contains(Has(Verdict::kVerified, "the reply of KGZ/interior-ministry was sealed by it")));
  EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, "names the receipt", "may be erased")));
  EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, "decisions")));
}

TEST_F(BundleCheckTest, EntriesOfDifferentExchangesDoNotPassForOne) {
  const AskResult other = pair_.kazakh.AskToTakeBack(kKyrgyz, "ANOTHER");
  ASSERT_OK(other.status);
  v1::EvidenceBundle bundle = OfBoth();
  v1::GetEvidenceRequest request;
  request.set_exchange_id(FormatUuid(other.exchange_id));
  ASSERT_OK_AND_ASSIGN(const v1::EvidenceBundle of_other,
                       Ask(pair_.kazakh, kKazakh, "KAZ/prosecutor-general", request));
  *bundle.mutable_exchanges(0)->add_entries() = of_other.exchanges(0).entries(0);
  *bundle.mutable_exchanges(0)->add_messages() = of_other.exchanges(0).messages(0);
  const std::vector<Finding> findings = Check(bundle);
  EXPECT_THAT(findings, Contains(Has(Verdict::kContradicted, "an entry of KAZ", "of another exchange")));
  EXPECT_THAT(findings, Contains(Has(Verdict::kContradicted, "the request of KAZ/interior-ministry is of this")));
}

TEST_F(BundleCheckTest, ANodeThatDoesNotKnowTheTreatyDoesNotNameIt) {
  v1::EvidenceBundle both = OfBoth();
  both.mutable_exchanges(0)->clear_decisions();
  const auto unknown = [](v1::LogEntry& entry) {
    entry.set_outcome(v1::ENTRY_OUTCOME_DENIED);
    entry.set_reason("TREATY_UNKNOWN");
    entry.clear_treaty_id();
    entry.clear_treaty_sha256();
  };
  EXPECT_THAT(Check(Relogged(both, kKyrgyz, unknown)), Not(Contains(Has(Verdict::kContradicted))));
}

TEST_F(BundleCheckTest, ANodeThatKnowsTheTreatyNamesIt) {
  const v1::EvidenceBundle bundle = Relogged(OfBoth(), kKyrgyz, [](v1::LogEntry& entry) {
    entry.clear_treaty_id();
    entry.clear_treaty_sha256();
  });
  const std::vector<Finding> findings = Check(bundle);
  EXPECT_THAT(findings, Contains(Has(Verdict::kContradicted, "(SENT) agrees with", "different treaty texts")));
  EXPECT_THAT(findings, Contains(Has(Verdict::kContradicted, "(ANSWERED) records", "relies on another treaty")));
}

TEST_F(BundleCheckTest, AnEntrySaysOfItsMessageWhatTheHeaderSays) {
  const std::pair<std::function<void(v1::LogEntry&)>, const char*> changes[] = {
      {[](v1::LogEntry& entry) { entry.set_purpose(v1::PURPOSE_AUDIT); }, "another purpose"},
      {[](v1::LogEntry& entry) { entry.set_operation(v1::OPERATION_WATCHLIST_CHECK); }, "something else was asked"},
      {[](v1::LogEntry& entry) { entry.set_record_kind(v1::RECORD_KIND_WATCHLIST); }, "another kind of record"},
      {[](v1::LogEntry& entry) { entry.set_partner("UZB/interior-ministry"); }, "has another"},
      {[](v1::LogEntry& entry) { entry.set_treaty_id("OTHER"); }, "relies on another treaty"},
      {[](v1::LogEntry& entry) { entry.set_treaty_sha256(std::string(32, 'x')); }, "another treaty text"},
  };
  const v1::EvidenceBundle both = OfBoth();
  for (const auto& [change, why] : changes) {
    for (const char* agency : {kKazakh, kKyrgyz}) {
      const Anchors before = anchors_;
      const std::vector<Finding> findings = Check(Relogged(both, agency, change));
      for (const char* message : {"the request of KAZ", "the reply of KGZ"}) {
        EXPECT_THAT(findings, Contains(Has(Verdict::kContradicted, message, why)));
      }
      anchors_ = before;
      relogged_.Clear();
    }
  }
}

TEST_F(BundleCheckTest, AMessageThatHadExpiredIsNotWhatWasLogged) {
  const v1::EvidenceBundle bundle = Relogged(OfBoth(), kKazakh, [](v1::LogEntry& entry) {
    *entry.mutable_logged_at() = ToProto(FromProto(entry.logged_at()) + absl::Hours(24 * 8));
  });
  const std::vector<Finding> findings = Check(bundle);
  EXPECT_THAT(findings, Contains(Has(Verdict::kContradicted, "records", "it had expired when it was logged")));
}

TEST_F(BundleCheckTest, ASealIsOfNoTimeUntilAnEntryRecordsIt) {
  anchors_.logs.clear();
  const std::vector<Finding> findings = Check(OfBoth());
  EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, "the request of KAZ/interior-ministry was sealed by it",
                                     "no entry that is proven here shows when")));
  EXPECT_THAT(findings, Not(Contains(Has(Verdict::kVerified, "was sealed by it"))));
}

TEST_F(BundleCheckTest, WhatIsComparedWithNothingThatWasShownIsNotVerified) {
  const v1::EvidenceBundle bundle = OfBoth();
  anchors_.logs.clear();
  anchors_.offices.clear();
  exchange::DoorParts& parts = pair_.kyrgyz.parts();
  ASSERT_OK_AND_ASSIGN(
      const exchange::KeptRow kept,
      exchange::FindAndRead(parts.database, parts.vault, {kKazakh, asked_.exchange_id, v1::ENTRY_KIND_RECEIVED}));
  const std::vector<Finding> findings = Check(bundle, {kept.kept.message()});
  EXPECT_THAT(findings, Each(Has(Verdict::kNotVerifiable)));
  for (const char* what : {"the request of KAZ/interior-ministry is of this exchange", "answers the request",
                           "as opened, is what its header commits to"}) {
    EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, what, "was not shown")));
  }
  // With the one side's log, what it records is shown, and by it the other side's reply.
  anchors_.logs = {{kKazakh, pair_.kazakh.log_key()}};
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kVerified, "answers the request")));
}

TEST_F(BundleCheckTest, AMessageThatWasLeftOutIsMissedThoughAnotherIsThere) {
  v1::EvidenceBundle bundle = OfBoth();
  const v1::SealedMessage first = bundle.exchanges(0).messages(0);
  bundle.mutable_exchanges(0)->mutable_messages()->DeleteSubrange(0, 1);
  std::vector<Finding> findings = Check(bundle);
  // Both sides' entries record it.
  const auto is_missing = Has(Verdict::kNotVerifiable, " records", "no message with this seal is in the bundle");
  EXPECT_THAT(findings, Contains(is_missing).Times(1));
  EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, "the request that entry 0 of ")));
  bundle.mutable_exchanges(0)->clear_messages();
  EXPECT_THAT(Check(bundle), Contains(is_missing).Times(2));
  *bundle.mutable_exchanges(0)->add_messages() = first;
  findings = Check(bundle);
  EXPECT_THAT(findings, Contains(is_missing).Times(1));
  EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, "the reply that entry 1 of ")));
}

TEST_F(BundleCheckTest, ADecisionThatWasLeftOutIsMissedThoughAnotherIsThere) {
  const v1::EvidenceBundle both = OfBoth();
  ASSERT_THAT(both.exchanges(0).decisions(), SizeIs(4));
  for (int i = 0; i < 4; ++i) {
    v1::EvidenceBundle bundle = both;
    auto& decisions = *bundle.mutable_exchanges(0)->mutable_decisions();
    const std::string stage = v1::ExchangeStage_Name(decisions.Get(i).stage()).substr(15);
    decisions.DeleteSubrange(i, 1);
    const std::vector<Finding> findings = Check(bundle);
    EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, absl::StrCat("the decision at ", stage, " that entry "),
                                       "it is not in the bundle")));
    EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable)).Times(1));
  }
}

TEST_F(BundleCheckTest, WhatOneNodeKeepsFromOtherStatesAuditorsIsSaidOnce) {
  ASSERT_OK_AND_ASSIGN(const v1::EvidenceBundle foreign,
                       Ask(pair_.kyrgyz, kKyrgyz, "KAZ/prosecutor-general", TheExchange()));
  const std::vector<Finding> findings = Check(Merge(OfKazakhstan(), foreign));
  EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable)).Times(1));
  EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, "decisions of KGZ/interior-ministry", "other States'")));
}

TEST_F(BundleCheckTest, ALogRecordsAMessageOnce) {
  v1::LogEntry second = pair_.kyrgyz.Entries().at(0);
  ASSERT_EQ(second.kind(), v1::ENTRY_KIND_RECEIVED);
  second.set_request_commitment(std::string(32, 'x'));
  const auto as_it_was = [](v1::LogEntry&) {};
  EXPECT_THAT(Check(Relogged(OfBoth(), kKyrgyz, as_it_was, {second})),
              Contains(Has(Verdict::kContradicted, "entry 2 of KGZ/interior-ministry (RECEIVED) says what entry 0")));
  relogged_.Clear();
  second.set_reason("REPEATED");
  EXPECT_THAT(Check(Relogged(OfBoth(), kKyrgyz, as_it_was, {second})), Not(Contains(Has(Verdict::kContradicted))));
}

TEST_F(BundleCheckTest, ADecisionIsTheOneThatTheEntryRecords) {
  const v1::EvidenceBundle bundle = Relogged(OfBoth(), kKazakh, [](v1::LogEntry& entry) {
    if (entry.kind() != v1::ENTRY_KIND_SENT) return;
    entry.set_outcome(v1::ENTRY_OUTCOME_DENIED);
    entry.set_reason("TREATY_FORBIDS");
    entry.set_articles(0, "TEST-READMISSION art. 99");
  });
  EXPECT_THAT(Check(bundle),
              Contains(Has(Verdict::kContradicted, "REQUEST_EGRESS (PERMITTED) is about what the entries",
                           "(SENT): it was refused")));
}

TEST_F(BundleCheckTest, ADecisionOfTheSideWhoseLogIsNotProvenIsNotVerifiable) {
  anchors_.logs.erase(kKazakh);
  const std::vector<Finding> findings = Check(OfBoth());
  EXPECT_THAT(findings, Not(Contains(Has(Verdict::kContradicted))));
  EXPECT_THAT(findings,
              Contains(Has(Verdict::kNotVerifiable, "REQUEST_EGRESS (PERMITTED) is about", "no entry of that")));
}

TEST_F(BundleCheckTest, AnAlteredTextIsNamed) {
  v1::EvidenceBundle bundle = OfBoth();
  *bundle.mutable_treaties()->mutable_treaties(0) += "# altered\n";
  const std::vector<Finding> findings = Check(bundle);
  EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, "treaty texts and acts are their States'",
                                     "names the text of TEST-READMISSION with the SHA-256 ")));
  EXPECT_THAT(findings, Contains(Has(Verdict::kNotVerifiable, "is at hand", "other versions, or altered ones")));
  EXPECT_THAT(findings, Not(Contains(Has(Verdict::kVerified, "treaty texts and acts"))));
}

// One exchange a day, for the side that keeps count.
class QuotaBundleTest : public BundleCheckTest, public ::testing::WithParamInterface<const char*> {
 protected:
  QuotaBundleTest()
      : BundleCheckTest(absl::StrCat("obligations { type: OBLIGATION_TYPE_QUOTA bearer: ", GetParam(),
                                     " amount: 1 window_hours: 24 }\n")) {}
};

TEST_P(QuotaBundleTest, WhatTheTreatyPermitsAndTheQuotaDoesNotIsNoContradiction) {
  const AskResult denied = pair_.kazakh.AskToTakeBack(kKyrgyz, "ANOTHER");
  ASSERT_THAT(denied.status, HasReason("QUOTA_EXCEEDED"));
  v1::EvidenceBundle bundle = Ask(pair_.kazakh, kKazakh, "KAZ/prosecutor-general", ExchangeOf(denied)).value();
  const auto kyrgyz = Ask(pair_.kyrgyz, kKyrgyz, "KGZ/prosecutor-general", ExchangeOf(denied));
  if (kyrgyz.ok()) bundle = Merge(std::move(bundle), *kyrgyz);
  // Of what never left there is no message, and none is missed.
  EXPECT_THAT(Check(bundle), Each(Has(Verdict::kVerified)));
}

INSTANTIATE_TEST_SUITE_P(EachSide, QuotaBundleTest, ::testing::Values("BEARER_ASKER", "BEARER_ANSWERER"),
                         [](const auto& tested) { return std::string(tested.param).substr(7); });

TEST_F(BundleCheckTest, WhatCameInAgainIsInTheBundleAFewTimes) {
  exchange::DoorParts& parts = pair_.kazakh.parts();
  ASSERT_OK_AND_ASSIGN(
      const exchange::KeptRow kept,
      exchange::FindAndRead(parts.database, parts.vault, {kKyrgyz, asked_.exchange_id, v1::ENTRY_KIND_SENT}));
  for (int i = 0; i < 3 * audit::kMostRepetitions; ++i) {
    ASSERT_OK(pair_.kyrgyz.answering().Answer({kKazakh, certs::Role::kNode, "main"}, kept.kept.message()).status());
  }
  ASSERT_OK_AND_ASSIGN(const v1::EvidenceBundle bundle,
                       Ask(pair_.kyrgyz, kKyrgyz, "KGZ/prosecutor-general", TheExchange()));
  EXPECT_THAT(bundle.exchanges(0).entries(), SizeIs(2 + audit::kMostRepetitions));
  EXPECT_THAT(bundle.exchanges(0).messages(), SizeIs(2));
  EXPECT_THAT(Check(Merge(OfKazakhstan(), bundle)), Each(Has(Verdict::kVerified)));
}

// What no verdict is about: when the bundle was made, the offices that the node went by, and facts, which no entry
// commits to: the verdict on a decision is that it follows from the facts given.
v1::EvidenceBundle WithoutWhatProvesNothing(v1::EvidenceBundle bundle) {
  bundle.clear_made_at();
  bundle.clear_offices();
  for (v1::ExchangeEvidence& exchange : *bundle.mutable_exchanges()) exchange.clear_decisions();
  return bundle;
}

TEST_F(BundleCheckTest, EveryAlteredBitIsNoticedOrHarmless) {
  const v1::EvidenceBundle bundle = OfBoth();
  const std::string bytes = bundle.SerializeAsString();
  const std::vector<Finding> before = Check(bundle);
  const std::string matters = WithoutWhatProvesNothing(bundle).SerializeAsString();
  std::mt19937 random(7);
  for (int round = 0; round < 250; ++round) {
    std::string altered = bytes;
    const size_t place = std::uniform_int_distribution<size_t>(0, bytes.size() - 1)(random);
    altered[place] = static_cast<char>(altered[place] ^ (1 << std::uniform_int_distribution<int>(0, 7)(random)));
    const absl::StatusOr<v1::EvidenceBundle> read = ReadBundle(altered);
    if (!read.ok() || Check(*read) != before) continue;
    EXPECT_EQ(WithoutWhatProvesNothing(*read).SerializeAsString(), matters) << "byte " << place;
  }
}

}  // namespace
}  // namespace tamga::evidence
