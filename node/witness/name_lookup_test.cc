#include "node/witness/name_lookup.h"

#include <memory>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::witness {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

// A system that answers when it is let, and how often it was asked. Lookups may outlive a test, so they share it.
struct SlowSystem {
  Mutex mutex;
  CondVar changed;
  bool may_answer ABSL_GUARDED_BY(mutex) = false;
  int asked ABSL_GUARDED_BY(mutex) = 0;

  absl::StatusOr<Addresses> Answer(const std::string& host) {
    MutexLock lock(mutex);
    ++asked;
    while (!may_answer) changed.Wait(mutex);
    return Addresses{host};
  }
  void LetAnswer() {
    MutexLock lock(mutex);
    may_answer = true;
    changed.NotifyAll();
  }
  int Asked() {
    MutexLock lock(mutex);
    return asked;
  }
};

TEST(NameLookupTest, ALookupThatTakesLongIsNotWaitedForAndNotBegunAgain) {
  const auto system = std::make_shared<SlowSystem>();
  NameLookup lookup("a.example", [system](const std::string& host) { return system->Answer(host); });
  EXPECT_THAT(lookup.Find(absl::ZeroDuration()), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(lookup.Find(absl::Milliseconds(1)), StatusIs(absl::StatusCode::kDeadlineExceeded));
  system->LetAnswer();
  ASSERT_OK_AND_ASSIGN(const Addresses addresses, lookup.Find(absl::Minutes(1)));
  EXPECT_THAT(addresses, ElementsAre("a.example"));
  EXPECT_EQ(system->Asked(), 1);
  // Addresses change: each answer is used once.
  EXPECT_OK(lookup.Find(absl::Minutes(1)));
  EXPECT_EQ(system->Asked(), 2);
}

TEST(NameLookupTest, ALookupThatIsUnderWayOutlivesWhoAsked) {
  const auto system = std::make_shared<SlowSystem>();
  {
    NameLookup lookup("a.example", [system](const std::string& host) { return system->Answer(host); });
    EXPECT_THAT(lookup.Find(absl::ZeroDuration()), StatusIs(absl::StatusCode::kDeadlineExceeded));
  }
  system->LetAnswer();
}

TEST(NameLookupTest, AnErrorIsNotKept) {
  auto answers = std::make_shared<int>(0);
  NameLookup lookup("a.example", [answers](const std::string& host) -> absl::StatusOr<Addresses> {
    if (++*answers == 1) return absl::UnavailableError("no such name");
    return Addresses{host};
  });
  EXPECT_THAT(lookup.Find(absl::Minutes(1)), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_OK(lookup.Find(absl::Minutes(1)));
}

TEST(NameLookupTest, TheSystemKnowsLoopback) {
  ASSERT_OK_AND_ASSIGN(const Addresses addresses, AskSystemForAddresses("localhost"));
  EXPECT_THAT(addresses, Not(IsEmpty()));
  EXPECT_THAT(addresses, Each(AnyOf("127.0.0.1", "::1")));
  EXPECT_THAT(AskSystemForAddresses(""), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace tamga::witness
