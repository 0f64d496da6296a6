#include "node/main/sd_notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace tamga::node {
namespace {

// The service manager's socket; "@name" is one of the abstract namespace.
class Manager {
 public:
  explicit Manager(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    size_t size = offsetof(sockaddr_un, sun_path) + path.size();
    if (path.front() == '@') {
      address.sun_path[0] = '\0';
    } else {
      ++size;
    }
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~Manager() {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(fd_);
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // What was sent, without waiting.
  std::string Take() const {
    char buffer[64];
    const ssize_t size = ::recv(fd_, buffer, sizeof(buffer), 0);
    return size < 0 ? "" : std::string(buffer, static_cast<size_t>(size));
  }

 private:
  const int fd_;
};

TEST(SdNotifyTest, TheManagerIsToldByPathOrAbstractName) {
  for (const std::string& path :
       {absl::StrCat(::testing::TempDir(), "/notify-", ::getpid()), absl::StrCat("@tamga-notify-", ::getpid())}) {
    const Manager manager(path);
    NotifyServiceManager("READY=1");
    EXPECT_EQ(manager.Take(), "READY=1") << path;
    EXPECT_EQ(manager.Take(), "") << path;
  }
}

TEST(SdNotifyTest, WithoutAManagerNothingHappens) {
  ::unsetenv("NOTIFY_SOCKET");
  NotifyServiceManager("READY=1");
  for (const std::string& path : {std::string("@"), std::string(500, 'x'), std::string("/no/such/socket")}) {
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    NotifyServiceManager("READY=1");
  }
  ::unsetenv("NOTIFY_SOCKET");
}

}  // namespace
}  // namespace tamga::node
