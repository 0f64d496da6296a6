#include "node/trust/list_exchange.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/treaty/sign_act.h"
#include "node/trust/test_state.h"
#include "node/trust/trust_rpc.h"
#include "policy/register.h"
#include "policy/root_fixture.h"

namespace tamga::trust {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

// The node of another agency, within the process.
class PeerInProcess final : public TrustPeer {
 public:
  struct Counts {
    int pushes = 0;
    int fetches = 0;
    bool is_down = false;
    size_t most_bytes = 1u << 20;  // of a message, as gRPC has it
  };
  PeerInProcess(TestTrust& node, std::string caller, Counts& counts)
      : node_(node), caller_(std::move(caller)), counts_(counts) {}

  absl::StatusOr<v1::PushRevocationsResponse> Push(const v1::PushRevocationsRequest& request,
                                                   absl::Time /*deadline*/) override {
    if (counts_.is_down) return absl::UnavailableError("down");
    ++counts_.pushes;
    if (request.ByteSizeLong() > counts_.most_bytes) return absl::ResourceExhaustedError("larger than max");
    return TakePushed(*node_.keeper, request, caller_);
  }
  absl::StatusOr<v1::FetchRevocationsResponse> Fetch(const v1::FetchRevocationsRequest& request,
                                                     absl::Time /*deadline*/) override {
    if (counts_.is_down) return absl::UnavailableError("down");
    ++counts_.fetches;
    v1::FetchRevocationsResponse response = AnswerFetch(*node_.book, request);
    if (response.ByteSizeLong() > counts_.most_bytes) return absl::ResourceExhaustedError("larger than max");
    return response;
  }

 private:
  TestTrust& node_;
  const std::string caller_;
  Counts& counts_;
};

class ListExchangeTest : public testing::Test {
 protected:
  std::unique_ptr<ListExchange> Between(TestTrust& here, TestTrust& there, PeerInProcess::Counts& counts) {
    return std::make_unique<ListExchange>(
        ListExchangeParts{"KGZ/interior-ministry", std::make_unique<PeerInProcess>(there, "KAZ/border-service", counts),
                          *here.keeper, *here.book, clock_, absl::Minutes(5), absl::Seconds(5)});
  }

  ManualClock clock_{certs::TestNow()};
  TestTrust here_{clock_};
  TestTrust there_{clock_};
  PeerInProcess::Counts counts_;
  const std::unique_ptr<ListExchange> exchange_ = Between(here_, there_, counts_);
};

TEST_F(ListExchangeTest, BothSidesHaveAllListsAfterwards) {
  ASSERT_OK(here_.book->Take(Kaz().IssuingList({}), kPartner));
  ASSERT_OK(here_.book->Take(Kgz().IssuingList({.number = 1}), kPartner));
  ASSERT_OK(there_.book->Take(Kgz().IssuingList({.number = 2}), kPartner));
  ASSERT_OK(there_.book->Take(Kgz().RootList({}), kPartner));
  exchange_->Round();
  ASSERT_THAT(here_.book->Lists(), SizeIs(3));
  EXPECT_THAT(here_.book->LackOf({}).lists, SizeIs(3));
  std::set<std::string> here;
  for (const HeldList& list : here_.book->Lists()) here.insert(list.sha256);
  EXPECT_THAT(there_.book->Lists(), SizeIs(3));
  EXPECT_THAT(there_.book->LackOf(here).lists, IsEmpty());
}

TEST_F(ListExchangeTest, ANewListIsPushedOnceWithoutWaitingForTheNextFetch) {
  exchange_->Round();
  EXPECT_EQ(counts_.fetches, 1);
  EXPECT_EQ(counts_.pushes, 0);
  const certs::CertificateChain node = Kaz().IssueNode("n1");
  ASSERT_EQ(here_.keeper->Take({Kaz().IssuingList({.revoked = {node.front()}})}, kPartner).taken, 1u);
  EXPECT_OK(there_.Vouch(node));
  exchange_->Round();
  EXPECT_THAT(there_.Vouch(node), HasReason("CERT_REVOKED"));
  exchange_->Round();
  EXPECT_EQ(counts_.fetches, 1);
  EXPECT_EQ(counts_.pushes, 1);
}

TEST_F(ListExchangeTest, AListPassesOverANodeThatIsNobodysIssuer) {
  TestTrust further(clock_);
  PeerInProcess::Counts counts;
  const auto next = Between(there_, further, counts);
  next->Round();
  ASSERT_EQ(here_.keeper->Take({Kaz().IssuingList({})}, kPartner).taken, 1u);
  exchange_->Round();
  next->Round();
  EXPECT_THAT(further.book->Lists(), SizeIs(1));
}

TEST_F(ListExchangeTest, APartnerIsAskedEverySoOften) {
  exchange_->Round();
  clock_.Advance(absl::Minutes(4));
  exchange_->Round();
  EXPECT_EQ(counts_.fetches, 1);
  clock_.Advance(absl::Minutes(1));
  exchange_->Round();
  EXPECT_EQ(counts_.fetches, 2);
}

TEST_F(ListExchangeTest, APartnerWhoseStateWishesSoIsAskedMoreOftenAndNeverLess) {
  const certs::Ed25519Key keys[] = {certs::Ed25519Key::FromSeed(std::string(32, 'a')).value(),
                                    certs::Ed25519Key::FromSeed(std::string(32, 'b')).value()};
  v1::TreatyOffice office;
  office.set_state("KGZ");
  for (const certs::Ed25519Key& key : keys) office.add_keys(HexEncode(key.public_key()));
  office.set_threshold(2);
  policy::Register acts = policy::Register::Create(office).value();
  const auto wish = [&](int seconds) {
    v1::SignedAct act = treaty::NextAct(
        "KGZ", acts.head(),
        absl::StrCat("state: \"KGZ\"\neffective_on: \"2026-11-23\"\ncitation: \"Gazette 1\"\nchange_roots {\n",
                     policy::RootText("KGZ", Kgz().root), "refresh_hint_s: ", seconds, "\n}\n"));
    for (const certs::Ed25519Key& key : keys) treaty::SignAct(key, &act);
    ASSERT_OK(acts.Append(act, &treaty::CheckActSignature));
    treaty::TreatyLibrary library;
    library.registers.emplace("KGZ", acts);
    here_.treaties.Replace(std::move(library));
    here_.keeper->Refresh();
  };
  wish(60);
  exchange_->Round();
  clock_.Advance(absl::Seconds(60));
  exchange_->Round();
  EXPECT_EQ(counts_.fetches, 2);
  wish(86'400);
  clock_.Advance(absl::Seconds(60));
  exchange_->Round();  // what was due by the wish of before
  clock_.Advance(absl::Minutes(5));
  exchange_->Round();
  EXPECT_EQ(counts_.fetches, 4);
}

TEST_F(ListExchangeTest, APartnerThatIsDownIsTriedAgainAndMissesNothing) {
  counts_.is_down = true;
  ASSERT_OK(here_.book->Take(Kaz().IssuingList({}), kPartner));
  exchange_->Round();
  counts_.is_down = false;
  exchange_->Round();
  EXPECT_EQ(counts_.fetches, 0);  // not at once
  clock_.Advance(ListExchange::kRetryAfter);
  exchange_->Round();
  EXPECT_THAT(there_.book->Lists(), SizeIs(1));
}

TEST_F(ListExchangeTest, WhatAPartnerCannotBelieveIsNotPushedForEver) {
  there_.trust.Replace(std::make_shared<const certs::TrustStore>(
      certs::TrustStore::Build({{"KGZ", Kgz().root.certificate.Pem()}}).value()));
  ASSERT_OK(here_.book->Take(Kaz().IssuingList({}), kPartner));
  exchange_->Round();
  exchange_->Round();
  EXPECT_EQ(counts_.pushes, 1);
  EXPECT_THAT(there_.book->Lists(), IsEmpty());
}

TEST_F(ListExchangeTest, AListThatIsTooLargeForAMessageKeepsNoOtherFromPassing) {
  certs::CrlOptions large;
  for (int i = 0; i < 50; ++i) large.revoked.push_back(Kaz().IssueNode("n1").front());
  ASSERT_OK(here_.book->Take(Kaz().IssuingList(large), kPartner));
  ASSERT_OK(here_.book->Take(Kgz().IssuingList({}), kPartner));
  ASSERT_OK(here_.book->Take(Kgz().RootList({}), kPartner));
  counts_.most_bytes = ToProto(Kaz().IssuingList(large)).ByteSizeLong() - 100;
  exchange_->Round();
  EXPECT_THAT(there_.book->Lists(), SizeIs(2));
  const int pushes = counts_.pushes;
  exchange_->Round();
  EXPECT_EQ(counts_.pushes, pushes);

  // The other way it cannot be fetched; that is no reason to push nothing.
  ASSERT_OK(there_.book->Take(Kaz().IssuingList(large), kPartner));
  TestTrust empty(clock_);
  PeerInProcess::Counts small;
  small.most_bytes = 2'000;
  const auto other = Between(empty, there_, small);
  ASSERT_OK(empty.book->Take(Kgz().IssuingList({.number = 2}), kPartner));
  other->Round();
  EXPECT_THAT(empty.book->Lists(), SizeIs(1));
  EXPECT_EQ(small.pushes, 1);
}

TEST_F(ListExchangeTest, MoreListsThanAMessageMayHaveAreRefused) {
  v1::PushRevocationsRequest request;
  for (size_t i = 0; i <= RevocationBook::kMostIssuers; ++i) request.add_lists();
  EXPECT_THAT(TakePushed(*here_.keeper, request, kPartner), HasReason("INVALID_FIELD"));
  request.mutable_lists()->RemoveLast();
  ASSERT_OK_AND_ASSIGN(const v1::PushRevocationsResponse response, TakePushed(*here_.keeper, request, kPartner));
  EXPECT_EQ(response.taken(), 0u);
  EXPECT_THAT(response.refused(), SizeIs(RevocationBook::kMostIssuers));
}

}  // namespace
}  // namespace tamga::trust
