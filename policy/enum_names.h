// Names of enumerators as they stand in explanations: without their prefix ("MIGRATION_CONTROL").
#pragma once

#include <string>

#include "tamga/v1/common.pb.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

// The number, where this build does not know the value.
std::string ShortName(v1::RecordKind value);
std::string ShortName(v1::Operation value);
std::string ShortName(v1::Purpose value);
std::string ShortName(v1::Attribute value);
// YES, NO or "unknown".
std::string ShortName(v1::Ternary value);

}  // namespace tamga::policy
