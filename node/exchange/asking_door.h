// The way out: a question of the own agency becomes a sealed request, and the partner's sealed reply an answer.
#pragma once

#include <string>
#include <vector>

#include "node/exchange/approvals.h"
#include "node/exchange/door.h"
#include "node/exchange/holdings.h"
#include "node/exchange/reply_opening.h"
#include "tamga/v1/decision_record.pb.h"

namespace tamga::exchange {

// Thread-safe.
class AskingDoor final : public Asking {
 public:
  // `parts` outlives this.
  explicit AskingDoor(DoorParts& parts);

  AskResult Ask(const Outgoing& question) override;

  // Takes up a request that waited in the outbox: delivers it, or gives it up if it has expired. Unavailable if it has
  // to wait on.
  absl::Status Resume(const store::OutboxRow& row);

 private:
  // `*left` becomes true once the request is about to leave: from there on a status may be the partner's word.
  AskResult AskOnce(const Outgoing& question, bool* left);

  // The steps, in order.
  absl::Status CheckQuestion(const Outgoing& question) const;
  v1::MessageHeader BuildHeader(const Outgoing& question) const;
  policy::Decision DecideRequestEgress(const Outgoing& question, const treaty::TreatyLibrary& treaties,
                                       const PassingOn& passing_on, uint32_t approvals, v1::MessageHeader* header,
                                       v1::DecisionRecord* record) const;
  // What officers agreed to of a question that needs it.
  absl::StatusOr<Approval> FindApproval(const Outgoing& question, const policy::Decision& decision,
                                        const v1::MessageHeader& header) const;
  absl::StatusOr<SentRequest> SealRequest(const Outgoing& question, const policy::Decision& decision,
                                          v1::MessageHeader header, std::vector<std::string>* withheld_fields) const;
  absl::Status LogSent(const Outgoing& question, const policy::Decision& decision, const v1::DecisionRecord& record,
                       const SentRequest& request, const std::vector<std::string>& withheld_fields,
                       const Approval* used);
  AskResult Deliver(const SentRequest& request, bool deferred, absl::Time deadline);

  // What Deliver does.
  absl::StatusOr<v1::SealedMessage> Send(const SentRequest& request, absl::Time deadline);
  absl::StatusOr<v1::LogPosition> LogDelivered(const SentRequest& request, const VerifiedReply& reply);

  // `lacking`: approvals that the decision waits for.
  AskResult Withhold(const absl::Status& why, const v1::MessageHeader& header);
  AskResult RefuseToSend(const policy::Decision& decision, const v1::DecisionRecord& record,
                         const v1::MessageHeader& header, const Approval* lacking = nullptr);
  AskResult GiveUp(const SentRequest& request, const absl::Status& cause);
  absl::StatusOr<v1::LogPosition> Settle(const SentRequest& request, const absl::Status& status,
                                         const v1::ExchangeReply* reply, const v1::LogEntry& entry,
                                         store::Effects effects);
  v1::ExchangeSummary Summarise(const v1::MessageHeader& header, v1::DeliveryState state) const;

  DoorParts& parts_;
  const Approvals approvals_;
};

}  // namespace tamga::exchange
