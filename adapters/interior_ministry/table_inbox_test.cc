#include "adapters/interior_ministry/table_inbox.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/interior_ministry/fake_desk.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"

namespace tamga::adapters {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kHoldRow[] = R"({"fileNumber": "MIA-2026-0815", "act": {"step": {
    "kind": "READMISSION_STEP_KIND_HOLD", "holdCode": "HOLD_CODE_COURT"}}})";

std::string SubmitRow() {
  return *ReadFile(absl::StrCat(TAMGA_SOURCE_DIR, "/adapters/interior_ministry/data/submit.json"));
}

// A table in memory, whose transactions can be made to fail at their end.
class FakeTable final : public CommandTable, public CaseNumbers {
 public:
  struct Row {
    std::optional<std::string> command;
    RowOutcome outcome;
  };
  std::map<int64_t, Row> rows;
  bool fails_to_commit = false;

  void Add(std::optional<std::string> command) {
    const auto id = static_cast<int64_t>(rows.size() + 1);
    rows[id] = {std::move(command), {}};
  }

  absl::StatusOr<std::optional<int64_t>> Take(int64_t after, const Work& work) override {
    for (auto& [id, row] : rows) {
      if (id <= after || row.outcome.state != RowOutcome::State::kWaits) continue;
      const auto numbers = numbers_;
      const RowOutcome outcome = work({absl::StrCat("row-", id), row.command}, *this);
      if (fails_to_commit) {
        numbers_ = numbers;
        return absl::UnavailableError("broken");
      }
      row.outcome = outcome;
      return std::optional<int64_t>(id);
    }
    return std::optional<int64_t>();
  }
  absl::StatusOr<bool> Wait(absl::Duration /*most*/) override { return false; }

  absl::StatusOr<std::vector<std::string>> CasesOf(const std::string& file_number) override {
    return numbers_[file_number];
  }
  absl::Status Remember(const std::string& file_number, const std::string& case_id) override {
    std::vector<std::string>& known = numbers_[file_number];
    if (known.empty()) known.push_back(case_id);
    return absl::OkStatus();
  }

 private:
  std::map<std::string, std::vector<std::string>> numbers_;
};

class TableInboxTest : public ::testing::Test {
 protected:
  RowOutcome::State StateOfRow(int64_t id) { return table_.rows[id].outcome.state; }
  std::string ResultOfRow(int64_t id) { return table_.rows[id].outcome.result; }

  FakeTable table_;
  FakeDesk desk_;
  SeededRng rng_{1};
  TableInbox inbox_{absl::Seconds(5), table_, desk_, rng_};
};

TEST_F(TableInboxTest, RowsAreDoneInOrderAndAFailingOneIsSetAside) {
  table_.Add(kHoldRow);  // before its case
  table_.Add(SubmitRow());
  table_.Add(std::nullopt);
  table_.Add("{\"surname\": 1}");
  table_.Add(kHoldRow);
  EXPECT_EQ(inbox_.Look(), absl::Seconds(5));
  EXPECT_THAT(desk_.effects,
              ElementsAre("submit MIA-2026-0815", "act " + FakeDesk::CaseId(1) + " READMISSION_STEP_KIND_HOLD"));
  EXPECT_THAT(ResultOfRow(1), HasSubstr("FILE_NUMBER_UNKNOWN"));
  EXPECT_EQ(StateOfRow(2), RowOutcome::State::kDone);
  EXPECT_THAT(ResultOfRow(2), HasSubstr(FakeDesk::CaseId(1)));
  EXPECT_THAT(ResultOfRow(3), HasSubstr("ROW_TOO_LARGE"));
  EXPECT_THAT(ResultOfRow(4), HasSubstr("\"field\":\"surname\""));
  EXPECT_EQ(StateOfRow(5), RowOutcome::State::kDone);
}

TEST_F(TableInboxTest, ATransactionThatIsLostIsDoneAgainWithOneEffect) {
  table_.Add(SubmitRow());
  table_.fails_to_commit = true;
  EXPECT_GE(inbox_.Look(), absl::Seconds(5));
  EXPECT_EQ(StateOfRow(1), RowOutcome::State::kWaits);
  table_.fails_to_commit = false;
  inbox_.Look();
  EXPECT_EQ(StateOfRow(1), RowOutcome::State::kDone);
  EXPECT_THAT(desk_.effects, ElementsAre("submit MIA-2026-0815"));
}

TEST_F(TableInboxTest, WhileTheNodeIsAwayNothingIsTriedBeyondTheFirst) {
  table_.Add(SubmitRow());
  table_.Add(kHoldRow);
  int calls = 0;
  desk_.before = [&calls](const std::string&) {
    ++calls;
    return absl::UnavailableError("away");
  };
  inbox_.Look();
  EXPECT_EQ(calls, 1);
  desk_.before = [](const std::string&) { return absl::OkStatus(); };
  inbox_.Look();
  EXPECT_EQ(desk_.effects.size(), 2u);
}

TEST_F(TableInboxTest, WhatFollowsInACaseWaitsAndOthersGoOn) {
  std::string other = SubmitRow();
  other.replace(other.find("0815"), 4, "0816");
  table_.Add(SubmitRow());
  inbox_.Look();
  table_.Add(kHoldRow);
  table_.Add(kHoldRow);
  table_.Add(other);
  int acts = 0;
  desk_.before = [&acts](const std::string& call) {
    return call == "act" && ++acts == 1 ? absl::AbortedError("conflict") : absl::OkStatus();
  };
  inbox_.Look();
  EXPECT_EQ(acts, 1);
  EXPECT_EQ(StateOfRow(2), RowOutcome::State::kWaits);
  EXPECT_EQ(StateOfRow(3), RowOutcome::State::kWaits);
  EXPECT_EQ(StateOfRow(4), RowOutcome::State::kDone);
  inbox_.Look();
  EXPECT_EQ(StateOfRow(3), RowOutcome::State::kDone);
}

}  // namespace
}  // namespace tamga::adapters
