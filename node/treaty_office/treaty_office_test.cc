#include "node/treaty_office/treaty_office.h"

#include <atomic>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/uuid.h"
#include "node/treaty/act_files.h"
#include "node/treaty/foresight.h"
#include "node/treaty/sign_act.h"
#include "node/treaty/test_treaties.h"
#include "node/treaty_office/test_office.h"
#include "node/treaty_office/treaty_fetcher.h"

namespace tamga::treaty_office {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kKazakh[] = "KAZ/interior-ministry";
constexpr char kBorder[] = "KAZ/border-service";
constexpr char kKyrgyz[] = "KGZ/interior-ministry";
constexpr char kUzbek[] = "UZB/interior-ministry";

std::string Suspension(const std::string& state, const std::string& citation = "Order 1") {
  return absl::StrCat("state: \"", state, "\"\neffective_on: \"2026-11-01\"\ncitation: \"", citation,
                      "\"\nsuspend { treaty_id: \"READMISSION-KAZ-KGZ\" }\n");
}

// Towards Kyrgyzstan, so that what is published still reaches the others.
std::string CharterSuspension(const std::string& state) {
  return absl::StrCat("state: \"", state, "\"\neffective_on: \"2026-11-01\"\ncitation: \"Order 1\"\n",
                      "suspend { treaty_id: \"TAMGA-CHARTER\" towards: \"KGZ\" }\n");
}

// The folder that every node starts with; made once, since signing takes a while.
const std::string& SignedTreaties() {
  static const auto& folder = *new store::TestFolder;
  static const auto& path = *new std::string([] {
    const std::string made = folder.path() + "/treaties";
    EXPECT_OK(treaty::SignRepositoryTreaties(
        TAMGA_SOURCE_DIR "/policy", made, {"KAZ", "KGZ", "UZB"},
        {"tamga-charter.txtpb", "tamga-charter-kaz.txtpb", "readmission-kaz-kgz.txtpb"}));
    return made;
  }());
  return path;
}

class TreatyOfficeTest : public testing::Test {
 protected:
  TreatyOfficeTest() {
    Connect(kazakh_, {&border_, &kyrgyz_, &uzbek_});
    Connect(border_, {&kazakh_, &kyrgyz_, &uzbek_});
    Connect(kyrgyz_, {&kazakh_, &border_, &uzbek_});
    Connect(uzbek_, {&kazakh_, &border_, &kyrgyz_});
  }

  static void Connect(TestOfficeNode& node, const std::vector<TestOfficeNode*>& partners) {
    for (TestOfficeNode* partner : partners) node.door().Connect(partner->door());
  }

  v1::SignedAct NextActOf(const std::string& state, const TestOfficeNode& node, const std::string& instrument) {
    treaty::TreatySources sources = node.Sources();
    return treaty::SignNextAct(state, sources.acts[state], instrument);
  }

  static int Changes(TestOfficeNode& node) {
    int changes = 0;
    for (const v1::LogEntry& entry : node.Entries()) changes += entry.kind() == v1::ENTRY_KIND_TREATIES_CHANGED;
    return changes;
  }

  static Fetched FetchFrom(TestOfficeNode& node, const std::string& partner) {
    v1::FetchTreatiesRequest request;
    *request.mutable_context() = node.Context();
    request.set_partner(partner);
    const auto response = node.office().Fetch(node.Officer(), request);
    EXPECT_OK(response);
    return {response->deliveries(0), response->taken_over()};
  }

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 11, 26, 12), absl::UTCTimeZone())};
  SystemRng rng_;
  TestOfficeNode kazakh_{kKazakh, {kBorder, kKyrgyz, kUzbek}, SignedTreaties(), clock_, rng_};
  TestOfficeNode border_{kBorder, {kKazakh, kKyrgyz, kUzbek}, SignedTreaties(), clock_, rng_};
  TestOfficeNode kyrgyz_{kKyrgyz, {kKazakh, kBorder, kUzbek}, SignedTreaties(), clock_, rng_};
  TestOfficeNode uzbek_{kUzbek, {kKazakh, kBorder, kKyrgyz}, SignedTreaties(), clock_, rng_};
};

TEST_F(TreatyOfficeTest, WhatIsPublishedIsInUseAndOnRecordEverywhere) {
  const std::string before = kazakh_.Digest();
  ASSERT_OK_AND_ASSIGN(const auto response, kazakh_.Publish(NextActOf("KAZ", kazakh_, Suspension("KAZ"))));
  EXPECT_EQ(response.taken_over(), 1u);
  EXPECT_TRUE(response.has_own_log());
  ASSERT_EQ(response.deliveries_size(), 3);
  for (const v1::TreatyDelivery& delivery : response.deliveries()) {
    EXPECT_EQ(delivery.exchange().delivery_state(), v1::DELIVERY_STATE_DELIVERED) << delivery.DebugString();
    EXPECT_EQ(delivery.reason(), "");
  }
  EXPECT_NE(kazakh_.Digest(), before);
  for (TestOfficeNode* node : {&kazakh_, &border_, &kyrgyz_, &uzbek_}) {
    EXPECT_EQ(node->Digest(), kazakh_.Digest());
    ASSERT_EQ(node->Entries().size(), 1u);
    const v1::LogEntry entry = node->Entries().front();
    EXPECT_EQ(entry.kind(), v1::ENTRY_KIND_TREATIES_CHANGED);
    EXPECT_EQ(entry.partner(), kKazakh);
    EXPECT_EQ(entry.policy_sha256(), kazakh_.Digest());
    EXPECT_EQ(node->Sources().acts["KAZ"].size(), kazakh_.Sources().acts["KAZ"].size());
  }
}

TEST_F(TreatyOfficeTest, ARepeatedPublicationChangesNothing) {
  const v1::SignedAct act = NextActOf("KAZ", kazakh_, Suspension("KAZ"));
  ASSERT_OK(kazakh_.Publish(act));
  ASSERT_OK_AND_ASSIGN(const auto again, kazakh_.Publish(act));
  EXPECT_EQ(again.taken_over(), 0u);
  EXPECT_FALSE(again.has_own_log());
  EXPECT_EQ(again.deliveries(0).reason(), "");
  EXPECT_EQ(Changes(kazakh_), 1);
  EXPECT_EQ(Changes(kyrgyz_), 1);
}

TEST_F(TreatyOfficeTest, WhatIsNotInOrderIsRefusedAndLeavesNoTrace) {
  v1::SignedAct forged = NextActOf("KAZ", kazakh_, Suspension("KAZ"));
  forged.set_instrument(Suspension("KAZ", "Order 2"));
  EXPECT_THAT(kazakh_.Publish(forged), HasReason("ACT_SIGNATURE_INVALID"));
  EXPECT_EQ(kazakh_.door().asked.size(), 0u);
  v1::PublishTreatiesRequest request;
  EXPECT_THAT(kazakh_.office().Publish(kazakh_.Officer(), request), HasReason("INVALID_FIELD"));
  *request.mutable_context() = kazakh_.Context();
  EXPECT_THAT(kazakh_.office().Publish(kazakh_.Officer(), request), HasReason("INVALID_FIELD"));
  request.mutable_bundle()->add_treaties(std::string(treaty::kMostBundleBytes + 1, 'x'));
  EXPECT_THAT(kazakh_.office().Publish(kazakh_.Officer(), request), HasReason("INVALID_FIELD"));
  request.mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
  EXPECT_THAT(kazakh_.office().Publish(kazakh_.Officer(), request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("TREATY_ADMINISTRATION")));
  EXPECT_EQ(Changes(kazakh_), 0);
}

TEST_F(TreatyOfficeTest, WhatAPartnerForgesIsRefusedAndTheLastGoodTreatiesDecideOn) {
  const std::string before = kyrgyz_.Digest();
  v1::SignedAct forged = NextActOf("KAZ", kazakh_, Suspension("KAZ"));
  forged.clear_signatures();
  treaty::SignAct(treaty::TestOfficeKey("UZB"), &forged);
  const auto body = std::make_shared<v1::TreatyPublication>();
  *body->mutable_bundle()->add_acts() = forged;
  exchange::Outgoing message;
  message.context = uzbek_.Context();
  message.to = kKyrgyz;
  message.record_kind = v1::RECORD_KIND_TREATY;
  message.operation = v1::OPERATION_TREATY_PUBLISH;
  message.body = body;
  EXPECT_THAT(uzbek_.door().Send(message),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument), HasReason("ACT_WRONG_KEY")));
  body->mutable_bundle()->clear_acts();
  body->mutable_bundle()->add_treaties("id: 7\n");
  EXPECT_THAT(uzbek_.door().Send(message), HasReason("TREATY_INVALID"));
  message.body = std::make_shared<v1::TreatyBundle>(body->bundle());  // of another type
  EXPECT_THAT(uzbek_.door().Send(message), HasReason("INVALID_BODY"));
  EXPECT_EQ(kyrgyz_.Digest(), before);
  EXPECT_THAT(kyrgyz_.Entries(), IsEmpty());
  EXPECT_EQ(kyrgyz_.Sources().texts.size(), 3u);
}

TEST_F(TreatyOfficeTest, APartnerOutOfReachGetsItLater) {
  kazakh_.door().unreachable = true;
  ASSERT_OK_AND_ASSIGN(const auto response, kazakh_.Publish(NextActOf("KAZ", kazakh_, Suspension("KAZ"))));
  EXPECT_EQ(response.deliveries(1).exchange().delivery_state(), v1::DELIVERY_STATE_QUEUED);
  EXPECT_NE(kyrgyz_.Digest(), kazakh_.Digest());
  kazakh_.door().DeliverWaiting();
  EXPECT_EQ(kyrgyz_.Digest(), kazakh_.Digest());
  // The reply was lost: it is recognised, and the answer is the same.
  ASSERT_OK(kazakh_.door().Repeat());
  EXPECT_EQ(Changes(kyrgyz_), 1);
}

TEST_F(TreatyOfficeTest, WhoMissedAnActFetchesIt) {
  kazakh_.door().unreachable = true;
  ASSERT_OK(kazakh_.Publish(NextActOf("KAZ", kazakh_, Suspension("KAZ"))));
  kazakh_.door().ExpireWaiting();
  kazakh_.door().unreachable = false;
  const v1::SignedAct second = NextActOf("KAZ", kazakh_, Suspension("KAZ", "Order 2"));
  ASSERT_OK_AND_ASSIGN(const auto response, kazakh_.Publish(second));
  EXPECT_EQ(response.deliveries(1).reason(), "REGISTER_GAP");
  EXPECT_THAT(kyrgyz_.behind, ElementsAre(kKazakh));
  EXPECT_EQ(FetchFrom(kyrgyz_, kKazakh).taken_over, 2u);
  EXPECT_EQ(kyrgyz_.Digest(), kazakh_.Digest());
  // And others from whoever has it.
  EXPECT_EQ(FetchFrom(uzbek_, kKyrgyz).taken_over, 2u);
  EXPECT_EQ(FetchFrom(uzbek_, kKazakh).taken_over, 0u);
}

TEST_F(TreatyOfficeTest, AForkIsKeptOutOnBothSidesAndNothingElseIs) {
  const v1::SignedAct one = NextActOf("KAZ", kazakh_, Suspension("KAZ", "Order 1"));
  const v1::SignedAct other = NextActOf("KAZ", kazakh_, Suspension("KAZ", "Order 2"));
  kazakh_.door().unreachable = true;
  border_.door().unreachable = true;
  ASSERT_OK(kazakh_.Publish(one));
  ASSERT_OK(border_.Publish(other));
  for (const exchange::AskResult& result : border_.door().DeliverWaiting()) {
    const bool is_forked = result.summary.partner() == kKazakh;
    EXPECT_EQ(ReasonOf(result.status), is_forked ? "REGISTER_FORKED" : "") << result.status;
  }
  kazakh_.door().unreachable = false;
  border_.door().unreachable = false;
  const std::string before = kazakh_.Digest();
  ASSERT_OK(uzbek_.Publish(NextActOf("UZB", uzbek_, CharterSuspension("UZB"))));
  EXPECT_NE(kazakh_.Digest(), before);
  const Fetched fetched = FetchFrom(kazakh_, kBorder);
  EXPECT_EQ(fetched.taken_over, 0u);
  EXPECT_EQ(fetched.delivery.reason(), "REGISTER_FORKED");
  EXPECT_EQ(FetchFrom(border_, kKazakh).delivery.reason(), "REGISTER_FORKED");
  EXPECT_EQ(kazakh_.Sources().acts["KAZ"].back().instrument(), one.instrument());
}

TEST_F(TreatyOfficeTest, WhomNoTreatyLetsUsTellIsNotTold) {
  ASSERT_OK_AND_ASSIGN(const auto response, kazakh_.Publish(NextActOf("KAZ", kazakh_, CharterSuspension("KAZ"))));
  EXPECT_EQ(response.deliveries(0).reason(), "");
  EXPECT_EQ(response.deliveries(2).reason(), "");
  EXPECT_NE(response.deliveries(1).reason(), "");
  EXPECT_FALSE(response.deliveries(1).has_exchange());
  EXPECT_NE(FetchFrom(kazakh_, kKyrgyz).delivery.reason(), "");
}

TEST_F(TreatyOfficeTest, UnknownPartnersAreNotAsked) {
  v1::FetchTreatiesRequest request;
  *request.mutable_context() = kazakh_.Context();
  request.set_partner("TJK/interior-ministry");
  EXPECT_THAT(kazakh_.office().Fetch(kazakh_.Officer(), request), HasReason("UNKNOWN_PARTNER"));
}

TEST_F(TreatyOfficeTest, TheBundleOfANodeIsAllThatItHolds) {
  ASSERT_OK_AND_ASSIGN(const auto all, kazakh_.office().Get({}));
  EXPECT_EQ(all.bundle().treaties_size(), 3);
  EXPECT_FALSE(all.more());
  v1::GetTreatyBundleRequest request;
  treaty::AddToHoldings(all.bundle(), request.mutable_holdings());
  ASSERT_OK_AND_ASSIGN(const auto nothing, kazakh_.office().Get(request));
  EXPECT_EQ(nothing.bundle().ByteSizeLong(), 0u);
}

TEST_F(TreatyOfficeTest, AfterARestartTheNodeDecidesByWhatItTookOver) {
  ASSERT_OK(kazakh_.Publish(NextActOf("KAZ", kazakh_, Suspension("KAZ"))));
  const std::string digest = kazakh_.Digest();
  kazakh_.Stop();
  ASSERT_OK(kazakh_.Start());
  EXPECT_EQ(kazakh_.Digest(), digest);
  EXPECT_EQ(Changes(kazakh_), 1);
}

TEST_F(TreatyOfficeTest, AnActPutIntoTheFolderIsLoggedAtTheNextStart) {
  const v1::SignedAct act = NextActOf("KAZ", kazakh_, Suspension("KAZ"));
  kazakh_.Stop();
  // As by an operator, or by a crash between writing the folder and the log.
  ASSERT_OK(treaty::WriteActFiles(kazakh_.treaties_folder() + "/registers/KAZ", act));
  ASSERT_OK(kazakh_.Start());
  EXPECT_EQ(Changes(kazakh_), 1);
  EXPECT_EQ(kazakh_.Entries().back().policy_sha256(), kazakh_.Digest());
  EXPECT_EQ(kazakh_.Entries().back().partner(), kKazakh);
}

TEST_F(TreatyOfficeTest, AnOldFolderIsNotDecidedBy) {
  const v1::SignedAct act = NextActOf("KAZ", kazakh_, Suspension("KAZ"));
  ASSERT_OK(kazakh_.Publish(act));
  kazakh_.Stop();
  const std::string file = treaty::ActFilePath(kazakh_.treaties_folder() + "/registers/KAZ", act);
  ASSERT_TRUE(std::filesystem::remove(file));
  EXPECT_THAT(kazakh_.Start(), AllOf(HasReason("TREATY_ROLLED_BACK"), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                                               HasSubstr("tamga treaty export"))));
  kazakh_.Stop();
  // Nor by another act in its place.
  const v1::SignedAct other = NextActOf("KAZ", kazakh_, Suspension("KAZ", "Order 2"));
  ASSERT_OK(treaty::WriteActFiles(kazakh_.treaties_folder() + "/registers/KAZ", other));
  EXPECT_THAT(kazakh_.Start(), HasReason("TREATY_ROLLED_BACK"));
  kazakh_.Stop();
  ASSERT_OK(treaty::WriteActFiles(kazakh_.treaties_folder() + "/registers/KAZ", act));
  EXPECT_OK(kazakh_.Start());
}

TEST_F(TreatyOfficeTest, ATextThatAnActIsAboutMayNotVanish) {
  kazakh_.Stop();
  const std::string file = kazakh_.treaties_folder() + "/readmission-kaz-kgz.txtpb";
  ASSERT_OK_AND_ASSIGN(const std::string text, ReadFile(file));
  ASSERT_TRUE(std::filesystem::remove(file));
  EXPECT_THAT(kazakh_.Start(), AllOf(HasReason("TREATY_ROLLED_BACK"), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                                               HasSubstr(HexEncode(Sha256(text))))));
  kazakh_.Stop();
  ASSERT_OK(WriteFile(file, text));
  EXPECT_OK(kazakh_.Start());
}

TEST_F(TreatyOfficeTest, AMachineRestoredToAnOldStateIsToldByItsPartners) {
  kazakh_.Stop();
  const store::TestFolder backup;
  std::filesystem::copy(kazakh_.treaties_folder(), backup.path() + "/treaties",
                        std::filesystem::copy_options::recursive);
  ASSERT_OK(MakeFolder(backup.path() + "/data"));
  store::CopyAsAfterCrash(kazakh_.data_folder(), backup.path() + "/data");
  ASSERT_OK(kazakh_.Start());
  Connect(kazakh_, {&border_, &kyrgyz_, &uzbek_});
  ASSERT_OK(kazakh_.Publish(NextActOf("KAZ", kazakh_, Suspension("KAZ"))));
  const std::string digest = kazakh_.Digest();

  kazakh_.Stop();
  std::filesystem::remove_all(kazakh_.treaties_folder());
  std::filesystem::remove_all(kazakh_.data_folder());
  std::filesystem::copy(backup.path() + "/treaties", kazakh_.treaties_folder(),
                        std::filesystem::copy_options::recursive);
  std::filesystem::copy(backup.path() + "/data", kazakh_.data_folder(), std::filesystem::copy_options::recursive);
  ASSERT_OK(kazakh_.Start());
  Connect(kazakh_, {&border_, &kyrgyz_, &uzbek_});
  EXPECT_NE(kazakh_.Digest(), digest);
  FetchWishes wishes;
  {
    TreatyFetcher fetcher(kazakh_.office(), wishes, clock_, [](const std::string&) { return kFetchEvery; });
    clock_.Advance(kFirstFetchAfter);
    while (kazakh_.Digest() != digest) std::this_thread::yield();
  }
  EXPECT_EQ(kazakh_.Digest(), digest);
  EXPECT_EQ(kazakh_.Entries().back().kind(), v1::ENTRY_KIND_TREATIES_CHANGED);
}

TEST_F(TreatyOfficeTest, APartnersStateSaysHowOftenItIsAskedForWhatIsNew) {
  std::atomic<int> asked{0};
  FetchWishes wishes;
  TreatyFetcher fetcher(kazakh_.office(), wishes, clock_, [&](const std::string& partner) {
    if (partner != kKyrgyz) return absl::Hours(24);
    ++asked;
    return absl::Minutes(2);
  });
  clock_.Advance(kFirstFetchAfter);
  while (asked == 0) std::this_thread::yield();  // the first round is over
  v1::TreatyBundle act;
  *act.add_acts() = NextActOf("KGZ", kyrgyz_, Suspension("KGZ"));
  ASSERT_OK(kyrgyz_.keeper().Take(act, {kUzbek, NewUuidV7(clock_.Now(), rng_)}, treaty::OnFault::kRefuseAll));
  EXPECT_NE(kazakh_.Digest(), kyrgyz_.Digest());
  clock_.Advance(absl::Minutes(2));
  while (kazakh_.Digest() != kyrgyz_.Digest()) std::this_thread::yield();
}

// Texts that are hard to prove do not keep all partners' calls waiting, and acts alone wait for no proof.
TEST_F(TreatyOfficeTest, WhileATextIsProvedPartnersComeAgainAndActsAreTaken) {
  ASSERT_OK_AND_ASSIGN(const std::string before, ReadFile(SignedTreaties() + "/readmission-kaz-kgz.txtpb"));
  const std::string version = absl::StrCat("version: 2\nprevious_sha256: \"", HexEncode(Sha256(before)), "\"");
  v1::TreatyBundle text;
  text.add_treaties(absl::StrReplaceAll(before, {{"version: 1", version}}));
  v1::TreatyBundle act;
  *act.add_acts() = NextActOf("KAZ", kyrgyz_, Suspension("KAZ"));
  const exchange::BroughtBy partner{kKazakh, NewUuidV7(clock_.Now(), rng_), /*comes_again=*/true};
  treaty::Turn::Taken turn = treaty::ProvingTurn().TryTake();
  EXPECT_THAT(kyrgyz_.keeper().Take(text, partner, treaty::OnFault::kRefuseAll), HasReason("TREATY_PROOF_BUSY"));
  EXPECT_OK(kyrgyz_.keeper().Take(act, partner, treaty::OnFault::kRefuseAll));
  turn.reset();
  EXPECT_OK(kyrgyz_.keeper().Take(text, partner, treaty::OnFault::kRefuseAll));
}

TEST_F(TreatyOfficeTest, DecidersGoOnWhileActsAreTakenOver) {
  policy::Question question;
  question.asker = kKazakh;
  question.answerer = kKyrgyz;
  question.record_kind = v1::RECORD_KIND_TREATY;
  question.operation = v1::OPERATION_TREATY_FETCH;
  question.purpose = v1::PURPOSE_TREATY_ADMINISTRATION;
  std::atomic<bool> done = false;
  std::atomic<int> denied = 0;
  std::atomic<int> decided = 0;
  std::thread decider([&] {
    while (!done) {
      const auto library = kazakh_.treaties().Get();
      if (!library->set->Decide(question, policy::Stage::kRequestEgress, clock_.Now()).permitted) ++denied;
      ++decided;
    }
  });
  for (int i = 0; i < 3; ++i) {
    EXPECT_OK(kazakh_.Publish(NextActOf("KAZ", kazakh_, Suspension("KAZ", absl::StrCat("Order ", i)))));
  }
  while (decided == 0) std::this_thread::yield();
  done = true;
  decider.join();
  EXPECT_EQ(denied, 0);
  EXPECT_EQ(Changes(kazakh_), 3);
}

}  // namespace
}  // namespace tamga::treaty_office
