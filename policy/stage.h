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

// Whether the request itself carries the record (an application, a case that is handed over), so that the asking side
// holds it; otherwise the answering side does.
constexpr bool CarriesRecord(v1::Operation operation) {
  return operation != v1::OPERATION_WATCHLIST_CHECK && operation != v1::OPERATION_TRAFFICKING_RETRIEVE;
}

}  // namespace tamga::policy
