#include "node/evidence/bundle_check.h"

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/audit/evidence_collector.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/evidence/bundle.h"
#include "node/exchange/message_store.h"
#include "node/exchange/test_pair.h"

namespace tamga::evidence {
namespace {

using exchange::AskResult;
using exchange::kKazakh;
using exchange::kKyrgyz;
using exchange::TestNode;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

auto Has(Verdict verdict) { return Field(&Finding::verdict, verdict); }
auto Has(Verdict verdict, const char* what, const char* why = "") {
  return AllOf(Has(verdict), Field(&Finding::what, HasSubstr(what)), Field(&Finding::why, HasSubstr(why)));
}

// Kazakhstan asked Kyrgyzstan, and auditors of both States asked their own State's node for the evidence.
class BundleCheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    asked_ = pair_.kazakh.AskToTakeBack(kKyrgyz, "SPECIMEN");
    ASSERT_OK(asked_.status);
    anchors_.trust = pair_.states.trust();
    anchors_.logs = {{kKazakh, pair_.kazakh.log_key()}, {kKyrgyz, pair_.kyrgyz.log_key()}};
    anchors_.offices = treaty::TestOffices({"KAZ", "KGZ", "UZB"});
  }

  v1::TreatyBundle Treaties() {
    v1::TreatyBundle bundle;
    for (const auto& [unused, text] : pair_.states.sources.texts) bundle.add_treaties(text);
    for (const auto& [unused, acts] : pair_.states.sources.acts) bundle.mutable_acts()->Add(acts.begin(), acts.end());
    return bundle;
  }

  absl::StatusOr<v1::EvidenceBundle> Ask(TestNode& node, const std::string& agency, const std::string& auditor,
                                         const v1::GetEvidenceRequest& request) {
    exchange::DoorParts& parts = node.parts();
    const audit::EvidenceCollector collector(
        {{agency, node.log_key(), parts.database, parts.log_reader, parts.sequencer, parts.pseudonyms},
         parts.vault,
         pair_.states.clock,
         [this] { return Treaties(); },
         {}});
    ASSIGN_OR_RETURN(v1::GetEvidenceResponse response,
                     collector.Get({auditor, certs::Role::kAuditor, "auditor-1"}, request));
    return std::move(*response.mutable_bundle());
  }

  v1::GetEvidenceRequest TheExchange() {
    v1::GetEvidenceRequest request;
    request.set_exchange_id(FormatUuid(asked_.exchange_id));
    return request;
  }

  v1::EvidenceBundle OfKazakhstan() {
    return Ask(pair_.kazakh, kKazakh, "KAZ/prosecutor-general", TheExchange()).value();
  }
  v1::EvidenceBundle OfBoth() {
    return Merge(OfKazakhstan(), Ask(pair_.kyrgyz, kKyrgyz, "KGZ/prosecutor-general", TheExchange()).value());
  }

  std::vector<Finding> Check(const v1::EvidenceBundle& bundle, const std::vector<v1::SealedMessage>& opened = {}) {
    return CheckBundle(bundle, anchors_, opened);
  }

  exchange::TestPair pair_{""};
  AskResult asked_;
  Anchors anchors_;
};

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
  anchors_.trust = exchange::TestStates().trust();
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
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kNotVerifiable, "was in force", "acts of KAZ")));
  bundle.mutable_treaties()->clear_treaties();
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kNotVerifiable, "is at hand")));
}

TEST_F(BundleCheckTest, ADecisionThatDoesNotFollowFromTheTreatyIsFound) {
  v1::EvidenceBundle bundle = OfBoth();
  bundle.mutable_exchanges(0)->mutable_decisions(0)->set_reason("FORBIDDEN");
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kContradicted, "comes out the same again", "is now PERMITTED")));
  bundle.mutable_exchanges(0)->mutable_decisions(0)->set_purpose(v1::PURPOSE_AUDIT);
  EXPECT_THAT(Check(bundle), Contains(Has(Verdict::kContradicted, "is about what the entries record")));
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

TEST_F(BundleCheckTest, MergingTwiceAddsNothing) {
  const v1::EvidenceBundle both = OfBoth();
  EXPECT_EQ(Merge(both, both).SerializeAsString(), both.SerializeAsString());
}

TEST_F(BundleCheckTest, WhatIsNoBundleIsRefused) {
  v1::EvidenceBundle bundle = OfKazakhstan();
  EXPECT_OK(ReadBundle(bundle.SerializeAsString()));
  EXPECT_THAT(ReadBundle("no bundle"), HasReason("BUNDLE_INVALID"));
  EXPECT_THAT(ReadBundle(""), HasReason("BUNDLE_INVALID"));
  EXPECT_THAT(ReadBundle(bundle.SerializeAsString() + "\xf8\x01\x01"), HasReason("BUNDLE_INVALID"));
  bundle.set_version(2);
  EXPECT_THAT(ReadBundle(bundle.SerializeAsString()), HasReason("BUNDLE_INVALID"));
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
