#include "node/trust/revocation_book.h"

#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "node/trust/test_state.h"

namespace tamga::trust {
namespace {

using certs::TestNow;
using testing::IsEmpty;
using testing::SizeIs;

class RevocationBookTest : public testing::Test {
 protected:
  RevocationBook& book() { return *node_.book; }

  ManualClock clock_{TestNow()};
  TestTrust node_{clock_};
};

TEST_F(RevocationBookTest, AListIsTakenOnceAndLoggedWithWhoBroughtIt) {
  const RevocationList list = Kgz().IssuingList({.number = 7});
  EXPECT_EQ(*book().Take(list, "KGZ/interior-ministry"), true);
  EXPECT_EQ(*book().Take(list, "UZB/interior-ministry"), false);
  const std::vector<v1::LogEntry> entries = node_.Entries();
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].kind(), v1::ENTRY_KIND_REVOCATIONS_TAKEN);
  EXPECT_EQ(entries[0].partner(), "KGZ/interior-ministry");
  EXPECT_EQ(entries[0].revocation_sha256(), Sha256(list.list.Der()));
}

TEST_F(RevocationBookTest, AnIssuersOlderListAndASecondOneOfTheSameNumberAreRefused) {
  ASSERT_OK(book().Take(Kgz().IssuingList({.number = 7}), kPartner));
  EXPECT_THAT(book().Take(Kgz().IssuingList({.number = 6}), kPartner), HasReason("REVOCATION_STALE"));
  EXPECT_THAT(book().Take(Kgz().IssuingList({.number = 7, .this_update = TestNow()}), kPartner),
              HasReason("REVOCATION_UNTRUSTED"));
  EXPECT_THAT(node_.Entries(), SizeIs(1));
  EXPECT_EQ(*book().Take(Kgz().IssuingList({.number = 8}), kPartner), true);
  EXPECT_THAT(book().Lists(), SizeIs(1));
  EXPECT_EQ(*book().Take(Kgz().RootList({.number = 1}), kPartner), true);
  EXPECT_THAT(book().Lists(), SizeIs(2));
}

TEST_F(RevocationBookTest, AStatesNewestListsAreThoseOfAllItsIssuersAndOfNoOtherState) {
  EXPECT_THAT(book().NewestOf("KGZ"), IsEmpty());
  const RevocationList newest = Kgz().IssuingList({.number = 8});
  const RevocationList root = Kgz().RootList({.number = 1});
  ASSERT_OK(book().Take(Kgz().IssuingList({.number = 7}), kPartner));
  ASSERT_OK(book().Take(newest, kPartner));
  ASSERT_OK(book().Take(root, kPartner));
  EXPECT_THAT(book().NewestOf("KGZ"), testing::UnorderedElementsAre(newest.list.Der(), root.list.Der()));
  EXPECT_THAT(book().NewestOf("KAZ"), IsEmpty());
}

TEST_F(RevocationBookTest, ARestartKeepsTheListsAndDoesNotGoBack) {
  const RevocationList list = Kgz().IssuingList({.number = 7});
  ASSERT_OK(book().Take(list, kPartner));
  node_.Start();
  ASSERT_THAT(book().Lists(), SizeIs(1));
  EXPECT_EQ(book().Lists()[0].list.list.Der(), list.list.Der());
  EXPECT_EQ(book().Revocations()->AsOf("KGZ", Kgz().issuing.certificate), list.list.ThisUpdate());
  EXPECT_THAT(book().Take(Kgz().IssuingList({.number = 6}), kPartner), HasReason("REVOCATION_STALE"));
  EXPECT_EQ(*book().Take(Kgz().IssuingList({.number = 8}), kPartner), true);
}

TEST_F(RevocationBookTest, AListOfATimeToComeIsRefused) {
  const RevocationList list = Kgz().IssuingList({.this_update = TestNow() + absl::Minutes(3)});
  EXPECT_THAT(book().Take(list, kPartner), HasReason("REVOCATION_FROM_THE_FUTURE"));
  clock_.Advance(absl::Minutes(1));
  EXPECT_EQ(*book().Take(list, kPartner), true);
}

TEST_F(RevocationBookTest, OnlyAnAuthorityOfTheStateIsBelieved) {
  RevocationList of_other_state = Kgz().IssuingList({});
  of_other_state.state = "KAZ";
  EXPECT_THAT(book().Take(of_other_state, kPartner), HasReason("CERT_UNTRUSTED"));

  RevocationList of_unknown_state = Kgz().IssuingList({});
  of_unknown_state.state = "UZB";
  EXPECT_THAT(book().Take(of_unknown_state, kPartner), HasReason("CERT_UNKNOWN_STATE"));

  const TestState stranger("KGZ");
  EXPECT_THAT(book().Take(stranger.IssuingList({}), kPartner), HasReason("CERT_UNTRUSTED"));

  RevocationList with_another_issuer = stranger.IssuingList({});
  with_another_issuer.chain = {Kgz().issuing.certificate};
  EXPECT_THAT(book().Take(with_another_issuer, kPartner), HasReason("REVOCATION_UNTRUSTED"));

  EXPECT_THAT(book().Lists(), IsEmpty());
  EXPECT_THAT(node_.Entries(), IsEmpty());
}

TEST_F(RevocationBookTest, WhatAnotherLacksComesInPartsThatFit) {
  ASSERT_OK(book().Take(Kgz().IssuingList({}), kPartner));
  ASSERT_OK(book().Take(Kgz().RootList({}), kPartner));
  ListLack lack = book().LackOf({});
  EXPECT_THAT(lack.lists, SizeIs(2));
  EXPECT_FALSE(lack.more);
  lack = book().LackOf({lack.lists[0].sha256});
  EXPECT_THAT(lack.lists, SizeIs(1));
  EXPECT_THAT(book().LackOf({book().Lists()[0].sha256, book().Lists()[1].sha256}).lists, IsEmpty());

  const auto small = RevocationBook::Open({"KAZ/border-service", node_.trust, *node_.sequencer, *node_.records, clock_,
                                           node_.rng, absl::Minutes(2), /*most_message_bytes=*/1});
  ASSERT_OK(small);
  EXPECT_THAT((*small)->LackOf({}).lists, SizeIs(1));
  EXPECT_TRUE((*small)->LackOf({}).more);
}

TEST(RevocationListTest, WhatIsNoListIsRefused) {
  const v1::RevocationList good = ToProto(Kgz().IssuingList({}));
  EXPECT_OK(ParseRevocationList(good));
  v1::RevocationList bad = good;
  bad.set_state("kgz");
  EXPECT_THAT(ParseRevocationList(bad), HasReason("REVOCATION_MALFORMED"));
  bad = good;
  bad.clear_issuer_chain();
  EXPECT_THAT(ParseRevocationList(bad), HasReason("REVOCATION_MALFORMED"));
  bad = good;
  for (int i = 0; i < 4; ++i) bad.add_issuer_chain(good.issuer_chain(0));
  EXPECT_THAT(ParseRevocationList(bad), HasReason("REVOCATION_MALFORMED"));
  bad = good;
  bad.mutable_crl()->push_back('x');
  EXPECT_THAT(ParseRevocationList(bad), HasReason("REVOCATION_MALFORMED"));
  bad = good;
  bad.set_crl(std::string(kMostListBytes + 1, 'x'));
  EXPECT_THAT(ParseRevocationList(bad), HasReason("REVOCATION_MALFORMED"));
  bad = good;
  bad.set_issuer_chain(0, "no certificate");
  EXPECT_THAT(ParseRevocationList(bad), HasReason("CERT_MALFORMED"));
}

}  // namespace
}  // namespace tamga::trust
