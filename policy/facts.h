// What is known about an exchange, in typed slots. A slot that was never set, or set to a value that does not exist, is
// unknown: absence is a value of its own, never a default.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/attributes.h"
#include "tamga/v1/fact.pb.h"

namespace tamga::policy {

struct Fact {
  int64_t value = 0;  // of a flag: v1::Ternary; of a choice: its number; of a number: itself
  v1::Provenance provenance = v1::PROVENANCE_UNSPECIFIED;  // UNSPECIFIED: not known

  bool known() const { return provenance != v1::PROVENANCE_UNSPECIFIED; }
  friend bool operator==(const Fact&, const Fact&) = default;
};

class Facts {
 public:
  // Each forgets what was known before if the value is none of the attribute's.
  void SetFlag(v1::Attribute attribute, v1::Ternary value, v1::Provenance provenance = v1::PROVENANCE_LOCAL);
  void SetChoice(v1::Attribute attribute, absl::string_view value, v1::Provenance provenance = v1::PROVENANCE_LOCAL);
  void SetNumber(v1::Attribute attribute, int64_t value, v1::Provenance provenance = v1::PROVENANCE_LOCAL);
  void Set(const v1::FactValue& fact);
  void Forget(v1::Attribute attribute);

  // `attribute` is one of the table's.
  const Fact& Get(v1::Attribute attribute) const { return slots_[static_cast<size_t>(attribute)]; }

  // Those that are known, by attribute; Set takes each of them.
  std::vector<v1::FactValue> ToProto() const;

  friend bool operator==(const Facts&, const Facts&) = default;

 private:
  void Put(v1::Attribute attribute, ValueType type, int64_t value, v1::Provenance provenance);

  std::array<Fact, kAttributeSlots> slots_{};
};

}  // namespace tamga::policy
