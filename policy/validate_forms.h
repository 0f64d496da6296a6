// Forms that documents of all kinds share: identifiers, numbers, days, hashes, texts, lists.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
#include "policy/findings.h"

namespace tamga::policy {

using Strings = google::protobuf::RepeatedPtrField<std::string>;

// "READMISSION-KAZ-KGZ": 1 to 64 capital letters, digits and hyphens, a letter first.
bool IsDocumentId(absl::string_view id);
// "check-by-border-service": 1 to 64 lower-case letters, digits and hyphens.
bool IsRuleId(absl::string_view id);
// "10.1(b)".
bool IsArticleNumber(absl::string_view number);
// So many lower-case hexadecimal digits.
bool IsHex(absl::string_view text, size_t digits);

// Each adds a finding at `place` unless the value has the form that its name says.
void CheckWritten(absl::string_view text, const Place& place, Findings* findings);
void CheckState(absl::string_view state, const Place& place, Findings* findings);
void CheckDocumentId(absl::string_view id, const Place& place, Findings* findings);
void CheckRuleId(absl::string_view id, const Place& place, Findings* findings);
void CheckArticleNumber(absl::string_view number, const Place& place, Findings* findings);
void CheckSha256(absl::string_view hex, const Place& place, Findings* findings);
void CheckDay(absl::string_view day, const Place& place, Findings* findings);
// "KAZ" or "KAZ/border-service".
void CheckStateOrAgency(absl::string_view name, const Place& place, Findings* findings);
// 1 to 64 agencies, each of `state` and once.
void CheckAgencies(const Strings& agencies, absl::string_view state, const Place& parent, Findings* findings);

// A finding unless `value` was not yet in `seen`, which it then is.
template <typename Set, typename Value>
void CheckUnique(Set* seen, const Value& value, const Place& place, Findings* findings) {
  if (!seen->insert(value).second) findings->Add(place, "stands here a second time; each must be unique");
}

// Values of an enumeration must be known to this build and say something.
template <typename IsValid>
void CheckEnum(int value, IsValid is_valid, const Place& place, Findings* findings) {
  if (value == 0 || !is_valid(value)) findings->Add(place, "must be a known value other than UNSPECIFIED");
}

// The same for a repeated field of `parent`, each value once.
template <typename List, typename IsValid>
void CheckEnums(const List& values, const std::string& field, IsValid is_valid, const Place& parent,
                Findings* findings) {
  std::set<int> seen;
  for (int i = 0; i < values.size(); ++i) {
    CheckEnum(values.Get(i), is_valid, parent.Element(field, i), findings);
    CheckUnique(&seen, static_cast<int>(values.Get(i)), parent.Element(field, i), findings);
  }
}

// "; did you mean X?" from a set of names; nothing once there are findings enough.
std::string HintFrom(const std::set<std::string>& names, absl::string_view word, const Findings& findings);

}  // namespace tamga::policy
