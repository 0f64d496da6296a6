// How much may be told, as a value that can be joined, compared and asked.
#pragma once

#include <cstdint>

#include "tamga/v1/common.pb.h"
#include "tamga/v1/data_class.pb.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

// Bit n stands for the DataClass with number n.
using ClassSet = uint64_t;

struct Allowance {
  v1::DisclosureLevel level = v1::DISCLOSURE_LEVEL_NONE;
  ClassSet classes = 0;         // those named with PARTIAL; 0 at every other level
  bool refuses_excess = false;  // more than this is refused as a whole, not cut down

  friend bool operator==(const Allowance&, const Allowance&) = default;
};

// Unknown levels and classes allow nothing.
Allowance AllowanceOf(const v1::Disclosure& disclosure);

// Classes in the order of their numbers.
v1::Disclosure DisclosureOf(const Allowance& allowance);

// All that either allows; refuses excess if either does.
Allowance Join(const Allowance& a, const Allowance& b);

// What both allow; refuses excess if either does.
Allowance Meet(const Allowance& a, const Allowance& b);

// Whether `a` tells more than `b`: by level, then by the number of classes.
bool TellsMore(const Allowance& a, const Allowance& b);

// Every class that may be told. UNSPECIFIED and SAFEGUARD are never among them.
ClassSet AllowedClasses(const Allowance& allowance);

inline bool Holds(ClassSet classes, v1::DataClass data_class) {
  return data_class >= 0 && data_class < 64 && ((classes >> data_class) & 1) != 0;
}

}  // namespace tamga::policy
