#include "policy/register.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/stubs/logging.h"
#include "node/base/matchers.h"
#include "policy/act_fixture.h"
#include "policy/document_fixture.h"

namespace tamga::policy {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::vector<std::string> kBoth = {"ann", "ben"};

v1::TreatyOffice Anchor() { return OfficeOf("AAA", kBoth, 2); }

std::string Denounce(absl::string_view treaty) {
  return InstrumentText("AAA", "2024-05-01", absl::StrCat("denounce { treaty_id: \"", treaty, "\" }"));
}

std::string NewKey(absl::string_view name) {
  return InstrumentText(
      "AAA", "2024-05-01",
      absl::StrCat("change_keys { office { state: \"AAA\" keys: \"", KeyNamed(name), "\" threshold: 1 } }"));
}

// Acts with these instruments, each after the other, signed by both.
std::vector<v1::SignedAct> ActsWith(const std::vector<std::string>& instruments) {
  std::vector<v1::SignedAct> acts;
  RegisterHead head;
  for (const std::string& instrument : instruments) {
    acts.push_back(NextAct(head, "AAA", instrument, kBoth));
    head = {acts.back().number(), ActSha256(acts.back())};
  }
  return acts;
}

std::vector<v1::SignedAct> ThreeActs() { return ActsWith({Denounce("ONE"), Denounce("TWO"), Denounce("THREE")}); }

RegisterReading ReadAll(const std::vector<v1::SignedAct>& acts) {
  return ReadRegister(Anchor(), acts, IsSignature).value();
}

TEST(RegisterTest, HoldsActsInTheirOrder) {
  const RegisterReading reading = ReadAll(ThreeActs());
  EXPECT_OK(reading.stopped);
  ASSERT_THAT(reading.good.acts(), SizeIs(3));
  EXPECT_EQ(reading.good.acts()[2].instrument.denounce().treaty_id(), "THREE");
  EXPECT_EQ(reading.good.state(), "AAA");
  EXPECT_EQ(reading.good.head(), (RegisterHead{3, ActSha256(ThreeActs()[2])}));
}

TEST(RegisterTest, IsEmptyAtFirst) {
  const RegisterReading reading = ReadAll({});
  EXPECT_OK(reading.stopped);
  EXPECT_EQ(reading.good.head(), RegisterHead());
}

TEST(RegisterTest, NeedsAValidAnchor) {
  EXPECT_THAT(ReadRegister(OfficeOf("AAA", kBoth, 3), {}, IsSignature), HasReason("TREATY_OFFICE_INVALID"));
  EXPECT_THAT(ReadRegister(OfficeOf("AAA", kBoth, 0), {}, IsSignature), HasReason("TREATY_OFFICE_INVALID"));
  EXPECT_THAT(ReadRegister(OfficeOf("AAA", {"ann", "ann"}, 2), {}, IsSignature), HasReason("TREATY_OFFICE_INVALID"));
  v1::TreatyOffice office = Anchor();
  office.set_keys(0, "ANN");
  EXPECT_THAT(ReadRegister(office, {}, IsSignature), HasReason("TREATY_OFFICE_INVALID"));
  EXPECT_THAT(Register::Create(v1::TreatyOffice()), HasReason("TREATY_OFFICE_INVALID"));
}

TEST(RegisterTest, KeepsWhatWasGoodBeforeABadAct) {
  std::vector<v1::SignedAct> acts = ThreeActs();
  acts[1].clear_signatures();
  const RegisterReading reading = ReadAll(acts);
  EXPECT_THAT(reading.stopped, HasReason("ACT_UNSIGNED"));
  EXPECT_THAT(reading.good.acts(), SizeIs(1)) << "the third act is good, but comes after a bad one";
}

TEST(RegisterTest, TakesARightActAfterAWrongOne) {
  const std::vector<v1::SignedAct> acts = ThreeActs();
  Register acts_of_aaa = ReadAll({acts[0]}).good;
  v1::SignedAct forged = acts[1];
  forged.set_instrument(Denounce("OTHER"));
  EXPECT_THAT(acts_of_aaa.Append(forged, IsSignature), HasReason("ACT_SIGNATURE_INVALID"));
  EXPECT_THAT(acts_of_aaa.acts(), SizeIs(1));
  EXPECT_OK(acts_of_aaa.Append(acts[1], IsSignature));
}

TEST(RegisterTest, RefusesActsOfAnotherState) {
  Register acts_of_aaa = ReadAll({}).good;
  const std::string instrument = Changed(Denounce("ONE"), "AAA", "BBB");
  const v1::SignedAct foreign = NextAct({}, "BBB", instrument, kBoth);
  EXPECT_THAT(acts_of_aaa.Append(foreign, IsSignature), HasReason("ACT_OTHER_STATE"));
  v1::SignedAct relabelled = foreign;
  relabelled.set_state("AAA");
  EXPECT_THAT(acts_of_aaa.Append(relabelled, IsSignature), HasReason("ACT_SIGNATURE_INVALID"));
  EXPECT_THAT(acts_of_aaa.Append(NextAct({}, "AAA", instrument, kBoth), IsSignature), HasReason("ACT_OTHER_STATE"));
}

TEST(RegisterTest, RefusesReplays) {
  const std::vector<v1::SignedAct> acts = ThreeActs();
  Register acts_of_aaa = ReadAll(acts).good;
  EXPECT_THAT(acts_of_aaa.Append(acts[0], IsSignature), HasReason("ACT_REPLAYED"));
  EXPECT_THAT(acts_of_aaa.Append(acts[2], IsSignature), HasReason("ACT_REPLAYED"));
  v1::SignedAct renumbered = acts[0];
  renumbered.set_number(4);
  renumbered.set_previous_sha256(acts_of_aaa.head().sha256);
  EXPECT_THAT(acts_of_aaa.Append(renumbered, IsSignature), HasReason("ACT_SIGNATURE_INVALID"));
}

TEST(RegisterTest, RefusesAnotherActUnderAnOldNumber) {
  Register acts_of_aaa = ReadAll(ThreeActs()).good;
  EXPECT_THAT(acts_of_aaa.Append(ActsWith({Denounce("OTHER")})[0], IsSignature), HasReason("ACT_CONTRADICTED"));
}

TEST(RegisterTest, RefusesGaps) {
  const std::vector<v1::SignedAct> acts = ThreeActs();
  const RegisterReading reading = ReadAll({acts[0], acts[2]});
  EXPECT_THAT(reading.stopped, HasReason("ACT_OUT_OF_ORDER"));
  EXPECT_THAT(ReadAll({acts[1], acts[2]}).stopped, HasReason("ACT_OUT_OF_ORDER"));
}

TEST(RegisterTest, RefusesActsOfAnotherChain) {
  const std::vector<v1::SignedAct> acts = ThreeActs();
  const std::vector<v1::SignedAct> other = ActsWith({Denounce("OTHER"), Denounce("TWO")});
  EXPECT_THAT(ReadAll({acts[0], other[1]}).stopped, HasReason("ACT_CHAIN_BROKEN"));
}

TEST(RegisterTest, RefusesActsOutOfOrderOrLeftOutInEveryWay) {
  const std::vector<v1::SignedAct> acts = ThreeActs();
  for (size_t a = 0; a < 3; ++a) {
    for (size_t b = 0; b < 3; ++b) {
      for (size_t c = 0; c < 3; ++c) {
        const RegisterReading reading = ReadAll({acts[a], acts[b], acts[c]});
        EXPECT_EQ(reading.stopped.ok(), a == 0 && b == 1 && c == 2);
        for (size_t i = 0; i < reading.good.acts().size(); ++i) EXPECT_EQ(reading.good.acts()[i].number, i + 1);
      }
    }
  }
}

TEST(RegisterTest, GoesOnWithTheNewKeysOnceTheyHaveChanged) {
  Register acts_of_aaa = ReadAll({}).good;
  ASSERT_OK(acts_of_aaa.Append(NextAct({}, "AAA", NewKey("new"), {"ann", "ben", "new"}), IsSignature));
  EXPECT_EQ(acts_of_aaa.office().keys(0), KeyNamed("new"));
  const std::string instrument = Denounce("ONE");
  EXPECT_THAT(acts_of_aaa.Append(NextAct(acts_of_aaa.head(), "AAA", instrument, kBoth), IsSignature),
              HasReason("ACT_WRONG_KEY"));
  EXPECT_OK(acts_of_aaa.Append(NextAct(acts_of_aaa.head(), "AAA", instrument, {"new"}), IsSignature));
}

TEST(RegisterTest, KeepsTheOldKeysWhenAChangeFails) {
  Register acts_of_aaa = ReadAll({}).good;
  EXPECT_THAT(acts_of_aaa.Append(NextAct({}, "AAA", NewKey("thief"), {"thief"}), IsSignature),
              HasReason("ACT_WRONG_KEY"));
  EXPECT_THAT(acts_of_aaa.Append(NextAct({}, "AAA", NewKey("thief"), {"ann", "thief"}), IsSignature),
              HasReason("ACT_TOO_FEW_SIGNATURES"));
  EXPECT_EQ(acts_of_aaa.office().keys_size(), 2);
  EXPECT_THAT(acts_of_aaa.acts(), IsEmpty());
}

TEST(RegisterTest, ContinuesFromAHeadThatWasSeenBefore) {
  const RegisterReading three = ReadAll(ThreeActs());
  const RegisterReading one = ReadAll({ThreeActs()[0]});
  EXPECT_OK(CheckContinues(three.good, RegisterHead()));
  EXPECT_OK(CheckContinues(three.good, one.good.head()));
  EXPECT_OK(CheckContinues(three.good, three.good.head()));
}

TEST(RegisterTest, ShowsThatItWasRolledBack) {
  const RegisterHead seen = ReadAll(ThreeActs()).good.head();
  const absl::Status status = CheckContinues(ReadAll({ThreeActs()[0]}).good, seen);
  EXPECT_THAT(status, HasReason("REGISTER_ROLLED_BACK"));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss, HasSubstr("ends with act 1; act 3 was seen before")));
  EXPECT_THAT(CheckContinues(ReadAll({}).good, seen), HasReason("REGISTER_ROLLED_BACK"));
}

TEST(RegisterTest, ShowsThatItsStateSpeaksWithTwoTongues) {
  const RegisterHead seen = ReadAll({ThreeActs()[0]}).good.head();
  EXPECT_THAT(CheckContinues(ReadAll(ActsWith({Denounce("OTHER"), Denounce("TWO")})).good, seen),
              HasReason("REGISTER_FORKED"));
}

TEST(RegisterTest, TakesNoActOfWhichOneBitChanged) {
  const google::protobuf::LogSilencer silencer;  // it complains on the error stream too
  const v1::SignedAct good = ThreeActs()[0];
  std::string bytes = good.SerializeAsString();
  for (char& byte : bytes) {
    for (int bit = 0; bit < 8; ++bit) {
      byte = static_cast<char>(byte ^ (1 << bit));
      v1::SignedAct act;
      // What is left the same, such as a field that moved to an unknown number, must still be the act that was signed.
      if (act.ParseFromString(bytes)) {
        const RegisterReading reading = ReadAll({act});
        ASSERT_TRUE(reading.good.acts().empty() || ActMessage(act) == ActMessage(good));
      }
      byte = static_cast<char>(byte ^ (1 << bit));
    }
  }
}

TEST(RegisterTest, TakesNoActThatWasCut) {
  const std::string bytes = ThreeActs()[0].SerializeAsString();
  for (size_t length = 0; length < bytes.size(); ++length) {
    v1::SignedAct act;
    if (!act.ParseFromString(bytes.substr(0, length))) continue;
    EXPECT_THAT(ReadAll({act}).good.acts(), IsEmpty()) << length;
  }
}

}  // namespace
}  // namespace tamga::policy
