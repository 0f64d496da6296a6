// A clamd of the test's own at a Unix socket.
#include "node/attachment/clamd.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/base/unix_socket.h"
#include "node/store/test_folder.h"

namespace tamga::attachment {
namespace {

Until ClamdPatience() { return {std::chrono::steady_clock::now() + std::chrono::seconds(60)}; }

// Takes one stream, and says `reply` to it.
class FakeClamd {
 public:
  FakeClamd(const std::string& path, std::string reply)
      : listening_(ListenAt(path).value()), reply_(std::move(reply)), thread_([this] { Serve(); }) {}
  ~FakeClamd() { Join(); }

  // What came, once the stream has ended.
  const std::string& Scanned() {
    Join();
    return scanned_;
  }

 private:
  void Join() {
    if (thread_.joinable()) thread_.join();
  }
  bool Read(const Descriptor& connection, char* bytes, size_t size) {
    return ::recv(connection.get(), bytes, size, MSG_WAITALL) == static_cast<ssize_t>(size);
  }
  void Serve() {
    absl::StatusOr<Descriptor> accepted = Accept(listening_, ClamdPatience());
    if (!accepted.ok()) return;
    // Blocking from here on.
    const int flags = ::fcntl(accepted->get(), F_GETFL);
    ::fcntl(accepted->get(), F_SETFL, flags & ~O_NONBLOCK);
    char command[10];
    if (!Read(*accepted, command, sizeof(command))) return;
    while (true) {
      unsigned char length[4];
      if (!Read(*accepted, reinterpret_cast<char*>(length), sizeof(length))) return;
      const size_t size = (size_t{length[0]} << 24) | (size_t{length[1]} << 16) | (size_t{length[2]} << 8) | length[3];
      if (size == 0) break;
      std::string piece(size, '\0');
      if (!Read(*accepted, piece.data(), size)) return;
      scanned_ += piece;
    }
    ::send(accepted->get(), reply_.c_str(), reply_.size() + 1, MSG_NOSIGNAL);
  }

  const Descriptor listening_;
  const std::string reply_;
  std::string scanned_;
  std::thread thread_;
};

class ClamdTest : public ::testing::Test {
 protected:
  absl::Status ScanOf(const std::string& bytes) {
    const auto scanner = MakeClamdScanner({path_, ""}, absl::Seconds(60));
    const auto scan = scanner->Begin();
    scan->Feed(bytes);
    return scan->End();
  }

  const store::TestFolder folder_;
  const std::string path_ = folder_.path() + "/clamd";
};

TEST_F(ClamdTest, AllBytesAreScannedAndNothingIsFound) {
  FakeClamd clamd(path_, "stream: OK");
  const std::string bytes(200'000, 'x');
  EXPECT_OK(ScanOf(bytes));
  EXPECT_EQ(clamd.Scanned(), bytes);
}

TEST_F(ClamdTest, AHitIsTold) {
  FakeClamd clamd(path_, "stream: Eicar-Test-Signature FOUND");
  EXPECT_THAT(ScanOf("bytes"), HasReason("INFECTED"));
}

TEST_F(ClamdTest, AnErrorIsNoVerdict) {
  FakeClamd clamd(path_, "INSTREAM size limit exceeded. ERROR");
  EXPECT_THAT(ScanOf("bytes"), HasReason("SCANNER_UNAVAILABLE"));
}

TEST_F(ClamdTest, NobodyThereIsNoVerdict) { EXPECT_THAT(ScanOf("bytes"), HasReason("SCANNER_UNAVAILABLE")); }

}  // namespace
}  // namespace tamga::attachment
