// SIGTERM: a node ends what it has begun.
#include <sched.h>
#include <signal.h>

#include <functional>
#include <future>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

constexpr uint32_t kPatienceMs = 60'000;

std::unique_ptr<Federation> PatientFederation() {
  std::unique_ptr<Federation> federation = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kBorder, kKyrgyz});
  if (federation == nullptr) return nullptr;
  v1::NodeConfig config = federation->config(kBorder);
  config.mutable_limits()->set_max_call_ms(kPatienceMs);
  config.mutable_limits()->set_partner_timeout_ms(kPatienceMs);
  config.mutable_limits()->set_drain_ms(kPatienceMs);
  EXPECT_OK(federation->Reconfigure(kBorder, config));
  EXPECT_OK(federation->StartAll());
  return federation;
}

// What the partner says to a check of a traveller at the border.
v1::SourceStatus AskPartner(const std::shared_ptr<grpc::Channel>& channel) {
  v1::CheckTravellerRequest request;
  *request.mutable_context() = ContextFor(v1::PURPOSE_BORDER_CHECK);
  request.add_mrz_lines("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<");
  request.add_mrz_lines("L898902C36UTO7408122F1204159ZE184226B<<<<<10");
  request.add_partners(kKyrgyz);
  v1::CheckTravellerResponse response;
  const grpc::Status status =
      v1::WatchlistService::NewStub(channel)->CheckTraveller(Patience().get(), request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.sources_size() == 2 ? response.sources(1).status() : v1::SOURCE_STATUS_UNSPECIFIED;
}

// Looks again and again, for as long as only a hanging node takes.
bool Comes(const std::function<bool()>& condition) {
  const absl::Time end = absl::Now() + absl::Milliseconds(kPatienceMs);
  while (absl::Now() < end) {
    if (condition()) return true;
    ::sched_yield();
  }
  return false;
}

TEST(DrainTest, ACallUnderWayAtSigtermGetsItsAnswer) {
  const std::unique_ptr<Federation> federation = PatientFederation();
  ASSERT_NE(federation, nullptr);
  const std::shared_ptr<grpc::Channel> lane = federation->Connect(SystemOf(kBorder), kBorder);
  ASSERT_EQ(AskPartner(lane), v1::SOURCE_STATUS_NO_HIT);  // both connections stand now
  const size_t entries = EntriesOf(*federation, kBorder, "KAZ").size();

  NodeProcess& node = federation->node(kBorder);
  federation->node(kKyrgyz).Freeze();
  std::future<v1::SourceStatus> answer = std::async(std::launch::async, AskPartner, lane);
  ASSERT_TRUE(Comes([&] { return EntriesOf(*federation, kBorder, "KAZ").size() > entries; })) << "the request is sent";
  ::kill(node.pid(), SIGTERM);
  ASSERT_TRUE(Comes([&] { return absl::StrContains(node.LogText(), "draining"); }));
  federation->node(kKyrgyz).Thaw();
  EXPECT_EQ(answer.get(), v1::SOURCE_STATUS_NO_HIT);
  EXPECT_EQ(node.Wait(), 0);
}

TEST(DrainTest, AnIdleNodeEndsInOrder) {
  const std::unique_ptr<Federation> federation = PatientFederation();
  ASSERT_NE(federation, nullptr);
  EXPECT_EQ(federation->node(kBorder).Terminate(), 0);
  EXPECT_TRUE(absl::StrContains(federation->node(kBorder).LogText(), "\"ended\""));
}

}  // namespace
}  // namespace tamga::testing
