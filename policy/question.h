// What is asked of the treaties.
#pragma once

#include <string>

#include "policy/disclosure.h"
#include "policy/facts.h"
#include "policy/obligations.h"
#include "tamga/v1/common.pb.h"

namespace tamga::policy {

struct Question {
  std::string asker;     // agency
  std::string answerer;  // agency
  v1::RecordKind record_kind = v1::RECORD_KIND_UNSPECIFIED;
  v1::Operation operation = v1::OPERATION_UNSPECIFIED;
  v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
  std::string treaty_id;  // empty: any treaty in force may serve
  Facts facts;
  // Officers other than the asker who agreed to exactly this request.
  uint32_t approvals = 0;
  // What the deciding node can see to; nothing unless it is said. A permit that asks for more is none.
  ObligationTypes dischargeable = 0;
};

}  // namespace tamga::policy
