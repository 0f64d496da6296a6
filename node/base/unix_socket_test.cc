#include "node/base/unix_socket.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga {
namespace {

class UnixSocketTest : public ::testing::Test {
 protected:
  UnixSocketTest() : folder_(::testing::TempDir() + "/socket.XXXXXX") { EXPECT_NE(::mkdtemp(folder_.data()), nullptr); }
  ~UnixSocketTest() override { std::filesystem::remove_all(folder_); }

  static Until Now() { return {std::chrono::steady_clock::now()}; }
  std::string Path() const { return folder_ + "/socket"; }

  std::string folder_;
};

// A process that is too busy to take connections is not one that has died.
TEST_F(UnixSocketTest, ASocketThatTakesNoMoreConnectionsIsNotReplaced) {
  ASSERT_OK_AND_ASSIGN(const Descriptor listening, ListenAt(Path()));
  std::vector<Descriptor> waiting;
  absl::StatusOr<Descriptor> connection = ConnectTo(Path(), Now());
  while (connection.ok() && waiting.size() < 1'000) {
    waiting.push_back(*std::move(connection));
    connection = ConnectTo(Path(), Now());
  }
  ASSERT_THAT(connection, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ListenAt(Path()),
              StatusIs(absl::StatusCode::kFailedPrecondition, ::testing::HasSubstr("another process")));
  EXPECT_OK(Accept(listening, Now()));
  EXPECT_OK(ConnectTo(Path(), Now()));
}

TEST_F(UnixSocketTest, AFolderInWhichOthersCouldPutAnotherSocketIsRefused) {
  for (const mode_t mode : {0777, 0770, 0702}) {
    ASSERT_EQ(::chmod(folder_.c_str(), mode), 0);
    EXPECT_THAT(ListenAt(Path()), StatusIs(absl::StatusCode::kFailedPrecondition, ::testing::HasSubstr("chmod go-w")))
        << mode;
  }
  for (const mode_t mode : {0700, 0755, 01777}) {
    ASSERT_EQ(::chmod(folder_.c_str(), mode), 0);
    EXPECT_OK(ListenAt(Path())) << mode;
  }
}

TEST_F(UnixSocketTest, WhereNobodyListensThePathIsNotTold) {
  const absl::Status none = ConnectTo(Path(), Now()).status();
  EXPECT_THAT(none, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(std::string(none.message()), ::testing::Not(::testing::HasSubstr(folder_)));
}

TEST_F(UnixSocketTest, AFrameComesWholeAndInTimeOrNotAtAll) {
  ASSERT_OK_AND_ASSIGN(const Descriptor listening, ListenAt(Path()));
  ASSERT_OK_AND_ASSIGN(const Descriptor caller, ConnectTo(Path(), Now()));
  const Until soon = {std::chrono::steady_clock::now() + std::chrono::seconds(60)};
  ASSERT_OK_AND_ASSIGN(const Descriptor called, Accept(listening, soon));
  for (const std::string& sent : {std::string(), std::string("hello")}) {
    ASSERT_OK(SendFrame(caller, sent, soon));
    ASSERT_OK_AND_ASSIGN(const std::string got, ReceiveFrame(called, 5, soon));
    EXPECT_EQ(got, sent);
  }
  const Until late = {std::chrono::steady_clock::now() + std::chrono::milliseconds(20)};
  EXPECT_THAT(ReceiveFrame(called, 5, late), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace tamga
