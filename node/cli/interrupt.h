// Commands that go on until their user ends them.
#pragma once

namespace tamga::cli {

// While it lives, Ctrl-C (SIGINT) ends the program at once with the exit code of success: for a command of which that
// is the normal end, and which has nothing left to do then. Not more than one at a time.
class EndsByInterrupt {
 public:
  EndsByInterrupt();
  ~EndsByInterrupt();
  EndsByInterrupt(const EndsByInterrupt&) = delete;
  EndsByInterrupt& operator=(const EndsByInterrupt&) = delete;

 private:
  using Handler = void (*)(int);
  const Handler before_;
};

}  // namespace tamga::cli
