#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/log.h"
#include "node/base/matchers.h"
#include "node/base/rng.h"
#include "node/base/sha256.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/base/worker_pool.h"

namespace tamga {
namespace {

using ::testing::HasSubstr;

TEST(Uuid, HoldsTimeVersionAndVariant) {
  SeededRng rng(1);
  const std::string uuid = NewUuidV7(absl::FromUnixMillis(0x017f22e279b0), rng);  // the time of RFC 9562 appendix A.6
  EXPECT_TRUE(IsUuidV7(uuid));
  EXPECT_THAT(FormatUuid(uuid), ::testing::StartsWith("017f22e2-79b0-7"));
  EXPECT_EQ(*ParseUuidV7(FormatUuid(uuid)), uuid);
}

TEST(Uuid, ReadsTheVectorOfTheRfc) {
  EXPECT_OK(ParseUuidV7("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
  EXPECT_THAT(ParseUuidV7("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseUuidV7("017f22e279b07cc398c4dc0c0c07398f"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseUuidV7("017f22e2-79b0-4cc3-98c4-dc0c0c07398f"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Base64, RefusesEverySecondSpelling) {
  EXPECT_EQ(*Base64Decode("AAE="), std::string("\0\1", 2));
  for (const char* text : {"AAE", "AAF=", "AAE= ", "AA E=", "AAE=\n", "AAE."}) {
    EXPECT_THAT(Base64Decode(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

TEST(Sha256, IsThatOfFips180AndOfItsPieces) {
  const char kAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(HexEncode(Sha256("abc")), kAbc);
  const Sha256Digest digest = Sha256Of({"a", "", "bc"});
  EXPECT_EQ(HexEncode({digest.data(), digest.size()}), kAbc);
  EXPECT_EQ(HexEncode(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hmac, MatchesRfc4231Cases2And6) {
  EXPECT_EQ(HexEncode(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(HexEncode(HmacSha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Clock, ConvertsToProtoAndBackToTheNanosecond) {
  const absl::Time time = absl::FromUnixNanos(1790000000123456789);
  EXPECT_EQ(FromProto(ToProto(time)), time);
  EXPECT_EQ(UtcText(time), "2026-09-21T14:13:20.123Z");
}

TEST(Text, AcceptsOnlyWellFormedUtf8) {
  EXPECT_TRUE(IsUtf8("Жұмағұлов"));
  for (const char* text : {"\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80", "\xe0\x80\x80"}) {
    EXPECT_FALSE(IsUtf8(text));
    EXPECT_TRUE(IsUtf8(ReplaceInvalidUtf8(text)));
  }
}

TEST(Text, ChecksNameTheField) {
  EXPECT_OK(CheckReference("case_reference", "KAZ-MIA/2026-0001"));
  EXPECT_THAT(CheckReference("case_reference", "Anna Maria"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("case_reference")));
  EXPECT_OK(CheckAgency("to", "KAZ/border-service"));
  for (const char* agency : {"", "KAZ", "KAZ/", "kaz/border", "KAZ/Border", "KAZAK/x", "KAZ/a/b"}) {
    EXPECT_THAT(CheckAgency("to", agency), HasReason("INVALID_FIELD")) << agency;
  }
  EXPECT_THAT(CheckText("name", std::string(11, 'x'), 10), HasReason("INVALID_FIELD"));
  EXPECT_THAT(CheckText("name", "a\nb", 10), HasReason("INVALID_FIELD"));
}

TEST(Error, KeepsItsReasonWhenAnnotated) {
  const absl::Status status = Annotate(InvalidField("born_on", "month 13"), "application");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, "application: born_on: month 13"));
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD");
  EXPECT_EQ(MetadataOf(status).at("field"), "born_on");
}

TEST(File, WritesWholeAndRefusesReadableSecrets) {
  const std::string path = ::testing::TempDir() + "/tamga_file_test";
  ASSERT_OK(WriteFile(path, "secret", 0600));
  EXPECT_EQ(*ReadSecretFile(path), "secret");
  ASSERT_OK(WriteFile(path, "secret", 0640));
  EXPECT_THAT(ReadSecretFile(path), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("chmod 600")));
  EXPECT_THAT(ReadFile(path, 3), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(ReadFile(path + ".missing"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(File, LeavesNothingBehindThatItCouldNotWrite) {
  const std::string path = ::testing::TempDir() + "/tamga_unwritable_test";
  ASSERT_OK(MakeFolder(path));
  ASSERT_OK(WriteFile(path + "/in_the_way", ""));
  EXPECT_FALSE(WriteFile(path, "x").ok());  // a folder has the name
  EXPECT_THAT(ReadFile(path + ".new"), StatusIs(absl::StatusCode::kNotFound));

  // A disk that is full is no more at hand than a file that must not grow.
  struct rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit few = before;
  few.rlim_cur = 10;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &few), 0);
  const absl::Status full = WriteFile(path + "/long", std::string(100, 'x'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(full, StatusIs(absl::StatusCode::kInternal, HasSubstr("cannot write")));
  EXPECT_THAT(ReadFile(path + "/long.new"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(ReadFile(path + "/long"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(File, MakesFoldersAndSaysWhyItCannot) {
  const std::string folder = ::testing::TempDir() + "/tamga_folder_test/a/b";
  EXPECT_OK(MakeFolder(folder));
  EXPECT_OK(MakeFolder(folder));
  EXPECT_FALSE(MakeFolder(folder + "/" + std::string(300, 'x')).ok());
  ASSERT_OK(WriteFile(folder + "/file", ""));
  EXPECT_FALSE(MakeFolder(folder + "/file").ok());
  EXPECT_FALSE(MakeFolder(folder + "/file/below").ok());
}

TEST(Log, JsonStringEscapesWhatJsonForbids) {
  EXPECT_EQ(JsonString("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\u000a\\u0001\"");
  EXPECT_EQ(JsonString("\xff"), "\"?\"");
}

TEST(WorkerPool, RunsEverythingAndRefusesWhenFull) {
  std::atomic<int> ran{0};
  Mutex gate;
  {
    WorkerPool pool(1, 2);
    gate.Lock();
    Mutex started_mutex;
    CondVar started;
    bool is_started = false;
    ASSERT_OK(pool.Run([&] {
      {
        MutexLock lock(started_mutex);
        is_started = true;
        started.NotifyAll();
      }
      MutexLock lock(gate);
      ++ran;
    }));
    {
      MutexLock lock(started_mutex);
      while (!is_started) started.Wait(started_mutex);
    }
    EXPECT_OK(pool.Run([&] { ++ran; }));
    EXPECT_OK(pool.Run([&] { ++ran; }));
    EXPECT_THAT(pool.Run([&] { ++ran; }), HasReason("OVERLOADED"));
    gate.Unlock();
  }
  EXPECT_EQ(ran, 3);
}

TEST(LogTest, AnErrorWithoutAReasonHasNone) {
  testing::internal::CaptureStderr();
  Log(Severity::kError, "failed", {{"reason", ""}, {"detail", ""}});
  Log(Severity::kError, "failed", {{"reason", "DISK_FULL"}});
  const std::string lines = testing::internal::GetCapturedStderr();
  EXPECT_THAT(lines, testing::HasSubstr("\"event\":\"failed\",\"detail\":\"\"}"));
  EXPECT_THAT(lines, testing::HasSubstr("\"reason\":\"DISK_FULL\""));
}

}  // namespace
}  // namespace tamga
