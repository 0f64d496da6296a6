#include "node/trust/list_watch.h"

#include <filesystem>

#include "certs/pem.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/trust/test_state.h"

namespace tamga::trust {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class ListWatchTest : public testing::Test {
 protected:
  void Write(const RevocationList& list) {
    ASSERT_OK(WriteFile(path_, certs::WritePem("X509 CRL", list.list.Der()) + list.chain.front().Pem()));
  }

  ManualClock clock_{certs::TestNow()};
  TestTrust node_{clock_};
  const std::string path_ = node_.folder.path() + "/kgz.crl";
  certs::CertificateChain shown_;  // issuers of the node's own certificates
  ListWatch watch_{"KAZ/border-service", {{"KGZ", path_}}, [this] { return shown_; }, node_.trust, *node_.keeper};
};

TEST_F(ListWatchTest, AFileIsTakenWhenItChanges) {
  Write(Kgz().IssuingList({.number = 1}));
  watch_.Look();
  watch_.Look();
  EXPECT_THAT(node_.Entries(), SizeIs(1));
  EXPECT_EQ(node_.Entries()[0].partner(), "KAZ/border-service");
  Write(Kgz().IssuingList({.number = 2}));
  watch_.Look();
  EXPECT_THAT(node_.Entries(), SizeIs(2));
}

TEST_F(ListWatchTest, WhatIsWrongWithAFileChangesNothingAndIsMended) {
  watch_.Look();  // it is not there
  EXPECT_THAT(node_.Entries(), IsEmpty());
  Write(Kgz().IssuingList({.number = 2}));
  watch_.Look();
  ASSERT_THAT(node_.Entries(), SizeIs(1));
  ASSERT_OK(WriteFile(path_, "half of a li"));
  watch_.Look();
  Write(Kgz().IssuingList({.number = 1}));
  watch_.Look();
  std::filesystem::remove(path_);
  watch_.Look();
  EXPECT_THAT(node_.Entries(), SizeIs(1));
  EXPECT_THAT(node_.book->Lists(), SizeIs(1));
  Write(Kgz().IssuingList({.number = 3}));
  watch_.Look();
  EXPECT_THAT(node_.Entries(), SizeIs(2));
}

TEST_F(ListWatchTest, AListOfATimeToComeIsTakenWhenItHasCome) {
  Write(Kgz().IssuingList({.this_update = clock_.Now() + absl::Minutes(5)}));
  watch_.Look();
  EXPECT_THAT(node_.Entries(), IsEmpty());
  clock_.Advance(absl::Minutes(5));
  watch_.Look();
  EXPECT_THAT(node_.Entries(), SizeIs(1));
}

// As when the State has another issuing authority, whose list is there before the node's first certificate of it.
TEST_F(ListWatchTest, AFileIsLookedAtAgainWhenTheNodeShowsAnotherIssuer) {
  ASSERT_OK(WriteFile(path_, certs::WritePem("X509 CRL", Kgz().IssuingList({}).list.Der())));
  watch_.Look();
  EXPECT_THAT(node_.book->Lists(), IsEmpty());
  shown_ = {Kgz().issuing.certificate};
  watch_.Look();
  EXPECT_THAT(node_.book->Lists(), SizeIs(1));
}

TEST_F(ListWatchTest, AListBelowARootThatIsBelievedLaterIsTakenThen) {
  const TestState renewed("KGZ");
  Write(renewed.IssuingList({.number = 1}));
  watch_.Look();
  EXPECT_THAT(node_.Entries(), IsEmpty());
  node_.trust.Replace(std::make_shared<const certs::TrustStore>(
      certs::TrustStore::Build({{"KAZ", Kaz().root.certificate.Pem()}, {"KGZ", renewed.root.certificate.Pem()}})
          .value()));
  watch_.Look();
  EXPECT_THAT(node_.Entries(), SizeIs(1));
}

TEST_F(ListWatchTest, ARootsListNeedsNoCertificateInTheFile) {
  ASSERT_OK(WriteFile(path_, certs::WritePem("X509 CRL", Kgz().RootList({}).list.Der())));
  watch_.Look();
  EXPECT_THAT(node_.book->Lists(), SizeIs(1));
}

}  // namespace
}  // namespace tamga::trust
