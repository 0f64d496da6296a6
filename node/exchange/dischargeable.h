// What a node can see to of what treaties ask in return. A type that is not here denies wherever a treaty asks for it,
// so a new one is added together with the code that sees to it, and not before.
#pragma once

#include "policy/obligations.h"

namespace tamga::exchange {

inline constexpr policy::ObligationTypes kDischargeable =
    1u << v1::OBLIGATION_TYPE_RETAIN_AT_MOST | 1u << v1::OBLIGATION_TYPE_NO_ONWARD_TRANSFER |
    1u << v1::OBLIGATION_TYPE_USE_ONLY_FOR | 1u << v1::OBLIGATION_TYPE_NOTIFY_WITHIN |
    1u << v1::OBLIGATION_TYPE_FOUR_EYES | 1u << v1::OBLIGATION_TYPE_HUMAN_REVIEW | 1u << v1::OBLIGATION_TYPE_QUOTA |
    1u << v1::OBLIGATION_TYPE_VOLUME | 1u << v1::OBLIGATION_TYPE_REPORT_USE;

}  // namespace tamga::exchange
