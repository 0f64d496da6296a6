#include "policy/obligations.h"

#include <algorithm>
#include <bit>

#include "node/base/check.h"

namespace tamga::policy {
namespace {

// The stricter of two obligations of one type, and at least as strict as each.
ObligationSet::Item Stricter(v1::ObligationType type, const ObligationSet::Item& a, const ObligationSet::Item& b) {
  ObligationSet::Item item;
  item.bearers = a.bearers | b.bearers;
  item.amount = type == v1::OBLIGATION_TYPE_FOUR_EYES ? std::max(a.amount, b.amount) : std::min(a.amount, b.amount);
  item.window_hours = std::max(a.window_hours, b.window_hours);
  item.purposes = a.purposes & b.purposes;
  return item;
}

}  // namespace

void ObligationSet::Unite(v1::ObligationType type, const Item& item) {
  Item& own = items_[static_cast<size_t>(type)];
  own = own.bearers == 0 ? item : Stricter(type, own, item);
  types_ |= 1u << type;
}

void ObligationSet::Add(const v1::Obligation& obligation) {
  // The reader has refused other types.
  TAMGA_CHECK(obligation.type() > 0 && obligation.type() < v1::ObligationType_ARRAYSIZE && obligation.bearer() != 0);
  Item item;
  item.bearers = static_cast<uint32_t>(obligation.bearer());
  item.amount = obligation.amount();
  item.window_hours = obligation.window_hours();
  for (const int purpose : obligation.purposes()) item.purposes |= uint64_t{1} << purpose;
  Unite(obligation.type(), item);
}

void ObligationSet::Add(const ObligationSet& more) {
  for (ObligationTypes rest = more.types_; rest != 0; rest &= rest - 1) {
    const auto type = static_cast<v1::ObligationType>(std::countr_zero(rest));
    Unite(type, more.items_[static_cast<size_t>(type)]);
  }
}

const ObligationSet::Item* ObligationSet::Find(v1::ObligationType type) const {
  return (types_ >> type & 1) == 0 ? nullptr : &items_[static_cast<size_t>(type)];
}

std::vector<v1::Obligation> ObligationSet::ToProto() const {
  std::vector<v1::Obligation> obligations;
  for (ObligationTypes rest = types_; rest != 0; rest &= rest - 1) {
    const auto type = static_cast<v1::ObligationType>(std::countr_zero(rest));
    const Item& item = items_[static_cast<size_t>(type)];
    v1::Obligation& obligation = obligations.emplace_back();
    obligation.set_type(type);
    obligation.set_bearer(static_cast<v1::Bearer>(item.bearers));
    obligation.set_amount(item.amount);
    obligation.set_window_hours(item.window_hours);
    for (uint64_t purposes = item.purposes; purposes != 0; purposes &= purposes - 1) {
      obligation.add_purposes(static_cast<v1::Purpose>(std::countr_zero(purposes)));
    }
  }
  return obligations;
}

}  // namespace tamga::policy
