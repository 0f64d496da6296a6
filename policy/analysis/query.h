// Who may see what, under which article and on which conditions.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "policy/analysis/finding.h"
#include "policy/analysis/rule_boxes.h"
#include "tamga/v1/data_class.pb.h"

namespace tamga::policy::analysis {

// A way to see it. Points into the rules.
struct Sight {
  const GrantRule* grant = nullptr;
  Direction direction = Direction::kReply;           // replies are seen by who asks, requests by who answers
  Box box;                                           // what the grant says about this kind of record
  std::vector<const ProhibitionRule*> prohibitions;  // that take part of it away
  std::vector<const CeilingRule*> ceilings;          // the same
  bool is_decided = true;                            // false: perhaps they take all of it away
  Point witness;                                     // in which it is seen; empty if not decided
  std::string sentence;
};

// Every way to see the class in records of the kind: grants in their order, requests before replies. Grants of which
// prohibitions and ceilings leave nothing are left out.
std::vector<Sight> WhoMaySee(const RuleBoxes& rules, v1::DataClass data_class, v1::RecordKind record_kind,
                             const Options& options = {});

// The class of a field of a record, such as "case.victim.first_name": its own or that of what holds it. UNSPECIFIED if
// it has none and so never leaves. InvalidArgument if there is no such field.
absl::StatusOr<v1::DataClass> ClassOfField(const google::protobuf::Descriptor& record, absl::string_view path);

}  // namespace tamga::policy::analysis
