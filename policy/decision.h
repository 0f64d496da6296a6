// What the treaties say to a question, in words: a verdict put into text for the own side.
#pragma once

#include <string>
#include <vector>

#include "policy/obligations.h"
#include "policy/question.h"
#include "policy/stage.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

struct Decision {
  bool permitted = false;
  // "PERMITTED"; or why not: NO_GRANT, FORBIDDEN, FACT_UNKNOWN, TREATY_UNKNOWN, TREATY_NOT_IN_FORCE, VOLUME_EXCEEDED,
  // APPROVAL_REQUIRED, OBLIGATION_UNSUPPORTED.
  std::string reason;
  std::string treaty_id;
  std::string treaty_sha256;          // 32 bytes; of the text that decided
  std::vector<std::string> articles;  // "PALERMO-TIP-2000 art. 10.1"
  v1::Disclosure request;             // what the request may tell; nothing when denied
  v1::Disclosure reply;               // what the reply may tell; nothing when denied
  unsigned answer_within_days = 0;    // 0: no time is set
  ObligationSet obligations;          // what must be done in return
  bool may_be_told = true;            // false: the other side learns only that it cannot be served
  bool may_be_forbidden = false;      // a prohibition turns on a fact that is not known, whether or not a grant serves
  std::string explanation;            // one sentence for the own side
  std::vector<std::string> missing;   // what would have to differ, nearest grant first
  std::vector<std::string> deferred;  // what is judged later in the exchange, once its facts are known
};

}  // namespace tamga::policy
