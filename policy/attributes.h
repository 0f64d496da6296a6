// The facts that treaties can ask for: what values each takes, who can know it, and from when on in an exchange. One
// table; a fact that is not in it does not exist.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/stage.h"
#include "tamga/v1/fact.pb.h"

namespace tamga::policy {

enum class ValueType { kFlag, kChoice, kNumber };

struct AttributeInfo {
  v1::Attribute attribute = v1::ATTRIBUTE_UNSPECIFIED;
  ValueType type = ValueType::kFlag;
  Knower knower = Knower::kRecordHolder;
  v1::Provenance least = v1::PROVENANCE_LOCAL;  // a fact known on weaker grounds is not known
  bool is_secret = false;                       // that it plays a part is never told to the other side
  std::vector<absl::string_view> choices;       // of kChoice; the first has number 1
  int64_t min = 0;                              // of kNumber
  int64_t max = 0;
};

constexpr size_t kAttributeSlots = v1::Attribute_ARRAYSIZE;

// Null for UNSPECIFIED and for values that this build does not know.
const AttributeInfo* FindAttribute(int attribute);

// By number.
const std::vector<AttributeInfo>& AllAttributes();

// The number of a choice, from 1; 0 if the attribute has no such value.
int64_t ChoiceNumber(const AttributeInfo& info, absl::string_view choice);

}  // namespace tamga::policy
