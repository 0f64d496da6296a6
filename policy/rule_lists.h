// The lists of rules of a text, v1::Treaty or v1::Narrowing, for code that treats rules of all types alike: each gives
// a pointer to the list in the text.
#pragma once

#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

inline constexpr auto kGrants = [](v1::Treaty* text) { return text->mutable_grants(); };
inline constexpr auto kProhibitions = [](auto* text) { return text->mutable_prohibitions(); };
inline constexpr auto kCeilings = [](auto* text) { return text->mutable_ceilings(); };
inline constexpr auto kDuties = [](auto* text) { return text->mutable_duties(); };

}  // namespace tamga::policy
