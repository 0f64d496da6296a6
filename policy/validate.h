// Whether a treaty document is complete and makes sense in itself.
#pragma once

#include "google/protobuf/text_format.h"
#include "policy/findings.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

// Adds every finding, not only the first: fields that treaty.proto requires, forms of identifiers and dates, parties
// and their agencies, articles and their citations, and the rules. `places` may be null: findings then have no line.
void ValidateTreaty(const v1::Treaty& treaty, const google::protobuf::TextFormat::ParseInfoTree* places,
                    Findings* findings);

// Whether `text` has the form of an ISO 3166 alpha-3 code: three capital letters.
bool IsState(absl::string_view text);

// The part about grants and prohibitions. `root` is the place of the treaty.
void ValidateRules(const v1::Treaty& treaty, const Place& root, Findings* findings);

// A finding unless `value` was not yet in `seen`, which it then is.
template <typename Set, typename Value>
void CheckUnique(Set* seen, const Value& value, const Place& place, Findings* findings) {
  if (!seen->insert(value).second) findings->Add(place, "stands here a second time; each must be unique");
}

}  // namespace tamga::policy
