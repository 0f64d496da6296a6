// Which entries an auditor may see.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "certs/principal.h"
#include "node/base/text.h"
#include "node/store/rows.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::audit {

class Visibility {
 public:
  Visibility(const certs::Principal& caller, absl::string_view own_state)
      : partner_state_(caller.State() == own_state ? "" : caller.State()) {}

  // The State whose agencies' exchanges are visible; empty for all, as in store::EntryFilter.
  const std::string& partner_state() const { return partner_state_; }

  // Whether the entry is visible. That a question was kept at home is nobody else's to know: it would tell the other
  // State what an article forbids to tell. Nor is what officers agreed to, which may not have left.
  bool Covers(const store::EntryRow& row) const {
    if (partner_state_.empty()) return true;
    return StateOf(row.partner) == partner_state_ && row.kind != v1::ENTRY_KIND_WITHHELD &&
           row.kind != v1::ENTRY_KIND_APPROVED;
  }

 private:
  std::string partner_state_;
};

}  // namespace tamga::audit
