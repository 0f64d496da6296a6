#include "node/exchange/pinned_law.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/base/status_macros.h"
#include "node/exchange/test_node.h"
#include "node/treaty/test_treaties.h"

namespace tamga::exchange {
namespace {

constexpr char kHead[] = "effective_on: \"2026-11-25\"\ncitation: \"For tests\"\n";
constexpr char kFloor[] = R"text(id: "TEST-FLOOR"
version: 1
title: "A floor for tests"
citation: "Nowhere, 25 November 2026"
text_status: TEXT_STATUS_OFFICIAL
entry_into_force { rule: ENTRY_RULE_STATED }
parties { state: "KAZ" agencies: "KAZ/interior-ministry" }
parties { state: "KGZ" agencies: "KGZ/interior-ministry" }
articles { number: "1" summary: "Nobody is returned to danger." }
)text";
constexpr char kNever[] =
    "prohibitions { id: \"never\" cites: \"1\" scope { operations: OPERATION_READMISSION_SUBMIT } }\n";

// A case that began in November 2026 with an application, and what follows in it ten days later. The Kyrgyz side says
// by the law of which time, too.
class PinnedLawTest : public ::testing::Test {
 protected:
  PinnedLawTest() {
    kazakh_.AddPartner(kKyrgyz, std::make_unique<PeerFunction>([this](const v1::SealedMessage& request) {
                         if (!is_up_) return absl::StatusOr<v1::SealedMessage>(absl::UnavailableError("down"));
                         return kyrgyz_.answering().Answer({kKazakh, certs::Role::kNode, "main"}, request);
                       }),
                       kyrgyz_.log_key());
    EXPECT_OK(kazakh_.AskToTakeBack(kKyrgyz).status);
    began_ = states_.clock.Now();
    states_.clock.Advance(absl::Hours(24 * 10));
  }

  // From now on both decide by the law under which the case began.
  void Pin() {
    kazakh_.handler().law_as_of = began_;
    kyrgyz_.handler().law_as_of = began_;
  }

  // An act of Kazakhstan, of 25 November.
  void Act(const std::string& act) {
    std::vector<v1::SignedAct>& acts = sources_.acts["KAZ"];
    acts.push_back(treaty::SignNextAct("KAZ", acts, absl::StrCat("state: \"KAZ\"\n", kHead, act)));
  }

  // A treaty that binds Kazakhstan since 25 November.
  void Bind(const std::string& text) {
    treaty::TreatySources more = treaty::RatifiedSources({{text, {"KAZ"}}});
    const std::string sha256 = more.treaties.front().sha256;
    sources_.treaties.push_back(std::move(more.treaties.front()));
    sources_.texts.emplace(sha256, text);
    Act(absl::StrCat("ratify { document { id: \"TEST-FLOOR\" sha256: \"", HexEncode(sha256),
                     "\" } in_force_from: \"2026-11-25\" }"));
  }

  void Suspend() { Act("suspend { treaty_id: \"TEST-READMISSION\" }"); }

  void Publish() {
    absl::StatusOr<treaty::TreatyLibrary> library =
        treaty::BuildLibrary(sources_, treaty::TestOffices({"KAZ", "KGZ", "UZB"}), absl::ZeroDuration(), "");
    ASSERT_OK(library);
    states_.treaties.Replace(*std::move(library));
  }

  TestStates states_;
  treaty::TreatySources sources_ = states_.sources;
  TestNode kazakh_{states_, kKazakh};
  TestNode kyrgyz_{states_, kKyrgyz};
  bool is_up_ = true;
  absl::Time began_;
};

TEST_F(PinnedLawTest, ASuspendedTreatyCarriesWhatFollowsInACaseAndNoNewOne) {
  Suspend();
  Publish();
  EXPECT_THAT(kazakh_.AskToTakeBack(kKyrgyz).status, StatusIs(absl::StatusCode::kPermissionDenied));
  Pin();
  EXPECT_OK(kazakh_.AskToTakeBack(kKyrgyz).status);
  EXPECT_EQ(kyrgyz_.handler().handled, 2);
}

TEST_F(PinnedLawTest, WhatBeganOnTheDayOfAnActBeganBeforeIt) {
  began_ = absl::FromCivil(absl::CivilHour(2026, 11, 25, 12), absl::UTCTimeZone());
  Suspend();
  Publish();
  Pin();
  states_.clock.Advance(absl::Hours(24));
  EXPECT_OK(kazakh_.AskToTakeBack(kKyrgyz).status);
  began_ += absl::Hours(12);
  Pin();
  EXPECT_THAT(kazakh_.AskToTakeBack(kKyrgyz).status, StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(PinnedLawTest, TheAnsweringSideHoldsANewCaseAgainstTheLawOfNowWhateverTheAskingSideSays) {
  Suspend();
  Publish();
  Pin();
  kyrgyz_.handler().law_as_of = absl::InfiniteFuture();
  EXPECT_THAT(kazakh_.AskToTakeBack(kKyrgyz).status, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(kyrgyz_.handler().handled, 1);
}

TEST_F(PinnedLawTest, WhatWaitedWhileTheTreatyWasSuspendedLeavesUnderTheLawOfItsCase) {
  Pin();
  is_up_ = false;
  const AskResult queued = kazakh_.AskToTakeBack(kKyrgyz);
  ASSERT_EQ(queued.summary.delivery_state(), v1::DELIVERY_STATE_QUEUED);
  Suspend();
  Publish();
  is_up_ = true;
  ASSERT_OK_AND_ASSIGN(const store::OutboxRow row, kazakh_.FindWaiting(queued.exchange_id));
  ASSERT_OK(kazakh_.asking().Resume(row));
  EXPECT_EQ(kyrgyz_.handler().handled, 2);
}

TEST_F(PinnedLawTest, AProhibitionAdoptedSinceForbids) {
  Bind(absl::StrCat(kFloor, kNever));
  Publish();
  Pin();
  EXPECT_THAT(kazakh_.AskToTakeBack(kKyrgyz).status, HasReason("FORBIDDEN"));
  EXPECT_EQ(kyrgyz_.handler().handled, 1);
}

// The decision of now is that no treaty serves, which must not hide that a fact is not known.
TEST_F(PinnedLawTest, AProhibitionAdoptedSinceThatTurnsOnAnUnknownFactForbidsUnderASuspendedTreatyToo) {
  Bind(absl::StrCat(kFloor,
                    "prohibitions { id: \"asylum\" cites: \"1\" scope { operations: OPERATION_READMISSION_SUBMIT } "
                    "when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_YES } }\n"));
  Suspend();
  Publish();
  Pin();
  EXPECT_THAT(kazakh_.AskToTakeBack(kKyrgyz).status, HasReason("FACT_UNKNOWN"));
  EXPECT_EQ(kyrgyz_.handler().handled, 1);
}

}  // namespace
}  // namespace tamga::exchange
