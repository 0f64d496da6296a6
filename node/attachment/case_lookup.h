// What attachments need to know of the case that they belong to. The readmission desk tells it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::attachment {

struct CaseTerms {
  std::string partner;                            // agency on the other side
  std::string treaty_id;                          // pinned when the case began, as are the rules
  std::vector<v1::AttachmentRule> rules;          // which attachments may cross; none: none
  absl::Time law_as_of = absl::InfiniteFuture();  // by which exchanges of the case are decided
  bool is_open = false;    // neither ended nor refused at the door: attachments may be added and sent
  bool is_held = false;    // by either side: nothing of the person leaves until it is released
  bool is_erased = false;  // what it held of the person is gone, as what belongs to it has to be
};

// Thread-safe.
class CaseLookup {
 public:
  virtual ~CaseLookup() = default;
  // CASE_UNKNOWN (NotFound) if this node holds no such case; errors of the store.
  virtual absl::StatusOr<CaseTerms> Find(const std::string& case_id) const = 0;
};

}  // namespace tamga::attachment
