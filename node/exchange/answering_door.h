// The way in: a partner's sealed request becomes a question to a domain service, and its answer a sealed reply.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/base/refusal_log.h"
#include "node/exchange/approvals.h"
#include "node/exchange/domain_answer.h"
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
  // The steps, in order.
  absl::StatusOr<OpenedMessage> OpenRequest(const certs::Principal& peer, const v1::SealedMessage& message);
  policy::Decision DecideRequestIngress(const v1::MessageHeader& header, absl::Time now, absl::Time law_as_of,
                                        v1::DecisionRecord* record) const;
  absl::Status CheckBody(const ReceivedRequest& request) const;
  absl::StatusOr<std::optional<v1::SealedMessage>> LogReceived(const v1::SealedMessage& message,
                                                               ReceivedRequest* request);
  absl::StatusOr<Outcome> Act(const ReceivedRequest& request);
  absl::StatusOr<v1::SealedMessage> SealReply(const ReceivedRequest& request, const v1::ExchangeReply& reply) const;
  absl::Status LogAnswered(const ReceivedRequest& request, const v1::SealedMessage& sealed, const Outcome& outcome);

  // What Act does.
  absl::StatusOr<std::optional<v1::ExchangeReply>> FindEarlierAnswer(const ReceivedRequest& request) const;

  // As StartEntry. A treaty that this node has not is not named: a partner could invent ever more, and entries are
  // found by it.
  v1::LogEntry StartEntryOf(v1::EntryKind kind, const ReceivedRequest& request, absl::Time now) const;
  absl::StatusOr<std::vector<store::EntryRow>> EntriesOfReception(const v1::MessageHeader& header) const;
  absl::StatusOr<std::optional<v1::SealedMessage>> TakeWithoutEntry(const v1::SealedMessage& message,
                                                                    const store::Reception& known,
                                                                    const store::EntryRow& received,
                                                                    ReceivedRequest* request);
  // What LogReceived commits beside the entry.
  absl::StatusOr<store::Effects> TakeIn(const v1::SealedMessage& message, const ReceivedRequest& request,
                                        bool is_new) const;

  // What LogAnswered commits beside the reply.
  absl::StatusOr<store::Effects> BookOrErase(const ReceivedRequest& request, const Outcome& outcome,
                                             v1::LogEntry* entry) const;

  absl::StatusOr<store::Reception> FindReceived(const OpenedMessage& opened) const;
  // The stored reply to a message or key of the sender that was answered.
  absl::StatusOr<v1::SealedMessage> ReadReply(const std::string& sender, const store::Reception& answered) const;

  DoorParts& parts_;
  const Approvals approvals_;
  RefusalLog refusals_;  // by reason and peer
};

}  // namespace tamga::exchange
