#include "policy/readmission_terms.h"

#include "google/protobuf/text_format.h"
#include "node/base/error.h"
#include "node/base/matchers.h"

namespace tamga::policy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTermsOfTest[] = R"text(
id: "READMISSION-AAA-BBB"
time_limits { id: "reply" clock: CASE_CLOCK_REPLY amount: 25 }
time_limits { id: "reply-soon" clock: CASE_CLOCK_REPLY procedure: READMISSION_PROCEDURE_ACCELERATED amount: 2 }
time_limits { id: "transfer" clock: CASE_CLOCK_TRANSFER procedure: READMISSION_PROCEDURE_NORMAL amount: 90 }
readmission {
  steps { kinds: READMISSION_STEP_KIND_SUBMIT cites: "1" }
  steps { kinds: READMISSION_STEP_KIND_ACCEPT kinds: READMISSION_STEP_KIND_REFUSE cites: "2" }
  categories { category: PERSON_CATEGORY_OWN_NATIONAL cites: "5" }
  evidence { tier: EVIDENCE_TIER_NATIONALITY_PROOF kinds: "passport" kinds: "identity card" cites: "5" }
  evidence { tier: EVIDENCE_TIER_NATIONALITY_PROOF kinds: "seaman's book" cites: "5" cites: "7" }
  attachments { kind: ATTACHMENT_KIND_SCAN media_types: "image/jpeg" max_bytes: 1000 cites: "6" }
}
)text";

const v1::Treaty& TreatyOfTerms() {
  static const auto& treaty = *[] {
    auto* made = new v1::Treaty();
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kTermsOfTest, made));
    return made;
  }();
  return treaty;
}

ReadmissionTerms TermsOfTest() { return ReadmissionTerms(TreatyOfTerms()); }

v1::ReadmissionApplication WithEvidence(v1::EvidenceTier tier, const char* kind) {
  v1::ReadmissionApplication application;
  v1::Evidence* first = application.add_evidence();
  first->set_tier(v1::EVIDENCE_TIER_NATIONALITY_PROOF);
  first->set_kind("passport");
  v1::Evidence* second = application.add_evidence();
  second->set_tier(tier);
  second->set_kind(kind);
  return application;
}

TEST(ReadmissionTermsTest, ALimitOfTheVeryProcedureComesFirst) {
  EXPECT_EQ(TermsOfTest().FindLimit(v1::CASE_CLOCK_REPLY, v1::READMISSION_PROCEDURE_ACCELERATED)->id(), "reply-soon");
  EXPECT_EQ(TermsOfTest().FindLimit(v1::CASE_CLOCK_REPLY, v1::READMISSION_PROCEDURE_NORMAL)->id(), "reply");
  EXPECT_EQ(TermsOfTest().FindLimit(v1::CASE_CLOCK_REPLY, v1::READMISSION_PROCEDURE_UNSPECIFIED)->id(), "reply");
}

TEST(ReadmissionTermsTest, ALimitOfAnotherProcedureIsNone) {
  EXPECT_EQ(TermsOfTest().FindLimit(v1::CASE_CLOCK_TRANSFER, v1::READMISSION_PROCEDURE_ACCELERATED), nullptr);
  EXPECT_EQ(TermsOfTest().FindLimit(v1::CASE_CLOCK_TRANSFER, v1::READMISSION_PROCEDURE_UNSPECIFIED)->id(), "transfer");
  EXPECT_EQ(TermsOfTest().FindLimit(v1::CASE_CLOCK_CLOSING, v1::READMISSION_PROCEDURE_NORMAL), nullptr);
}

TEST(ReadmissionTermsTest, StepsGroupsAndAttachmentsAreThoseThatRulesName) {
  EXPECT_EQ(TermsOfTest().FindStep(v1::READMISSION_STEP_KIND_REFUSE)->cites(0), "2");
  EXPECT_EQ(TermsOfTest().FindStep(v1::READMISSION_STEP_KIND_NOTIFY), nullptr);
  EXPECT_EQ(TermsOfTest().FindCategory(v1::PERSON_CATEGORY_OWN_NATIONAL)->cites(0), "5");
  EXPECT_EQ(TermsOfTest().FindCategory(v1::PERSON_CATEGORY_STATELESS), nullptr);
  EXPECT_EQ(TermsOfTest().FindAttachment(v1::ATTACHMENT_KIND_SCAN)->max_bytes(), 1000u);
  EXPECT_EQ(TermsOfTest().FindAttachment(v1::ATTACHMENT_KIND_FINGERPRINTS), nullptr);
}

TEST(ReadmissionTermsTest, EvidenceOfANamedTierIsOfAKindThatSomeRuleLists) {
  EXPECT_OK(TermsOfTest().CheckEvidence(WithEvidence(v1::EVIDENCE_TIER_NATIONALITY_PROOF, "seaman's book")));
  EXPECT_OK(TermsOfTest().CheckEvidence(v1::ReadmissionApplication()));
}

TEST(ReadmissionTermsTest, AnotherKindIsRefusedWithFieldTreatyAndArticleButWithoutWhatWasWritten) {
  const absl::Status status =
      TermsOfTest().CheckEvidence(WithEvidence(v1::EVIDENCE_TIER_NATIONALITY_PROOF, "letter of Mr X"));
  EXPECT_THAT(status, HasReason("INVALID_FIELD"));
  EXPECT_THAT(status.message(),
              AllOf(HasSubstr("application.evidence[1].kind"), HasSubstr("READMISSION-AAA-BBB art. 5, 7"),
                    HasSubstr("passport, identity card, seaman's book"), Not(HasSubstr("Mr X"))));
}

TEST(ReadmissionTermsTest, OfATierThatTheTreatyDoesNotNameAnyKindWillDo) {
  EXPECT_OK(TermsOfTest().CheckEvidence(WithEvidence(v1::EVIDENCE_TIER_NATIONALITY_INDICATION, "an accent")));
}

}  // namespace
}  // namespace tamga::policy
