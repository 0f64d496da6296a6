// One concrete situation: what stands behind an answer, so that a reader can put it to the engine.
#pragma once

#include <string>

#include "policy/facts.h"
#include "tamga/v1/common.pb.h"

namespace tamga::policy::analysis {

struct Point {
  std::string asker;     // agency; "KAZ/*" is one that no rule names, "*" one of a State that no rule names
  std::string answerer;  // the same
  v1::RecordKind record_kind = v1::RECORD_KIND_UNSPECIFIED;
  v1::Operation operation = v1::OPERATION_UNSPECIFIED;
  v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
  Facts facts;  // what is not in it is unknown

  friend bool operator==(const Point&, const Point&) = default;
};

// "KAZ/border-service asks KGZ/interior-ministry WATCHLIST_CHECK (WATCHLIST, BORDER_CHECK); AGE 17". Facts that are
// not known are left out.
std::string ToText(const Point& point);

}  // namespace tamga::policy::analysis
