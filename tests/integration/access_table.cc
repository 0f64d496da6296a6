#include "tests/integration/access_table.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/status_macros.h"

namespace tamga::testing {
namespace {

using certs::Role;

constexpr Role kColumns[] = {Role::kSystem,   Role::kOfficer, Role::kTreatyOfficer, Role::kProtectionOfficer,
                             Role::kOperator, Role::kAuditor, Role::kNode};
constexpr absl::string_view kFirstColumn = "call";

// The cells of "| a | b |"; none if the line is no row.
std::vector<std::string> CellsOf(absl::string_view line) {
  std::vector<std::string> cells;
  if (!absl::ConsumePrefix(&line, "|") || !absl::ConsumeSuffix(&line, "|")) return cells;
  for (const absl::string_view cell : absl::StrSplit(line, '|')) {
    cells.emplace_back(absl::StripAsciiWhitespace(cell));
  }
  return cells;
}

std::optional<Role> RoleOf(const std::string& heading) {
  for (const Role role : kColumns) {
    if (absl::StrReplaceAll(heading, {{" ", "-"}}) == certs::RoleName(role)) return role;
  }
  return std::nullopt;
}

absl::Status NotInForm(absl::string_view line) {
  return absl::InvalidArgumentError(absl::StrCat("the table of who may call what: \"", line, "\""));
}

absl::StatusOr<std::vector<Role>> RolesOf(absl::string_view line) {
  std::vector<Role> roles;
  std::vector<std::string> headings = CellsOf(line);
  headings.erase(headings.begin());
  for (const std::string& heading : headings) {
    const std::optional<Role> role = RoleOf(heading);
    if (!role) return NotInForm(line);
    roles.push_back(*role);
  }
  return roles;
}

absl::StatusOr<std::pair<std::string, Permission>> ParseRow(absl::string_view line, const std::vector<Role>& roles) {
  const std::vector<std::string> cells = CellsOf(line);
  if (cells.size() != roles.size() + 1) return NotInForm(line);
  absl::string_view name = cells.front();
  if (!absl::ConsumePrefix(&name, "`") || !absl::ConsumeSuffix(&name, "`") || name.empty()) return NotInForm(line);
  Permission permission;
  for (size_t i = 0; i < roles.size(); ++i) {
    const std::string& cell = cells[i + 1];
    if (cell.empty()) continue;
    const bool is_own_state = roles[i] == Role::kAuditor && cell == "own State";
    if (cell != "yes" && !is_own_state) return NotInForm(line);
    permission.roles.insert(roles[i]);
    permission.own_auditors_only = permission.own_auditors_only || is_own_state;
  }
  return std::pair(std::string(name), std::move(permission));
}

}  // namespace

absl::StatusOr<std::map<std::string, Permission>> ParseAccessTable(absl::string_view text) {
  std::map<std::string, Permission> table;
  std::vector<Role> roles;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<std::string> cells = CellsOf(line);
    if (cells.empty()) {
      if (!table.empty()) break;  // the table has ended
    } else if (roles.empty()) {
      if (cells.front() != kFirstColumn) continue;
      ASSIGN_OR_RETURN(roles, RolesOf(line));
    } else if (cells.front() != "---") {
      ASSIGN_OR_RETURN(auto row, ParseRow(line, roles));
      if (!table.insert(std::move(row)).second) return NotInForm(line);
    }
  }
  if (table.empty()) return absl::NotFoundError("there is no table of who may call what");
  return table;
}

}  // namespace tamga::testing
