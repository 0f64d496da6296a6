// A real node as a real process, for tests, the benchmark and nothing else.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tamga::testing {

class NodeProcess {
 public:
  // `listen_fd` is the socket that the node will be given; it stays open here, so that the port lives on when the node
  // dies. -1: it is given none. Another of our programs that takes --config is run as well.
  NodeProcess(std::string binary, std::string config_path, std::string log_path, int listen_fd);
  // Kills the node if it still runs.
  ~NodeProcess();
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;

  // Starts the node with further environment variables ("TAMGA_FAILPOINT=asking.sent=kill").
  absl::Status Start(const std::vector<std::string>& environment = {});
  // kill -9, and waits for the end.
  void Kill();
  // SIGTERM, waits for the end; the exit status.
  int Terminate();
  // Waits until the process ends by itself; the raw wait status.
  int Wait();
  // Stops and continues it, as a frozen machine would.
  void Freeze();
  void Thaw();

  bool running() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }
  // What it wrote to stderr so far.
  std::string LogText() const;

 private:
  const std::string binary_;
  const std::string config_path_;
  const std::string log_path_;
  const int listen_fd_;
  pid_t pid_ = -1;
};

}  // namespace tamga::testing
