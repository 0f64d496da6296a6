// The way in: a partner's sealed request becomes a question to a domain service, and its answer a sealed reply.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/base/refusal_log.h"
#include "node/exchange/approvals.h"
#include "node/exchange/door.h"
#include "node/exchange/message.h"
#include "tamga/v1/decision_record.pb.h"

namespace tamga::exchange {

// Thread-safe.
class AnsweringDoor {
 public:
  // `parts` outlives this.
  explicit AnsweringDoor(DoorParts& parts);

  // Answers a request that the node of `peer` handed over. The reply may be a sealed refusal; an error means that the
  // message could not be opened, or its answer not be logged, and then nothing was done. Blocks.
  absl::StatusOr<v1::SealedMessage> Answer(const certs::Principal& peer, const v1::SealedMessage& message);

 private:
  struct Request {
    OpenedMessage opened;
    policy::Decision decision;
    v1::DecisionRecord record;  // of what the treaties said, whatever else stood in the way
    absl::Status body;          // whether it holds what the decision permits
    absl::Time received_at;
    v1::Receipt receipt;
  };
  // What the reply says, and what commits with it.
  struct Outcome {
    v1::ExchangeReply reply;
    store::Effects effects;
    std::vector<v1::DecisionRecord> records;  // of the decision about the reply, if there was one
    policy::ObligationSet obligations;        // in return for what the request told
    policy::Decision decision;                // about the reply, if the service gave one
    std::optional<store::Origin> origin;      // of what the reply tells
    bool repeats = false;         // the answer was given before, to the same request under another exchange id
    std::string approval_sha256;  // what officers agreed to, or have to; empty where that may not be told
  };

  // The steps, in order.
  absl::StatusOr<OpenedMessage> OpenRequest(const certs::Principal& peer, const v1::SealedMessage& message);
  policy::Decision DecideRequestIngress(const v1::MessageHeader& header, absl::Time now,
                                        v1::DecisionRecord* record) const;
  absl::Status CheckBody(const Request& request) const;
  absl::StatusOr<std::optional<v1::SealedMessage>> LogReceived(const v1::SealedMessage& message, Request* request);
  absl::StatusOr<Outcome> Act(const Request& request);
  absl::StatusOr<v1::SealedMessage> SealReply(const Request& request, const v1::ExchangeReply& reply) const;
  absl::Status LogAnswered(const Request& request, const v1::SealedMessage& sealed, const Outcome& outcome);

  // What Act does.
  absl::StatusOr<std::optional<v1::ExchangeReply>> FindEarlierAnswer(const Request& request) const;
  absl::StatusOr<Outcome> AskDomain(const Request& request);

  // As StartEntry. A treaty that this node has not is not named: a partner could invent ever more, and entries are
  // found by it.
  v1::LogEntry StartEntryOf(v1::EntryKind kind, const Request& request, absl::Time now) const;
  absl::StatusOr<std::vector<std::string>> CarryOutAndCutDown(const v1::Disclosure& disclosure,
                                                              exchange::Answer* answer) const;
  absl::StatusOr<std::vector<store::EntryRow>> EntriesOfReception(const v1::MessageHeader& header) const;
  absl::StatusOr<std::optional<v1::SealedMessage>> TakeWithoutEntry(const v1::SealedMessage& message,
                                                                    const store::Reception& known,
                                                                    const store::EntryRow& received, Request* request);
  // What LogReceived commits beside the entry.
  absl::StatusOr<store::Effects> TakeIn(const v1::SealedMessage& message, const Request& request, bool is_new) const;

  // What LogAnswered commits beside the reply.
  absl::StatusOr<store::Effects> BookOrErase(const Request& request, const Outcome& outcome, v1::LogEntry* entry) const;

  absl::StatusOr<store::Reception> FindReceived(const OpenedMessage& opened) const;
  // The stored reply to a message or key of the sender that was answered.
  absl::StatusOr<v1::SealedMessage> ReadReply(const std::string& sender, const store::Reception& answered) const;

  DoorParts& parts_;
  const Approvals approvals_;
  RefusalLog refusals_;  // by reason and peer
};

}  // namespace tamga::exchange
