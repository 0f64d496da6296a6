// What exchanges brought, and what must be done in return.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/store/page_token.h"
#include "node/store/transaction.h"

namespace tamga::store {
namespace {

constexpr char kColumns[] = "SELECT xid, partner, own_asked, due_at, act_at, states, body, mac FROM holding ";
// The name of a row in a page token: parts without spaces, by which the rows of one time are sorted.
constexpr size_t kNameParts = 3;

std::string MacOf(const RowMac& mac, const HoldingRow& row) {
  return mac.Make("holding", {row.origin.exchange_id, row.origin.partner, int64_t{row.origin.own_asked},
                              RowMac::Of(row.due_at), RowMac::Of(row.act_at), int64_t{row.states}, row.body});
}

absl::StatusOr<HoldingRow> RowOf(const RowMac& mac, const Statement& statement) {
  HoldingRow row;
  row.origin = {statement.Bytes(0), statement.Bytes(1), statement.Int(2) != 0};
  row.due_at = statement.Time(3);
  row.act_at = statement.Time(4);
  row.states = static_cast<uint32_t>(statement.Int(5));
  row.body = statement.Bytes(6);
  RETURN_IF_ERROR(CheckRowMac(MacOf(mac, row), statement.Bytes(7), "holding", row.origin.exchange_id));
  return row;
}

absl::StatusOr<std::vector<HoldingRow>> RowsOf(const RowMac& mac, Statement& statement) {
  return AllRows<HoldingRow>(statement, [&mac](const Statement& row) { return RowOf(mac, row); });
}

// Only the conditions that the filter has, so that SQLite can choose an index. The parameters keep their numbers.
std::string Conditions(const HoldingFilter& filter, bool after) {
  std::string sql = "WHERE 1";
  if (filter.states != 0) sql += " AND states & ?1";
  if (!filter.partner.empty()) sql += " AND partner = ?2";
  // All names that begin with "KGZ/": '0' follows '/' in ASCII.
  if (!filter.partner_state.empty()) sql += " AND partner >= ?3 || '/' AND partner < ?3 || '0'";
  if (!filter.exchange_id.empty()) sql += " AND xid = ?4";
  if (after) sql += " AND (due_at, xid, partner, own_asked) > (?5, ?6, ?7, ?8)";
  return sql;
}

absl::Status BindConditions(const HoldingFilter& filter, const std::optional<PageEnd>& after, Statement& statement) {
  if (filter.states != 0) statement.BindInt(1, filter.states);
  if (!filter.partner.empty()) statement.BindText(2, filter.partner);
  if (!filter.partner_state.empty()) statement.BindText(3, filter.partner_state);
  if (!filter.exchange_id.empty()) statement.BindBlob(4, filter.exchange_id);
  if (!after) return absl::OkStatus();
  const std::vector<std::string> name = absl::StrSplit(after->name, ' ');
  const absl::StatusOr<std::string> exchange_id = HexDecode(name.front());
  if (name.size() != kNameParts || !exchange_id.ok()) return InvalidField("page_token", "not a token of this list");
  statement.BindTime(5, after->time).BindBlob(6, *exchange_id).BindText(7, name[1]).BindInt(8, name[2] == "1" ? 1 : 0);
  return absl::OkStatus();
}

// Binds all columns, in the order of kColumns.
Statement& BindRow(const RowMac& mac, const HoldingRow& row, Statement& statement) {
  return statement.BindBlob(1, row.origin.exchange_id)
      .BindText(2, row.origin.partner)
      .BindInt(3, row.origin.own_asked)
      .BindTime(4, row.due_at)
      .BindTime(5, row.act_at)
      .BindInt(6, row.states)
      .BindBlob(7, row.body)
      .BindBlob(8, MacOf(mac, row));
}

}  // namespace

absl::StatusOr<HoldingRow> Reader::GetHolding(const Origin& origin) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE xid = ?1 AND partner = ?2 AND own_asked = ?3"));
  statement.BindBlob(1, origin.exchange_id).BindText(2, origin.partner).BindInt(3, origin.own_asked);
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return absl::NotFoundError("the exchange has left nothing that binds this node");
  return RowOf(mac_, statement);
}

absl::StatusOr<HoldingPage> Reader::ListHoldings(const HoldingFilter& filter, size_t page_size,
                                                 absl::string_view page_token) {
  ASSIGN_OR_RETURN(const std::optional<PageEnd> after, ReadPageToken(page_token));
  Statement statement(database_, absl::StrCat(kColumns, Conditions(filter, after.has_value()),
                                              " ORDER BY due_at, xid, partner, own_asked LIMIT ?9"));
  RETURN_IF_ERROR(BindConditions(filter, after, statement));
  statement.BindInt(9, static_cast<int64_t>(page_size) + 1);  // one more tells whether there is a next page
  HoldingPage page;
  ASSIGN_OR_RETURN(page.holdings, RowsOf(mac_, statement));
  if (page.holdings.size() > page_size) {
    page.holdings.resize(page_size);
    const HoldingRow& last = page.holdings.back();
    page.next_page_token =
        MakePageToken({last.due_at, absl::StrCat(HexEncode(last.origin.exchange_id), " ", last.origin.partner, " ",
                                                 last.origin.own_asked ? "1" : "0")});
  }
  return page;
}

absl::StatusOr<std::vector<HoldingRow>> Reader::DueHoldings(absl::Time now, size_t limit) {
  Statement statement(database_, absl::StrCat(kColumns, "WHERE act_at <= ?1 ORDER BY act_at LIMIT ?2"));
  return RowsOf(mac_, statement.BindTime(1, now).BindInt(2, static_cast<int64_t>(limit)));
}

absl::StatusOr<std::map<uint32_t, uint64_t>> Reader::CountHoldingsByStates() {
  Statement statement(database_, "SELECT states, count(*) FROM holding GROUP BY states");
  std::map<uint32_t, uint64_t> counts;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return counts;
    counts[static_cast<uint32_t>(statement.Int(0))] = static_cast<uint64_t>(statement.Int(1));
  }
}

absl::Status Transaction::AddHolding(const HoldingRow& row) {
  Statement statement(database_,
                      "INSERT INTO holding(xid, partner, own_asked, due_at, act_at, states, body, mac) "
                      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT(xid, partner, own_asked) DO NOTHING");
  RETURN_IF_ERROR(BindRow(mac_, row, statement).Run());
  if (database_.changes() == 0) return absl::AlreadyExistsError("the exchange has left a holding already");
  return absl::OkStatus();
}

absl::Status Transaction::ChangeHolding(const HoldingRow& row, absl::string_view expected_body) {
  ASSIGN_OR_RETURN(const HoldingRow stored, GetHolding(row.origin));
  if (stored.body != expected_body) {
    return Error(absl::StatusCode::kAborted, "VERSION_CONFLICT",
                 "the holding was changed meanwhile; read it again and repeat the change");
  }
  Statement statement(database_,
                      "UPDATE holding SET due_at = ?4, act_at = ?5, states = ?6, body = ?7, mac = ?8 "
                      "WHERE xid = ?1 AND partner = ?2 AND own_asked = ?3");
  return BindRow(mac_, row, statement).Run();
}

}  // namespace tamga::store
