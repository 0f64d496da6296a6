#include "node/exchange/operations.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/unknown_field_set.h"
#include "node/base/error.h"
#include "tamga/v1/attachment.pb.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/reconciliation.pb.h"
#include "tamga/v1/trafficking.pb.h"
#include "tamga/v1/transit.pb.h"
#include "tamga/v1/treaty_exchange.pb.h"
#include "tamga/v1/watchlist.pb.h"

namespace tamga::exchange {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr absl::Duration kOnlineLife = absl::Minutes(5);

template <typename Request, typename Result>
OperationType Describe(v1::Operation operation, v1::RecordKind kind, Delivery delivery) {
  return {operation, kind, Request::default_instance(), Result::default_instance(), delivery};
}

const std::vector<OperationType>& Operations() {
  static const auto& operations = *new std::vector<OperationType>{
      Describe<v1::ReadmissionSubmission, v1::ReadmissionReceived>(v1::OPERATION_READMISSION_SUBMIT,
                                                                   v1::RECORD_KIND_READMISSION, Delivery::kDeferred),
      Describe<v1::ReadmissionSubmission, v1::ReadmissionReceived>(v1::OPERATION_READMISSION_NOTIFY,
                                                                   v1::RECORD_KIND_READMISSION, Delivery::kDeferred),
      Describe<v1::ReadmissionStep, v1::ReadmissionStepRecorded>(v1::OPERATION_READMISSION_REPLY,
                                                                 v1::RECORD_KIND_READMISSION, Delivery::kDeferred),
      Describe<v1::ReadmissionStep, v1::ReadmissionStepRecorded>(v1::OPERATION_READMISSION_STEP,
                                                                 v1::RECORD_KIND_READMISSION, Delivery::kDeferred),
      Describe<v1::ReadmissionStep, v1::ReadmissionStepRecorded>(v1::OPERATION_READMISSION_TRAVEL_DOCUMENT,
                                                                 v1::RECORD_KIND_READMISSION, Delivery::kDeferred),
      Describe<v1::ReadmissionStep, v1::ReadmissionStepRecorded>(v1::OPERATION_READMISSION_TRANSFER,
                                                                 v1::RECORD_KIND_READMISSION, Delivery::kDeferred),
      Describe<v1::AttachmentManifest, v1::AttachmentAnswer>(v1::OPERATION_READMISSION_ATTACH,
                                                             v1::RECORD_KIND_READMISSION, Delivery::kDeferred),
      Describe<v1::TransitSubmission, v1::TransitReceived>(v1::OPERATION_READMISSION_TRANSIT_SUBMIT,
                                                           v1::RECORD_KIND_READMISSION, Delivery::kDeferred),
      Describe<v1::TransitStep, v1::TransitStepRecorded>(v1::OPERATION_READMISSION_TRANSIT_STEP,
                                                         v1::RECORD_KIND_READMISSION, Delivery::kDeferred),
      Describe<v1::WatchlistQuery, v1::WatchlistAnswer>(v1::OPERATION_WATCHLIST_CHECK, v1::RECORD_KIND_WATCHLIST,
                                                        Delivery::kNow),
      Describe<v1::TraffickingHandover, v1::TraffickingHandoverReceived>(
          v1::OPERATION_TRAFFICKING_REFER, v1::RECORD_KIND_TRAFFICKING, Delivery::kDeferred),
      Describe<v1::TraffickingHandover, v1::TraffickingHandoverReceived>(
          v1::OPERATION_TRAFFICKING_SHARE, v1::RECORD_KIND_TRAFFICKING, Delivery::kDeferred),
      Describe<v1::TraffickingRetrieval, v1::TraffickingRetrieved>(v1::OPERATION_TRAFFICKING_RETRIEVE,
                                                                   v1::RECORD_KIND_TRAFFICKING, Delivery::kNow),
      Describe<v1::TreatyPublication, v1::TreatyPublished>(v1::OPERATION_TREATY_PUBLISH, v1::RECORD_KIND_TREATY,
                                                           Delivery::kDeferred),
      Describe<v1::TreatyFetch, v1::TreatyFetched>(v1::OPERATION_TREATY_FETCH, v1::RECORD_KIND_TREATY, Delivery::kNow),
      Describe<v1::LogReconciliation, v1::LogReconciled>(v1::OPERATION_LOG_RECONCILE, v1::RECORD_KIND_LOG,
                                                         Delivery::kNow),
  };
  return operations;
}

bool IsPossible(const google::protobuf::Timestamp& time) {
  return time.seconds() >= -62'135'596'800 && time.seconds() <= 253'402'300'799 && time.nanos() >= 0 &&
         time.nanos() < 1'000'000'000;
}

// Unknown fields, or impossible times. Depth is bounded by protobuf's own limit on parsing.
bool IsDisordered(const Message& message) {
  if (message.GetDescriptor() == google::protobuf::Timestamp::descriptor() &&
      !IsPossible(static_cast<const google::protobuf::Timestamp&>(message))) {
    return true;
  }
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) return true;
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (IsDisordered(reflection.GetMessage(message, field))) return true;
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (IsDisordered(reflection.GetRepeatedMessage(message, field, i))) return true;
    }
  }
  return false;
}

}  // namespace

absl::Duration OperationType::Life() const { return delivery == Delivery::kDeferred ? kLongestLife : kOnlineLife; }

const OperationType* FindOperation(v1::Operation operation) {
  for (const OperationType& type : Operations()) {
    if (type.operation == operation) return &type;
  }
  return nullptr;
}

absl::StatusOr<std::unique_ptr<Message>> ParseStrictly(const Message& prototype, const std::string& bytes) {
  std::unique_ptr<Message> message(prototype.New());
  if (!message->ParseFromString(bytes)) {
    return Error(absl::StatusCode::kInvalidArgument, "INVALID_BODY",
                 absl::StrCat("the bytes are not a ", prototype.GetTypeName()));
  }
  if (IsDisordered(*message)) {
    return Error(absl::StatusCode::kInvalidArgument, "INVALID_BODY",
                 absl::StrCat("the ", prototype.GetTypeName(),
                              " has fields that this node does not know, or times that do not exist; both sides "
                              "must run compatible versions"));
  }
  return message;
}

}  // namespace tamga::exchange
