// The way out: a question of the own agency becomes a sealed request, and the partner's sealed reply an answer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "node/exchange/approvals.h"
#include "node/exchange/circuit.h"
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

  // Takes up a request that waited in the outbox: delivers it, or gives it up if it has expired; what then comes to
  // nothing becomes a dead letter. Unavailable if it has to wait on, or DeadlineExceeded if the partner may have it.
  // NotFound or DataLoss if it cannot be read: a dead letter says so, and it waits on until it expires.
  absl::Status Resume(const store::OutboxRow& row);

  // A request that waits in the outbox, to be brought by another way than the line; it waits on. Unavailable if nothing
  // may be exchanged with the partner now; the reason why it may not leave any more, for which Resume will give it up;
  // NotFound or DataLoss if it cannot be read.
  absl::StatusOr<v1::SealedMessage> Carry(const store::OutboxRow& row) const;
  // What came of such a request by another way: the sealed reply to it, or why the partner did not open it. Settles it
  // as what the line brings does; QUEUED, with `*failure`, if it waits on. As of Release, the summary has the place in
  // the own log if it came to its end; NotFound as the status if that was so before.
  AskResult TakeReply(const store::OutboxRow& row, absl::StatusOr<v1::SealedMessage> reply, absl::Status* failure);

  // Has what a dead letter says sent anew: another exchange with the same idempotency key and body, decided again. The
  // letter goes with the commit that lets it out, so it leaves once however often this is called. Nothing has left if
  // the result's summary has no exchange; the status then says why: NotFound (DEAD_LETTER_UNKNOWN), FailedPrecondition
  // (STILL_WAITING, UNREADABLE, ERASED, or what its service says), or as for any question.
  AskResult Release(const std::string& exchange_id, absl::Time deadline);
  // Takes a dead letter off the list; one that waits on is given up. NotFound (DEAD_LETTER_UNKNOWN) if there is none.
  absl::Status Discard(const std::string& exchange_id);

  // Of the lines to the partners.
  const Circuits& circuits() const { return circuits_; }
  void HeardFrom(const std::string& partner) { circuits_.Heard(partner); }

 private:
  // Whether a request leaves as soon as it is logged.
  struct Turn {
    std::string order_token;
    bool line_is_up = true;
    bool at_once = true;  // false: it waits in the outbox
  };

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
                       const Approval* used, const std::shared_ptr<Turn>& turn);
  // `waited`: its place in the outbox, if it is taken up from there. `failure`: why it is QUEUED.
  AskResult Deliver(const SentRequest& request, bool deferred, absl::Time deadline,
                    const store::OutboxRow* waited = nullptr, absl::Status* failure = nullptr);
  // The second half of it: a reply has come, or none.
  AskResult Received(const SentRequest& request, absl::StatusOr<v1::SealedMessage> message, bool deferred,
                     const store::OutboxRow* waited, absl::Status* failure);
  AskResult Queued(const v1::MessageHeader& header) const;

  // A request of the outbox.
  struct Waiting {
    SentRequest request;
    bool deferred = false;   // otherwise it was worth an answer only at once
    absl::Status may_leave;  // whether it still may, as things are now
  };
  // NotFound or DataLoss if it cannot be read.
  absl::StatusOr<Waiting> ReadWaiting(const store::OutboxRow& row) const;

  // What Deliver does.
  absl::StatusOr<v1::SealedMessage> Send(const SentRequest& request, absl::Time deadline);
  absl::StatusOr<v1::LogPosition> LogDelivered(const SentRequest& request, const VerifiedReply& reply,
                                               const store::OutboxRow* waited);

  // `lacking`: approvals that the decision waits for.
  AskResult Withhold(const absl::Status& why, const v1::MessageHeader& header);
  AskResult RefuseToSend(const policy::Decision& decision, const v1::DecisionRecord& record,
                         const v1::MessageHeader& header, const Approval* lacking = nullptr);
  AskResult GiveUp(const SentRequest& request, const absl::Status& cause, const store::OutboxRow* waited = nullptr);
  absl::StatusOr<v1::LogPosition> Settle(const SentRequest& request, const absl::Status& status,
                                         const v1::ExchangeReply* reply, const v1::LogEntry& entry,
                                         store::Effects effects, const store::OutboxRow* waited);

  // What Resume and Discard do with a request that cannot be read.
  absl::Status KeepUnreadable(const store::OutboxRow& row, const absl::Status& cause);
  absl::Status EndUnreadable(const store::OutboxRow& row, bool is_discarded);
  // Step 5 of Release: the same body under a header of its own.
  absl::StatusOr<SentRequest> SealAnew(const v1::MessageHeader& before, const std::string& body,
                                       const policy::Decision& decision, absl::Time law_as_of) const;
  v1::ExchangeSummary Summarise(const v1::MessageHeader& header, v1::DeliveryState state) const;

  DoorParts& parts_;
  const Approvals approvals_;
  Circuits circuits_;
};

}  // namespace tamga::exchange
