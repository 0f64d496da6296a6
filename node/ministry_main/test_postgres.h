// A PostgreSQL of a test's own, in a temporary folder and at a Unix socket there.
#pragma once

#include <string>

namespace tamga::ministry {

// Not thread-safe. A failure is a failure of the test: bootstrap installs PostgreSQL.
class TestPostgres {
 public:
  // Starts it. As root it runs as the user postgres, since it refuses to run as root.
  TestPostgres();
  ~TestPostgres();
  TestPostgres(const TestPostgres&) = delete;
  TestPostgres& operator=(const TestPostgres&) = delete;

  // libpq's connection string.
  std::string connection() const;
  // Kills it and all its connections, as a power failure would.
  void Stop();
  void Start();

 private:
  // Runs one of PostgreSQL's programs; whether it succeeded.
  bool Run(const std::string& program, const std::string& arguments) const;

  std::string folder_;
  std::string binaries_;
  bool running_ = false;
};

}  // namespace tamga::ministry
