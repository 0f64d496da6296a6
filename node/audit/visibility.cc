#include "node/audit/visibility.h"

#include "tamga/v1/log_entry.pb.h"

namespace tamga::audit {

Visibility::Visibility(const certs::Principal& caller, absl::string_view own_state,
                       const exchange::Pseudonyms& pseudonyms) {
  if (caller.State() == own_state) return;
  v1::Asker reader;
  reader.set_principal(caller.SpiffeId());
  filter_.partner_state = caller.State();
  filter_.without_kinds = {v1::ENTRY_KIND_WITHHELD, v1::ENTRY_KIND_APPROVED, v1::ENTRY_KIND_OPENED};
  filter_.own_kind = v1::ENTRY_KIND_READ;
  filter_.own_asker = pseudonyms.OfAsker(reader).substr(0, store::kIndexedPseudonymBytes);
}

void Visibility::Narrow(store::EntryFilter* filter) const {
  filter->partner_state = filter_.partner_state;
  filter->without_kinds.insert(filter->without_kinds.end(), filter_.without_kinds.begin(), filter_.without_kinds.end());
  filter->own_kind = filter_.own_kind;
  filter->own_asker = filter_.own_asker;
}

}  // namespace tamga::audit
