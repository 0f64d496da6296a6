#include "node/ministry_main/test_postgres.h"

#include <pwd.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace tamga::ministry {
namespace {

constexpr char kVersions[] = "/usr/lib/postgresql";

std::string FindBinaries() {
  std::error_code error;
  for (const auto& version : std::filesystem::directory_iterator(kVersions, error)) {
    if (std::filesystem::exists(version.path() / "bin" / "initdb")) return (version.path() / "bin").string();
  }
  return "";
}

}  // namespace

// A socket's path has to be short, so the folder is not one of the test's own.
TestPostgres::TestPostgres() : folder_("/tmp/tamga-pg.XXXXXX"), binaries_(FindBinaries()) {
  EXPECT_NE(binaries_, "") << "no PostgreSQL below " << kVersions << "; run script/bootstrap";
  EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
  if (::geteuid() == 0) {
    const passwd* user = ::getpwnam("postgres");
    EXPECT_NE(user, nullptr);
    if (user != nullptr) {
      EXPECT_EQ(::chown(folder_.c_str(), user->pw_uid, user->pw_gid), 0);
    }
  }
  EXPECT_TRUE(Run("initdb", absl::StrCat("-D ", folder_, "/data -U postgres -A trust --no-sync -E UTF8 --locale=C")));
  Start();
}

TestPostgres::~TestPostgres() {
  if (running_) Stop();
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

std::string TestPostgres::connection() const {
  return absl::StrCat("host=", folder_, " user=postgres dbname=postgres");
}

void TestPostgres::Start() {
  running_ = Run("pg_ctl", absl::StrCat("-D ", folder_, "/data -l ", folder_, "/log -w -t 60 -o \"-k ", folder_,
                                        " -c listen_addresses='' -c fsync=off\" start"));
  EXPECT_TRUE(running_);
}

void TestPostgres::Stop() {
  EXPECT_TRUE(Run("pg_ctl", absl::StrCat("-D ", folder_, "/data -m immediate -w -t 60 stop")));
  running_ = false;
}

bool TestPostgres::Run(const std::string& program, const std::string& arguments) const {
  const std::string as_user = ::geteuid() == 0 ? "setpriv --reuid=postgres --regid=postgres --clear-groups " : "";
  // Of its output nothing is read: a server that runs on would hold a pipe open.
  const std::string command = absl::StrCat("cd ", folder_, " && ", as_user, binaries_, "/", program, " ", arguments,
                                           " >", program, ".out 2>&1 </dev/null");
  const int status = std::system(command.c_str());
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace tamga::ministry
