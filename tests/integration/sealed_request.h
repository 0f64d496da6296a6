// A partner's node in the test's own hands: it can seal what a real node never would, and hand it over.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/principal.h"
#include "certs/seal.h"
#include "certs/seal_verifier.h"
#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/treaty/treaty_library.h"
#include "tamga/v1/federation_service.grpc.pb.h"
#include "tamga/v1/readmission.pb.h"
#include "tests/federation/federation.h"

namespace tamga::testing {

// The invented person of whom these requests are about: a name found nowhere else.
inline constexpr char kCanarySurname[] = "Kanareykova";

// What a request is sealed from.
struct Draft {
  v1::MessageHeader header;
  std::string body_type;  // empty withholds the payload
  std::string body;
};

// Gives the draft the body.
void SetBody(const google::protobuf::Message& body, Draft* draft);

// Not thread-safe.
class HandMadeNode {
 public:
  // A node of `agency`, which need not be a member of the federation but must be of one of its States, connected to the
  // node of `peer`.
  static absl::StatusOr<std::unique_ptr<HandMadeNode>> Create(Federation& federation, const std::string& agency,
                                                              const std::string& peer);

  // An application for readmission of kCanarySurname, in order in every field; exchange, idempotency key and case are
  // new with each call.
  Draft NewApplication();
  // A request under that treaty, in order in every field of its header; exchange and idempotency key are new.
  Draft NewRequest(const std::string& treaty_id, v1::Operation operation, const google::protobuf::Message& body);
  std::string NewExchangeId();

  // Sealed with the node's own seal. The test fails if that cannot be done.
  v1::SealedMessage Seal(const Draft& draft);
  // Sealed with a new certificate of `principal`, that was or will be good for 24 hours from `since`.
  v1::SealedMessage SealAs(const certs::Principal& principal, absl::Time since, const Draft& draft);
  // The signature of the own seal over any bytes; `type` as in certs/seal.h.
  v1::SealedMessage SealBytes(absl::string_view type, const std::string& header, const std::string& payload);

  // What the peer says to the message: a reply, or the status with which it refuses to open it.
  absl::StatusOr<v1::SealedMessage> HandOver(const v1::SealedMessage& message);
  // The content of a reply: sealed by the peer, bound to the request, with a receipt that proves the request to be in
  // the peer's log.
  absl::StatusOr<v1::ExchangeReply> Open(const v1::SealedMessage& reply, const v1::SealedMessage& request);
  // Both.
  absl::StatusOr<v1::ExchangeReply> Ask(const v1::SealedMessage& request);

  v1::FederationService::Stub& stub() { return *stub_; }
  absl::Time Now() const { return clock_.Now(); }

 private:
  HandMadeNode(Federation& federation, std::string agency, std::string peer);
  absl::StatusOr<certs::Seal> MakeSeal(const certs::Principal& principal, absl::Time since);
  absl::Status CheckReceipt(const v1::Receipt& receipt, const v1::MessageHeader& request) const;

  Federation& federation_;
  const std::string agency_;
  const std::string peer_;
  const SystemClock clock_;
  SystemRng rng_;
  const certs::SealVerifier verifier_;
  const treaty::TreatyLibrary treaties_;
  std::unique_ptr<certs::Seal> seal_;
  std::unique_ptr<v1::FederationService::Stub> stub_;
};

}  // namespace tamga::testing
