#include "node/reconciliation/explanation.h"

#include "node/exchange/message_store.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::reconciliation {
namespace {

const char* OfOnlyHere(v1::EntryKind kind, const OwnTraces& traces) {
  switch (kind) {
    case v1::ENTRY_KIND_SENT:
      if (traces.waits) return "the request still waits in the outbox here";
      if (traces.has_receipt || traces.kinds.count(v1::ENTRY_KIND_DELIVERED) > 0) {
        return "the other side answered the request, and its log has no trace of it: an entry is missing there";
      }
      if (traces.kinds.count(v1::ENTRY_KIND_UNDELIVERED) > 0) return "the request never arrived and was given up here";
      return "the request never arrived, or its entry is missing there";
    case v1::ENTRY_KIND_RECEIVED:
      return "the request came under the other side's seal, and its log has no trace of it: an entry is missing there";
    case v1::ENTRY_KIND_ANSWERED:
      return "the answer was lost on its way, or the other side did not take it";
    default:
      return "the answer came under the other side's seal, and its log has no trace of it: an entry is missing there";
  }
}

const char* OfOnlyThere(v1::EntryKind kind) {
  switch (kind) {
    case v1::ENTRY_KIND_SENT:
      return "the other side's request never arrived here, or an entry is missing here";
    case v1::ENTRY_KIND_RECEIVED:
      return "the other side received a request of which this log has no trace: an entry is missing here";
    case v1::ENTRY_KIND_ANSWERED:
      return "the other side's answer was lost on its way, or was not taken here";
    default:
      return "the other side took an answer of which this log has no trace: an entry is missing here";
  }
}

}  // namespace

std::string Explain(v1::LogDifferenceType type, v1::EntryKind kind, const OwnTraces& traces) {
  switch (type) {
    case v1::LOG_DIFFERENCE_TYPE_ONLY_HERE:
      return OfOnlyHere(kind, traces);
    case v1::LOG_DIFFERENCE_TYPE_ONLY_THERE:
      return OfOnlyThere(kind);
    default:
      return "the two logs hold different commitments to the same message: one of them was altered";
  }
}

std::string ReceiptProof(store::ReadableDb& database, store::Vault& vault, const std::string& partner,
                         const std::string& exchange_id) {
  const absl::StatusOr<exchange::KeptRow> kept =
      exchange::FindAndRead(database, vault, {partner, exchange_id, v1::ENTRY_KIND_DELIVERED});
  v1::Payload payload;
  v1::ExchangeReply reply;
  if (!kept.ok() || !payload.ParseFromString(kept->kept.message().payload()) ||
      !reply.ParseFromString(payload.body())) {
    return "";
  }
  return reply.receipt().proof();
}

}  // namespace tamga::reconciliation
