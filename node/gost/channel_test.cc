#include "node/gost/channel.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/store/test_folder.h"

namespace tamga::gost {
namespace {

struct ChannelTest : public ::testing::Test {
  const store::TestFolder folder;
  const std::string path = folder.path() + "/socket";
};

TEST_F(ChannelTest, FieldsComeAsTheyWereSent) {
  for (const Fields& fields :
       {Fields{}, Fields{""}, Fields{"a", "", std::string("\0b", 2)}, Fields{std::string(kMaxFrameBytes - 4, 'x')}}) {
    ASSERT_OK_AND_ASSIGN(const auto listener, ChannelListener::Open(path));
    std::thread echo([&] {
      absl::StatusOr<Channel> channel = listener->Accept();
      ASSERT_OK(channel);
      ASSERT_OK_AND_ASSIGN(const Fields got, channel->Receive());
      EXPECT_OK(channel->Send(got));
    });
    absl::StatusOr<Channel> channel = Channel::Connect(path);
    const absl::Status sent = channel.ok() ? channel->Send(fields) : channel.status();
    if (!sent.ok()) listener->Stop();
    EXPECT_OK(sent);
    const absl::StatusOr<Fields> echoed = sent.ok() ? channel->Receive() : sent;
    echo.join();
    ASSERT_OK(echoed);
    EXPECT_EQ(*echoed, fields);
  }
}

TEST_F(ChannelTest, AFrameThatEndsWithinAFieldIsRefused) {
  const std::string packed = PackFields({"ab", "c"});
  ASSERT_OK_AND_ASSIGN(const Fields unpacked, UnpackFields(packed));
  EXPECT_EQ(unpacked, (Fields{"ab", "c"}));
  for (size_t size = 1; size < packed.size(); ++size) {
    if (size == 6) continue;  // the first field alone
    EXPECT_THAT(UnpackFields(packed.substr(0, size)), StatusIs(absl::StatusCode::kInvalidArgument)) << size;
  }
  EXPECT_FALSE(UnpackFields(std::string("\xff\xff\xff\xff", 4) + "a").ok());
}

TEST_F(ChannelTest, WhatIsTooLargeIsNotSent) {
  ASSERT_OK_AND_ASSIGN(const auto listener, ChannelListener::Open(path));
  ASSERT_OK_AND_ASSIGN(Channel channel, Channel::Connect(path));
  EXPECT_THAT(channel.Send({std::string(kMaxFrameBytes - 3, 'x')}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ChannelTest, TheSocketIsTheUsersAlone) {
  ASSERT_OK_AND_ASSIGN(const auto listener, ChannelListener::Open(path));
  struct stat found = {};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0600u);
}

TEST_F(ChannelTest, OnlyASocketThatNobodyHoldsIsReplaced) {
  {
    ASSERT_OK_AND_ASSIGN(const auto listener, ChannelListener::Open(path));
    EXPECT_THAT(ChannelListener::Open(path), StatusIs(absl::StatusCode::kFailedPrecondition));
    // What a process leaves behind that was killed.
    ASSERT_EQ(::link(path.c_str(), (path + "-left").c_str()), 0);
  }
  EXPECT_THAT(Channel::Connect(path), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_OK(ChannelListener::Open(path + "-left"));
  std::ofstream(path) << "a file";
  EXPECT_THAT(ChannelListener::Open(path), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ChannelListener::Open(std::string(200, 'x')), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(ChannelTest, StoppingEndsAllThatWait) {
  ASSERT_OK_AND_ASSIGN(const auto listener, ChannelListener::Open(path));
  const auto wait = [&] { EXPECT_THAT(listener->Accept(), StatusIs(absl::StatusCode::kCancelled)); };
  std::thread first(wait);
  std::thread second(wait);
  listener->Stop();
  first.join();
  second.join();
}

}  // namespace
}  // namespace tamga::gost
