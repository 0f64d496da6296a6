#include "node/exchange/revocation_bound.h"

#include <memory>
#include <string>

#include "certs/identity.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/exchange/test_node.h"

namespace tamga::exchange {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::Duration kMaxAge = absl::Hours(24);

// Kazakhstan asks, Kyrgyzstan answers, under a treaty that wants lists of the last day.
class RevocationBoundTest : public ::testing::Test {
 protected:
  RevocationBoundTest() {
    kazakh_.AddPartner(kKyrgyz, std::make_unique<PeerFunction>([this](const v1::SealedMessage& request) {
                         ++handed_over_;
                         return kyrgyz_.answering().Answer({kKazakh, certs::Role::kNode, "main"}, request);
                       }),
                       kyrgyz_.log_key());
    kazakh_.parts().partner_lists_as_of = [this](const std::string& partner) {
      EXPECT_EQ(partner, kKyrgyz);
      return kyrgyz_lists_;
    };
    kyrgyz_.parts().path_lists_as_of = [this](const certs::CertificateChain& path) {
      // By which the seal of the very message is believed.
      EXPECT_THAT(path, SizeIs(::testing::Ge(2u)));
      const absl::StatusOr<certs::Principal> sealer = certs::IdentityOf(path.front());
      EXPECT_OK(sealer);
      EXPECT_EQ(sealer->agency, kKazakh);
      EXPECT_EQ(sealer->role, certs::Role::kSeal);
      return kazakh_lists_;
    };
  }
  AskResult Ask() { return kazakh_.AskToTakeBack(kKyrgyz); }

  TestStates states_{"", "revocation_max_age_hours: 24\n"};
  TestNode kazakh_{states_, kKazakh};
  TestNode kyrgyz_{states_, kKyrgyz};
  // When the lists are from of those who vouch for each side.
  absl::Time kazakh_lists_ = states_.clock.Now();
  absl::Time kyrgyz_lists_ = states_.clock.Now();
  int handed_over_ = 0;
};

TEST_F(RevocationBoundTest, ListsAsYoungAsTheTreatyWantsLetAnExchangePass) {
  kazakh_lists_ = kyrgyz_lists_ = states_.clock.Now() - kMaxAge;
  const AskResult result = Ask();
  EXPECT_OK(result.status);
  EXPECT_EQ(result.summary.delivery_state(), v1::DELIVERY_STATE_DELIVERED);
}

TEST_F(RevocationBoundTest, NothingLeavesWhileThePartnersListIsTooOld) {
  kyrgyz_lists_ = states_.clock.Now() - kMaxAge - absl::Seconds(1);
  EXPECT_THAT(Ask().status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(Ask().status, HasReason("REVOCATION_STALE"));
  kyrgyz_lists_ = absl::InfinitePast();
  EXPECT_THAT(Ask().status, HasReason("REVOCATION_STALE"));
  EXPECT_EQ(handed_over_, 0);
  EXPECT_THAT(kazakh_.Entries(), IsEmpty());
  kyrgyz_lists_ = states_.clock.Now();
  EXPECT_OK(Ask().status);
}

TEST_F(RevocationBoundTest, ARequestWaitsWhileTheAskersListIsTooOldWhereItIsAnswered) {
  kazakh_lists_ = states_.clock.Now() - kMaxAge - absl::Seconds(1);
  const AskResult result = Ask();
  EXPECT_EQ(result.summary.delivery_state(), v1::DELIVERY_STATE_QUEUED);
  EXPECT_EQ(handed_over_, 1);
  EXPECT_THAT(kyrgyz_.Entries(), IsEmpty());
  EXPECT_THAT(kazakh_.Entries(), SizeIs(1));
}

TEST(RevocationBoundlessTest, ATreatyWithoutABoundAsksForNothing) {
  TestStates states;
  TestNode kazakh(states, kKazakh);
  TestNode kyrgyz(states, kKyrgyz);
  kazakh.AddPartner(kKyrgyz, std::make_unique<PeerFunction>([&](const v1::SealedMessage& request) {
                      return kyrgyz.answering().Answer({kKazakh, certs::Role::kNode, "main"}, request);
                    }),
                    kyrgyz.log_key());
  EXPECT_EQ(kazakh.AskToTakeBack(kKyrgyz).summary.delivery_state(), v1::DELIVERY_STATE_DELIVERED);
}

}  // namespace
}  // namespace tamga::exchange
