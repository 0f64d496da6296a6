// The treaties that come with Tamga: that each is valid, and what they decide.
#include <memory>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "policy/disclosure.h"
#include "policy/readmission_terms.h"
#include "policy/redact.h"
#include "policy/standing.h"
#include "policy/suite.h"
#include "policy/treaty_fixture.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kPolicy[] = TAMGA_SOURCE_DIR "/policy";
constexpr char kFolder[] = TAMGA_SOURCE_DIR "/policy/treaties";

std::string Read(absl::string_view folder, absl::string_view name) {
  return ReadFile(absl::StrCat(folder, "/", name)).value();
}

std::vector<std::string> FilesIn(absl::string_view folder) { return ListFolder(std::string(folder), ".txtpb").value(); }

// The acts that come with Tamga, as if their States had signed them.
std::vector<VerifiedAct> Acts() {
  std::vector<VerifiedAct> acts;
  for (const char* state : {"ARM", "AZE", "BLR", "CHE", "KAZ", "KGZ", "MDA", "RUS", "TJK", "TKM", "UKR", "UZB"}) {
    const std::string folder = absl::StrCat(kPolicy, "/acts/", state);
    uint32_t number = 0;
    for (const std::string& name : FilesIn(folder)) {
      VerifiedAct& act = acts.emplace_back();
      act.state = state;
      act.number = ++number;
      act.sha256 = absl::StrCat(folder, name);
      act.instrument = ReadInstrument(Read(folder, name), name).value();
    }
  }
  return acts;
}

std::shared_ptr<const Standing> MakeStanding() {
  std::vector<TreatyDocument> documents;
  for (const std::string& name : FilesIn(kFolder)) documents.push_back(ReadTreaty(Read(kFolder, name), name).value());
  return std::make_shared<const Standing>(std::move(documents), std::vector<OverlayDocument>(), Acts());
}

const Standing& Law() {
  static const auto& standing = *new std::shared_ptr<const Standing>(MakeStanding());
  return *standing;
}

const TreatySet& Treaties() {
  static const auto& set = *new TreatySet(TreatySetOf(MakeStanding(), absl::Minutes(2), ""));
  return set;
}

TEST(TreatiesTest, EveryActSpeaksOfATextThatIsHereAndHasItsEffect) {
  for (const StandingFinding& finding : Law().findings()) {
    ADD_FAILURE() << finding.state << " " << finding.number << " " << finding.code << ": " << finding.what;
  }
}

TEST(TreatiesTest, DecideEveryCaseOfTheirSuitesAsExpected) {
  const std::string folder = absl::StrCat(kPolicy, "/suites");
  size_t cases = 0;
  std::set<std::string> deciding;
  for (const std::string& name : FilesIn(folder)) {
    ASSERT_OK_AND_ASSIGN(const v1::TreatySuite suite, ReadSuite(Read(folder, name), name));
    const SuiteReport report = RunSuite(Treaties(), suite);
    for (const std::string& failure : report.failures) ADD_FAILURE() << name << ": " << failure;
    cases += report.cases;
    for (const v1::TreatyCase& of : suite.cases()) {
      const Verdict verdict = Treaties().Judge(QuestionOf(of), StageOf(of), TimeOf(of));
      for (const GrantRule* rule : verdict.grants) deciding.insert(NameOf(*rule));
      for (const ProhibitionRule* rule : verdict.hits) deciding.insert(NameOf(*rule));
    }
  }
  EXPECT_GT(cases, 200u);
  const auto expect_all_decide = [&](const v1::Treaty& treaty, const auto& rules) {
    for (const auto& rule : rules) {
      const std::string name = absl::StrCat(treaty.id(), " ", rule.id());
      EXPECT_EQ(deciding.count(name), 1u) << name << " decides no case";
    }
  };
  for (const TreatyDocument* document : Treaties().documents()) {
    if (document->treaty.id() == "READMISSION-KAZ-BLR") continue;  // not in force
    expect_all_decide(document->treaty, document->treaty.grants());
    expect_all_decide(document->treaty, document->treaty.prohibitions());
  }
}

TEST(TreatiesTest, AreValidAndNamedByTheirId) {
  ASSERT_OK_AND_ASSIGN(const std::vector<std::string> names, ListFolder(kFolder, ".txtpb"));
  EXPECT_EQ(names.size(), 17u);
  for (const std::string& name : names) {
    ASSERT_OK_AND_ASSIGN(const std::string text, ReadFile(absl::StrCat(kFolder, "/", name)));
    ASSERT_OK_AND_ASSIGN(const TreatyDocument document, ReadTreaty(text, name));
    EXPECT_EQ(absl::StrCat(absl::AsciiStrToLower(document.treaty.id()), ".txtpb"), name);
  }
}

TEST(TreatiesTest, SayWhereTheyWereNotBuiltFromTheOfficialText) {
  for (const TreatyDocument* document : Treaties().documents()) {
    EXPECT_EQ(document->treaty.text_status(), v1::TEXT_STATUS_MODEL) << document->file_name;
  }
}

Facts Clear() {
  return FactsOf({{v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_NO},
                  {v1::ATTRIBUTE_TRAFFICKING_INDICATOR, v1::TERNARY_NO},
                  {v1::ATTRIBUTE_UNACCOMPANIED_MINOR, v1::TERNARY_NO}});
}

Question Ask(v1::RecordKind kind, v1::Operation operation, const char* asker, const char* answerer,
             v1::Purpose purpose) {
  Question question;
  question.asker = asker;
  question.answerer = answerer;
  question.record_kind = kind;
  question.operation = operation;
  question.purpose = purpose;
  question.facts = Clear();
  question.dischargeable = kAllObligationTypes;
  return question;
}

Question Submit(const char* asker, const char* answerer) {
  return Ask(v1::RECORD_KIND_READMISSION, v1::OPERATION_READMISSION_SUBMIT, asker, answerer, v1::PURPOSE_READMISSION);
}

Question Trafficking(v1::Operation operation, const char* asker, const char* answerer, v1::Purpose purpose) {
  return Ask(v1::RECORD_KIND_TRAFFICKING, operation, asker, answerer, purpose);
}

constexpr char kKazInterior[] = "KAZ/interior-ministry";
constexpr char kKgzInterior[] = "KGZ/interior-ministry";
constexpr char kTjkInterior[] = "TJK/interior-ministry";
constexpr char kUzbInterior[] = "UZB/interior-ministry";

TEST(TreatiesTest, NothingThatLeadsToAVictimIsSharedAbroad) {
  const Decision decision = Treaties().Decide(
      Trafficking(v1::OPERATION_TRAFFICKING_SHARE, kKazInterior, kTjkInterior, v1::PURPOSE_TRAFFICKING_INVESTIGATION),
      Stage::kRequestEgress, Day("2026-03-01"));
  const ClassSet allowed = AllowedClasses(AllowanceOf(decision.request));
  for (const v1::DataClass data_class :
       {v1::DATA_CLASS_VICTIM_IDENTITY, v1::DATA_CLASS_VICTIM_CONTACT, v1::DATA_CLASS_VICTIM_CIRCUMSTANCE,
        v1::DATA_CLASS_FREE_TEXT, v1::DATA_CLASS_SUPPORT}) {
    EXPECT_FALSE(Holds(allowed, data_class)) << v1::DataClass_Name(data_class);
  }
  EXPECT_TRUE(Holds(allowed, v1::DATA_CLASS_PERPETRATOR));
}

TEST(TreatiesTest, ARetrievalForAnotherPurposeIsToldWhichPurposeWouldServe) {
  const Decision decision = Treaties().Decide(
      Trafficking(v1::OPERATION_TRAFFICKING_RETRIEVE, kUzbInterior, kKazInterior, v1::PURPOSE_MIGRATION_CONTROL),
      Stage::kRequestEgress, Day("2026-03-01"));
  ASSERT_FALSE(decision.missing.empty());
  EXPECT_EQ(decision.missing[0],
            "PALERMO-TIP-2000 art. 10.1 would serve if the purpose were TRAFFICKING_INVESTIGATION (asked: "
            "MIGRATION_CONTROL)");
}

TEST(TreatiesTest, AnApplicationWithAConfessionIsRefusedAsAWhole) {
  const Decision decision =
      Treaties().Decide(Submit(kKazInterior, kKgzInterior), Stage::kRequestEgress, Day("2026-03-01"));
  v1::ReadmissionSubmission submission;
  submission.mutable_application()->set_sex("F");
  submission.mutable_application()->add_itinerary("Bishkek");
  EXPECT_THAT(CutDown(decision.request, &submission).value(), ElementsAre());
  submission.mutable_application()->set_confession("any");
  EXPECT_THAT(CutDown(decision.request, &submission),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("application.confession")));
}

TEST(TreatiesTest, OnReadmissionEachStepOfACaseHasItsGrantAndEachClockItsLimit) {
  size_t agreements = 0;
  for (const TreatyDocument* document : Treaties().documents()) {
    if (!document->treaty.has_readmission()) continue;
    ++agreements;
    const ReadmissionTerms terms(document->treaty);
    for (int kind = 1; kind < v1::ReadmissionStepKind_ARRAYSIZE; ++kind) {
      if (kind == v1::READMISSION_STEP_KIND_NOTIFY || kind == v1::READMISSION_STEP_KIND_FALL_BACK ||
          kind == v1::READMISSION_STEP_KIND_STANDARD_DOCUMENT) {
        continue;
      }
      EXPECT_NE(terms.FindStep(static_cast<v1::ReadmissionStepKind>(kind)), nullptr)
          << document->treaty.id() << " " << v1::ReadmissionStepKind_Name(kind);
    }
    for (int clock = 1; clock < v1::CaseClock_ARRAYSIZE; ++clock) {
      EXPECT_NE(terms.FindLimit(static_cast<v1::CaseClock>(clock), v1::READMISSION_PROCEDURE_NORMAL), nullptr)
          << document->treaty.id() << " " << v1::CaseClock_Name(clock);
    }
    EXPECT_EQ(terms.FindLimit(v1::CASE_CLOCK_REPLY, v1::READMISSION_PROCEDURE_NORMAL)->amount(), 25u);
  }
  EXPECT_EQ(agreements, 7u);
}

TEST(TreatiesTest, OnlySwitzerlandTakesPersonsOnPlainNotice) {
  for (const TreatyDocument* document : Treaties().documents()) {
    EXPECT_EQ(ReadmissionTerms(document->treaty).FindStep(v1::READMISSION_STEP_KIND_NOTIFY) != nullptr,
              document->treaty.id() == "READMISSION-KAZ-CHE");
  }
}

TEST(TreatiesTest, TheDemoStatesHavePublishedTheirCalendars) {
  for (const char* state : {"KAZ", "KGZ"}) {
    EXPECT_EQ(Law().calendars().IsWorkingDay(state, absl::CivilDay(2026, 3, 9)), false) << state;
    EXPECT_EQ(Law().calendars().IsWorkingDay(state, absl::CivilDay(2027, 3, 9)), true) << state;
  }
}

TEST(TreatiesTest, ACompletedApplicationWithAConfessionIsRefusedAsAWhole) {
  Question completed = Submit(kKazInterior, kKgzInterior);
  completed.operation = v1::OPERATION_READMISSION_STEP;
  const Decision decision = Treaties().Decide(completed, Stage::kRequestEgress, Day("2026-03-01"));
  ASSERT_TRUE(decision.permitted) << decision.explanation;
  ASSERT_FALSE(decision.articles.empty());
  v1::ReadmissionStep step;
  step.set_kind(v1::READMISSION_STEP_KIND_RESUBMIT);
  step.mutable_application()->set_sex("F");
  EXPECT_THAT(CutDown(decision.request, &step).value(), ElementsAre());
  step.mutable_application()->set_confession("any");
  EXPECT_THAT(CutDown(decision.request, &step),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("application.confession")));
}

TEST(TreatiesTest, AReplyToAnApplicationMayHoldItsReasons) {
  Question reply = Submit(kKgzInterior, kKazInterior);
  reply.operation = v1::OPERATION_READMISSION_REPLY;
  const Decision decision = Treaties().Decide(reply, Stage::kRequestEgress, Day("2026-03-01"));
  ASSERT_TRUE(decision.permitted) << decision.explanation;
  v1::ReadmissionStep refusal;
  refusal.set_case_id("c");
  refusal.set_kind(v1::READMISSION_STEP_KIND_REFUSE);
  refusal.set_refusal_code(v1::REFUSAL_CODE_NOT_NATIONAL);
  refusal.set_reasons("No entry in the register.");
  refusal.mutable_at()->set_seconds(1);
  EXPECT_OK(ContainsOnly(decision.request, refusal));
}

TEST(TreatiesTest, APlannedTransferMayNameEscortsAndCareButNotThePersonAnew) {
  Question question = Submit(kKazInterior, kKgzInterior);
  question.operation = v1::OPERATION_READMISSION_TRANSFER;
  const Decision decision = Treaties().Decide(question, Stage::kRequestEgress, Day("2026-03-01"));
  ASSERT_TRUE(decision.permitted) << decision.explanation;
  v1::ReadmissionStep proposal;
  proposal.set_kind(v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER);
  proposal.mutable_transfer()->set_day("2026-03-10");
  proposal.mutable_transfer()->set_care("A wheelchair.");
  proposal.mutable_transfer()->add_escorts()->mutable_name()->set_surname("OMAROV");
  proposal.mutable_transfer()->mutable_escorts(0)->mutable_document()->set_number("N1");
  EXPECT_OK(ContainsOnly(decision.request, proposal));
  proposal.mutable_application()->add_names()->set_surname("ASANOV");
  EXPECT_THAT(ContainsOnly(decision.request, proposal),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("application.names")));
}

}  // namespace
}  // namespace tamga::policy
