#include "node/base/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
// glibc 2.36 declares it without C linkage.
extern "C" {
#include <sys/pidfd.h>
}
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "node/base/descriptor.h"
#include "node/base/status_macros.h"

namespace tamga {
namespace {

using SteadyClock = std::chrono::steady_clock;

// The program's attributes, freed with this.
class Spawning {
 public:
  Spawning() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
  }
  ~Spawning() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Spawning(const Spawning&) = delete;
  Spawning& operator=(const Spawning&) = delete;

  // 0, or the error's number.
  int Start(const std::vector<std::string>& command, int stdin_fd, int stdout_fd, pid_t* pid) {
    ::posix_spawn_file_actions_adddup2(&actions_, stdin_fd, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, stdout_fd, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    // Signals as a program expects to find them, and a group of its own, so that what it starts ends with it.
    sigset_t all;
    sigset_t none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const char* path = std::getenv("PATH");
    std::string variables[] = {absl::StrCat("PATH=", path == nullptr ? "/usr/bin:/bin" : path), "LANG=C.UTF-8"};
    char* environment[] = {variables[0].data(), variables[1].data(), nullptr};
    return ::posix_spawnp(pid, command[0].c_str(), &actions_, &attributes_, arguments.data(), environment);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// A process that was started, killed with its group and reaped unless it has ended.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid), handle_(::pidfd_open(pid, 0)) {}
  ~Child() {
    if (pid_ < 0) return;
    ::kill(-pid_, SIGKILL);
    Reap();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Readable once it has ended.
  int handle() const { return handle_.get(); }
  // Waits for its end and returns its wait status.
  int Reap() {
    int status = -1;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_;
  Descriptor handle_;
};

// Milliseconds until then, for poll(2); 0 when it has passed.
int MillisecondsUntil(SteadyClock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 1'000'000));
}

absl::Status TookTooLong(const std::string& program) {
  return absl::DeadlineExceededError(absl::StrCat(program, " did not finish in time"));
}

// Writes the input while there is some, and reads until the program closes its output. `to_program` is closed, as the
// program waits for that, after the last of the input.
absl::StatusOr<std::string> Converse(const std::string& program, Descriptor to_program, const Descriptor& from_program,
                                     absl::string_view input, size_t most, SteadyClock::time_point deadline) {
  std::string output;
  std::array<char, 65536> buffer;
  while (true) {
    if (input.empty()) to_program = Descriptor();
    std::array<pollfd, 2> waiting = {
        {{from_program.get(), POLLIN, 0}, {input.empty() ? -1 : to_program.get(), POLLOUT, 0}}};
    const int ready = ::poll(waiting.data(), waiting.size(), MillisecondsUntil(deadline));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return absl::ErrnoToStatus(errno, "poll");
    if (ready == 0) return TookTooLong(program);
    if (waiting[1].revents != 0) {
      // A socket, because writing to a pipe that nobody reads would end this process by a signal.
      const ssize_t sent = ::send(to_program.get(), input.data(), input.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent >= 0) {
        input.remove_prefix(static_cast<size_t>(sent));
      } else if (errno != EAGAIN && errno != EINTR) {
        input = {};  // it takes no more, and may still answer
      }
    }
    if (waiting[0].revents == 0) continue;
    const ssize_t got = ::read(from_program.get(), buffer.data(), buffer.size());
    if (got == 0) return output;
    if (got < 0 && errno != EINTR) return absl::ErrnoToStatus(errno, "read");
    if (got > 0) output.append(buffer.data(), static_cast<size_t>(got));
    if (output.size() > most) return absl::ResourceExhaustedError(absl::StrCat(program, " writes too much"));
  }
}

absl::Status AwaitSuccess(const std::string& program, Child& child, SteadyClock::time_point deadline) {
  pollfd ended = {child.handle(), POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&ended, 1, MillisecondsUntil(deadline));
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) return TookTooLong(program);
  const int status = child.Reap();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::AbortedError(absl::StrCat(program, " failed, ", WIFEXITED(status) ? "exit code " : "signal ",
                                         WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status)));
}

}  // namespace

absl::StatusOr<std::string> RunProgram(const std::vector<std::string>& command, absl::string_view input,
                                       const ProgramBounds& bounds) {
  const SteadyClock::time_point deadline = SteadyClock::now() + bounds.time;
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) {
    return absl::ErrnoToStatus(errno, "socketpair");
  }
  Descriptor to_program(sockets[0]);
  Descriptor stdin_end(sockets[1]);
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "pipe");
  const Descriptor from_program(pipe_ends[0]);
  Descriptor stdout_end(pipe_ends[1]);
  pid_t pid = -1;
  const int error = Spawning().Start(command, stdin_end.get(), stdout_end.get(), &pid);
  if (error == ENOENT) return absl::NotFoundError(absl::StrCat("there is no program ", command[0]));
  if (error != 0) return absl::ErrnoToStatus(error, absl::StrCat("cannot start ", command[0]));
  Child child(pid);
  stdin_end = Descriptor();  // or its end would never be seen
  stdout_end = Descriptor();
  ASSIGN_OR_RETURN(std::string output,
                   Converse(command[0], std::move(to_program), from_program, input, bounds.output_bytes, deadline));
  RETURN_IF_ERROR(AwaitSuccess(command[0], child, deadline));
  return output;
}

}  // namespace tamga
