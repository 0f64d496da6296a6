#include "node/base/failpoint.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace tamga {
namespace {

struct Armed {
  std::string name;
  std::string action;
  int passage = 1;
};

Armed ReadEnvironment() {
  Armed armed;
  const char* text = std::getenv("TAMGA_FAILPOINT");
  if (text == nullptr) return armed;
  const std::vector<std::string> sides = absl::StrSplit(text, absl::MaxSplits('=', 1));
  if (sides.size() != 2) return armed;
  const std::vector<std::string> action = absl::StrSplit(sides[1], absl::MaxSplits('@', 1));
  armed.name = sides[0];
  armed.action = action[0];
  if (action.size() == 2 && !absl::SimpleAtoi(action[1], &armed.passage)) armed.passage = 1;
  return armed;
}

}  // namespace

void PassFailpoint(const char* name) {
  static const Armed armed = ReadEnvironment();
  static std::atomic<int> passages{0};
  if (armed.name != name || ++passages != armed.passage) return;
  if (armed.action == "kill") ::kill(::getpid(), SIGKILL);
  while (armed.action == "stall") ::pause();
}

}  // namespace tamga
