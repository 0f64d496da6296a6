// Uses that count against quotas, numbered within each quota. So that the cost of counting does not grow with the
// quota, nothing is counted: the use that has `amount` - 1 behind it tells by its time.
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/store/transaction.h"

namespace tamga::store {
namespace {

struct Use {
  int64_t number = 0;  // 1 for the first
  absl::Time used_at;
  absl::Time expires_at;
};

std::string MacOf(const RowMac& mac, absl::string_view key, const Use& use) {
  return mac.Make("quota_use", {key, use.number, RowMac::Of(use.used_at), RowMac::Of(use.expires_at)});
}

// The last use of number `most` or below.
absl::StatusOr<std::optional<Use>> LastUse(Database& database, const RowMac& mac, absl::string_view key, int64_t most) {
  Statement statement(database,
                      "SELECT n, t, expires_at, mac FROM quota_use WHERE key = ?1 AND n <= ?2 ORDER BY n DESC LIMIT 1");
  ASSIGN_OR_RETURN(const bool found, statement.BindText(1, key).BindInt(2, most).Step());
  if (!found) return std::optional<Use>();
  const Use use{statement.Int(0), statement.Time(1), statement.Time(2)};
  RETURN_IF_ERROR(CheckRowMac(MacOf(mac, key, use), statement.Bytes(3), "quota_use row", key));
  return std::optional<Use>(use);
}

}  // namespace

absl::StatusOr<bool> Transaction::CountUse(absl::string_view key, uint32_t amount, absl::Duration window,
                                           absl::Time now) {
  ASSIGN_OR_RETURN(const std::optional<Use> last, LastUse(database_, mac_, key, std::numeric_limits<int64_t>::max()));
  const int64_t number = last ? last->number + 1 : 1;
  ASSIGN_OR_RETURN(const std::optional<Use> oldest, LastUse(database_, mac_, key, number - int64_t{amount}));
  if (oldest && oldest->used_at > now - window) return false;
  const Use use{number, now, now + window};
  RETURN_IF_ERROR(Statement(database_, "INSERT INTO quota_use(key, n, t, expires_at, mac) VALUES(?1, ?2, ?3, ?4, ?5)")
                      .BindText(1, key)
                      .BindInt(2, use.number)
                      .BindTime(3, use.used_at)
                      .BindTime(4, use.expires_at)
                      .BindBlob(5, MacOf(mac_, key, use))
                      .Run());
  return true;
}

absl::Status Transaction::PruneQuotas(absl::Time now) {
  return Statement(database_, "DELETE FROM quota_use WHERE expires_at <= ?1").BindTime(1, now).Run();
}

}  // namespace tamga::store
