// Which entries an auditor may see.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "certs/principal.h"
#include "node/base/text.h"

namespace tamga::audit {

class Visibility {
 public:
  Visibility(const certs::Principal& caller, absl::string_view own_state)
      : partner_state_(caller.State() == own_state ? "" : caller.State()) {}

  // The State whose agencies' exchanges are visible; empty for all, as in store::EntryFilter.
  const std::string& partner_state() const { return partner_state_; }

  // Whether entries of exchanges with this agency are visible.
  bool Covers(absl::string_view partner) const { return partner_state_.empty() || StateOf(partner) == partner_state_; }

 private:
  std::string partner_state_;
};

}  // namespace tamga::audit
