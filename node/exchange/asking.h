// How the domain services use the door: they hand it typed questions, and answer typed questions that it hands them.
// They see neither network, policy nor log.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/principal.h"
#include "google/protobuf/message.h"
#include "node/store/effects.h"
#include "node/store/rows.h"
#include "policy/decision.h"
#include "tamga/v1/common.pb.h"
#include "tamga/v1/obligation_service.pb.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// A question to a partner. Whether it waits when the partner cannot be reached is a property of its operation
// (operations.h).
struct Outgoing {
  certs::Principal caller;
  v1::CallContext context;
  std::string to;  // agency
  v1::RecordKind record_kind = v1::RECORD_KIND_UNSPECIFIED;
  v1::Operation operation = v1::OPERATION_UNSPECIFIED;
  std::shared_ptr<const google::protobuf::Message> body;
  // What officers agree to where a treaty asks for them, beside what the context says: the same whenever the same is
  // asked again. Empty: the body. Needed where the body holds what is made anew with each call.
  std::string content;
  policy::Facts facts;
  absl::Time deadline;     // of the caller
  store::Effects on_sent;  // committed with the "sent" entry; not at all if an own article forbids sending
  // The same of what depends on the treaty and the exchange, which stand in the header that is about to leave. An error
  // keeps the question at home, as if it had not been asked. May be called again, if the commit is repeated.
  std::function<absl::StatusOr<store::Effects>(const v1::MessageHeader& header)> on_sealed = {};
  // Set if `body` tells what came by another exchange: the door then asks whether that may be passed on.
  std::optional<store::Origin> origin = {};
  // Messages to one partner with the same key leave in the order in which they were asked: one does not overtake
  // another that still waits, but is logged, kept and QUEUED behind it. Empty: the order does not matter. Of deferred
  // operations only.
  std::string order_key = {};
  // Not OK: a check of the service's own stands in the way. Nothing leaves, nothing is written but the entry that a
  // request was withheld, with this reason and nothing that could tell why, and the caller gets this.
  absl::Status withheld = absl::OkStatus();
};

// What came of it. A refusal is a result too: `status` then holds it, with its reason and the gRPC code for the caller.
struct AskResult {
  absl::Status status;
  v1::ExchangeSummary summary;
  std::string exchange_id;  // 16 bytes
  std::string result;       // serialised result message; empty unless status is OK and summary says DELIVERED
};

// Thread-safe. Ask blocks: call it on a worker thread.
class Asking {
 public:
  virtual ~Asking() = default;
  virtual AskResult Ask(const Outgoing& question) = 0;
};

// A verified, permitted request of a partner.
struct Incoming {
  const v1::MessageHeader& header;
  const policy::Decision& decision;
  const std::string& body;  // serialised message of header.payload_type
  absl::Time received_at;   // as logged
};

struct Answer {
  std::unique_ptr<google::protobuf::Message> result;
  store::Effects effects;                    // committed with the "answered" entry
  policy::Facts facts = {};                  // about the record that is told; decides what of it may leave
  std::optional<store::Origin> origin = {};  // as in Outgoing, of `result`
  std::string content = {};                  // of the request, as in Outgoing; empty: its body
  // That there is such a record may not be told where the record may not: every refusal then is NotServed(), which the
  // service itself gives where there is none.
  bool is_secret = false;
  // What the service does outside the commit: called once the answer may be given, and before it is; may fill in what
  // `result` points to. An error becomes a sealed refusal.
  std::function<absl::Status()> carry_out = {};
};

// An own request that left and has come to its end: answered, refused or expired.
struct Settled {
  const v1::MessageHeader& header;  // of the request
  const std::string& body;          // of the request, as it left (cut down to what may be told)
  const absl::Status& status;       // OK, or the refusal
  const v1::ExchangeReply* reply;   // absent when expired
};

// An own request that came to nothing, which an operator wants to have sent anew.
struct Releasing {
  const v1::MessageHeader& header;  // of the request that came to nothing
  const std::string& body;          // as it was to leave
};

// What is to be erased of an exchange, because its treaty says so.
struct Erasure {
  const v1::Holding& holding;
  const std::vector<store::RecordRow>& records;  // whose origin is the exchange
  absl::Time now;
};

// One domain service's side of its operations. Thread-safe.
class OperationHandler {
 public:
  virtual ~OperationHandler() = default;
  // Answering side; runs after the "received" entry is durable. An error becomes a sealed refusal.
  virtual absl::StatusOr<Answer> HandleRequest(const Incoming& request) = 0;
  // Asking side; the effects are committed with the "delivered" or "undelivered" entry. It also runs for messages that
  // waited in the outbox, perhaps after a restart; it does not run for a request that an own article forbade to send.
  virtual absl::StatusOr<store::Effects> HandleSettled(const Settled& settled) = 0;
  // Asking side: whether a request that waits in the outbox may still leave, beside what the treaties say to that.
  // FailedPrecondition ends it as if it had been refused; after any other error it waits on.
  virtual absl::Status CheckMayLeave(const v1::MessageHeader& /*header*/, const std::string& /*body*/) const {
    return absl::OkStatus();
  }
  // Asking side: whether what the request says is still to be said; then with what is committed with the "sent" entry
  // of the exchange that says it anew, under the same idempotency key, and of whose end HandleSettled hears as of any.
  // FailedPrecondition otherwise, as here for a service whose officers ask again themselves.
  virtual absl::StatusOr<store::Effects> HandleRelease(const Releasing& releasing);
  // By the law of which time the request is decided, here as there, when it leaves, arrives and is answered: a case
  // goes on under the law that it began under. InfiniteFuture: by the law of now. What is forbidden now stays forbidden
  // (pinned_law.h). `body` is empty where the request was withheld, and of a partner's request it is not checked yet;
  // what belongs to no case that this node holds with header.from() and header.to() must give InfiniteFuture.
  virtual absl::Time LawAsOf(const v1::MessageHeader& /*header*/, const std::string& /*body*/) const {
    return absl::InfiniteFuture();
  }
  // Either side: takes what the exchange brought out of the records whose origin it is; the effects are committed with
  // the "erased" entry. Internal for a service that gives records an origin and does not erase them.
  virtual absl::StatusOr<store::Effects> HandleErasure(const Erasure& erasure) {
    if (erasure.records.empty()) return store::Effects();
    return absl::InternalError("the service keeps what it does not erase");
  }
};

}  // namespace tamga::exchange
