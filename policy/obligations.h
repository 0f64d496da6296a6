// What must be done in return, as a set that can be united: of each type the strictest.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

// Bit n stands for the ObligationType with number n.
using ObligationTypes = uint32_t;

constexpr ObligationTypes kAllObligationTypes = (1u << v1::ObligationType_ARRAYSIZE) - 2;

class ObligationSet {
 public:
  struct Item {
    uint32_t bearers = 0;  // v1::Bearer, whose numbers are bits: 1 asker, 2 answerer, 3 both; 0: no such obligation
    uint32_t amount = 0;
    uint32_t window_hours = 0;
    uint64_t purposes = 0;  // bit n: Purpose n

    friend bool operator==(const Item&, const Item&) = default;
  };

  // `obligation` is one of a valid document.
  void Add(const v1::Obligation& obligation);
  void Add(const ObligationSet& more);

  // Null if there is none of the type.
  const Item* Find(v1::ObligationType type) const;
  ObligationTypes types() const { return types_; }
  bool empty() const { return types_ == 0; }

  // By type.
  std::vector<v1::Obligation> ToProto() const;

  friend bool operator==(const ObligationSet&, const ObligationSet&) = default;

 private:
  void Unite(v1::ObligationType type, const Item& item);

  std::array<Item, v1::ObligationType_ARRAYSIZE> items_{};
  ObligationTypes types_ = 0;
};

}  // namespace tamga::policy
