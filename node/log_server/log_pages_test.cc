#include "node/log_server/log_pages.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/audit/test_log.h"
#include "node/base/matchers.h"

namespace tamga::log_server {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kKyrgyz[] = "KGZ/interior-ministry";

class LogPagesTest : public ::testing::Test {
 protected:
  LogPagesTest() {
    for (int i = 0; i < 300; ++i) log_.Add(kKyrgyz);
  }

  LogPages Pages(AddCheckpoint add_checkpoint = nullptr) const {
    return LogPages({"KAZ/border-service", {kKyrgyz}, {"KAZ/prosecutor-general", "KGZ/prosecutor-general"}}, auditor_,
                    readings_, std::move(add_checkpoint));
  }
  HttpAnswer Get(const certs::Principal& caller, const std::string& target, const std::string& method = "GET") const {
    return Pages().Answer(caller, {method, target, ""});
  }

  uint64_t Entries() { return log_.database().Read().value()->EntryCount().value(); }

  audit::TestLog log_;
  const audit::Auditor auditor_ = log_.MakeAuditor();
  const audit::ReadingLog readings_ = log_.MakeReadingLog();
  const certs::Principal own_ = audit::AuditorOf("KAZ/prosecutor-general");
  const certs::Principal kyrgyz_ = audit::AuditorOf("KGZ/prosecutor-general");
  const certs::Principal node_{kKyrgyz, certs::Role::kNode, "n1"};
};

TEST_F(LogPagesTest, TheCheckpointIsTextThatNobodyKeeps) {
  const HttpAnswer answer = Get(kyrgyz_, "/checkpoint");
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(answer.body, log_.sequencer().NewestCheckpoint());
  EXPECT_EQ(answer.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(answer.cache_control, "no-store");
}

TEST_F(LogPagesTest, FullTilesNeverChangeAndMayBeKept) {
  const HttpAnswer full = Get(node_, "/tile/0/000");
  EXPECT_EQ(full.status, 200u);
  EXPECT_EQ(full.body.size(), 8192u);
  EXPECT_EQ(full.content_type, "application/octet-stream");
  EXPECT_THAT(full.cache_control, HasSubstr("immutable"));
  const HttpAnswer partial = Get(node_, "/tile/0/001.p/44");
  EXPECT_EQ(partial.body.size(), 44u * 32);
  EXPECT_EQ(partial.cache_control, "private, max-age=3600");
}

TEST_F(LogPagesTest, BundlesAreForAuditorsOfTheOwnState) {
  EXPECT_EQ(Get(own_, "/tile/entries/000").status, 200u);
  for (const certs::Principal& caller : {kyrgyz_, node_}) {
    const HttpAnswer answer = Get(caller, "/tile/entries/000");
    EXPECT_EQ(answer.status, 403u);
    EXPECT_THAT(answer.body, StartsWith("ENTRIES_WITHHELD: "));
  }
}

TEST_F(LogPagesTest, WhoReadsABundleIsLogged) {
  ASSERT_EQ(Get(kyrgyz_, "/tile/entries/000").status, 403u);
  ASSERT_EQ(Get(own_, "/tile/0/000").status, 200u);
  EXPECT_EQ(Entries(), 300u);
  ASSERT_EQ(Get(own_, "/tile/entries/000").status, 200u);
  ASSERT_EQ(Entries(), 301u);
  ASSERT_OK_AND_ASSIGN(store::ReadSession session, log_.database().Read());
  ASSERT_OK_AND_ASSIGN(const store::EntryRow row, session->EntryAt(300));
  v1::LogEntry entry;
  ASSERT_TRUE(entry.ParseFromString(row.body));
  EXPECT_EQ(entry.kind(), v1::ENTRY_KIND_READ);
  EXPECT_EQ(entry.read(), "GetTiles");
  EXPECT_EQ(entry.partner(), own_.agency);
}

TEST_F(LogPagesTest, WhatCannotBeLoggedIsNotShown) {
  log_.sequencer().RefuseEntries(absl::UnavailableError("rolled back"));
  EXPECT_EQ(Get(own_, "/tile/entries/000").status, 503u);
  EXPECT_EQ(Get(own_, "/tile/0/000").status, 200u);
}

TEST_F(LogPagesTest, OthersAreRefused) {
  for (const certs::Principal& caller :
       {audit::AuditorOf("TJK/prosecutor-general"), certs::Principal{"KAZ/border-service", certs::Role::kSystem, "s"},
        certs::Principal{"UZB/interior-ministry", certs::Role::kNode, "n1"},
        certs::Principal{"KAZ/border-service", certs::Role::kOfficer, "o"}}) {
    EXPECT_EQ(Get(caller, "/checkpoint").status, 403u) << caller.SpiffeId();
    EXPECT_EQ(
        Pages([](const std::string&) { return HttpAnswer{}; }).Answer(caller, {"POST", "/add-checkpoint", ""}).status,
        403u);
  }
}

// An auditor reads; cosigning changes what the witness remembers.
TEST_F(LogPagesTest, NoAuditorHasALogCosigned) {
  const LogPages pages = Pages([](const std::string&) { return HttpAnswer{}; });
  EXPECT_EQ(pages.Answer(own_, {"POST", "/add-checkpoint", ""}).status, 403u);
  EXPECT_EQ(pages.Answer(node_, {"POST", "/add-checkpoint", ""}).status, 200u);
}

TEST_F(LogPagesTest, BadPathsAreNamed) {
  for (const char* target : {"", "/", "/index.html", "/tile/0/000?x=1", "//checkpoint", "/tile/0/../checkpoint",
                             "https://example/checkpoint", "/tile/64/000", "/tile/0/000.p/256", "*"}) {
    const HttpAnswer answer = Get(own_, target);
    EXPECT_EQ(answer.status, 400u) << target;
    EXPECT_THAT(answer.body, StartsWith("INVALID_FIELD: path: ")) << target;
  }
  EXPECT_EQ(Get(own_, "/tile/0/002").status, 404u);
  EXPECT_THAT(Get(own_, "/tile/0/001").body, HasSubstr("ask for tile/0/001.p/44"));
}

TEST_F(LogPagesTest, OtherMethodsAreRefusedWithThoseThatAreNot) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "FETCH"}) {
    const HttpAnswer answer = Get(own_, "/checkpoint", method);
    EXPECT_EQ(answer.status, 405u);
    EXPECT_EQ(answer.allow, "GET, HEAD");
  }
  EXPECT_EQ(Get(own_, "/checkpoint", "HEAD").status, 200u);
}

TEST_F(LogPagesTest, CheckpointsOfOthersGoToWhoeverTakesThem) {
  EXPECT_EQ(Pages().Answer(node_, {"POST", "/add-checkpoint", "old 0\n"}).status, 404u);
  std::string taken;
  const LogPages pages = Pages([&taken](std::string body) {
    taken = std::move(body);
    return HttpAnswer{409, "text/x.tlog.size", "7\n"};
  });
  const HttpAnswer answer = pages.Answer(node_, {"POST", "/add-checkpoint", "old 0\n"});
  EXPECT_EQ(taken, "old 0\n");
  EXPECT_EQ(answer.status, 409u);
  EXPECT_EQ(answer.content_type, "text/x.tlog.size");
  EXPECT_EQ(pages.Answer(node_, {"GET", "/add-checkpoint", ""}).allow, "POST");
}

}  // namespace
}  // namespace tamga::log_server
