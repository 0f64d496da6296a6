// What a document may be written with. What a lawyer sees on the page must be what the node reads, so nothing
// invisible, reordering or written in two ways is let in.
#pragma once

#include "absl/strings/string_view.h"
#include "policy/findings.h"

namespace tamga::policy {

// Adds a finding for each line that is not UTF-8 in normal form C (UAX #15), or holds a backslash or a character that
// is a control (a carriage return or tab among them), formats or reorders text, has no width, or is not assigned.
void CheckTreatyText(absl::string_view bytes, Findings* findings);

}  // namespace tamga::policy
