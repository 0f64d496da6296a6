#include "tests/federation/lanes.h"

#include <chrono>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/grpcpp.h"
#include "node/base/check.h"
#include "node/base/text.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"

namespace tamga::testing {
namespace {

constexpr int kCallsPerConnection = 20;
constexpr std::chrono::seconds kPatience{60};

}  // namespace

v1::CheckTravellerRequest LaneRequest(const std::string& answerer) {
  v1::CheckTravellerRequest request;
  request.mutable_context()->set_purpose(v1::PURPOSE_BORDER_CHECK);
  request.mutable_context()->set_case_reference("LANE-1");
  v1::TravellerQuery& traveller = *request.mutable_traveller();
  traveller.set_surname("RAHIMOV");
  traveller.set_given_names("JAMSHED");
  traveller.mutable_born_on()->set_year(1979);
  traveller.set_document_number("401234567");
  traveller.set_document_issuer("TJK");
  request.add_partners(answerer);
  return request;
}

Lanes::Lanes(Federation& federation, const std::string& asker, const std::string& answerer, int count)
    : federation_(federation), asker_(asker), answerer_(answerer) {
  SystemRng rng;
  for (int i = 0; i < count; ++i) {
    const auto files =
        federation.authority(StateOf(asker))
            .Issue({asker, certs::Role::kSystem, absl::StrCat("lane-", i)}, absl::Hours(24), SystemClock().Now(), rng);
    TAMGA_CHECK(files.ok());
    threads_.emplace_back(
        [this, identity = exchange::TlsIdentity{files->chain_pem, files->key_pem}] { Work(identity); });
  }
}

Lanes::~Lanes() { Stop(); }

void Lanes::AwaitExchanges(long count) const {
  const MutexLock lock(mutex_);
  while (exchanges_ < count && failures_ == 0) changed_.Wait(mutex_);
}

LanesResult Lanes::Stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  const MutexLock lock(mutex_);
  return {exchanges_, failures_, first_failure_};
}

void Lanes::Work(const exchange::TlsIdentity& identity) {
  while (!stopping_) {
    const std::shared_ptr<grpc::Channel> channel = federation_.ConnectAs(identity, asker_);
    for (int i = 0; i < kCallsPerConnection && !stopping_; ++i) {
      const std::string failure = Ask(channel);
      const MutexLock lock(mutex_);
      ++(failure.empty() ? exchanges_ : failures_);
      if (first_failure_.empty()) first_failure_ = failure;
      changed_.NotifyAll();
    }
  }
}

std::string Lanes::Ask(const std::shared_ptr<grpc::Channel>& channel) const {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  v1::CheckTravellerResponse response;
  const grpc::Status status =
      v1::WatchlistService::NewStub(channel)->CheckTraveller(&context, LaneRequest(answerer_), &response);
  if (!status.ok()) return absl::StrCat("the call: ", status.error_message());
  if (response.sources_size() != 2) return absl::StrCat(response.sources_size(), " sources answered");
  const v1::SourceAnswer& answer = response.sources(1);
  if (answer.status() == v1::SOURCE_STATUS_NO_HIT) return "";
  return absl::StrCat("the partner: ", v1::SourceStatus_Name(answer.status()), " ", answer.explanation());
}

}  // namespace tamga::testing
