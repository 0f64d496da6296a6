// Where in an exchange a decision is taken.
#pragma once

#include "tamga/v1/common.pb.h"

namespace tamga::policy {

enum class Stage {
  kRequestEgress,   // the asking node, before the request leaves
  kRequestIngress,  // the answering node, before it acts
  kReplyEgress,     // the answering node, before the reply leaves
  kReplyIngress     // the asking node, before the reply is handed on
};

// Who can know a fact.
enum class Knower {
  kCaller,       // about who asks: the asking side
  kPersonSide,   // about the person concerned: the side that has to do with the person
  kRecordHolder  // about the record: the side that holds it
};

// The stage at which a fact must be known. Earlier it may still come; later its being unknown was dealt with here.
constexpr Stage JudgedAt(Knower knower, v1::Operation operation) {
  switch (operation) {
    case v1::OPERATION_WATCHLIST_CHECK:  // the asking side has the traveller before it, the answering side the list
      return knower == Knower::kRecordHolder ? Stage::kReplyEgress : Stage::kRequestEgress;
    case v1::OPERATION_TRAFFICKING_RETRIEVE:  // both person and record are the answering side's
      return knower == Knower::kCaller ? Stage::kRequestEgress : Stage::kReplyEgress;
    default:  // the request carries the record
      return Stage::kRequestEgress;
  }
}

}  // namespace tamga::policy
