// The table of docs/access.md, as the tests hold the node against it.
#pragma once

#include <map>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/principal.h"

namespace tamga::testing {

// Who may call a method.
struct Permission {
  std::set<certs::Role> roles;
  bool own_auditors_only = false;  // auditors of the node's own State, where they may at all
};

// Reads the table whose columns are "call" and the names of roles, with spaces for hyphens; a cell is "yes", empty, or
// for auditors "own State". The names are such as "AdminService.ListOutbox". InvalidArgument names the line that is in
// another form, or has a call a second time; NotFound if there is no table.
absl::StatusOr<std::map<std::string, Permission>> ParseAccessTable(absl::string_view text);

}  // namespace tamga::testing
