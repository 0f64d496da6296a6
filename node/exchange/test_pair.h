// For tests: two nodes that reach each other, one of which keeps what the other sends it.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "node/exchange/test_node.h"
#include "node/store/records.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::exchange {

// A service that keeps each application that comes in as a record of kind "case" under the surname, with the exchange
// as its origin.
class KeepingHandler final : public OperationHandler {
 public:
  KeepingHandler(DoorParts& parts, Rng& rng) : records_(parts.database, parts.vault, rng), clock_(parts.clock) {}

  absl::StatusOr<Answer> HandleRequest(const Incoming& request) override {
    if (!refusal.ok()) return refusal;
    v1::ReadmissionSubmission body;
    TAMGA_CHECK(body.ParseFromString(request.body));
    Answer answer{std::make_unique<v1::ReadmissionReceived>(), {}};
    answer.effects = records_.Put("case", body.application().names(0).surname(), 0, request.body, clock_.Now(),
                                  store::Origin{request.header.exchange_id(), request.header.from(), false});
    answer.origin = tells;
    return answer;
  }
  absl::StatusOr<store::Effects> HandleSettled(const Settled& /*settled*/) override { return store::Effects(); }
  absl::StatusOr<store::Effects> HandleErasure(const Erasure& erasure) override {
    if (!erasure_fault.ok()) return erasure_fault;
    store::Effects effects;
    for (const store::RecordRow& row : erasure.records) effects.Add(store::Records::Delete(row));
    return effects;
  }

  store::Records& records() { return records_; }

  absl::Status refusal;                // set: what it says to every request
  absl::Status erasure_fault;          // set: why it cannot erase
  std::optional<store::Origin> tells;  // where its answers come from

 private:
  store::Records records_;
  const Clock& clock_;
};

// Kazakhstan asks, Kyrgyzstan answers and keeps.
struct TestPair {
  explicit TestPair(const std::string& obligations, const std::string& rules = "") : states(obligations, rules) {
    kyrgyz.parts().handlers = {{v1::OPERATION_READMISSION_SUBMIT, &keeping}};
    kazakh.AddPartner(kKyrgyz, std::make_unique<PeerFunction>([this](const v1::SealedMessage& request) {
                        return kyrgyz.answering().Answer({kKazakh, certs::Role::kNode, "main"}, request);
                      }),
                      kyrgyz.log_key());
    kyrgyz.AddPartner(kKazakh, std::make_unique<PeerFunction>([this](const v1::SealedMessage& request) {
                        return kazakh.answering().Answer({kKyrgyz, certs::Role::kNode, "main"}, request);
                      }),
                      kazakh.log_key());
    // What is sent to a third never arrives.
    kyrgyz.AddPartner(kUzbek, std::make_unique<PeerFunction>([](const v1::SealedMessage&) {
                        return absl::StatusOr<v1::SealedMessage>(absl::UnavailableError("down"));
                      }));
  }

  TestStates states;
  TestNode kazakh{states, kKazakh};
  TestNode kyrgyz{states, kKyrgyz};
  KeepingHandler keeping{kyrgyz.parts(), states.rng};
};

// By which the Kyrgyz node holds what the exchange brought it.
inline store::Origin FromKazakh(const AskResult& asked) { return {asked.exchange_id, kKazakh, false}; }

}  // namespace tamga::exchange
