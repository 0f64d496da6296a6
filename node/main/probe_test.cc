#include "node/main/probe.h"

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "certs/authority.h"
#include "certs/trust_store.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/exchange/listener.h"
#include "node/exchange/tls.h"
#include "node/main/server.h"
#include "tamga/v1/admin_service.grpc.pb.h"

namespace tamga::node {
namespace {

using absl::StatusCode;

constexpr absl::Duration kPatience = absl::Seconds(60);  // for what comes
constexpr absl::Duration kNoPatience = absl::Milliseconds(100);
constexpr exchange::ConnectionBounds kBounds = {1'000, 100};

class ProbeListenerTest : public ::testing::Test {
 protected:
  ProbeListenerTest() {
    std::signal(SIGPIPE, SIG_IGN);  // as the node does
    const certs::KeyAndCertificate files =
        authority_.Issue({"KAZ/border-service", certs::Role::kNode, "n1"}, absl::Hours(1), clock_.Now(), rng_).value();
    identity_ = {files.chain_pem, files.key_pem};
    config_.mutable_limits()->set_max_message_bytes(1 << 20);
    config_.mutable_limits()->set_max_concurrent_streams(64);
  }

  std::unique_ptr<exchange::Listener> Listen() { return exchange::Listener::Open("127.0.0.1:0", kBounds).value(); }
  std::unique_ptr<Server> Serve(exchange::Listener& listener) {
    return Server::Start(config_, listener, exchange::MakeServerCredentials(identity_, trust_, clock_), {&service_})
        .value();
  }
  absl::Status Probe(const std::string& address, absl::Duration patience) const {
    return ProbeListener(address, identity_, patience);
  }

  const SystemClock clock_;
  SystemRng rng_;
  const certs::StateAuthority authority_ = certs::StateAuthority::Create("KAZ", clock_.Now(), rng_).value();
  const certs::CurrentTrust trust_{certs::TrustStore::Build({{"KAZ", authority_.RootPem()}}).value()};
  exchange::TlsIdentity identity_;
  v1::NodeConfig config_;
  v1::AdminService::CallbackService service_;
};

TEST_F(ProbeListenerTest, AListenerThatServesAnswers) {
  const std::unique_ptr<exchange::Listener> listener = Listen();
  const std::unique_ptr<Server> server = Serve(*listener);
  EXPECT_OK(Probe(listener->address(), kPatience));
  EXPECT_OK(Probe(listener->address(), kPatience));
}

// The kernel still takes connections for a socket that nobody accepts from.
TEST_F(ProbeListenerTest, AListenerThatAcceptsNoMoreIsNoticed) {
  const std::unique_ptr<exchange::Listener> listener = Listen();
  const std::unique_ptr<Server> server = Serve(*listener);
  ASSERT_OK(Probe(listener->address(), kPatience));
  EXPECT_EQ(listener->taken(), 1u);
  listener->Stop();
  EXPECT_THAT(Probe(listener->address(), kNoPatience), StatusIs(StatusCode::kDeadlineExceeded));
}

TEST_F(ProbeListenerTest, ASocketThatIsClosedIsNoticed) {
  std::unique_ptr<exchange::Listener> listener = Listen();
  const std::string address = listener->address();
  listener.reset();
  EXPECT_THAT(Probe(address, kPatience), StatusIs(StatusCode::kUnavailable));
}

// A node at the bound of its connections is busy, not dead.
TEST_F(ProbeListenerTest, AConnectionThatIsClosedAtOnceIsAnAnswer) {
  const std::unique_ptr<exchange::Listener> listener =
      exchange::Listener::Open("127.0.0.1:0", {/*descriptors=*/0, /*per_address=*/100}).value();
  const std::unique_ptr<Server> server = Serve(*listener);
  EXPECT_OK(Probe(listener->address(), kPatience));
}

TEST_F(ProbeListenerTest, WhatCannotBeAskedIsAnError) {
  EXPECT_FALSE(Probe("unknown", kPatience).ok());
  EXPECT_FALSE(ProbeListener("127.0.0.1:1", {"no chain", "no key"}, kPatience).ok());
}

// What a listener's probes say, and what the watch makes of it.
class ListenerWatchTest : public ::testing::Test {
 protected:
  void Look(const absl::Status& answer) {
    answer_ = answer;
    watch_.Look();
  }

  const absl::Status dead_ = absl::DeadlineExceededError("no answer");
  absl::Status answer_;
  ListenerWatch::Progress progress_;
  std::vector<bool> health_;
  int fed_ = 0;
  ListenerWatch watch_{{[this] { return answer_; }, [this](bool serving) { health_.push_back(serving); },
                        [this] { ++fed_; }, [this] { return progress_; }}};
};

TEST_F(ListenerWatchTest, ALivingListenerFeedsTheWatchdog) {
  for (int i = 1; i <= 5; ++i) {
    Look(absl::OkStatus());
    EXPECT_EQ(fed_, i);
  }
  EXPECT_EQ(health_, std::vector<bool>());
}

TEST_F(ListenerWatchTest, ThreeMissesInARowAreDeathAndAnAnswerIsLifeAgain) {
  Look(dead_);
  Look(dead_);
  EXPECT_EQ(fed_, 2);
  EXPECT_EQ(health_, std::vector<bool>());
  for (int i = 0; i < 5; ++i) Look(dead_);
  EXPECT_EQ(fed_, 2);
  EXPECT_EQ(health_, std::vector<bool>({false}));
  Look(absl::OkStatus());
  EXPECT_EQ(fed_, 3);
  EXPECT_EQ(health_, std::vector<bool>({false, true}));
}

// To restart it would help whoever floods it.
TEST_F(ListenerWatchTest, AListenerThatIsFloodedButTakesConnectionsIsNotDead) {
  for (int i = 1; i <= 10; ++i) {
    progress_.taken += 500;
    progress_.answered += 15;
    Look(dead_);
    EXPECT_EQ(fed_, i);
  }
  EXPECT_EQ(health_, std::vector<bool>());
}

TEST_F(ListenerWatchTest, OneThatTakesNothingButTheProbeIsDead) {
  for (int i = 0; i < 5; ++i) {
    progress_.taken += 1;
    progress_.answered += 15;
    Look(dead_);
  }
  EXPECT_EQ(health_, std::vector<bool>({false}));
}

TEST_F(ListenerWatchTest, OneThatTakesConnectionsForAServerThatAnswersNothingIsDead) {
  for (int i = 0; i < 5; ++i) {
    progress_.taken += 500;
    Look(dead_);
  }
  EXPECT_EQ(health_, std::vector<bool>({false}));
}

TEST_F(ListenerWatchTest, MissesThatDoNotFollowOneAnotherAreNone) {
  for (int i = 0; i < 10; ++i) Look(i % 3 == 2 ? absl::OkStatus() : dead_);
  EXPECT_EQ(fed_, 10);
  EXPECT_EQ(health_, std::vector<bool>());
}

}  // namespace
}  // namespace tamga::node
