#include "tests/federation/node_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "node/base/file.h"

namespace tamga::testing {
namespace {

constexpr char kPidVariable[] = "LISTEN_PID=";

// Runs in the child between fork and exec, so only async-signal-safe calls: writes our process id behind the "=".
void WriteOwnPid(char* variable) {
  char digits[12];
  int count = 0;
  for (long pid = ::getpid(); pid > 0; pid /= 10) digits[count++] = static_cast<char>('0' + pid % 10);
  char* out = variable + sizeof(kPidVariable) - 1;
  while (count > 0) *out++ = digits[--count];
  *out = '\0';
}

}  // namespace

NodeProcess::NodeProcess(std::string binary, std::string config_path, std::string log_path, int listen_fd)
    : binary_(std::move(binary)),
      config_path_(std::move(config_path)),
      log_path_(std::move(log_path)),
      listen_fd_(listen_fd) {}

NodeProcess::~NodeProcess() { Kill(); }

absl::Status NodeProcess::Start(const std::vector<std::string>& environment) {
  std::string pid_variable = std::string(kPidVariable) + std::string(12, '\0');
  std::string count_variable = "LISTEN_FDS=1";
  std::vector<std::string> extra = environment;
  std::vector<char*> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.push_back(*variable);
  for (std::string& variable : extra) variables.push_back(variable.data());
  if (listen_fd_ >= 0) {
    variables.push_back(pid_variable.data());
    variables.push_back(count_variable.data());
  }
  variables.push_back(nullptr);
  const char* arguments[] = {binary_.c_str(), "--config", config_path_.c_str(), nullptr};
  const int log_fd = ::open(log_path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log_fd < 0) return absl::ErrnoToStatus(errno, "cannot open the node's log file");

  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a node does not outlive its test
    ::dup2(log_fd, STDERR_FILENO);       // first, since the log file may be descriptor 3 itself
    if (listen_fd_ == 3) {
      ::fcntl(3, F_SETFD, 0);
    } else if (listen_fd_ >= 0) {
      ::dup2(listen_fd_, 3);
    }
    WriteOwnPid(pid_variable.data());
    ::execve(binary_.c_str(), const_cast<char**>(arguments), variables.data());
    ::_exit(127);
  }
  ::close(log_fd);
  return pid_ > 0 ? absl::OkStatus() : absl::ErrnoToStatus(errno, "cannot fork");
}

void NodeProcess::Kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  Wait();
}

int NodeProcess::Terminate() {
  if (pid_ <= 0) return -1;
  ::kill(pid_, SIGTERM);
  const int status = Wait();
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int NodeProcess::Wait() {
  int status = 0;
  while (pid_ > 0 && ::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

void NodeProcess::Freeze() { ::kill(pid_, SIGSTOP); }

void NodeProcess::Thaw() { ::kill(pid_, SIGCONT); }

std::string NodeProcess::LogText() const {
  absl::StatusOr<std::string> text = ReadFile(log_path_);
  return text.ok() ? *text : "";
}

}  // namespace tamga::testing
