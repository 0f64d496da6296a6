// What the treaties say to a question.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tamga/v1/common.pb.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

// What is known about the person. A fact that is not in the map is unknown.
using Facts = std::map<v1::Attribute, v1::Ternary>;

// Where in an exchange a decision is taken. A prohibition on facts that only the asking side can know binds at request
// egress; there an unknown fact counts as fulfilled.
enum class Stage { kRequestEgress, kRequestIngress, kReplyEgress, kReplyIngress };

struct Question {
  std::string asker;     // agency
  std::string answerer;  // agency
  v1::RecordKind record_kind = v1::RECORD_KIND_UNSPECIFIED;
  v1::Operation operation = v1::OPERATION_UNSPECIFIED;
  v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
  std::string treaty_id;  // empty: any treaty in force may serve
  Facts facts;
};

struct Decision {
  bool permitted = false;
  // "PERMITTED"; or why not: NO_GRANT, FORBIDDEN, FACT_UNKNOWN, TREATY_UNKNOWN, TREATY_NOT_IN_FORCE.
  std::string reason;
  std::string treaty_id;
  std::string treaty_sha256;          // 32 bytes; of the text that decided
  std::vector<std::string> articles;  // "PALERMO-TIP-2000 art. 10.1"
  v1::Disclosure request;             // what the request may tell; nothing when denied
  v1::Disclosure reply;               // what the reply may tell; nothing when denied
  unsigned answer_within_days = 0;
  unsigned retain_at_most_days = 0;
  bool may_be_told = true;           // false: the other side learns only that it cannot be served
  std::string explanation;           // one sentence for the own side
  std::vector<std::string> missing;  // what would have to differ, nearest grant first
};

}  // namespace tamga::policy
