#include "node/audit/sealed_by.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/store/page_token.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::audit {
namespace {

constexpr size_t kReadAtOnce = 500;

bool IsSealedBy(const store::EntryRow& row, absl::string_view key_id) {
  v1::LogEntry entry;
  return entry.ParseFromString(row.body) && entry.seal_key_id() == key_id;
}

}  // namespace

absl::StatusOr<store::EntryPage> ListSealedBy(store::Reader& reader, const store::EntryFilter& filter,
                                              absl::string_view key_id, size_t page_size,
                                              const std::string& page_token) {
  store::EntryPage sealed;
  sealed.next_page_token = page_token;
  size_t looked_at = 0;
  do {
    ASSIGN_OR_RETURN(store::EntryPage page, reader.ListEntries(filter, kReadAtOnce, sealed.next_page_token));
    for (store::EntryRow& row : page.entries) {
      if (!IsSealedBy(row, key_id)) continue;
      sealed.entries.push_back(std::move(row));
      if (sealed.entries.size() < page_size) continue;
      const store::EntryRow& last = sealed.entries.back();
      sealed.next_page_token = store::MakePageToken({last.time, absl::StrCat(last.index)});
      return sealed;
    }
    looked_at += page.entries.size();
    sealed.next_page_token = std::move(page.next_page_token);
  } while (!sealed.next_page_token.empty() && looked_at < kMostLookedAt);
  return sealed;
}

}  // namespace tamga::audit
