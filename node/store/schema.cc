#include "node/store/schema.h"

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"

namespace tamga::store {

absl::Status EnsureSchema(Database& database, int64_t version, const std::string& script) {
  ASSIGN_OR_RETURN(const int64_t found, database.QueryInt("PRAGMA user_version"));
  if (found == version) return absl::OkStatus();
  if (found > version) {
    return absl::FailedPreconditionError(absl::StrCat("the database has format ", found, ", this program knows up to ",
                                                      version, "; run the program that wrote it, or a newer one"));
  }
  // No conversion: it would vouch for rows that nothing vouches for.
  if (found != 0) {
    return absl::FailedPreconditionError(absl::StrCat("the database has format ", found, ", this program reads only ",
                                                      version,
                                                      "; run the program that wrote it, or begin a new folder"));
  }
  return database.Execute(absl::StrCat("BEGIN IMMEDIATE;", script, "PRAGMA user_version = ", version, "; COMMIT;"));
}

}  // namespace tamga::store
