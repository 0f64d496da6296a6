// Which entries an auditor may see.
#pragma once

#include <string>

#include "certs/principal.h"
#include "node/exchange/entry.h"
#include "node/store/rows.h"

namespace tamga::audit {

// An auditor of the own State sees all. An auditor of another State sees the exchanges with agencies of his State, but
// - not that a question was kept at home, which would tell what an article forbids to tell; nor what officers agreed
//   to, which may not have left; nor that a message was opened for the own State's auditors;
// - of what auditors read, only his own reading.
class Visibility {
 public:
  Visibility(const certs::Principal& caller, absl::string_view own_state, const exchange::Pseudonyms& pseudonyms);

  bool sees_all() const { return filter_.partner_state.empty(); }
  // The State whose agencies' exchanges are visible; empty for all, as in store::EntryFilter.
  const std::string& partner_state() const { return filter_.partner_state; }

  // Whether the entry is visible.
  bool Covers(const store::EntryRow& row) const { return filter_.Covers(row); }

  // Takes out of what is asked for whatever is not visible.
  void Narrow(store::EntryFilter* filter) const;

 private:
  store::EntryFilter filter_;
};

}  // namespace tamga::audit
