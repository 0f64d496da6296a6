// The state machine of a case, explored: two nodes, every step that either may take, every event of the clock, messages
// that are lost, repeated, reordered, given up or refused, to a bounded depth from each stage of a case.
//
// A message is delayed by not being sent yet, and lost by not being answered or by expiring. A repeated message, and
// one that overtakes another, must change nothing, which is tried in each state instead of being a state of its own.
#include <deque>
#include <iostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/readmission/case_fixture.h"
#include "node/readmission/case_table.h"
#include "node/readmission/two_desks.h"

namespace tamga::readmission {
namespace {

constexpr int kModelDepth = 3;

struct ModelState {
  TwoDesks desks;
  int depth = 0;
  bool has_failed = false;   // a message was given up or refused: once in a run
  bool is_unproven = false;  // what was given up had arrived: the sides agree with the next step
  std::string path;
};

struct ModelSeed {
  std::string name;
  v1::ReadmissionProcedure procedure;
  bool is_received;
  std::vector<std::pair<bool, v1::ReadmissionStepKind>> steps;  // by the requesting side or not
};

class Exploration {
 public:
  Exploration() : law_(MakeCaseLaw(MakeCaseTreaty())) {}

  void Explore(const ModelSeed& seed) {
    ModelState start{TwoDesks(law_, seed.procedure, CaseStart()), 0, false, false, seed.name};
    ASSERT_TRUE(start.desks.Begin().ok()) << seed.name;
    if (seed.is_received) {
      ASSERT_TRUE(start.desks.Send(true).ok()) << seed.name;
    }
    for (const auto& [requesting, kind] : seed.steps) {
      start.desks.now += absl::Minutes(1);
      const absl::Status taken = start.desks.Take(requesting, MakeStep(kind));
      ASSERT_TRUE(taken.ok()) << seed.name << ": " << taken;
      ASSERT_TRUE(start.desks.Send(requesting).ok()) << seed.name;
    }
    visited_.clear();
    Visit(std::move(start));
    while (!frontier_.empty() && !::testing::Test::HasFailure()) {
      const ModelState state = std::move(frontier_.front());
      frontier_.pop_front();
      Expand(state);
    }
  }

  int states() const { return states_; }
  const std::set<const CaseRow*>& rows() const { return rows_; }

 private:
  void Visit(ModelState state) {
    std::string key = absl::StrCat(absl::ToUnixMicros(state.desks.now), state.has_failed, state.is_unproven);
    for (const bool requesting : {false, true})
      absl::StrAppend(&key, "|", state.desks.file(requesting).SerializeAsString());
    if (!visited_.insert(Sha256(key)).second) return;
    ++states_;
    for (const bool requesting : {false, true}) Check(state, requesting);
    CheckRepeats(state);
    CheckConvergence(state);
    if (state.depth < kModelDepth) frontier_.push_back(std::move(state));
  }

  // Copies the state for what `change` does to it.
  template <typename Change>
  void Next(const ModelState& state, const std::string& what, Change change) {
    ModelState next = state;
    ++next.depth;
    absl::StrAppend(&next.path, ", ", what);
    if (change(next)) Visit(std::move(next));
  }

  void Expand(const ModelState& state) {
    for (const bool requesting : {false, true}) {
      const std::string side = requesting ? "requesting " : "requested ";
      const FoldedCase folded = state.desks.Fold(requesting);
      for (const int kind : folded.record.possible_steps()) ExpandStep(state, requesting, side, kind);
      if (state.desks.Oldest(requesting) == nullptr) continue;
      ExpandMessage(state, requesting, side);
    }
    const absl::Time next_event = std::min(state.desks.Fold(true).next_event, state.desks.Fold(false).next_event);
    if (next_event < absl::InfiniteFuture()) {
      Next(state, "clock", [&](ModelState& next) {
        next.desks.now = next_event;
        return true;
      });
    }
    Next(state, "minute", [](ModelState& next) {
      next.desks.now += absl::Minutes(1);
      return true;
    });
  }

  void ExpandStep(const ModelState& state, bool requesting, const std::string& side, int kind) {
    const auto step_kind = static_cast<v1::ReadmissionStepKind>(kind);
    Next(state, side + NameOf(step_kind), [&](ModelState& next) {
      const absl::Status taken = next.desks.Take(requesting, MakeStep(step_kind));
      // The day to which a transfer is moved may be no later than the limit already is, or later than it can be.
      const bool may_be_refused = step_kind == v1::READMISSION_STEP_KIND_EXTEND_TRANSFER;
      EXPECT_TRUE(taken.ok() || may_be_refused) << next.path << ": " << taken;
      return taken.ok();
    });
  }

  void ExpandMessage(const ModelState& state, bool requesting, const std::string& side) {
    const bool has_arrived = state.desks.HasArrived(requesting);
    Next(state, side + "sends", [&](ModelState& next) {
      next.desks.Send(requesting).IgnoreError();  // a refusal is an outcome
      return true;
    });
    if (!has_arrived) {
      Next(state, side + "sends, answer lost", [&](ModelState& next) {
        next.desks.Send(requesting, TwoDesks::Line::kAnswerLost).IgnoreError();
        return true;
      });
    }
    if (state.has_failed) return;
    Next(state, side + "gives up", [&](ModelState& next) {
      next.has_failed = true;
      next.is_unproven = has_arrived;
      return next.desks.Fail(requesting, v1::DELIVERY_STATE_EXPIRED);
    });
    if (has_arrived) return;
    Next(state, side + "is refused at the door", [&](ModelState& next) {
      next.has_failed = true;
      return next.desks.Fail(requesting, v1::DELIVERY_STATE_REFUSED);
    });
  }

  void Check(const ModelState& state, bool requesting) {
    const FoldedCase folded = state.desks.Fold(requesting);
    v1::ReadmissionState before = v1::READMISSION_STATE_UNSPECIFIED;
    absl::Time last = absl::InfinitePast();
    bool is_agreed = false, is_answered = false, is_signed = false;
    bool holds[2] = {false, false};  // [1]: the requesting side
    for (const v1::ReadmissionEvent& event : folded.record.history()) {
      EXPECT_GE(FromProto(event.at()), last) << state.path << ": the order is lost";
      last = FromProto(event.at());
      if (event.overtaken()) continue;
      if (const CaseRow* row = FindRow(before, event.kind())) rows_.insert(row);
      if (event.kind() == v1::READMISSION_STEP_KIND_DEEM_ACCEPTED) {
        EXPECT_FALSE(is_answered) << state.path << ": deemed accepted after a reply";
        EXPECT_FALSE(holds[true]) << state.path << ": deemed accepted against the requesting side's own hold";
        is_agreed = true;
      }
      const bool is_release = event.kind() == v1::READMISSION_STEP_KIND_RELEASE;
      if (is_release || event.kind() == v1::READMISSION_STEP_KIND_HOLD) {
        holds[event.actor() == folded.record.requesting_agency()] = !is_release;
      }
      is_answered |=
          event.kind() == v1::READMISSION_STEP_KIND_ACCEPT || event.kind() == v1::READMISSION_STEP_KIND_REFUSE;
      is_agreed |= event.state() == v1::READMISSION_STATE_ACCEPTED ||
                   event.state() == v1::READMISSION_STATE_DEEMED_ACCEPTED ||
                   event.state() == v1::READMISSION_STATE_NOTIFIED;
      is_signed |=
          event.kind() == v1::READMISSION_STEP_KIND_HAND_OVER || event.kind() == v1::READMISSION_STEP_KIND_TAKE_OVER;
      if (is_signed) {
        EXPECT_NE(event.state(), v1::READMISSION_STATE_WITHDRAWN) << state.path << ": withdrawn after a signature";
      }
      if (event.state() == v1::READMISSION_STATE_HANDED_OVER) {
        EXPECT_TRUE(is_agreed) << state.path << ": handed over without acceptance";
      }
      before = event.state();
    }
    if (folded.record.state() == v1::READMISSION_STATE_ON_HOLD) {
      for (const int kind : folded.record.possible_steps()) {
        EXPECT_TRUE(kind == v1::READMISSION_STEP_KIND_HOLD || kind == v1::READMISSION_STEP_KIND_RELEASE ||
                    kind == v1::READMISSION_STEP_KIND_WITHDRAW)
            << state.path << ": sent past a hold";
      }
      if (!holds[true]) CheckReplyClock(state, folded.record);
    }
    CheckTransferClock(state, folded.record);
    const bool may_differ = state.is_unproven;
    EXPECT_TRUE(may_differ || !state.desks.file(requesting).has_diverged_at()) << state.path << ": histories differ";
  }

  // The treaty has twelve hours, and a hold does not move them.
  static void CheckTransferClock(const ModelState& state, const v1::ReadmissionCase& record) {
    for (const v1::RunningClock& clock : record.clocks()) {
      if (clock.on_expiry() != "LAPSE") continue;
      EXPECT_LE(FromProto(clock.due_at()) - FromProto(clock.started_at()), absl::Hours(24))
          << state.path << ": the limit of the transfer is more than doubled";
    }
  }

  // While the requested side alone holds, the time for its reply runs on.
  static void CheckReplyClock(const ModelState& state, const v1::ReadmissionCase& record) {
    if (FindRow(record.held_state(), v1::READMISSION_STEP_KIND_DEEM_ACCEPTED) == nullptr) return;
    for (const v1::RunningClock& clock : record.clocks()) {
      if (clock.on_expiry() != "DEEMED_ACCEPTED" && clock.on_expiry() != "FALL_BACK") continue;
      EXPECT_GT(FromProto(clock.due_at()), state.desks.now) << state.path << ": a hold puts off the reply";
    }
  }

  // What has been answered comes once more; what is behind another comes before it.
  void CheckRepeats(const ModelState& state) {
    for (const bool requesting : {false, true}) {
      const v1::FiledStep* answered = nullptr;
      std::vector<const v1::FiledStep*> queued;
      for (const v1::FiledStep& filed : state.desks.file(requesting).steps()) {
        if (filed.by_requesting() != requesting || filed.failed()) continue;
        if (filed.delivery() == v1::DELIVERY_STATE_DELIVERED) answered = &filed;
        if (filed.delivery() == v1::DELIVERY_STATE_QUEUED) queued.push_back(&filed);
      }
      if (!state.desks.file(!requesting).has_first()) continue;
      if (answered != nullptr) {
        const absl::StatusOr<Filed> again = state.desks.Arrive(requesting, *answered);
        EXPECT_TRUE(again.ok() && again->is_repeat) << state.path << ": " << again.status();
      }
      if (queued.size() < 2 || state.is_unproven || Has(state.desks.file(!requesting), *queued[0])) continue;
      const absl::StatusOr<Filed> early = state.desks.Arrive(requesting, *queued[1]);
      EXPECT_EQ(ReasonOf(early.status()), "OUT_OF_ORDER") << state.path;
    }
  }

  // Whether the step got there, though its answer may have been lost.
  static bool Has(const v1::ReadmissionFile& file, const v1::FiledStep& sent) {
    for (const v1::FiledStep& filed : file.steps()) {
      if (filed.by_requesting() == sent.by_requesting() && filed.step().number() == sent.step().number()) return true;
    }
    return false;
  }

  static bool AreEqual(const TwoDesks& desks) {
    const FoldedCase requesting = desks.Fold(true), requested = desks.Fold(false);
    return requesting.history_sha256 == requested.history_sha256 &&
           requesting.record.state() == requested.record.state() &&
           requesting.record.held_state() == requested.record.held_state() &&
           requesting.next_event == requested.next_event;
  }

  void CheckConvergence(const ModelState& state) {
    TwoDesks desks = state.desks;
    desks.Drain();
    // What was never received is the requesting side's alone.
    const bool never_came = !desks.file(false).has_first();
    if (never_came || AreEqual(desks)) return;
    ASSERT_TRUE(state.is_unproven) << state.path << ": both have everything and differ, " << NameOf(desks.StateOf(true))
                                   << " and " << NameOf(desks.StateOf(false));
    bool is_mended = false, may_act = false;
    for (const bool requesting : {false, true}) {
      const v1::ReadmissionCase record = desks.Fold(requesting).record;
      for (const int kind : record.possible_steps()) {
        TwoDesks mended = desks;
        if (!mended.Take(requesting, MakeStep(static_cast<v1::ReadmissionStepKind>(kind))).ok()) continue;
        may_act = true;
        mended.Drain();
        is_mended |= AreEqual(mended);
        break;
      }
    }
    EXPECT_TRUE(is_mended || !may_act) << state.path << ": the next step does not mend it";
  }

  const CaseLaw law_;
  std::set<std::string> visited_;
  std::deque<ModelState> frontier_;
  int states_ = 0;
  std::set<const CaseRow*> rows_;
};

std::vector<ModelSeed> ModelSeeds() {
  using Steps = std::vector<std::pair<bool, v1::ReadmissionStepKind>>;
  const auto normal = v1::READMISSION_PROCEDURE_NORMAL;
  const auto verify = std::make_pair(false, v1::READMISSION_STEP_KIND_VERIFY);
  const auto extend = std::make_pair(false, v1::READMISSION_STEP_KIND_EXTEND);
  const auto interview = std::make_pair(false, v1::READMISSION_STEP_KIND_ASK_INTERVIEW);
  const auto report = std::make_pair(false, v1::READMISSION_STEP_KIND_REPORT_INTERVIEW);
  std::vector<ModelSeed> seeds = {
      {"submitted", normal, false, {}},
      {"received", normal, true, {}},
      {"returned", normal, true, {{false, v1::READMISSION_STEP_KIND_RETURN_INCOMPLETE}}},
      {"verifying", normal, true, {verify}},
      {"interview asked", normal, true, {verify, interview}},
      {"interview held", normal, true, {verify, interview, report}},
      {"extended", normal, true, {verify, extend}},
      {"extended, interview asked", normal, true, {verify, extend, interview}},
      {"refused", normal, true, {verify, {false, v1::READMISSION_STEP_KIND_REFUSE}}},
      {"held by both",
       normal,
       true,
       {verify, {true, v1::READMISSION_STEP_KIND_HOLD}, {false, v1::READMISSION_STEP_KIND_HOLD}}},
      {"held by the requested side", normal, true, {verify, {false, v1::READMISSION_STEP_KIND_HOLD}}},
      {"accelerated", v1::READMISSION_PROCEDURE_ACCELERATED, true, {}},
      {"accelerated, held by the requested side",
       v1::READMISSION_PROCEDURE_ACCELERATED,
       true,
       {{false, v1::READMISSION_STEP_KIND_HOLD}}},
      {"notice", v1::READMISSION_PROCEDURE_NOTICE, false, {}},
      {"noticed", v1::READMISSION_PROCEDURE_NOTICE, true, {}},
  };
  // The rest of a case's life, each stage a seed.
  Steps life = {verify};
  for (const auto& step : Steps{{false, v1::READMISSION_STEP_KIND_ACCEPT},
                                {true, v1::READMISSION_STEP_KIND_ASK_TRAVEL_DOCUMENT},
                                {false, v1::READMISSION_STEP_KIND_ISSUE_TRAVEL_DOCUMENT},
                                {true, v1::READMISSION_STEP_KIND_PROPOSE_TRANSFER},
                                {false, v1::READMISSION_STEP_KIND_AGREE_TRANSFER},
                                {true, v1::READMISSION_STEP_KIND_HAND_OVER},
                                {false, v1::READMISSION_STEP_KIND_TAKE_OVER},
                                {false, v1::READMISSION_STEP_KIND_CLAIM_ERROR},
                                {true, v1::READMISSION_STEP_KIND_TAKE_BACK}}) {
    life.push_back(step);
    seeds.push_back({NameOf(step.second), normal, true, life});
  }
  return seeds;
}

TEST(ReadmissionModelTest, BothSidesConvergeAndNoInvariantBreaksWhateverIsTakenLostRepeatedOrLate) {
  Exploration exploration;
  for (const ModelSeed& seed : ModelSeeds()) {
    exploration.Explore(seed);
    if (HasFailure()) return;
  }
  std::cout << "explored " << exploration.states() << " states" << std::endl;
  for (const CaseRow& row : CaseTable()) {
    EXPECT_EQ(exploration.rows().count(&row), 1u) << "never taken: row " << row.number << ", " << NameOf(row.kind);
  }
}

}  // namespace
}  // namespace tamga::readmission
